import EventProp
import Files
import Language
import Testing

struct ArrayPresetTests {
  /// A preset whose places for arrays are filled in.
  private func preset(
    spikes: String = "[]", weights: String = "{ file: stored.npz, array: w0 }", more: String = ""
  ) -> String {
    """
    title: t
    t_max: 1
    inputs: { size: 3, spikes: \(spikes) }
    layers:
      - size: 2
        weights: \(weights)
        \(more)
    """
  }

  private func read(_ text: String) throws(PresetComplaints) -> Experiment {
    try PresetReader.read(
      text, named: "p",
      readingFile: { path in
        if path == "gone.npz" { return nil }
        if path == "none.npz" {
          return ArrayWriter.npz([
            (name: "t", array: NumberArray(shape: [0], values: [])),
            (name: "c", array: NumberArray(shape: [0, 2], values: [])),
          ])
        }
        if path == "hello" { return Array("hello".utf8) }
        return try ArrayFixture.bytes(path)
      }
    ).experiment
  }

  private func complaints(_ text: String) -> [String] {
    do throws(PresetComplaints) {
      _ = try read(text)
    } catch {
      return error.diagnostics.map { complaint in
        "\(complaint.span.start.line):\(complaint.span.start.column)+\(complaint.span.length) "
          + complaint.message + (complaint.remedy.map { " | " + $0 } ?? "")
      }
    }
    return []
  }

