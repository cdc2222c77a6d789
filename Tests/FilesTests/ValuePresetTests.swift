import EventProp
import Files
import Learning
import Testing

/// Presets whose samples are numbers that become first-spike times, and their held-out parts.
@Suite struct ValuePresetTests {
  private static func array(_ shape: [Int], _ values: [Double]) -> NumberArray {
    NumberArray(shape: shape, values: values)
  }

  /// Four images of 2x2 pixels from 0 to 16, and two others.
  private static let archive = ArrayWriter.npz([
    (name: "x", array: array([4, 2, 2], [0, 16, 8, 4] + Array(repeating: 12, count: 12))),
    (name: "flat", array: array([4, 4], [0, 16, 8, 4] + Array(repeating: 12, count: 12))),
    (name: "y", array: array([4], [0, 1, 1, 0])),
    (name: "three", array: array([4], [0, 1, 2, 0])),
    (name: "T", array: array([4, 2], Array(repeating: 5, count: 8))),
    (name: "x_test", array: array([2, 2, 2], Array(repeating: 16, count: 8))),
    (name: "y_test", array: array([2], [1, 0])),
    (name: "nan", array: array([4, 2, 2], [0, .nan] + Array(repeating: 12, count: 14))),
    (name: "high", array: array([4, 2, 2], Array(repeating: 0, count: 12) + [1, 17, 2, -3])),
  ])

