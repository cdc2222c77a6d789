import Files
import Foundation
import Learning
import TestSupport
import Testing

/// `backspike train` in the shell.
@Suite struct TrainTests {
  private static let count = 60

  private static let archive = ArrayWriter.npz([
    (
      name: "t",
      array: NumberArray(
        shape: [count, 2],
        values: (0..<count).flatMap { [Double($0) / 8, Double(count - $0) / 8] })
    ),
    (
      name: "y",
      array: NumberArray(shape: [count], values: (0..<count).map { Double($0 * 2 / count) })
    ),
  ])

  private static let preset = """
    title: small
    t_max: 40 ms
    parameters: { v_th: 0.6, v_reset: -1 }
    inputs: { size: 2 }
    samples: { file: d.npz, times: t, labels: y, time_unit: ms }
    layers:
      - { name: hidden, size: 12, weights: { normal: { mean: 3, std: 1, seed: 1 } } }
      - { name: out, size: 2, weights: { normal: { mean: 1, std: 0.3, seed: 2 } } }
    loss: { kind: ttfs_cross_entropy, tau: 2 ms }
    training: { epochs: 6, batch: 16, rate: 0.02, seed: 3 }
    """

  private func withPreset(
    _ text: String = TrainTests.preset, _ body: (_ folder: String) throws -> Void
  ) throws {
    try withFolder { folder in
      try Data(Self.archive).write(to: URL(filePath: folder + "/d.npz"))
      try text.write(toFile: folder + "/p.yaml", atomically: true, encoding: .utf8)
      try body(folder)
    }
  }

  private func train(_ folder: String, _ arguments: String...) throws -> ProcessResult {
    try run([try Program.path(), "train", folder + "/p.yaml"] + arguments)
  }

  private struct Line: Decodable {
    var epoch: Int
    var step: Int
    var train_loss: Double
    var train_accuracy: Double
    var seconds: Double
  }

  @Test func `each epoch is a line, and the trained preset opens`() throws {
    try withPreset { folder in
      let result = try train(folder, "--format", "json", "--out", folder + "/best.yaml")
      #expect(result.status == 0 && result.errors.isEmpty)
      let lines = try result.output.split(separator: "\n").map {
        try JSONDecoder().decode(Line.self, from: Data($0.utf8))
      }
      #expect(lines.map(\.epoch) == Array(1...6))
      #expect(lines.map(\.step) == [4, 8, 12, 16, 20, 24])
      #expect(lines[5].train_loss < lines[0].train_loss)
      let check = try run([try Program.path(), "check", folder + "/best.yaml", "--sample", "7"])
      #expect(check.status == 0, "\(check)")
      let text = try String(contentsOfFile: folder + "/best.yaml", encoding: .utf8)
      #expect(text.contains("training:") && text.contains("samples:"))
    }
  }

  @Test func `a training that is resumed gives the same file as one that ran through`() throws {
    try withPreset { folder in
      #expect(try train(folder, "--out", folder + "/whole.yaml", "--threads", "1").status == 0)
      #expect(try train(folder, "--out", folder + "/part.yaml", "--epochs", "2").status == 0)
      let resumed = try train(
        folder, "--resume", folder + "/part.state.npz", "--out", folder + "/part.yaml",
        "--threads", "3")
      #expect(resumed.status == 0)
      #expect(resumed.output.split(separator: "\n").count == 4)
      let files = ["whole", "part"].map {
        FileManager.default.contents(atPath: "\(folder)/\($0).yaml")
      }
      #expect(files[0] != nil && files[0] == files[1])
      let states = ["whole", "part"].map {
        FileManager.default.contents(atPath: "\(folder)/\($0).state.npz")
      }
      #expect(states[0] != nil && states[0] == states[1])
    }
  }

  @Test(arguments: ["INT", "TERM", "HUP"])
  func `a signal saves the state first, and nothing is lost`(signal: String) throws {
    let long = Self.preset.replacing("epochs: 6", with: "epochs: 100000")
    try withPreset(long) { folder in
      let program = try Program.path()
      let script = """
        "\(program)" train p.yaml --out a.yaml --format json > lines 2> errors &
        while [ ! -s lines ]; do sleep 0.05; done; kill -\(signal) $!; wait $!; echo $?; cat errors
        """
      let result = try run(["sh", "-c", "cd \(folder); set -m; \(script)"])
      let status = ["INT": 130, "TERM": 143, "HUP": 129][signal] ?? 0
      #expect(result.output.hasPrefix("\(status)\n"), "\(result)")
      #expect(result.output.contains("stopped before step "))
      #expect(result.output.contains("--resume a.state.npz goes on"))
      let bytes = try #require(FileManager.default.contents(atPath: folder + "/a.state.npz"))
      let state = try TrainingState(Array(bytes))
      #expect(state.state.step > 0)
      let check = try run([program, "run", folder + "/a.yaml"])
      #expect(check.status == 0)
    }
  }