  @Test(arguments: ["stored.npz", "deflated.npz"])
  func `weights and delays from an archive`(file: String) throws {
    let layer = try read(
      preset(
        weights: "{ file: \(file), array: w0 }",
        more: """
          recurrent: { array: w1, file: \(file) }
              recurrent_delays: { file: \(file), array: delays }
          """)
    ).network.layers[0]
    #expect(
      layer.weights == Synapses(rows: 3, columns: 2, weights: [0, 0.25, 0.5, 0.75, 1, 1.25]))
    #expect(
      layer.recurrent
        == Synapses(rows: 2, columns: 2, weights: [1, 2, 3, 4], delays: [0.001, 0, 0, 0.002]))
  }

  @Test func `a matrix from a file of its own, in either order`() throws {
    for file in ["f8-little", "f4-big", "fortran"] {
      let weights = try read(preset(weights: "{ file: \(file).npy }")).network.layers[0].weights
      #expect(weights.weights == [-0.5, -0.25, 0, 0.25, 0.5, 0.75])
    }
  }

  @Test func `delays of sparse synapses are one list`() throws {
    let weights = try read(
      preset(
        weights: "{ sparse: [[2, 0, 1], [0, 1, 2], [0, 0, 3]] }",
        more: "delays: { file: stored.npz, array: list }")
    ).network.layers[0].weights
    #expect(weights.weights == [2, 3, 1] && weights.delays == [0.002, 0.003, 0.001])
  }

  @Test func `input spikes from an archive`() throws {
    let experiment = try read(preset(spikes: "{ file: spikes.npz, times: t, channels: idx }"))
    #expect(
      experiment.inputSpikes == [
        InputSpike(time: 0.002, channel: 0), InputSpike(time: 0.0055, channel: 2),
        InputSpike(time: 0.004, channel: 1),
      ])
  }

  /// A preset whose layer of three neurons has given spikes.
  private func given(_ spikes: String, tMax: String = "1") -> String {
    preset(more: "spikes: \(spikes)").replacing("size: 2\n", with: "size: 3\n")
      .replacing(
        "{ file: stored.npz, array: w0 }", with: "{ normal: { mean: 0, std: 1, seed: 0 } }"
      )
      .replacing("t_max: 1\n", with: "t_max: \(tMax)\n")
  }

  @Test func `given spikes of a layer from an archive, in any order`() throws {
    let each = try read(given("{ file: spikes.npz, times: t, neurons: idx }"))
    #expect(each.network.layers[0].imposedSpikes == [[0.002], [0.004], [0.0055]])
    let one = try read(given("{ neurons: same, times: t, file: spikes.npz }"))
    #expect(one.network.layers[0].imposedSpikes == [[], [0.002, 0.004, 0.0055], []])
  }

  @Test func `given spikes from a file are saved as lists that read back to the same experiment`()
    throws
  {
    let experiment = try read(given("{ file: spikes.npz, times: t, neurons: same }"))
    let text = PresetWriter.write(experiment)
    #expect(text.contains("    spikes: [[], [2 ms, 4 ms, 5.5 ms], []]"))
    #expect(try PresetReader.read(text, named: "written").experiment == experiment)
  }

  @Test func `given spikes at t_max or later do not happen`() throws {
    let experiment = try read(given("{ file: spikes.npz, times: t, neurons: idx }", tMax: "4 ms"))
    let trajectory = try Trajectory(of: experiment)
    #expect(trajectory.spikeTimes == [[0.002], [], []])
    #expect(trajectory.isComplete)
    let distance = try #require(trajectory.distanceFromThreshold(of: 0))
    #expect(distance == -0.6, "V is still 0 at the given time")
  }

  @Test(
    arguments: [
      ("times: t, neurons: ix", "there is no array 'ix' in this file | did you mean 'idx'?", nil),
      ("times: t", "missing key 'neurons' in a file of spikes | 'neurons' is required here", nil),
      (
        "times: t, channels: idx",
        "unknown key 'channels' in a file of spikes | the keys here are file, times, neurons",
        "missing key 'neurons' in a file of spikes | 'neurons' is required here"
      ),
      (
        "times: idx, neurons: t",
        "expected floating-point numbers, found int64 | convert with .astype('float64')",
        "expected integers, found float64 | convert with .astype('int64')"
      ),
      (
        "times: late, neurons: far",
        "late[1]: a spike at -1 ms comes before t = 0, and 1 more like it | the run begins at t = 0",
        "far[1]: no neuron 3 in layer 'layer0', and 1 more like it | the neurons are 0 to 2"
      ),
      (
        "times: t, neurons: short", "there are 3 times and 2 neurons | one neuron for each time",
        nil
      ),
      (
        "times: twice, neurons: same",
        "neuron 1 spikes twice at 4 ms | each spike of a neuron is given once", nil
      ),
    ] as [(String, String, String?)])
  func `a complaint about given spikes`(keys: String, first: String, second: String?) {
    let found = complaints(given("{ file: spikes.npz, \(keys) }"))
    #expect(
      Set(found.map { String($0.drop { $0 != " " }.dropFirst()) })
        == Set([first, second].compactMap(\.self)))
    #expect(found.allSatisfy { $0.hasPrefix("7:") })
  }

  @Test func `given spikes in a file that holds one array, in no file, and in no form`() {
    #expect(
      complaints(given("{ file: fortran.npy, times: t, neurons: idx }")) == [
        "7:21+11 this file holds one array, which has no name | leave the name out, or name a .npz file"
      ])
    #expect(
      complaints(given("{ file: gone.npz, times: t, neurons: idx }")) == [
        "7:21+8 no file 'gone.npz' | paths start at the folder of the preset"
      ])
    #expect(
      complaints(given("spikes.npz")) == [
        "7:13+10 expected given spikes or the word once, found 'spikes.npz' | a list for each neuron, as in [[1 ms, 2 ms], []], or once"
      ])
    #expect(
      complaints(given("[[1 ms], [], [2 ms]]\n    neurons: [lif, li, li]")) == [
        "7:13+20 neuron 2 is a leaky integrator and cannot spike | no spikes for it, or neurons: lif"
      ])
    // Without a size nothing is known of the neurons, and nothing stops.
    let sizeless = given("[[1 ms], [], [2 ms]]\n    neurons: [lif, li]")
      .replacing("  - size: 3\n    weights", with: "  - weights")
    #expect(complaints(sizeless).contains { $0.contains("missing key 'size'") })
    #expect(
      complaints(given("[[1 ms], [2 ms]]")) == [
        "7:13+16 expected 3 lists, found 2 | one for each neuron"
      ])
  }

  @Test func `no spikes are an empty array of whatever type`() throws {
    let experiment = try read(
      preset(spikes: "{ file: none.npz, times: t, channels: c }"))
    #expect(experiment.inputSpikes.isEmpty)
  }

  @Test func `float32 widens exactly`() throws {
    let value = Float(0.1)
    let array = NumberArray(shape: [1], values: [Double(value)])
    var bytes = ArrayWriter.npy(array)
    bytes.removeLast(8)
    bytes[bytes.firstIndex(of: UInt8(ascii: "8")) ?? 0] = UInt8(ascii: "4")
    for place in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * place))) }
    #expect(try NpyReader.read(bytes).values == [Double(value)])
  }

  @Test(arguments: [
    (
      "{ file: gone.npz, array: w }",
      "6:22+8 no file 'gone.npz' | paths start at the folder of the preset"
    ),
    (
      "stored.npz",
      "6:14+10 expected a matrix, found 'stored.npz' | a file is named as in { file: stored.npz, array: w0 }"
    ),
    ("{ file: nowhere.npy }", "6:22+11 'nowhere.npy' cannot be read"),
    (
      "{ file: hello }",
      "6:22+5 not a .npy, .npz or .safetensors file | numpy.save and numpy.savez write such files"
    ),
    (
      "{ file: stored.npz }",
      "6:22+10 this file has named arrays, and none is named here | add 'array'; it has w0, w1, bad, delays, list"
    ),
    (
      "{ file: fortran.npy, array: w }",
      "6:42+1 this file holds one array, which has no name | leave the name out, or name a .npz file"
    ),
    (
      "{ file: stored.npz, array: w3 }",
      "6:41+2 there is no array 'w3' in this file | did you mean 'w0'?"
    ),
    ("{ file: stored.npz, array: w1 }", "6:41+2 expected [3 × 2], found [2 × 2]"),
    ("{ file: stored.npz, array: list }", "6:41+4 expected [3 × 2], found [3]"),
    ("{ file: scalar.npy }", "6:22+10 expected [3 × 2], found a single number"),
    ("{ file: empty.npy }", "6:22+9 expected [3 × 2], found [0 × 3]"),
    (
      "{ file: integers.npz, array: i1 }",
      "6:43+2 expected [3 × 2], found [3]"
    ),
    (
      "{ fiel: stored.npz, array: w1 }",
      "6:16+4 unknown key 'fiel' in a matrix | did you mean 'file'?"
    ),
    (
      "{ file: stored.npz, aray: w0 }",
      "6:34+4 unknown key 'aray' in a file | did you mean 'array'?"
    ),
  ])
  func `a complaint about a matrix`(weights: String, expected: String) {
    #expect(complaints(preset(weights: weights)).first == expected)
  }

  @Test(arguments: [
    ("array: bad", "bad[0, 1]: nan is not a finite number, and 1 more like it"),
    ("array: w0", "expected [2 × 2], found [3 × 2]"),
  ])
  func `a complaint about recurrent weights`(array: String, expected: String) {
    let text = preset(more: "recurrent: { file: deflated.npz, \(array) }")
    #expect(complaints(text).map { $0.split(separator: " ", maxSplits: 1)[1] } == [expected[...]])
  }

  @Test func `a matrix that should be transposed`() {
    let text = preset(weights: "{ file: fortran.npy }")
      .replacing("size: 3", with: "size: 2").replacing("size: 2\n", with: "size: 3\n")
    #expect(
      complaints(text) == [
        "6:22+11 expected [2 × 3], found [3 × 2] | add transpose: true, or take it away"
      ])
  }

  @Test(
    arguments: [
      ("times: t, channels: ix", "there is no array 'ix' in this file | did you mean 'idx'?", nil),
      ("times: t", "missing key 'channels' in a file of spikes | 'channels' is required here", nil),
      (
        "times: idx, channels: t",
        "expected floating-point numbers, found int64 | convert with .astype('float64')",
        "expected integers, found float64 | convert with .astype('int64')"
      ),
      (
        "times: late, channels: far",
        "late[1]: a spike at -1 ms comes before t = 0, and 1 more like it | the run begins at t = 0",
        "far[1]: no input channel 3, and 1 more like it | the channels are 0 to 2"
      ),
      (
        "times: t, channels: short", "there are 3 times and 2 channels | one channel for each time",
        nil
      ),
    ] as [(String, String, String?)])
  func `a complaint about spikes`(keys: String, first: String, second: String?) {
    let found = complaints(preset(spikes: "{ file: spikes.npz, \(keys) }"))
    #expect(
      found.map { String($0.drop { $0 != " " }.dropFirst()) } == [first, second].compactMap(\.self))
  }

  @Test func `only an unreadable file is the file's fault`() {
    func isUnreadable(_ weights: String) -> Bool? {
      do throws(PresetComplaints) {
        _ = try read(preset(weights: weights))
      } catch {
        return error.includesUnreadableFile
      }
      return nil
    }
    #expect(isUnreadable("{ file: gone.npz, array: w0 }") == true)
    #expect(isUnreadable("{ file: nowhere.npz, array: w0 }") == true)
    #expect(isUnreadable("{ file: hello }") == false)
    #expect(isUnreadable("{ file: stored.npz, array: w9 }") == false)
    #expect(isUnreadable("{ file: stored.npz, array: w0 }") == nil)
  }
}
