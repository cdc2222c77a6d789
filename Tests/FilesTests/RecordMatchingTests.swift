import EventProp
import Files
import Language
import Study
import Testing

/// Arrays of other programs, with other names, shapes and units.
@Suite("Matching arrays of other programs") struct RecordMatchingTests {
  private static func experiment(_ layers: String, inputs: Int = 3) throws -> Experiment {
    try PresetReader.read(
      """
      title: t
      t_max: 30 ms
      inputs: { size: \(inputs), spikes: [[1 ms, 0], [2 ms, 1]] }
      layers:
      \(layers)
      loss: { kind: first_spike_mse, targets: [9 ms] }
      """, named: "t.yaml"
    ).experiment
  }

  private static let plain = """
      - { name: hidden, size: 2, weights: [[3, 1], [1, 3], [2, 2]] }
      - { name: out, size: 1, weights: [[2], [2]], parameters: { tau_mem: 20 ms } }
    """
  private static let recurrent = """
      - name: hidden
        size: 2
        weights: [[3, 1], [1, 3], [2, 2]]
        recurrent: [[0, 0.4], [0.1, 0]]
      - { name: out, size: 1, weights: [[2], [2]] }
    """

  private func read(
    _ arrays: [(String, NumberArray)], of layers: String = plain, map: [String] = []
  ) throws -> ForeignRecord {
    let mapping = try map.map { text throws(NameMapping.Fault) in try NameMapping(text) }
    return try RecordReader.read(
      ArrayWriter.npz(arrays.map { (name: $0.0, array: $0.1) }), named: "g.npz",
      of: try Self.experiment(layers), mapping: mapping)
  }

  private func values(_ record: ForeignRecord, _ layer: Int?, _ quantity: Parameter.Quantity)
    -> [Double]?
  {
    record.gradient.parts.first { $0.part == GradientPart(layer: layer, quantity) }?.values
  }

  private static let upright = NumberArray(shape: [3, 2], values: [1, 2, 3, 4, 5, 6])
  private static let turned = NumberArray(shape: [2, 3], values: [1, 3, 5, 2, 4, 6])
  private static let last = NumberArray(shape: [1, 2], values: [7, 8])

