import Files
import Foundation
import TestSupport
import Testing

/// Presets with samples in real files, in the shell.
@Suite struct SampleRunTests {
  private static let preset = """
    title: small
    t_max: 40 ms
    parameters: { v_th: 0.6 }
    inputs: { size: 2 }
    samples: { file: d.npz, times: t, labels: y, time_unit: ms }
    layers:
      - { name: hidden, size: 3, weights: [[3, 2, 1], [1, 2, 3]] }
      - { name: out, size: 2, weights: [[2, 1], [1, 2], [2, 2]] }
    loss: { kind: ttfs_cross_entropy, tau: 5 ms }
    """

  /// The same network, and a loss that needs a spike.
  private static let linear = preset.replacing(", labels: y", with: "").replacing(
    "{ kind: ttfs_cross_entropy, tau: 5 ms }",
    with: "{ kind: linear_spike_times, terms: [{ neuron: 0, spike: 0, coefficient: 1 }] }")

  private static let archive = ArrayWriter.npz([
    (
      name: "t",
      array: NumberArray(
        shape: [5, 2], values: [1, 2, 3, 4, 2.5, 2.6, .infinity, 1, .nan, .infinity])
    ), (name: "y", array: NumberArray(shape: [5], values: [0, 1, 1, 0, 1])),
    (name: "half", array: NumberArray(shape: [5], values: [0, 1, 1.5, 0, 1])),
  ])

  /// A folder with the data, and a preset in it.
  private func withPreset<Result>(
    _ text: String = SampleRunTests.preset,
    _ body: (_ path: String, _ folder: String) throws -> Result
  ) throws -> Result {
    try withFolder { folder in
      try Data(Self.archive).write(to: URL(filePath: folder + "/d.npz"))
      let path = folder + "/p.yaml"
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return try body(path, folder)
    }
  }

  private struct Report: Decodable {
    var loss: Double?
    var layers: [Layer]
    var samples: Part?
    var sample: Int?

    struct Layer: Decodable {
      var gradient: Gradient?
    }
    struct Gradient: Decodable {
      var weights: [[Double]]
    }
    struct Part: Decodable {
      var count: Int
      var batch: String
      var right: Int?
      var accuracy: Double?
      var losses: [Double]
      var failed: [Failure]
      var worst: [String: [Entry]]
    }
    struct Failure: Decodable {
      var sample: Int
      var message: String
    }
    struct Entry: Decodable {
      var sample: Int
      var loss: Double
    }
  }

  private func report(_ path: String, _ more: String...) throws -> Report {
    let result = try backspike(["run", path, "--format", "json"] + more)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  @Test func `run reports the mean or the sum of the reports of its samples`() throws {
    let single = try withPreset { path, _ in
      try (0..<5).map { try report(path, "--sample", "\($0)") }
    }
    #expect(single.map(\.sample) == [0, 1, 2, 3, 4] && single.allSatisfy { $0.samples == nil })
    let losses = single.compactMap(\.loss)
    for (together, divisor) in [("mean", 5.0), ("sum", 1)] {
      let batch = try withPreset(Self.preset + "\nbatch: \(together)") { path, _ in try report(path)
      }
      let part = try #require(batch.samples)
      #expect(part.count == 5 && part.batch == together)
      // A batch sums in another order than a run, so that the last digit may differ.
      try #require(part.losses.count == losses.count)
      for (one, other) in zip(part.losses, losses) { #expect(abs(one - other) <= 1e-15) }
      #expect(batch.loss.map { abs($0 - losses.reduce(0, +) / divisor) <= 1e-14 } ?? false)
      #expect(part.failed.isEmpty && part.accuracy == Double(part.right ?? -1) / 5)
      for layer in 0..<2 {
        let sums = single.compactMap { $0.layers[layer].gradient?.weights.flatMap { $0 } }
        let own = try #require(batch.layers[layer].gradient?.weights.flatMap { $0 })
        #expect(own.contains { $0 != 0 })
        let largest = own.reduce(0) { max($0, abs($1)) }
        for entry in own.indices {
          let mean = sums.reduce(0) { $0 + $1[entry] } / divisor
          #expect(abs(own[entry] - mean) <= 1e-14 * largest)
        }
      }
      let worst = try #require(part.worst["loss"])
      #expect(worst.map(\.loss) == part.losses.sorted(by: >))
      #expect(Set(part.worst.keys) == ["loss", "gradient", "slope", "margin", "silent", "wrong"])
    }
  }

  @Test func `the text has the batch, its gradient and the worst samples`() throws {
    try withPreset { path, _ in
      let result = try backspike(["run", path])
      #expect(result.status == 0)
      #expect(result.output.hasPrefix("small: 5 samples, mean L = "))
      for text in ["classified rightly", "dL/dw [before][this]", "by loss, the largest first"] {
        #expect(result.output.contains(text), "\(text)")
      }
      let one = try backspike(["run", path, "--sample", "2"])
      #expect(one.output.hasPrefix("small, sample 2: "))
    }
  }

  @Test func `a sample without a gradient takes the batch's, unless it is left out`() throws {
    try withPreset(Self.linear) { path, _ in
      let whole = try report(path)
      #expect(whole.loss == nil && whole.layers.allSatisfy { $0.gradient == nil })
      #expect(
        whole.samples?.failed.map(\.sample) == [3, 4] || whole.samples?.failed.map(\.sample) == [4])
      #expect(whole.samples?.failed.last?.message == "the loss names spike 0 of out.0, which has 0")
      let part = try report(path, "--allow-partial")
      let losses = try #require(part.samples?.losses)
      #expect(part.loss == losses.reduce(0, +) / Double(losses.count))
      #expect(part.layers.allSatisfy { $0.gradient != nil })
      let text = try backspike(["run", path])
      #expect(text.output.contains("so the batch has no loss and no gradient; --allow-partial"))
      let one = try backspike(["run", path, "--sample", "4"])
      #expect(one.status == 65 && one.errors.contains("p.yaml:9:"))
    }
  }

  @Test func `check verifies the batch on drawn samples, or one sample`() throws {
    try withPreset { path, _ in
      let all = try backspike(["check", path])
      #expect(all.status == 0 && all.output.hasPrefix("the mean over all 5 samples"))
      #expect(all.output.hasSuffix("verdict: agrees\n"))
      let two = try backspike(["check", path, "--samples", "2", "--format", "json"])
      #expect(two.status == 0 && two.output.contains("\"samples\":[0,2]"))
      let one = try backspike(["check", path, "--sample", "2"])
      #expect(one.status == 0 && one.output.contains("identity:"))
      for (arguments, text) in [
        (["--samples", "6"], "has only 5 samples"), (["--samples", "0"], "a number from 1"),
        (["--sample", "5"], "there is no such sample; the samples are 0 to 4"),
        (["--sample", "1", "--samples", "2"], "give one of them"),
      ] {
        let result = try backspike(["check", path] + arguments)
        #expect(
          result.status == 64 && result.errors.contains(text), "\(arguments): \(result.errors)")
      }
    }
  }

