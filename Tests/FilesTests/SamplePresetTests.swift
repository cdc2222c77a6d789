import EventProp
import Files
import Language
import Study
import Testing

/// Presets whose inputs, labels and targets come from a file of samples.
@Suite struct SamplePresetTests {
  private static let none = Double.infinity

  private static func array(_ shape: [Int], _ values: [Double]) -> NumberArray {
    NumberArray(shape: shape, values: values)
  }

  /// The archive of most tests: four samples of two channels, in ms.
  private static let archive = ArrayWriter.npz([
    (name: "t", array: array([4, 2], [1, 2, 3, none, .nan, 2.5, none, none])),
    (name: "e", array: array([4, 3], [3, 1, none, 2, 2, 2, none, none, none, 7, 1, 9])),
    (name: "c", array: array([4, 3], [0, 1, -1, 1, 0, 1, -1, 5, -1, 1, -1, 0])),
    (name: "y", array: array([4], [0, 1, 1, 0])),
    (name: "half", array: array([4], [0, 1, 0.5, 0])),
    (name: "high", array: array([4], [0, 1, 2, 3])),
    (name: "few", array: array([3], [0, 1, 1])),
    (name: "T", array: array([4, 2], [10, 11, 12, 13, 14, 15, 16, 17])),
    (
      name: "lists",
      array: array([4, 2, 2], [10, 11, 12, .nan] + Array(repeating: none, count: 12))
    ),
    (name: "early", array: array([4, 2], [1, 2, 3, 4, -1, 6, -2, 8])),
    (name: "flat", array: array([8], Array(repeating: 1, count: 8))),
    (name: "wide", array: array([4, 3], Array(repeating: 1, count: 12))),
    (name: "odd", array: array([4, 3], [0, 1, -1, 1, 0, 2, -1, -1, -1, 1, 0.5, 0])),
    (name: "nobody", array: array([0, 2], [])),
  ])

  /// Spikes of two nodes in the layout of `nir.write_data`.
  private static let nirData: [UInt8] = {
    let writer = HDF5Writer()
    writer.addGroup("nodes")
    for node in ["in", "out"] {
      for group in ["", "/observables", "/observables/spikes"] {
        writer.addGroup("nodes/\(node)\(group)")
      }
      writer.add(
        array([2, 3], [0.001, 0.004, none, 0.002, none, none]),
        at: "nodes/\(node)/observables/spikes/time")
      writer.add(
        array([2, 3], [1, 0, -1, 1, -1, -1]), at: "nodes/\(node)/observables/spikes/idx")
    }
    return writer.bytes()
  }()

