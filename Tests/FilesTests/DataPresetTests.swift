import EventProp
import Files
import Language
import Learning
import Study
import Testing

/// Presets whose samples are a data set that the program makes.
@Suite struct DataPresetTests {
  private static func text(
    _ data: String, encode: String = "{ to: 10 ms }", size: Int = 4,
    loss: String = "{ kind: ttfs_cross_entropy, tau: 5 ms }", more: String = ""
  ) -> String {
    """
    title: t
    t_max: 20 ms
    inputs: { size: \(size) }
    data: \(data)
    encode: \(encode)
    layers: [{ name: out, size: 3, weights: { normal: { mean: 2, std: 1, seed: 0 } } }]
    loss: \(loss)
    \(more)
    """
  }

  private static func read(_ text: String) throws(PresetComplaints) -> PresetDocument {
    try PresetReader.read(text, named: "p")
  }

  private static func settings(_ text: String) throws -> DataSettings {
    let filed = try #require(try read(text).filedSamples)
    guard case .data(let settings) = filed.source else {
      throw DataError.file
    }
    return settings
  }

  private enum DataError: Error { case file }

  private static func complaints(_ text: String) -> [String] {
    FilesTests.complaints { () throws(PresetComplaints) in try read(text) }
  }

  // MARK: - What is read