  /// A limit of the size of files stands for a full disk: a write fails with an error in the middle.
  @Test func `a full disk ends the training with a message, and what was saved stays`() throws {
    try withPreset { folder in
      #expect(try train(folder, "--out", folder + "/a.yaml", "--epochs", "2").status == 0)
      let names = ["a.yaml", "a.state.npz"]
      let saved = names.map { FileManager.default.contents(atPath: "\(folder)/\($0)") }
      let script = """
        trap '' XFSZ; ulimit -f 1
        "\(try Program.path())" train p.yaml --out a.yaml --resume a.state.npz > /dev/null 2> errors; echo $?
        cat errors; ls
        """
      let result = try run(["sh", "-c", "cd \(folder); \(script)"])
      #expect(result.output.hasPrefix("73\n"), "\(result)")
      #expect(result.output.contains("a.state.npz"), "\(result)")
      #expect(result.output.contains("File too large"), "\(result)")
      let now = names.map { FileManager.default.contents(atPath: "\(folder)/\($0)") }
      #expect(saved == now && saved[0] != nil && saved[1] != nil)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(!files.contains { $0.contains("part") }, "\(files)")
    }
  }

  @Test func `two trainings do not write one file`() throws {
    let long = Self.preset.replacing("epochs: 6", with: "epochs: 100000")
    try withPreset(long) { folder in
      let program = try Program.path()
      let script = """
        "\(program)" train p.yaml --out a.yaml > lines &
        while [ ! -s lines ]; do sleep 0.05; done
        "\(program)" train p.yaml --out a.yaml --force; echo $?
        "\(program)" train p.yaml --out b.yaml --epochs 1 > other; echo $?
        kill -TERM $!; wait $!; echo $?; ls *.lock
        "\(program)" train p.yaml --out a.yaml --force --epochs 1 > again; echo $?
        """
      let result = try run(["sh", "-c", "cd \(folder); set -m; \(script)"])
      #expect(result.output.split(separator: "\n") == ["73", "0", "143", "0"], "\(result)")
      #expect(result.errors.contains("a.yaml: another training writes it; give another --out"))
    }
  }

  @Test func `outputs that cannot be written are refused before the first step`() throws {
    try withPreset { folder in
      #expect(try train(folder, "--out", folder + "/none/best.yaml").status == 73)
      #expect(try train(folder, "--out", folder + "/p.yaml").status == 73)
      #expect(try train(folder, "--out", "best.txt").status == 64)
      let full = try train(folder, "--epochs", "1", "--out", folder + "/one.yaml")
      #expect(full.status == 0)
      let again = try train(folder, "--epochs", "1", "--out", folder + "/one.yaml")
      #expect(again.status == 73 && again.output.isEmpty && again.errors.contains("--force"))
      let seed = try train(folder, "--seed", "4", "--resume", folder + "/one.state.npz")
      #expect(seed.status == 65 && seed.errors.contains("another training"))
      let wrong = try train(folder, "--resume", folder + "/d.npz")
      #expect(wrong.status == 65)
    }
  }

  @Test(
    arguments: [
      ["--epochs", "0"], ["--threads", "0"], ["--seeds", "0"], ["--seeds", "2", "--seed", "1"],
    ])
  func `options that make no sense are refused`(arguments: [String]) throws {
    let result = try run([try Program.path(), "train", "xor"] + arguments)
    #expect(result.status == 64)
  }

  @Test func `a preset without samples says what is missing`() throws {
    let result = try run([try Program.path(), "train", "xor"])
    #expect(result.status == 65 && result.errors.contains("no samples"))
  }

  @Test func `several seeds are summed up`() throws {
    try withPreset { folder in
      let result = try train(folder, "--epochs", "1", "--seeds", "3")
      #expect(result.status == 0)
      let lines = result.output.split(separator: "\n")
      #expect(lines.prefix(3).map { $0.prefix(6) } == ["seed 0", "seed 1", "seed 2"])
      #expect(Set(lines.prefix(3).map { $0.dropFirst(6) }).count == 3)
    }
  }

  @Test func `samples that are held out are scored: the test part, or the validation part`() throws
  {
    let held = Self.preset.replacing(
      "time_unit: ms }", with: "time_unit: ms, test: { count: 20, seed: 1 }, validation: 10 }")
    try withPreset(held) { folder in
      let test = try train(folder, "--epochs", "1", "--format", "json")
      #expect(test.output.contains("\"test_accuracy\":") && !test.output.contains("validation"))
      let other = try train(folder, "--epochs", "1", "--format", "json", "--validation")
      #expect(
        other.output.contains("\"validation_accuracy\":") && !other.output.contains("test_"))
      let seeds = try train(folder, "--epochs", "1", "--seeds", "2", "--validation")
      #expect(seeds.output.contains("\nvalidation accuracy "), "\(seeds)")
    }
    try withPreset { folder in
      let none = try train(folder, "--validation")
      #expect(none.status == 65 && none.errors.contains("no validation samples"))
    }
  }

  @Test func `the digits are compiled in, also for a preset that names them from elsewhere`() throws
  {
    try withFolder { folder in
      let program = try Program.path()
      // A file of this name beside the program's own preset is another one.
      try "no arrays".write(toFile: folder + "/digits.npz", atomically: true, encoding: .utf8)
      let command = "cd \(folder); '\(program)' digits --batch -e 'save sub/mine.yaml'"
      let result = try run(["sh", "-c", "mkdir \(folder)/sub; " + command])
      #expect(result.status == 0, "\(result)")
      let text = try String(contentsOfFile: folder + "/sub/mine.yaml", encoding: .utf8)
      #expect(text.contains("  file: digits.npz\n") && text.contains("test: { count: 360, seed: 1"))
      let again = try run([program, "run", folder + "/sub/mine.yaml", "--sample", "0"])
      #expect(again.status == 0, "\(again)")
    }
  }
}