  private static func text(
    _ samples: String, loss: String = "{ kind: ttfs_cross_entropy, tau: 5 ms }",
    inputs: String = "{ size: 2 }", more: String = ""
  ) -> String {
    """
    title: t
    t_max: 20 ms
    inputs: \(inputs)
    samples: \(samples)
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
        case "t.npy": ArrayWriter.npy(array([2, 2], [0.001, 0.002, 0.003, none]))
        case "shd.h5": try ArrayFixture.bytes("lists.h5")
        case "data.nir": nirData
        case "empty.npz": []
        case "hello": Array("hello".utf8)
        default: nil
        }
      }, locating: { "/data/" + $0 })
  }

  private static func samples(_ text: String) throws -> Samples {
    try #require(try read(text).samples)
  }

  private static func complaints(_ text: String) -> [String] {
    FilesTests.complaints { () throws(PresetComplaints) in try read(text) }
  }

  // MARK: - What is read

  @Test func `one time for each channel; infinity and NaN stand for none`() throws {
    let samples = try Self.samples(
      Self.text("{ file: d.npz, times: t, labels: y, time_unit: ms }"))
    #expect(samples.count == 4 && samples.countInFile == 4 && samples.together == .mean)
    #expect(
      (0..<4).map { samples.inputSpikes(at: $0) } == [
        [InputSpike(time: 0.001, channel: 0), InputSpike(time: 0.002, channel: 1)],
        [InputSpike(time: 0.003, channel: 0)], [InputSpike(time: 0.0025, channel: 1)], [],
      ])
    #expect(samples.labels == [0, 1, 1, 0])
  }

  @Test func `times with channels; -1 and no time stand for none`() throws {
    let samples = try Self.samples(
      Self.text("{ file: d.npz, times: e, channels: c, labels: y, time_unit: ms }"))
    #expect(
      (0..<4).map { samples.inputSpikes(at: $0) } == [
        [InputSpike(time: 0.003, channel: 0), InputSpike(time: 0.001, channel: 1)],
        [
          InputSpike(time: 0.002, channel: 1), InputSpike(time: 0.002, channel: 0),
          InputSpike(time: 0.002, channel: 1),
        ], [], [InputSpike(time: 0.007, channel: 1), InputSpike(time: 0.009, channel: 0)],
      ])
  }

  @Test func `a single array, in seconds`() throws {
    let document = try Self.read(
      Self.text("{ file: t.npy }", loss: "{ kind: ttfs_cross_entropy, label: 1 }"))
    #expect(
      document.samples?.inputSpikes(at: 0) == [
        InputSpike(time: 0.001, channel: 0), InputSpike(time: 0.002, channel: 1),
      ])
    #expect(document.experiment.sample == 0 && document.experiment.inputSpikes.count == 2)
    #expect(document.experiment.loss?.rule.values.label == 1)
  }

  @Test func `HDF5 in the layout of SHD, whose times are rounded already`() throws {
    let samples = try Self.samples(
      Self.text(
        "{ file: shd.h5, labels: labels }",
        loss:
          "{ kind: ttfs_cross_entropy, neurons: [\(Array(repeating: "0", count: 20).joined(separator: ", "))] }",
        inputs: "{ size: 700 }"))
    #expect(samples.labels == [3, 0, 19])
    #expect(
      samples.inputSpikes(at: 0) == [
        InputSpike(time: 0.125, channel: 7), InputSpike(time: 0.5, channel: 699),
        InputSpike(time: 0.5, channel: 0),
      ])
    #expect(samples.inputSpikes(at: 1).isEmpty)
    #expect(samples.inputSpikes(at: 2) == [InputSpike(time: Double(Float16(1.0 / 3)), channel: 4)])
  }

  @Test func `spikes of a node in NIR data, whose paths are suggested`() throws {
    let loss = "{ kind: ttfs_cross_entropy, label: 1 }"
    #expect(
      Self.complaints(Self.text("{ file: data.nir }", loss: loss)) == [
        "4:18 this file has named arrays, and the one with the times is not named | add 'times'; it has nodes/in/observables/spikes/time, nodes/out/observables/spikes/time"
      ])
    let path = "nodes/in/observables/spikes"
    let samples = try Self.samples(
      Self.text("{ file: data.nir, times: \(path)/time, channels: \(path)/idx }", loss: loss))
    #expect(
      (0..<2).map { samples.inputSpikes(at: $0) } == [
        [InputSpike(time: 0.001, channel: 1), InputSpike(time: 0.004, channel: 0)],
        [InputSpike(time: 0.002, channel: 1)],
      ])
  }

  @Test(arguments: [("2", [2]), ("1..3", [1, 2, 3]), ("[3, 0..1]", [0, 1, 3])])
  func `selected samples keep their numbers`(select: String, numbers: [Int]) throws {
    let document = try Self.read(
      Self.text("{ file: d.npz, times: t, labels: y, time_unit: ms, select: \(select) }"))
    let samples = try #require(document.samples)
    #expect(samples.numbers == numbers && samples.countInFile == 4)
    #expect(samples.labels == numbers.map { [0, 1, 1, 0][$0] })
    #expect(document.experiment.sample == numbers[0])
  }

  @Test func `selected lists are those of their numbers`() throws {
    let twenty = Array(repeating: "0", count: 20).joined(separator: ", ")
    let samples = try Self.samples(
      Self.text(
        "{ file: shd.h5, labels: labels, select: [0, 2] }",
        loss: "{ kind: ttfs_cross_entropy, neurons: [\(twenty)] }", inputs: "{ size: 700 }"))
    #expect(samples.labels == [3, 19] && samples.inputSpikes(at: 1).map(\.channel) == [4])
  }

  @Test func `targets have the unit of the file, for one time or for lists`() throws {
    let first = try Self.read(
      Self.text(
        "{ file: d.npz, times: t, targets: T, time_unit: ms, select: 2 }",
        loss: "{ kind: first_spike_mse, tau: 1 ms }"))
    #expect(first.experiment.loss?.rule.targets == [[0.014], [0.015]])
    let all = try Self.read(
      Self.text(
        "{ file: d.npz, times: t, targets: lists, time_unit: ms }",
        loss: "{ kind: all_spikes_mse, tau: 1 ms }"))
    #expect(all.experiment.loss?.rule.targets == [[0.01, 0.011], [0.012]])
    let single = try Self.read(
      Self.text(
        "{ file: d.npz, times: t, targets: T, time_unit: ms }",
        loss: "{ kind: all_spikes_mse, tau: 1 ms }"))
    #expect(single.experiment.loss?.rule.targets == [[0.01], [0.011]])
  }

  @Test func `a label of the loss is replaced, and batch: sum is read`() throws {
    let document = try Self.read(
      Self.text(
        "{ file: d.npz, times: t, labels: y, time_unit: ms, select: 1 }",
        loss: "{ kind: ttfs_cross_entropy, label: 0, tau: 5 ms }", more: "batch: sum"))
    #expect(document.experiment.loss?.rule.values.label == 1)
    #expect(document.samples?.together == .sum)
  }

  @Test func `input spikes of all samples that come too late draw one warning`() throws {
    let document = try Self.read(
      Self.text("{ file: d.npz, times: t, labels: y }").replacing("20 ms", with: "2.2 s"))
    #expect(document.remarks.contains(.late(.samples, count: 2, total: 4)))
    let line = document.remarks.first { $0.kind == .late }?.line(Names(document.experiment))
    #expect(line?.contains("2 of the 4 input spikes of all samples come at t_max or later") == true)
  }

  // MARK: - Writing

  @Test(arguments: [
    "{ file: d.npz, times: e, channels: c, labels: y, time_unit: ms, select: [0, 2..3] }",
    "{ file: d.npz, times: t, targets: T, time_unit: ms }", "{ file: t.npy }",
  ])
  func `a preset with samples reads back as it was written`(samples: String) throws {
    let loss =
      samples.contains("labels")
      ? "{ kind: ttfs_cross_entropy, tau: 5 ms }"
      : samples.contains("targets")
        ? "{ kind: first_spike_mse, tau: 1 ms }" : "{ kind: ttfs_cross_entropy, label: 1 }"
    let document = try Self.read(Self.text(samples, loss: loss, more: "batch: sum"))
    let filed = try #require(document.filedSamples)
    let written = PresetWriter.write(document.experiment, samples: filed)
    #expect(!written.contains("spikes:"))
    let again = try Self.read(written)
    #expect(again.experiment == document.experiment && again.filedSamples == filed)
    #expect(
      PresetWriter.write(document.experiment, samples: filed.moved).contains(
        "file: \"/data/\(filed.source.name)\""))
  }

  // MARK: - What is refused

  @Test(arguments: [
    ("{ times: t }", ["4:10 missing key 'file' in samples | 'file' is required here"]),
    (
      "{ file: gone.npz, times: t }",
      ["4:18 no file 'gone.npz' | paths start at the folder of the preset"]
    ),
    (
      "{ file: hello }",
      ["4:18 not a .npy, .npz or .safetensors file | numpy.save and numpy.savez write such files"]
    ),
    (
      "{ file: empty.npz }",
      ["4:18 not a .npy, .npz or .safetensors file | numpy.save and numpy.savez write such files"]
    ),
    (
      "{ file: t.npy, times: t }",
      [
        "4:32 this file holds one array, which has no name | leave the name out, or name a .npz file"
      ]
    ),
    (
      "{ file: d.npz, times: x }",
      [
        "4:32 there is no array 'x' in this file | it has t, e, c, y, half, high, few, T, … (14 in all)"
      ]
    ),
    ("{ file: d.npz, times: flat }", ["4:32 expected [n × n], found [8]"]),
    (
      "{ file: d.npz, times: wide }",
      [
        "4:32 expected one time for each of 2 channels, found 3 | 'channels' names an array for spikes in another order"
      ]
    ),
    (
      "{ file: d.npz, times: nobody }",
      [
        "4:32 'nobody' has no samples | an array of times [samples, channels], with at least one sample"
      ]
    ),
    (
      "{ file: d.npz, times: early, time_unit: ms }",
      [
        "4:32 sample 2, early[2, 0]: a spike at -1 ms comes before t = 0, and 1 more like it | the run begins at t = 0"
      ]
    ),
    ("{ file: d.npz, times: e, channels: t }", ["4:45 expected [4 × 3], found [4 × 2]"]),
    (
      "{ file: d.npz, times: e, channels: odd }",
      ["4:45 sample 1, odd[1, 2]: no input channel 2, and 1 more like it | the channels are 0 to 1"]
    ),
    ("{ file: d.npz, times: t, labels: few }", ["4:43 expected [4], found [3]"]),
    (
      "{ file: d.npz, times: t, labels: high }",
      [
        "4:43 sample 2, high[2]: no position 2 in 'neurons', and 1 more like it | the positions are 0 to 1"
      ]
    ),
    (
      "{ file: d.npz, times: t, labels: half }",
      [
        "4:43 sample 2, half[2]: expected a whole number, found 0.5 | a number without a fraction, such as 3"
      ]
    ),
    (
      "{ file: d.npz, times: t, targets: T }",
      [
        "4:44 a ttfs_cross_entropy loss has no targets | targets belong to a loss of the kind all_spikes_mse or first_spike_mse or target_time"
      ]
    ),
    (
      "{ file: d.npz, times: t, labels: y, select: 4 }",
      ["4:54 sample 4 does not exist among 4 | the samples are 0 to 3"]
    ),
    (
      "{ file: d.npz, times: t, labels: y, select: 2..9 }",
      ["4:54 sample 9 does not exist among 4 | the samples are 0 to 3"]
    ),
    (
      "{ file: d.npz, times: t, labels: y, select: 3..1 }",
      ["4:54 expected numbers of samples, found '3..1' | 17, or 0..99, or a list of both"]
    ),
    (
      "{ file: d.npz, times: t, labels: y, select: [1, 0..2] }",
      ["4:54 sample 1 is selected twice | each sample once"]
    ),
    (
      "{ file: d.npz, times: t, labels: y, select: [] }",
      ["4:54 no samples are selected | a number, or numbers FROM..TO"]
    ),
    (
      "{ file: d.npz, times: t, labels: y, time_unit: min }",
      ["4:57 unknown unit 'min' | the units of a time are s, ms, us and ns"]
    ),
    (
      "{ file: d.npz, times: t, lables: y }",
      ["4:35 unknown key 'lables' in samples | did you mean 'labels'?"]
    ),
    ("{ file: shd.h5, times: labels, labels: y }", ["4:33 expected [n × n], found [3]"]),
    (
      "{ file: shd.h5 }",
      ["4:18 sample 0, spikes/units[0]: no input channel 7 | the channels are 0 to 1"]
    ),
  ])
  func `what does not fit is named at its place`(samples: String, expected: [String]) {
    let loss =
      samples.contains("labels:") || samples.contains("lables")
      ? "{ kind: ttfs_cross_entropy, tau: 5 ms, label: 0 }"
      : "{ kind: ttfs_cross_entropy, tau: 5 ms, label: 1 }"
    #expect(Self.complaints(Self.text(samples, loss: loss)) == expected)
  }

  @Test func `an array without a name, in an archive`() {
    let found = Self.complaints(
      Self.text("{ file: d.npz }", loss: "{ kind: ttfs_cross_entropy, label: 1 }"))
    #expect(found.count == 1)
    #expect(
      found.first?.hasPrefix(
        "4:18 this file has named arrays, and the one with the times is not named | add 'times'; it has t, e, c"
      ) == true)
  }

  @Test func `a loss without the values that samples give, or no loss at all`() {
    let first = Self.complaints(
      Self.text(
        "{ file: d.npz, times: t, labels: y, time_unit: ms }",
        loss: "{ kind: first_spike_mse, targets: [1 ms, 2 ms] }"))
    #expect(
      first == [
        "4:43 a first_spike_mse loss has no labels | labels belong to a loss of the kind ttfs_cross_entropy or max_over_time_cross_entropy"
      ])
    let text = Self.text("{ file: d.npz, times: t, labels: y, time_unit: ms }")
    let none = Self.complaints(
      text.replacing("loss: { kind: ttfs_cross_entropy, tau: 5 ms }", with: ""))
    #expect(none.count == 1 && none[0].contains("the preset has no loss for the labels"))
  }

  @Test func `a loss still needs the values that the samples do not give`() {
    let found = Self.complaints(Self.text("{ file: d.npz, times: t, time_unit: ms }"))
    #expect(
      found == ["6:7 missing key 'label' in a ttfs_cross_entropy loss | 'label' is required here"])
  }

  @Test func `input spikes beside samples, and batch without samples`() {
    let beside = Self.complaints(
      Self.text(
        "{ file: d.npz, times: t, labels: y, time_unit: ms }",
        inputs: "{ size: 2, spikes: [[1 ms, 0]] }"))
    #expect(
      beside == [
        "3:20 the input spikes are given here and by 'samples' | leave 'spikes' out; 'size' stays"
      ])
    let alone = Self.complaints(
      """
      title: t
      t_max: 20 ms
      inputs: { size: 1 }
      batch: mean
      layers: [{ size: 1, weights: [[1]] }]
      """)
    #expect(
      alone == [
        "4:8 'batch' without 'samples' or 'data' | mean or sum says how the losses of samples are put together"
      ])
    let wrong = Self.complaints(
      Self.text("{ file: d.npz, times: t, labels: y, time_unit: ms }", more: "batch: avg"))
    #expect(wrong == ["7:8 unknown batch 'avg' | known are mean, sum"])
  }
}