  @Test func `the first point to learn is the experiment, with its label`() throws {
    let document = try Self.read(
      Self.text("yin-yang", encode: "{ from: 1 ms, to: 11 ms, bias: 2 ms }", size: 5))
    let samples = try #require(document.samples)
    #expect(samples.count == 5000 && samples.isWhole && samples.together == .mean)
    let point = YinYang.points(1, seed: 42)[0]
    let values = point.features + point.features.map { 1 - $0 }
    #expect(document.experiment.sample == 0)
    #expect(
      document.experiment.inputSpikes
        == (values.map { 1e-3 + $0 * (11e-3 - 1e-3) } + [2e-3]).enumerated()
        .map { InputSpike(time: $0.element, channel: $0.offset) })
    #expect(document.experiment.loss?.rule.values.label == point.label)
    #expect(samples.labels?[4999] == YinYang.points(5000, seed: 42)[4999].label)
  }

  @Test func `sizes, seeds and the values of the encoder are read`() throws {
    let settings = try Self.settings(
      Self.text(
        "{ set: circle, train: 1e1, validation: 2, test: 3, seeds: [0, 7, 4294967295] }",
        encode:
          "{ from: 1 ms, to: 2 ms, bias: 0 ms, mirror: false, copies: 2, repeats: 3, right: 4 ms, wrong: 5 ms }",
        size: 6, loss: "{ kind: first_spike_mse, tau: 1 ms }", more: "batch: sum"))
    let parts = DataSettings.Part.allCases
    #expect(settings.set.name == "circle")
    #expect(parts.map { settings.size(of: $0) } == [10, 2, 3])
    #expect(parts.map { settings.seed(of: $0) } == [0, 7, .max])
    var encoder = Encoder(from: 1e-3, to: 2e-3)
    encoder.bias = 0
    encoder.copies = 2
    encoder.repeats = 3
    encoder.targets = Encoder.Targets(right: 4e-3, wrong: 5e-3)
    #expect(settings.encoder == encoder)
  }

  @Test func `a loss with targets gets those of the set, or of the label`() throws {
    let constant = try Self.read(
      Self.text(
        "constant", size: 3, loss: "{ kind: first_spike_mse, neurons: [0, 2], tau: 1 ms }"))
    #expect(constant.samples?.count == 1)
    #expect(constant.experiment.loss?.rule.targets == [[0.2 * 10e-3], [0.3 * 10e-3]])
    let xor = try Self.read(
      Self.text(
        "xor", encode: "{ to: 10 ms, right: 4 ms, wrong: 6 ms }", size: 2,
        loss: "{ kind: all_spikes_mse, tau: 1 ms }", more: "batch: sum"))
    let samples = try #require(xor.samples)
    #expect(samples.count == 4 && samples.together == .sum)
    #expect(xor.experiment.loss?.rule.targets == [[4e-3], [6e-3], [6e-3]])
    let second = samples.experiment(ofSample: 1, in: xor.experiment)
    #expect(second.loss?.rule.targets == [[6e-3], [4e-3], [6e-3]])
    #expect(second.inputSpikes.map(\.time) == [0, 10e-3])
  }

  @Test func `a preset without a loss has the points alone`() throws {
    let text = Self.text("xor", size: 2).split(separator: "\n")
      .filter { !$0.hasPrefix("loss") }.joined(separator: "\n")
    let document = try Self.read(text)
    #expect(document.samples?.count == 4 && document.samples?.labels == nil)
  }

  @Test func `points that spike at t_max or after it are told`() throws {
    let document = try Self.read(
      Self.text("xor", encode: "{ from: 5 ms, to: 20 ms }", size: 2))
    #expect(document.remarks.contains(.late(.samples, count: 4, total: 8)))
  }

  // MARK: - What is written

  @Test(arguments: [
    (
      "yin-yang", "{ to: 10 ms }", 4,
      "data: yin-yang\nencode: { from: 0 ms, to: 10 ms }\nbatch: mean\n"
    ),
    (
      "{ set: circle, test: 7, seeds: [42, 41, 4], train: 5000 }",
      "{ from: 1 ms, to: 2 ms, bias: 0 ms, mirror: false, copies: 2, repeats: 3 }", 6,
      "data: { set: circle, test: 7, seeds: [42, 41, 4] }\nencode: { from: 1 ms, to: 2 ms, bias: 0 ms, mirror: false, copies: 2, repeats: 3 }\nbatch: mean\n"
    ),
    (
      "{ set: xor, train: 8 }", "{ to: 10 ms, mirror: true }", 4,
      "data: { set: xor, train: 8 }\nencode: { from: 0 ms, to: 10 ms, mirror: true }\nbatch: mean\n"
    ),
  ]) func `what is written reads back to the same, and says what is not usual`(
    data: String, encode: String, size: Int, lines: String
  ) throws {
    let document = try Self.read(Self.text(data, encode: encode, size: size))
    let written = PresetWriter.write(document.experiment, samples: document.filedSamples)
    #expect(written.contains(lines), "\(written)")
    #expect(!written.contains("label:") && !written.contains("spikes:"))
    let again = try Self.read(written)
    #expect(again.experiment == document.experiment)
    #expect(again.filedSamples == document.filedSamples)
    #expect(document.filedSamples?.moved == document.filedSamples)
  }

  @Test func `the targets of an encoder are written`() throws {
    let document = try Self.read(
      Self.text(
        "xor", encode: "{ to: 10 ms, right: 4 ms, wrong: 6 ms }", size: 2,
        loss: "{ kind: first_spike_mse, tau: 1 ms }"))
    let written = PresetWriter.write(document.experiment, samples: document.filedSamples)
    #expect(written.contains("to: 10 ms, right: 4 ms, wrong: 6 ms }"))
    #expect(!written.contains("targets:"))
    #expect(try Self.read(written).filedSamples == document.filedSamples)
  }

  // MARK: - What is refused

  @Test(arguments: [
    ("yinyang", "4:7 unknown data set 'yinyang' | did you mean 'yin-yang'?"),
    (
      "mnist",
      "4:7 unknown data set 'mnist' | known are yin-yang, circle, linear, constant, xor"
    ),
    ("{ train: 5 }", "4:7 missing key 'set' in data | 'set' is required here"),
    ("[xor]", "4:7 expected text, found a list | a word or a sentence"),
    ("{ set: circle, train: 0 }", "4:29 train must be at least 1"),
    ("{ set: circle, test: -2 }", "4:28 test must be at least 1"),
    (
      "{ set: circle, train: 1.5 }",
      "4:29 expected a whole number, found '1.5' | a number without a fraction, such as 3"
    ),
    ("{ set: circle, validation: 1e9 }", "4:34 validation must be at most 1000000"),
    ("{ set: circle, seeds: [1, 2] }", "4:29 expected 3 seeds, found 2"),
    ("{ set: circle, seeds: [1, 2, -3] }", "4:36 a seed must be at least 0"),
    ("{ set: circle, seeds: [1, 4294967296, 3] }", "4:33 a seed must be at most 4294967295"),
    ("{ set: circle, tets: 5 }", "4:22 unknown key 'tets' in data | did you mean 'test'?"),
  ]) func `a data set that is not there, or has no points`(data: String, complaint: String) {
    #expect(Self.complaints(Self.text(data)) == [complaint])
  }

  @Test(arguments: [
    ("{ from: 1 ms }", "5:9 missing key 'to' in encode | the time of a feature of 1"),
    (
      "{ from: 2 ms, to: 1 ms }",
      "5:27 'to' 1 ms comes before 'from' 2 ms | a feature of 0 becomes a spike at 'from', a feature of 1 at 'to'"
    ),
    (
      "{ from: -1 ms, to: 1 ms }",
      "5:17 a spike at -1 ms comes before t = 0 | the run begins at t = 0"
    ),
    (
      "{ to: 1 ms, bias: -1 ms }",
      "5:27 a spike at -1 ms comes before t = 0 | the run begins at t = 0"
    ),
    ("{ to: 1 ms, copies: 0 }", "5:29 copies must be at least 1"),
    ("{ to: 1 ms, repeats: 2000000 }", "5:30 repeats must be at most 1000000"),
    (
      "{ to: 1 ms, repeats: 1000000 }",
      "4:7 the number of input spikes must be at most 100000000"
    ),
    ("{ to: 1 ms, mirror: no }", "5:29 expected true or false, found 'no' | true or false"),
    (
      "{ to: 1 ms, bias: 0 ms }",
      "5:9 this encoding needs 5 channels, and the inputs have 4 | inputs: { size: 5 }"
    ),
    (
      "{ to: 1 ms, copies: 2 }",
      "5:9 this encoding needs 8 channels, and the inputs have 4 | inputs: { size: 8 }"
    ),
    (
      "{ to: 1 ms, right: 1 ms, wrong: 2 ms }",
      "5:28 a ttfs_cross_entropy loss has no targets | targets belong to a loss of the kind all_spikes_mse or first_spike_mse or target_time"
    ),
  ]) func `an encoding that does not fit`(encode: String, complaint: String) {
    let found = Self.complaints(Self.text("{ set: yin-yang, train: 9 }", encode: encode))
    #expect(Set(found) == [complaint])
  }

  @Test func `a set that does not fit the loss`() {
    func complaints(_ data: String, _ size: Int, _ loss: String, _ encode: String = "{ to: 1 ms }")
      -> [String]
    {
      Self.complaints(Self.text(data, encode: encode, size: size, loss: loss))
    }
    #expect(
      complaints("yin-yang", 4, "{ kind: ttfs_cross_entropy, neurons: [0, 1] }") == [
        "4:7 the set yin-yang needs 3 neurons in the loss, found 2 | one neuron for each class or target"
      ])
    #expect(
      complaints("constant", 3, "{ kind: first_spike_mse }") == [
        "4:7 the set constant needs 2 neurons in the loss, found 3 | one neuron for each class or target"
      ])
    #expect(
      complaints("constant", 3, "{ kind: ttfs_cross_entropy }").first?.hasPrefix(
        "4:7 a ttfs_cross_entropy loss has no targets") == true)
    #expect(
      complaints("yin-yang", 4, "{ kind: voltage_integral, coefficients: [1, 1, 1] }") == [
        "4:7 a voltage_integral loss has no labels | labels belong to a loss of the kind ttfs_cross_entropy or max_over_time_cross_entropy"
      ])
    #expect(
      complaints("yin-yang", 4, "{ kind: first_spike_mse }") == [
        "5:9 missing key 'right' in encode | the target of the neuron of the label, in a loss with targets"
      ])
    #expect(
      complaints("yin-yang", 4, "{ kind: first_spike_mse }", "{ to: 1 ms, right: 1 ms }") == [
        "5:9 missing key 'wrong' in encode | the target of each other neuron, in a loss with targets"
      ])
    #expect(
      complaints(
        "constant", 3, "{ kind: first_spike_mse, neurons: [0, 1] }",
        "{ to: 1 ms, right: 1 ms, wrong: 1 ms }"
      ).allSatisfy {
        $0.contains("unknown key") && $0.contains(" in encode ")
      })
  }

  @Test func `data beside samples, input spikes or without an encoding`() {
    let text = Self.text("yin-yang")
    #expect(
      Self.complaints(text.replacing("{ size: 4 }", with: "{ size: 4, spikes: [] }")) == [
        "3:20 the input spikes are given here and by 'data' | leave 'spikes' out; 'size' stays"
      ])
    #expect(
      Self.complaints(text + "\nsamples: { file: none.npz }").first
        == "4:1 the samples are given twice: by 'data' and by 'samples' | keep one of them")
    #expect(
      Self.complaints(text.replacing("encode: { to: 10 ms }\n", with: "")) == [
        "4:7 missing key 'encode' in the preset | the times of the points, such as { to: 30 ms }"
      ])
    #expect(
      Self.complaints(
        text.replacing("data: yin-yang\n", with: "")
          .replacing("tau: 5 ms", with: "label: 0")
      ) == [
        "4:1 'encode' without 'data' or 'samples' | add 'data', the set whose points are encoded"
      ])
  }
}