  @Test func `options that do not fit are refused`() throws {
    try withPreset { path, folder in
      for (arguments, status, text) in [
        (["--sample", "5"], 64, "--sample 5: there is no such sample; the samples are 0 to 4"),
        (["--sample", "-1"], 64, "--sample"),
        (["--ties"], 64, "--ties belongs to one sample"),
        (["--set", "in.0=3ms"], 64, "belongs to one sample; --sample N chooses it"),
      ] as [([String], Int32, String)] {
        let result = try backspike(["run", path] + arguments)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        #expect(result.errors.contains(text), "\(arguments): \(result.errors)")
      }
      #expect(try backspike(["run", path, "--sample", "0", "--set", "in.0=3ms"]).status == 0)
      #expect(try backspike(["run", path, "--set", "tau_mem=11ms"]).status == 0)
      let none = try backspike(["run", "reference", "--sample", "0"])
      #expect(none.status == 64 && none.errors.contains("reference has no samples"))
      let half = folder + "/half.yaml"
      try Self.preset.replacing("labels: y", with: "labels: half").write(
        toFile: half, atomically: true, encoding: .utf8)
      let wrong = try backspike(["run", half])
      #expect(wrong.status == 65)
      #expect(wrong.errors.contains("sample 2, half[2]: expected a whole number, found 1.5"))
      let gone = folder + "/gone.yaml"
      try Self.preset.replacing("d.npz", with: "gone.npz").write(
        toFile: gone, atomically: true, encoding: .utf8)
      #expect(try backspike(["run", gone]).status == 66)
      let pipe = folder + "/pipe.yaml"
      _ = try run(["mkfifo", folder + "/pipe.npz"])
      try Self.preset.replacing("d.npz", with: "pipe.npz").write(
        toFile: pipe, atomically: true, encoding: .utf8)
      let piped = try backspike(["run", pipe])
      #expect(piped.status == 66 && piped.errors.contains("'pipe.npz' cannot be read"))
    }
  }

  @Test func `a sitting ranks samples, opens one, and saves a preset that opens elsewhere`() throws
  {
    try withPreset { path, folder in
      let sitting = try backspike([
        path, "--batch", "--size", "120x30", "-e", "samples by loss 1", "-e", "worst", "-e",
        "set tau_mem 11ms", "-e", "save \(folder)/q.yaml", "-e", "screen",
      ])
      #expect(sitting.status == 0, "\(sitting.errors)")
      #expect(sitting.output.contains("> sample "))
      #expect(sitting.output.contains("/5  ghost:run2") || sitting.output.contains("/5 "))
      let saved = try String(contentsOfFile: folder + "/q.yaml", encoding: .utf8)
      #expect(saved.contains("d.npz") && !saved.contains(folder))
      #expect(try backspike(["run", folder + "/q.yaml"]).status == 0)
      try withFolder { other in
        let away = try backspike([path, "--batch", "-e", "save \(other)/q.yaml"])
        #expect(away.status == 0)
        #expect(try report(other + "/q.yaml").loss == (try report(path).loss))
      }
    }
  }
}