  @Test(arguments: [
    ["fc1.weight", "fc2.weight"], ["layers.0.weight", "layers.1.weight"], ["W0", "W1"],
    ["arr_0", "arr_1"],
  ]) func `names of PyTorch and numpy are matched by shape and order`(names: [String]) throws {
    let record = try read([(names[0], Self.turned), (names[1], Self.last)])
    #expect(values(record, 0, .weights) == [1, 2, 3, 4, 5, 6])
    #expect(values(record, 1, .weights) == [7, 8])
    // Such names have an order of their own: it is no mistake.
    #expect(record.gradient.parts.allSatisfy { !$0.isTransposed })
    #expect(
      record.matches == [
        "\(names[0]) is hidden.weights as [this][before]",
        "\(names[1]) is out.weights as [this][before]",
      ])
  }

  @Test func `what fits in two ways is passed over, and a mapping settles it`() throws {
    let layers =
      "    - { name: out, size: 2, weights: [[3, 1], [1, 3]], recurrent: [[0, 1], [1, 0]] }"
    let experiment = try PresetReader.read(
      """
      title: t
      t_max: 30 ms
      inputs: { size: 2 }
      layers:
      \(layers)
      loss: { kind: first_spike_mse, targets: [9 ms, 9 ms] }
      """, named: "t.yaml"
    ).experiment
    let square = NumberArray(shape: [2, 2], values: [1, 2, 3, 4])
    let bytes = ArrayWriter.npz([
      (name: "M0", array: square), (name: "loss", array: NumberArray(shape: [], values: [2])),
    ])
    let open = try RecordReader.read(bytes, named: "g.npz", of: experiment)
    #expect(open.gradient.parts.isEmpty && open.passedOver == ["M0"] && open.loss == 2)
    let settled = try RecordReader.read(
      bytes, named: "g.npz", of: experiment, mapping: [try NameMapping("M0=out.recurrent^T*0.5")])
    #expect(values(settled, 0, .recurrent) == [2, 6, 4, 8])
    #expect(settled.matches == ["M0 is out.recurrent, transposed, times 0.5"])
  }

  @Test func `a block matrix has the weights of inputs above the recurrent ones`() throws {
    let block = NumberArray(shape: [5, 2], values: [1, 2, 3, 4, 5, 6, 10, 20, 30, 40])
    let record = try read([("w_all", block), ("w_out", Self.last)], of: Self.recurrent)
    #expect(values(record, 0, .weights) == [1, 2, 3, 4, 5, 6])
    #expect(values(record, 0, .recurrent) == [10, 20, 30, 40])
    #expect(values(record, 1, .weights) == [7, 8])
  }

  @Test func `a column of biases and a bias of its own are derivatives by I(0)`() throws {
    let column = NumberArray(shape: [2, 4], values: [1, 3, 5, 90, 2, 4, 6, 91])
    let record = try read([
      ("W0", column), ("W1", Self.last), ("epoch", NumberArray(shape: [], values: [3])),
    ])
    #expect(values(record, 0, .weights) == [1, 2, 3, 4, 5, 6])
    #expect(values(record, 0, .initialI) == [90, 91])
    #expect(record.passedOver == ["epoch"])
    let torch = try read([
      ("fc1.weight", Self.turned), ("fc1.bias", NumberArray(shape: [2], values: [90, 91])),
      ("fc2.weight", Self.last), ("fc2.bias", NumberArray(shape: [1], values: [92])),
    ])
    #expect(values(torch, 0, .initialI) == [90, 91] && values(torch, 1, .initialI) == [92])
  }

  @Test func `the derivative by a logarithm is divided by the value`() throws {
    let record = try read([("out.log_tau_mem", NumberArray(shape: [1], values: [4]))])
    #expect(values(record, 1, .tauMem) == [4 / 20e-3])
  }

  @Test func `spikes come as padded rows, as pairs, and counted across layers`() throws {
    let padded = try read([
      ("hidden.spikes", NumberArray(shape: [2, 2], values: [0.003, .infinity, 0.002, 0.005])),
      ("out.lambda_v", NumberArray(shape: [1, 2], values: [7, .nan])),
    ])
    #expect(padded.spikes == [0: [[0.003], [0.002, 0.005]]])
    #expect(
      padded.adjoint == [
        ForeignRecord.Reading(neuron: 2, place: .spike(0), isPotential: true, value: 7)
      ])
    let pairs = try read([
      ("time", NumberArray(shape: [4], values: [0.001, 0.004, 0.006, .infinity])),
      ("idx", NumberArray(shape: [4], values: [1, 0, 2, -1], element: .int32)),
    ])
    #expect(pairs.spikes == [0: [[0.004], [0.001]], 1: [[0.006]]])
    let owned = try read([
      ("out.time", NumberArray(shape: [1, 2], values: [0.007, 0.002])),
      ("out.idx", NumberArray(shape: [1, 2], values: [0, 0], element: .int32)),
    ])
    #expect(owned.spikes == [1: [[0.002, 0.007]]])
  }

  @Test func `spikes of NIR data belong to the layers with the names of its nodes`() throws {
    let writer = HDF5Writer()
    writer.addGroup("nodes")
    for (node, times, neurons) in [("hidden", [0.004, 0.001], [0.0, 1]), ("cam", [0.5], [0])] {
      for group in ["", "/observables", "/observables/spikes"] {
        writer.addGroup("nodes/\(node)\(group)")
      }
      let group = "nodes/\(node)/observables/spikes"
      writer.add(NumberArray(shape: [1, times.count], values: times), at: group + "/time")
      writer.add(
        NumberArray(shape: [1, times.count], values: neurons, element: .int64), at: group + "/idx")
    }
    let record = try RecordReader.read(
      writer.bytes(), named: "data.nir", of: try Self.experiment(Self.plain))
    #expect(record.spikes == [0: [[0.004], [0.001]]])
  }

  @Test(arguments: ["W0", "W0=", "=hidden.weights", "W0=hidden.weights*0", "W0=^T", "W0=a*x"])
  func `a mapping that is none is told`(text: String) {
    #expect(throws: NameMapping.Fault.self) { try NameMapping(text) }
  }

  @Test func `a mapping to no part and a part given twice are told`() throws {
    #expect(throws: GradientComplaints.self) {
      try read([("W0", Self.upright)], map: ["W0=hiden.weights"])
    }
    #expect(throws: GradientComplaints.self) {
      try read(
        [("hidden.weights", Self.upright), ("W0", Self.upright)], map: ["W0=hidden.weights"])
    }
    #expect(throws: GradientComplaints.self) { try read([("W0", Self.upright)], map: ["W0=-"]) }
  }
}
