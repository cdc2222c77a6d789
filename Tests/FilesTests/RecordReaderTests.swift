import EventProp
import Files
import Foundation
import Presets
import Study
import Testing

@Suite("Reading what another program found") struct RecordReaderTests {
  /// Two layers, recurrent synapses in the first, a delay in the second: 3 → 2 → 1.
  private static let experiment: Experiment = {
    let text = """
      title: t
      t_max: 30 ms
      inputs: { size: 3, spikes: [[1 ms, 0], [2 ms, 1], [4 ms, 2]] }
      layers:
        - name: hidden
          size: 2
          weights: [[3, 1], [1, 3], [2, 2]]
          recurrent: [[0, 0.4], [0, 0]]
        - { name: out, size: 1, weights: [[2], [2]], delays: 1 ms }
      loss: { kind: first_spike_mse, targets: [9 ms] }
      """
    do {
      return try PresetReader.read(text, named: "t.yaml").experiment
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  private func read(
    _ text: String, of experiment: Experiment = experiment
  ) throws(GradientComplaints) -> ForeignRecord {
    try RecordReader.read(Array(text.utf8), named: "g.json", of: experiment)
  }

  private func complaints(_ text: String, of experiment: Experiment = experiment) -> [String] {
    do throws(GradientComplaints) {
      _ = try read(text, of: experiment)
      return []
    } catch {
      return error.lines
    }
  }

  private func read(
    _ arrays: [(String, NumberArray)], of experiment: Experiment = experiment
  ) throws(GradientComplaints) -> ForeignRecord {
    try RecordReader.read(
      ArrayWriter.npz(arrays.map { (name: $0.0, array: $0.1) }), named: "g.npz", of: experiment)
  }

  private static let hiddenWeights = ForeignGradient.Part(
    GradientPart(layer: 0, .weights), [1, 2, 3, 4, 5, 6])
  private static let matrix = NumberArray(shape: [3, 2], values: [1, 2, 3, 4, 5, 6])

  // MARK: - Forms

  @Test(arguments: [
    #"{"layers": [{"name": "hidden", "gradient": {"weights": [[1, 2], [3, 4], [5, 6]]}}]}"#,
    #"{"layers": [{"gradient": {"weights": [[1, 2], [3, 4], [5, 6]]}}]}"#,
    #"{"layers": [{"name": "hidden", "weights": [[1, 2], [3, 4], [5, 6]], "delays": null}]}"#,
    #"{"hidden.weights": [[1, 2], [3, 4], [5, 6]]}"#, #"{"hidden_w": [[1, 2], [3, 4], [5, 6]]}"#,
    #"{"gradient": {"layer0/weights": [[1.0, 2e0], [3, 4], [5, 6]]}}"#,
  ]) func `one matrix is written in many ways`(text: String) throws {
    #expect(try read(text).parts == [Self.hiddenWeights])
  }

  @Test(arguments: ["hidden.weights", "hidden/weights", "hidden_w", "layer0.weights", "Hidden.W"])
  func `one array is named in many ways`(name: String) throws {
    #expect(try read([(name, Self.matrix)]).parts == [Self.hiddenWeights])
  }

  @Test(arguments: Preset.all.map(\.name))
  func `a report reads back to the whole gradient`(name: String) throws {
    let preset = try #require(Preset.all.first { $0.name == name })
    let experiment = try PresetReader.read(preset.text, named: name).experiment
    let trajectory = try Trajectory(of: experiment)
    let adjoint = try AdjointTrajectory(of: trajectory)
    let report = try Report(
      trajectory, adjoint: adjoint, loss: adjoint.evaluation.value, warnings: [])
    let foreign = try RecordReader.read(
      Array(try report.json()), named: "report.json", of: experiment)
    let all = GradientPart.all(of: experiment)
    #expect(foreign.parts.map(\.part) == all)
    #expect(foreign.parts.map(\.values) == all.map { $0.values(in: adjoint.gradient) })
  }

  @Test func `in a network of one layer the layer may be left out`() throws {
    var experiment = Self.experiment
    experiment.network.layers.removeLast()
    let foreign = try read(
      [
        ("w", Self.matrix), ("tau_mem", NumberArray(shape: [2], values: [7, 8])),
        ("v_th", NumberArray(shape: [], values: [9])),
      ], of: experiment)
    #expect(
      foreign.parts == [
        Self.hiddenWeights, ForeignGradient.Part(GradientPart(layer: 0, .tauMem), [7, 8]),
        ForeignGradient.Part(GradientPart(layer: nil, .vThreshold), [9]),
      ])
  }

  @Test func `a matrix the other way round is turned, and that is remembered`() throws {
    let turned = NumberArray(shape: [2, 3], values: [1, 3, 5, 2, 4, 6])
    let part = try #require(try read([("hidden.weights", turned)]).parts.first)
    #expect(part.values == [1, 2, 3, 4, 5, 6])
    #expect(part.isTransposed)
  }

  @Test func `an axis of length one may be missing`() throws {
    let foreign = try read(#"{"out.weights": [5, 6], "hidden.v_th": [[1, 2]], "tau_mem": [3]}"#)
    #expect(foreign.parts.map(\.values) == [[1, 2], [5, 6], [3]])
  }

  @Test func `numbers that are none are read as they are`() throws {
    let foreign = try read(#"{"hidden.v_th": [NaN, -Infinity], "hidden.v_leak": ["inf", 1]}"#)
    #expect(foreign.parts[0].values[0].isNaN)
    #expect(foreign.parts[0].values[1] == -.infinity)
    #expect(foreign.parts[1].values == [.infinity, 1])
  }

  @Test func `a single array is found by the name of its file, or by its shape`() throws {
    let bytes = ArrayWriter.npy(Self.matrix)
    for name in ["hidden.weights.npy", "a/b/hidden_weights.npy", "grad.npy"] {
      #expect(
        try RecordReader.read(bytes, named: name, of: Self.experiment).parts
          == [Self.hiddenWeights])
    }
  }

  @Test func `sparse synapses come as triples, as a list or in a full matrix`() throws {
    var experiment = Self.experiment
    experiment.network.layers[0].weights = Synapses(
      rows: 3, columns: 2, sparse: [(0, 1, 1), (2, 0, 1), (2, 1, 1)])
    let part = ForeignGradient.Part(GradientPart(layer: 0, .weights), [7, 8, 9])
    for text in [
      #"{"hidden.weights": [[2, 0, 8], [0, 1, 7], [2, 1, 9]]}"#, #"{"hidden.weights": [7, 8, 9]}"#,
      #"{"hidden.weights": [[0, 7], [0, 0], [8, 9]]}"#,
    ] {
      #expect(try read(text, of: experiment).parts == [part])
    }
    #expect(
      complaints(#"{"hidden.weights": [[2, 0, 8], [0, 0, 7], [2, 1, 9]]}"#, of: experiment) == [
        "g.json:1:20: error: there is no synapse 0→0; [before, this, value] of a synapse of the preset"
      ])
    #expect(
      complaints(#"{"hidden.weights": [[2, 0, 8], [2, 0, 7], [2, 1, 9]]}"#, of: experiment) == [
        "g.json:1:20: error: synapse 2→0 stands twice; one value for each"
      ])
    #expect(
      complaints(#"{"hidden.weights": [[2, 0, 8], [2, 1, 9]]}"#, of: experiment) == [
        "g.json:1:20: error: synapse 0→1 has no value; a derivative that is zero is written as 0"
      ])
  }

  // MARK: - Complaints

  @Test(arguments: [
    (
      "",
      "g.json: error: the file is empty; write a report, or arrays named after it: hidden.weights, input_times"
    ),
    (
      "{}",
      "g.json: error: there is no gradient in it; write a report, or arrays named after it: hidden.weights, input_times"
    ),
    (
      "[1, 2]",
      "g.json:1:1: error: expected names with their derivatives, found a list; write a report, or arrays named after it: hidden.weights, input_times"
    ),
    (
      #"{"hiden.weights": [[1]]}"#,
      "g.json:1:2: error: no part 'hiden.weights' of this gradient; did you mean hidden.weights?"
    ),
    (
      #"{"weights": [[1]]}"#,
      "g.json:1:2: error: 'weights' of which layer?; hidden.weights or out.weights"
    ),
    (
      #"{"out.recurrent": [[1]]}"#, "g.json:1:2: error: out has no recurrent synapses; leave it out"
    ),
    (#"{"hidden.delays": [[1]]}"#, "g.json:1:2: error: hidden has no delays; leave it out"),
    (#"{"layers": {"name": 3}}"#, "g.json:1:12: error: expected a list, found a mapping"),
    (
      #"{"layers": [{"name": "hiden", "gradient": {}}]}"#,
      "g.json:1:22: error: no layer 'hiden'; did you mean hidden?"
    ),
    (#"{"layers": [{}, {}, {}]}"#, "g.json:1:21: error: no layer 2: there are 2"),
    (
      #"{"layers": [{"gradient": {"weigths": [[1]]}}]}"#,
      "g.json:1:27: error: no part 'weigths' of this gradient; did you mean weights?"
    ),
    (
      #"{"hidden.weights": [[1, 2], [3], [5, 6]]}"#,
      "g.json:1:29: error: expected 2 numbers as in the first row, found 1"
    ),
    (#"{"hidden.weights": [[1, 2], 3, [5, 6]]}"#, "g.json:1:29: error: expected a list, found '3'"),
    (#"{"hidden.v_th": [1, "x"]}"#, "g.json:1:21: error: expected a number, found 'x'"),
    (#"{"hidden.v_th": [1, [2]]}"#, "g.json:1:21: error: expected a number, found a list"),
    (#"{"hidden.v_th": [1, 2, 3]}"#, "g.json:1:17: error: hidden.v_th is [2], found [3]"),
    (
      #"{"tau_mem": [1, 2, 3]}"#,
      "g.json:1:13: error: tau_mem is a single number, found [3]; one value per neuron belongs to a layer: hidden.tau_mem"
    ),
    (
      #"{"hidden.weights": [[[1, 2], [3, 4], [5, 6]]]}"#,
      "g.json:1:20: error: hidden.weights is [3 × 2], found [1 × 3 × 2]; add it up over the first axis, the samples: .sum(0)"
    ),
    (
      #"{"hidden.recurrent": [[1, 2]]}"#,
      "g.json:1:22: error: hidden.recurrent is [2 × 2], found [1 × 2]; rows are presynaptic, columns postsynaptic"
    ),
    (
      #"{"hidden.v_th": [1, 2], "hidden_v_th": [1, 2]}"#,
      "g.json:1:25: error: hidden.v_th is given twice; one of them is enough"
    ),
    (
      "{\"hidden.v_th\": [1, 2]",
      "g.json:1:23: error: did not find expected ',' or '}'; while parsing a flow mapping from line 1, column 1"
    ),
  ]) func `what is wrong is said with its place`(text: String, complaint: String) {
    #expect(complaints(text) == [complaint])
  }

  @Test func `everything that is wrong is said, in order and with carets`() throws {
    let text = """
      {"hidden.weights": [[1, 2]],
       "out.v_thh": [1]}
      """
    do throws(GradientComplaints) {
      _ = try read(text)
      Issue.record("it was read")
    } catch {
      #expect(
        error.rendered == """
          g.json:1:20: error: hidden.weights is [3 × 2], found [1 × 2]
          1 | {"hidden.weights": [[1, 2]],
            |                    ^~~~~~~~ rows are presynaptic, columns postsynaptic
          g.json:2:2: error: no part 'out.v_thh' of this gradient
          2 |  "out.v_thh": [1]}
            |  ^~~~~~~~~~~ did you mean out.v_th?
          """)
    }
  }

  @Test func `what is wrong with arrays is said with their names`() {
    func lines(_ arrays: [(String, NumberArray)]) -> [String] {
      do throws(GradientComplaints) {
        _ = try read(arrays)
        return []
      } catch { return error.lines }
    }
    #expect(
      lines([
        ("hidden.weihgts", NumberArray(shape: [5], values: [1, 2, 3, 4, 5])),
        ("out.weights", Self.matrix),
      ]) == [
        "g.npz: error: 'hidden.weihgts': no part 'hidden.weihgts' of this gradient; did you mean hidden.weights?",
        "g.npz: error: 'out.weights': out.weights is [2 × 1], found [3 × 2]; rows are presynaptic, columns postsynaptic",
      ])
    #expect(
      lines([("hidden.w", Self.matrix), ("hidden_w", Self.matrix)]) == [
        "g.npz: error: 'hidden_w': hidden.weights is given twice; one of them is enough"
      ])
    #expect(lines([]).first?.hasPrefix("g.npz: error: there is no gradient in it") ?? false)
  }

  @Test func `what lies beside the gradient is named and passed over`() throws {
    let arrays = try read([
      ("epoch", NumberArray(shape: [], values: [3])), ("hidden.weights", Self.matrix),
      ("lr", NumberArray(shape: [1], values: [0.1])),
      ("hidden.weihgts", NumberArray(shape: [5], values: [1, 2, 3, 4, 5])),
    ])
    #expect(arrays.parts == [Self.hiddenWeights])
    #expect(arrays.passedOver == ["epoch", "lr", "hidden.weihgts"])
    let text = try read(
      #"{"epoch": 3, "meta": {"a": [1, [2]]}, "gradient": {"seed": 1, "hidden_w": [[1, 2], [3, 4], [5, 6]]}}"#
    )
    #expect(text.parts == [Self.hiddenWeights])
    #expect(text.passedOver == ["epoch", "meta", "seed"])
    #expect(
      complaints(#"{"epoch": 3}"#).first?.hasPrefix("g.json:1:2: error: no part 'epoch'") ?? false)
  }

  @Test func `an array beside the gradient may have any type`() throws {
    var bytes = ArrayWriter.npz([
      (name: "epoch", array: NumberArray(shape: [], values: [3], element: .int64)),
      (name: "hidden.w", array: Self.matrix),
    ])
    let foreign = try RecordReader.read(bytes, named: "g.npz", of: Self.experiment)
    #expect(foreign.parts == [Self.hiddenWeights] && foreign.passedOver == ["epoch"])
    // Damage is told, wherever it is.
    let type = try #require(bytes.firstRange(of: Array("<i8".utf8)))
    bytes[type.lowerBound + 1] = UInt8(ascii: "u")
    #expect(throws: GradientComplaints.self) {
      try RecordReader.read(bytes, named: "g.npz", of: Self.experiment)
    }
  }

  @Test func `a single array that could be several things is not guessed`() {
    func lines(_ array: NumberArray, _ name: String = "g.npy") -> [String] {
      do throws(GradientComplaints) {
        _ = try RecordReader.read(ArrayWriter.npy(array), named: name, of: Self.experiment)
        return []
      } catch { return error.lines }
    }
    #expect(
      lines(NumberArray(shape: [2, 1], values: [1, 2])) == [
        "g.npy: error: out.weights, out.delays are all [2 × 1]; name the file after one of them: out.weights.npy"
      ])
    #expect(
      lines(NumberArray(shape: [5, 5], values: Array(repeating: 0, count: 25))) == [
        "g.npy: error: nothing in this gradient is [5 × 5]; name the file after a part: hidden.weights.npy"
      ])
    #expect(
      lines(NumberArray(shape: [5], values: [1, 2, 3, 4, 5]), "input_times.npy") == [
        "input_times.npy: error: input_times is [3], found [5]"
      ])
  }

  @Test func `bytes that are no text are named, whatever they are`() {
    for bytes in [[0xFF, 0xFE, 0, 1], Array("PK\u{3}\u{4}nonsense".utf8)] as [[UInt8]] {
      #expect(throws: GradientComplaints.self) {
        try RecordReader.read(bytes, named: "g", of: Self.experiment)
      }
    }
  }
}

extension ForeignRecord {
  /// The parts of the gradient.
  fileprivate var parts: [ForeignGradient.Part] { gradient.parts }
}
