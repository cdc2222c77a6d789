import Foundation
import TestSupport
import Testing

/// The program without a screen: what it prints where, and how it ends.
@Suite struct BatchTests {
  // MARK: - Commands

  @Test func `commands that succeed end with 0, their results on the standard output`() throws {
    let result = try backspike(preset, "--batch", "-e", "step", "-e", "print L")
    #expect(result.status == 0)
    #expect(result.output.contains("e0 in0 t=2 ms"))
    #expect(result.errors.isEmpty)
  }

  @Test func `criterion 20: the first bad command ends with 1 and its place`() throws {
    let script = "step\n\nstip\nstep\n"
    try withFile(script.utf8, named: "script.txt") { path in
      let result = try backspike(preset, "--batch", "-x", path)
      #expect(result.status == 1)
      #expect(result.output == "e0 in0 t=2 ms\n")
      #expect(result.errors == "\(path):3: unknown command 'stip'; did you mean 'step'?\n")
    }
  }

  @Test func `told to keep going it carries out the rest, and still ends with 1`() throws {
    let result = try backspike(
      preset, "--batch", "--keep-going", "-e", "stip", "-e", "step", "-e", "goto e99")
    #expect(result.status == 1)
    #expect(result.output == "e0 in0 t=2 ms\n")
    #expect(
      result.errors == """
        -e:1: unknown command 'stip'; did you mean 'step'?
        -e:3: no event e99; this run has e0-e11

        """)
  }

  @Test func `a long check in batch is ended by an interrupt with 130`() throws {
    let result = try run([
      "timeout", "--preserve-status", "-s", "INT", "1", Program.path(), "yin-yang", "--batch", "-e",
      "check all",
    ])
    #expect(result.status == 130)
    #expect(result.output.isEmpty)
  }

  @Test func `a pipe is read like a script`() throws {
    let good = try backspike(preset, input: "step\nstep\nquit\nstip\n")
    #expect(good.status == 0)
    #expect(good.output == "e0 in0 t=2 ms\ne1 in1 t=5 ms\n")
    #expect(good.errors.isEmpty)
    let bad = try backspike(preset, input: "step\nstip\nstep\n")
    #expect(bad.status == 1)
    #expect(bad.output == "e0 in0 t=2 ms\n")
    #expect(bad.errors == "stdin:2: unknown command 'stip'; did you mean 'step'?\n")
  }

  @Test func `criterion 20: a pipe that nobody reads ends it quietly`() throws {
    let program = try Program.path()
    let command = "yes help | head -n 2000 | \(program) \(preset) | head -n 1"
    let result = try run(["sh", "-c", command])
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").count == 1)
    #expect(result.errors.isEmpty)
  }

  @Test(arguments: ["10ms", "10 ms", "0.01s", "0.01", "10000us"])
  func `criterion 19: one time is written in many ways`(time: String) throws {
    let result = try backspike(preset, "--batch", "-e", "set tau_mem \(time)")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("tau_mem = 10 ms (was 20 ms)\n"))
  }

  @Test func `criterion 21: what is saved opens again with the same loss`() throws {
    try withFolder { folder in
      let path = folder + "/saved.yaml"
      let saved = try backspike(
        preset, "--batch", "-e", "set tau_mem 25ms", "-e", "bwd; print L", "-e", "save \(path)")
      #expect(saved.status == 0)
      let opened = try backspike(path, "--batch", "-e", "bwd; print L")
      #expect(opened.status == 0)
      let loss = opened.output.split(separator: "\n").last ?? "nothing"
      #expect(saved.output.contains(loss))
      let again = try backspike(preset, "--batch", "-e", "save \(path)")
      #expect(again.status == 1)
      #expect(again.errors.contains("exists"))
    }
  }

  // MARK: - Bad surroundings

  @Test func `bad usage ends with 64`() throws {
    #expect(try backspike("--no-such-option").status == 64)
    #expect(try backspike(preset, "--color", "loud").status == 64)
    #expect(try backspike("run", preset, "--format", "xml").status == 64)
    #expect(try backspike("run", preset, "--set", "tau_sin=4ms").status == 64)
  }

  @Test func `a bad preset ends with 65 and its places`() throws {
    let text = """
      title: Bad
      t_max: slow
      inputs:
        size: 1
        spikes: [[2 ms, 0]]
      layers:
        - size: 1
          weights: [[1]]
      """
    try withFile(text.utf8, named: "bad.yaml") { path in
      for result in [
        try backspike("run", path), try backspike(path, "--batch", "-e", "step"),
      ] {
        #expect(result.status == 65)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("\(path):2:8: error: expected a time, found 'slow'"))
        #expect(result.errors.contains("^~~~"))
      }
    }
  }

  @Test func `a preset is read with the files beside it`() throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/arrays", withIntermediateDirectories: true)
      let path = folder + "/p.yaml"
      func run(_ weights: String) throws -> ProcessResult {
        let text = """
          title: t
          t_max: 20 ms
          inputs: { size: 1, spikes: [[1 ms, 0]] }
          layers: [{ size: 2, weights: \(weights) }]
          """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try backspike("run", path)
      }
      let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
      var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(header.utf8.count), 0]
      bytes += Array(header.utf8) + [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/arrays/w.npy"))

      #expect(try run("{ file: arrays/w.npy }").status == 0)
      #expect(try run("{ file: \(folder)/arrays/w.npy }").status == 0)
      let missing = try run("{ file: w.npy }")
      #expect(missing.status == 66)
      #expect(missing.errors.hasPrefix("\(path):4:38: error: no file 'w.npy'\n"))
      #expect(try run("{ file: arrays }").status == 66)
      #expect(try run("{ file: /dev/zero }").status == 66)
      #expect(try run("{ file: p.yaml }").status == 65)
      #expect(try run("{ file: arrays/w.npy, array: w }").status == 65)
    }
  }

  @Test func `a file that is not there ends with 66`() throws {
    #expect(try backspike("run", "/no/such/file.yaml").status == 66)
    #expect(try backspike("/no/such/file.yaml", "--batch", "-e", "step").status == 66)
    #expect(try backspike(preset, "--batch", "-x", "/no/such/script").status == 66)
    let misspelt = try backspike("run", "referense")
    #expect(misspelt.status == 66)
    #expect(misspelt.errors.contains("did you mean reference?"))
  }

  @Test(arguments: ["dumb", "", "no-such-terminal"])
  func `criterion 20: no kind of terminal brings an escape into a pipe`(terminal: String) throws {
    var environment = ProcessInfo.processInfo.environment
    environment["TERM"] = terminal.isEmpty ? nil : terminal
    let result = try run(
      [Program.path(), preset], input: "bwd; 7 step; equation\nhelp\ninfo grad\n",
      environment: environment)
    #expect(result.status == 0)
    #expect(!(result.output + result.errors).contains("\u{1b}"))
  }

  // MARK: - Reports

  @Test func `the report has its keys and the numbers of the screen`() throws {
    let result = try backspike("run", preset, "--format", "json")
    #expect(result.status == 0)
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let report = try #require(object as? [String: Any])
    for key in ["version", "title", "t_max", "complete", "loss", "events", "layers", "gradient"] {
      #expect(report[key] != nil, "\(key) is missing")
    }
    #expect((report["events"] as? [Any])?.count == 12)
    let loss = try #require(report["loss"] as? Double)
    #expect(abs(loss - 80.742698) < 1e-6)
    let batch = try backspike(preset, "--batch", "-e", "bwd; print L")
    #expect(batch.output.contains("L = 80.7426977"))
  }

  @Test func `the report as text, and with an edit`() throws {
    let text = try backspike("run", preset)
    #expect(text.status == 0)
    #expect(text.output.contains("80.74"))
    let edited = try backspike("run", preset, "--set", "tau_mem=25ms")
    #expect(edited.status == 0)
    #expect(edited.output.contains("137.4"))
  }

  @Test func `every preset is listed, and runs`() throws {
    let list = try backspike("presets")
    #expect(list.status == 0)
    let names = list.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
    #expect(names.map(String.init).contains(preset))
    for name in names {
      let result = try run(
        ["sh", "-c", "\(try Program.path()) run \(name) --format json > /dev/null"], within: 240)
      #expect(result.status == 0, "\(name): \(result.errors)")
    }
  }
}