  /// A file of another program: its numbers have a type and an order of bytes.
  private static func npy(_ type: String, _ bytes: [UInt8]) -> [UInt8] {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (2, 2, 2), }"
    let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8) + bytes
  }

  private static func text(
    _ samples: String = "{ file: d.npz, values: x, labels: y }",
    encode: String = "{ range: [16, 0], to: 20 ms }", size: Int = 4,
    loss: String = "{ kind: ttfs_cross_entropy, tau: 5 ms }", more: String = ""
  ) -> String {
    """
    title: t
    t_max: 40 ms
    inputs: { size: \(size) }
    samples: \(samples)
    encode: \(encode)
    layers: [{ name: out, size: 2, weights: { normal: { mean: 2, std: 1, seed: 0 } } }]
    loss: \(loss)
    \(more)
    """
  }

  private static func read(_ text: String) throws(PresetComplaints) -> PresetDocument {
    try PresetReader.read(
      text, named: "p",
      readingFile: { path in
        switch path {
        case "d.npz": archive
        case "test.npz":
          ArrayWriter.npz([
            (name: "x", array: array([1, 4], [16, 0, 0, 0])), (name: "y", array: array([1], [1])),
          ])
        case "u1.npy": npy("|u1", [0, 51, 255, 0, 1, 2, 3, 4])
        case "big.npy": npy(">u2", [0, 0, 0, 51, 0, 255, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4])
        case "f4.npy":
          npy(
            "<f4",
            [0, 51, 255, 0, 1, 2, 3, 4].flatMap { value in
              withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { Array($0) }
            })
        case "kinds.h5": try ArrayFixture.bytes("kinds.h5")
        default: nil
        }
      }, locating: { "/data/" + $0 })
  }

  private static func complaints(_ text: String) -> [String] {
    FilesTests.complaints { () throws(PresetComplaints) in try read(text) }
  }

  private static func spikes(_ text: String, of number: Int = 0) throws -> [InputSpike] {
    try #require(try read(text).samples).inputSpikes(at: number)
  }

  private static func spike(_ ms: Double, _ channel: Int) -> InputSpike {
    InputSpike(time: ms / 1000, channel: channel)
  }

  // MARK: - Values

  @Test(arguments: ["x", "flat"])
  func `bright pixels spike early, and further axes count up channels`(name: String) throws {
    let text = Self.text("{ file: d.npz, values: \(name), labels: y }")
    #expect(
      try Self.spikes(text) == [
        Self.spike(20, 0), Self.spike(0, 1), Self.spike(10, 2), Self.spike(15, 3),
      ])
    let document = try Self.read(text)
    #expect(document.samples?.labels == [0, 1, 1, 0])
    #expect(document.experiment.inputSpikes.count == 4 && document.samples?.count == 4)
  }

  @Test func `a silent value has no spike; the other keys are those of a set`() throws {
    let encode = "{ range: [0, 16], silent: 0, to: 16 ms, bias: 1 ms, mirror: true }"
    #expect(
      try Self.spikes(Self.text(encode: encode, size: 9)) == [
        Self.spike(16, 1), Self.spike(8, 2), Self.spike(4, 3), Self.spike(0, 5),
        Self.spike(8, 6), Self.spike(12, 7), Self.spike(1, 8),
      ])
    // A silent value may lie outside the range.
    let outside = Self.text(
      "{ file: d.npz, values: x, labels: y }", encode: "{ range: [16, 4], silent: 0, to: 12 ms }")
    #expect(
      try Self.spikes(outside) == [Self.spike(0, 1), Self.spike(8, 2), Self.spike(12, 3)])
  }

  @Test(arguments: ["u1", "big", "f4"])
  func `every type of number gives the same spikes`(name: String) throws {
    let text = Self.text(
      "{ file: \(name).npy }", encode: "{ range: [0, 255], to: 5 ms }",
      loss: "{ kind: ttfs_cross_entropy, label: 0, tau: 5 ms }")
    #expect(
      try Self.spikes(text) == [
        Self.spike(0, 0), Self.spike(1, 1), Self.spike(5, 2), Self.spike(0, 3),
      ])
  }

  @Test func `numbers of an HDF5 file are encoded too`() throws {
    let text = Self.text(
      "{ file: kinds.h5, values: numbers/>f4 }", encode: "{ range: [0, 100], to: 10 ms }",
      size: 2, loss: "{ kind: ttfs_cross_entropy, label: 0, tau: 5 ms }")
    #expect(try Self.spikes(text, of: 1) == [Self.spike(10, 0), Self.spike(0.3, 1)])
  }

  @Test func `labels become targets by right and wrong`() throws {
    let text = Self.text(
      encode: "{ range: [16, 0], to: 20 ms, right: 25 ms, wrong: 30 ms }",
      loss: "{ kind: first_spike_mse, tau: 1 ms }")
    let document = try Self.read(text)
    let samples = try #require(document.samples)
    #expect(samples.labels == nil)
    let loss = try #require(document.experiment.loss)
    #expect(samples.loss(at: 0, in: loss).rule.targets == [[0.025], [0.03]])
    #expect(samples.loss(at: 1, in: loss).rule.targets == [[0.03], [0.025]])
  }

  @Test(arguments: [
    (
      "{ file: d.npz, values: nan, labels: y }",
      "4:33 sample 0, nan[0, 0, 1]: NaN is no value | the range of 'encode' says which values there are"
    ),
    (
      "{ file: d.npz, values: high, labels: y }",
      "4:33 sample 3, high[3, 0, 1]: 17 is not from 0 to 16, and 1 more like it | the range of 'encode' says which values there are"
    ),
    ("{ file: d.npz, values: y, labels: y }", "4:33 expected [n × n], found [4]"),
    (
      "{ file: d.npz, values: T, labels: y }",
      "4:33 this encoding needs 2 channels, and the inputs have 4 | inputs: { size: 2 }"
    ),
    (
      "{ file: d.npz, values: x, labels: three }",
      "4:44 sample 2, three[2]: no position 2 in 'neurons' | the positions are 0 to 1"
    ),
    ("{ file: d.npz, values: x, labels: y_test }", "4:44 expected [4], found [2]"),
    (
      "{ file: d.npz, times: flat, labels: y }",
      "4:32 'times' gives spikes, and 'encode' makes them of values | 'values' names numbers to encode; spikes need no 'encode'"
    ),
    (
      "{ file: d.npz, values: x, channels: x, labels: y }",
      "4:46 'channels' gives spikes, and 'encode' makes them of values | 'values' names numbers to encode; spikes need no 'encode'"
    ),
    (
      "{ file: u1.npy, values: x, labels: y }",
      "4:34 this file holds one array, which has no name | leave the name out, or name a .npz file"
    ),
  ]) func `values that do not fit are named at their place`(samples: String, complaint: String) {
    #expect(Self.complaints(Self.text(samples)) == [complaint])
  }

  @Test(arguments: [
    (
      "{ to: 20 ms }",
      "5:9 missing key 'range' in encode | the values that spike at 'from' and at 'to', such as [255, 0]"
    ),
    ("{ range: [1], to: 20 ms }", "5:18 expected 2 values, found 1"),
    (
      "{ range: [3, 3], to: 20 ms }",
      "5:18 a range has two different ends | the values that spike at 'from' and at 'to', such as [255, 0]"
    ),
    (
      "{ range: [-1e308, 1e308], to: 20 ms }",
      "5:18 a range has two different ends | the values that spike at 'from' and at 'to', such as [255, 0]"
    ),
    (
      "{ range: 16, to: 20 ms }",
      "5:18 expected a list, found '16' | values in brackets, as in [1, 2], or each after '- '"
    ),
    (
      "{ range: [16, 0], silent: no, to: 20 ms }",
      "5:35 expected a number, found 'no' | a number, such as 0.6 or 1e-05"
    ),
    (
      "{ range: [16, 0], to: 20 ms, right: 1 ms, wrong: 2 ms }",
      "5:45 a ttfs_cross_entropy loss has no targets | targets belong to a loss of the kind all_spikes_mse or first_spike_mse or target_time"
    ),
  ]) func `an encoding that does not fit is named at its place`(encode: String, complaint: String) {
    #expect(Self.complaints(Self.text(encode: encode)).first == complaint)
  }

  @Test func `values without an encoding, and targets given twice`() {
    #expect(
      Self.complaints(
        Self.text().replacing("encode: { range: [16, 0], to: 20 ms }\n", with: "")) == [
          "4:33 missing key 'encode' in the preset | the times of the points, such as { to: 30 ms }"
        ])
    #expect(
      Self.complaints(Self.text("{ file: d.npz, labels: y }")).first?.hasPrefix(
        "4:18 this file has named arrays, and the one with the values is not named | add 'values'; it has x, flat"
      ) == true)
    let targets = { (samples: String) in
      Self.complaints(
        Self.text(
          samples, encode: "{ range: [16, 0], to: 20 ms, right: 1 ms, wrong: 2 ms }",
          loss: "{ kind: first_spike_mse, tau: 1 ms }"))
    }
    #expect(
      targets("{ file: d.npz, values: x, labels: y, targets: T }") == [
        "4:56 the targets are given twice: by 'targets' and by 'right' | keep one of them"
      ])
    #expect(targets("{ file: d.npz, values: x }").first?.contains("missing key 'labels'") == true)
  }

  // MARK: - Parts that are held out

  private static func parts(_ keys: String) throws -> [[Int]] {
    let filed = try #require(
      try read(text("{ file: d.npz, values: x, labels: y, \(keys) }")).filedSamples)
    return DataSettings.Part.allCases.map { filed.samples($0, for: nil)?.numbers ?? [] }
  }

  @Test func `the last samples, or some that a seed draws, are held out`() throws {
    #expect(try Self.parts("test: 1") == [[0, 1, 2], [], [3]])
    #expect(try Self.parts("validation: 2, test: 1") == [[0], [1, 2], [3]])
    #expect(try Self.parts("select: [0, 2..3], test: 2") == [[0], [], [2, 3]])
    let drawn = try (0..<20).map { try Self.parts("test: { count: 2, seed: \($0) }") }
    #expect(drawn.allSatisfy { ($0[0] + $0[2]).sorted() == [0, 1, 2, 3] && $0[2].count == 2 })
    #expect(Set(drawn.map { $0[2] }).count == 6)
    #expect(try Self.parts("test: { count: 2 }") == drawn[0])
  }

  @Test func `other arrays are held out, of the same file or of another`() throws {
    func test(_ part: String) throws -> Samples {
      let text = Self.text("{ file: d.npz, values: x, labels: y, test: \(part) }")
      let document = try Self.read(text)
      #expect(document.samples?.count == 4)
      return try #require(document.filedSamples?.testSamples(for: document.experiment.loss))
    }
    let same = try test("{ values: x_test, labels: y_test, select: 1 }")
    #expect(same.numbers == [1] && same.labels == [0])
    #expect(same.inputSpikes(at: 0) == (0..<4).map { Self.spike(0, $0) })
    let other = try test("{ file: test.npz }")
    #expect(other.numbers == [0] && other.labels == [1])
    #expect(other.inputSpikes(at: 0).map(\.time) == [0, 0.02, 0.02, 0.02])
  }

  @Test(arguments: [
    (
      "test: 4",
      "4:53 'test' takes 4 of 4 samples, and none is left to learn from | at most 3"
    ),
    (
      "test: 2, validation: { count: 2 }",
      "4:77 'validation' takes 2 of 2 samples, and none is left to learn from | at most 1"
    ),
    ("test: 0", "4:53 test must be at least 1"),
    (
      "test: {}",
      "4:53 missing key 'count' in test | how many samples; or the arrays of other samples"
    ),
    (
      "test: { seed: 1 }",
      "4:53 missing key 'count' in test | how many samples; or the arrays of other samples"
    ),
    (
      "test: { count: 1, seed: -1 }",
      "4:71 expected a whole number, found '-1' | a number without a fraction, such as 3"
    ),
    (
      "test: { count: 1, values: x }",
      "4:53 'test' is given by a count and by arrays | a number, { count: 360, seed: 1 }, or arrays such as { values: x_test }"
    ),
    ("test: { values: x_test }", "4:53 missing key 'labels' in test | 'labels' is required here"),
    ("test: { values: x_test, labels: y }", "4:79 expected [2], found [4]"),
    (
      "test: { value: x_test }",
      "4:55 unknown key 'value' in test | did you mean 'values'?"
    ),
    (
      "test: { file: none.npz }",
      "4:61 no file 'none.npz' | paths start at the folder of the preset"
    ),
  ]) func `a part that cannot be held out is named at its place`(keys: String, complaint: String) {
    let text = Self.text("{ file: d.npz, values: x, labels: y, \(keys) }")
    #expect(Self.complaints(text).first == complaint)
  }

  // MARK: - What is written

  @Test(arguments: [
    "  values: x\n  labels: y\n  select: 0..2\n  test: 1\n  validation: { count: 1, seed: 7 }\nencode: { range: [16, 0], silent: 0, from: 0 ms, to: 20 ms }\n",
    "  values: x\n  labels: y\n  test: { file: d.npz, values: x_test, labels: y_test, select: 1 }\nencode: { range: [0, 16], from: 1 ms, to: 2 ms }\n",
    "  values: x\n  labels: y\n  test: { file: test.npz, values: x, labels: y }\nencode: { range: [0, 16.5], from: 0 ms, to: 2 ms, copies: 1 }\n",
  ]) func `what is written reads back to the same`(lines: String) throws {
    let text = Self.text().replacing(
      "samples: { file: d.npz, values: x, labels: y }\nencode: { range: [16, 0], to: 20 ms }\n",
      with: "samples:\n  file: d.npz\n" + lines)
    let document = try Self.read(text)
    let written = PresetWriter.write(document.experiment, samples: document.filedSamples)
    #expect(written.contains(lines.replacing(", copies: 1", with: "")), "\(written)")
    let again = try Self.read(written)
    #expect(again.experiment == document.experiment)
    #expect(again.filedSamples == document.filedSamples)
    let moved = PresetWriter.write(document.experiment, samples: document.filedSamples?.moved)
    #expect(!moved.contains("file: d.npz") && moved.contains("/data/d.npz"))
    #expect(!moved.contains("file: test.npz"))
  }
}
