import Foundation
import TestSupport
import Testing

/// Scripts in the real program: with a screen and without one.
@Suite struct ScriptRunTests {
  private func write(_ text: String, to path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private func read(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  // MARK: - Batch

  @Test func `criterion 20: the innermost failing line of sourced files is named, status 1`() throws
  {
    try withFolder { folder in
      try write("step\nsource \(folder)/b; step\nstep\n", to: folder + "/a")
      try write("# a\n\nassert L < 1\n", to: folder + "/b")
      let result = try backspike(preset, "--batch", "-x", folder + "/a")
      #expect(result.status == 1)
      #expect(result.output == "e0 in0 t=2 ms\n")
      #expect(result.errors.hasPrefix("\(folder)/b:3: L is 80.742697745566"))
      #expect(result.errors.hasSuffix(", not < 1\n"))
      let going = try backspike(preset, "--batch", "--keep-going", "-x", folder + "/a")
      #expect(going.status == 1)
      #expect(going.output == "e0 in0 t=2 ms\ne1 in1 t=5 ms\ne2 in2 t=9 ms\n")
      try write("source \(folder)/a\n", to: folder + "/b")
      let circle = try backspike(preset, "--batch", "-x", folder + "/a")
      #expect(circle.status == 1)
      #expect(circle.errors.contains("/b:1: \(folder)/a sources itself: "))
      #expect(try backspike(preset, "--batch", "-x", folder + "/c").status == 66)
      let missing = try backspike(preset, "--batch", "-e", "source \(folder)/c")
      #expect(missing.status == 1 && missing.errors.hasPrefix("-e:1: "))
    }
  }

  @Test func `criterion 21: what a batch records ends, when sourced, with the same numbers`() throws
  {
    try withFolder { folder in
      let questions = "print L; print V n0; print I n1; info grad; info params; print t"
      let recorded = try backspike(
        preset, "--batch", "-e", "record! r; set tau_mem 22ms; bwd; repeat 3 step",
        "-e", "nudge n0<-in2 +2%; 2 step", "-e", questions, in: folder)
      #expect(recorded.status == 0)
      let again = try backspike(
        preset, "--batch", "-e", "source r", "-e", questions, in: folder)
      #expect(again.status == 0)
      let count = again.output.split(separator: "\n").count
      #expect(count > 30)
      let answers = recorded.output.split(separator: "\n").dropFirst()
      // The first answer of the file is the place at which the recording began.
      let repeated = again.output.split(separator: "\n").dropFirst().prefix(answers.count)
      #expect(Array(repeated) == Array(answers))
    }
  }

  @Test func `the story of a missing term runs in the real program`() throws {
    try withFolder { folder in
      let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../WorkbenchTests/Snapshots/missing-reset-term.script").path
      let result = try backspike("recurrent-pair", "--batch", "-x", script, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.isEmpty)
      #expect(
        FileManager.default.fileExists(atPath: folder + "/missing-reset-term.npz"))
      let wrong = try backspike("reference", "--batch", "-x", script, in: folder)
      #expect(wrong.status == 1)
      #expect(wrong.errors.hasPrefix("\(script):5: "))
    }
  }

  @Test func `what is exported reads back, and no file is written over unasked`() throws {
    try withFolder { folder in
      let export = try backspike(
        "delays", "--batch", "-e", "set tau_mem 11ms", "-e",
        "export npz g.npz; export json g.json; export csv s.csv spikes; export svg f.svg",
        in: folder)
      #expect(export.status == 0)
      #expect(export.output.hasSuffix("wrote g.npz\nwrote g.json\nwrote s.csv\nwrote f.svg\n"))
      for file in ["g.npz", "g.json"] {
        let compared = try backspike("compare", "delays", file, "--set", "tau_mem=11ms", in: folder)
        #expect(compared.status == 0, "\(compared.output)")
        #expect(
          compared.output.hasSuffix("agrees with the exact gradient (largest difference 0)\n"))
      }
      let report = try backspike(
        "run", "delays", "--set", "tau_mem=11ms", "--format", "json", in: folder)
      #expect(try read(folder + "/g.json") == report.output)
      let before = try read(folder + "/s.csv")
      for line in [
        "export csv s.csv", "snapshot s.csv", "save s.csv", "record s.csv", "export svg s.csv",
        "export npz s.csv",
      ] {
        let result = try backspike("delays", "--batch", "-e", line, in: folder)
        #expect(result.status == 1)
        let verb = line.prefix { $0 != " " }
        #expect(result.errors == "-e:1: s.csv exists; \(verb)! writes over it\n")
        #expect(try read(folder + "/s.csv") == before)
      }
      #expect(try backspike("delays", "--batch", "-e", "export! csv s.csv", in: folder).status == 0)
      #expect(try read(folder + "/s.csv") != before)
      let nowhere = try backspike("delays", "--batch", "-e", "export svg no/f.svg", in: folder)
      #expect(
        nowhere.status == 1
          && nowhere.errors == "-e:1: no/f.svg: cannot be written; there is no folder no\n")
    }
  }

  @Test(arguments: [
    "export! csv .", "snapshot! .", "save! .", "record! .", "source .", "replay .", "load .",
    "compare .",
  ])
  func `a folder is not taken for a file`(line: String) throws {
    try withFolder { folder in
      let result = try backspike("delays", "--batch", "-e", line, in: folder)
      #expect(result.status == 1)
      #expect(result.errors == "-e:1: .: is a folder, not a file\n")
    }
  }

  @Test(arguments: [(80, 24), (120, 40), (60, 16)])
  func `a picture has the size that is asked for, without a terminal`(columns: Int, rows: Int)
    throws
  {
    try withFolder { folder in
      let result = try backspike(
        preset, "--batch", "--size", "\(columns)x\(rows)", "-e", "bwd; 8 step; snapshot s; screen",
        in: folder)
      #expect(result.status == 0)
      let file = try read(folder + "/s").split(separator: "\n", omittingEmptySubsequences: false)
      #expect(file.count == rows + 1)
      #expect(file.allSatisfy { $0.unicodeScalars.count <= columns })
      #expect(file[0].hasPrefix(" reference  run 1  BWD <- e4/11"))
      #expect(file[rows - 1] == "(bwd 4)")
      let printed = result.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(printed.suffix(rows + 1) == file[...])
    }
  }

  @Test
  func `a picture without a terminal says what the screen says, in ASCII where that is asked for`()
    throws
  {
    try withFolder { folder in
      let line = "bwd; 8 step; snapshot! s"
      #expect(try backspike(preset, "--batch", "-e", line, in: folder).status == 0)
      let unicode = try read(folder + "/s")
      #expect(
        unicode.contains(
          "\n λV⁻ = 1027.9 + (1027.913 - 1005.576)/2.4949 = 1036.9 /s\n dL/dw n1<- partial: in0"))
      for arguments in [["--ascii", "-e", line], ["-e", "ascii on", "-e", line]] {
        #expect(try backspike([preset, "--batch"] + arguments, in: folder).status == 0)
        let ascii = try read(folder + "/s")
        #expect(ascii.utf8.allSatisfy { $0 == 0x0a || (0x20...0x7e).contains($0) })
        #expect(ascii.contains("BWD <- e4/11") && ascii.contains("tau_mem") && ascii != unicode)
      }
    }
  }

  @Test(arguments: ["80", "0x24", "80x24x2", "axb", "2000x2000"])
  func `a size that is none ends with 64`(size: String) throws {
    #expect(try backspike(preset, "--batch", "--size", size, "-e", "screen").status == 64)
  }

  @Test func `a replay without a screen is source`() throws {
    try withFolder { folder in
      try write("step\nassert L < 81\nreplay b wait=10s\n", to: folder + "/a")
      try write("step\n", to: folder + "/b")
      let result = try backspike(preset, "--batch", "--replay", "a", "--wait", "5s", in: folder)
      #expect(result.status == 0 && result.output == "e0 in0 t=2 ms\ne1 in1 t=5 ms\n")
      #expect(try backspike(preset, "--replay", "a", "--wait", "soon").status == 64)
    }
  }

  @Test func `criterion 18: in batch a bad line of the new commands ends with 1`() throws {
    for line in [
      "sweep tau_mem -1ms..2ms", "assert L < 1", "descend 0", "nudge v_th 3", "export x y",
    ] {
      let result = try backspike(preset, "--batch", "-e", line)
      #expect(result.status == 1 && result.output.isEmpty && result.errors.hasPrefix("-e:1: "))
    }
  }

  // MARK: - The screen

  @Test(arguments: [(80, 24), (120, 40)])
  func `a sweep opens over the plots, and Enter makes the chosen run`(columns: Int, rows: Int)
    throws
  {
    let tmux = try open(["grazing", "--no-history"], columns: columns, rows: rows)
    try tmux.say("sweep n0<-in0 2..3 11")
    try tmux.wait(forText: "n0<-in0 = 2.4002 (now)")
    try tmux.send(keys: "Left")
    try tmux.wait(forText: "spike n0 0 appears at 8.926 ms")
    try tmux.send(keys: "Enter")
    try tmux.wait(forText: "w n0<-in0 = 2.4 (was 2.4002)")
    try tmux.wait(forText: "0 spikes (was 1)")
    try tmux.say("undo")
    try tmux.wait(forText: "1 spike (was 0)")
  }

  @Test func `a replay plays, pauses, steps and ends`() throws {
    try withFolder { folder in
      try write("step\nstep\nstep\nstep\n", to: folder + "/demo")
      let tmux = try Tmux(
        running: [Program.path(), preset, "--no-history", "--replay", folder + "/demo"]
          + ["--wait", "20s"])
      try tmux.wait(forText: "demo:1: any key pauses")
      try tmux.wait(forPrompt: "(fwd start) step")
      try tmux.send(keys: "x")
      try tmux.wait(forText: "demo:1 paused")
      try tmux.send(keys: "x", "x")
      try tmux.wait(forPrompt: "(fwd 1) step")
      try tmux.send(keys: "Escape")
      try tmux.wait(forText: "replay ended at")
      try tmux.wait(forPrompt: "(fwd 1)")
      try tmux.say("replay \(folder)/demo wait=1ms")
      try tmux.wait(forPrompt: "(fwd 5)")
    }
  }

  @Test func `criterion 21: what the screen records ends in batch with the same numbers`() throws {
    try withFolder { folder in
      let tmux = try open([preset, "--no-history"])
      try tmux.say("record \(folder)/r")
      try tmux.wait(forText: "recording to")
      try tmux.send(keys: "Right")
      try tmux.wait(forPrompt: "(fwd 0)")
      try tmux.say("set tau_mem 22ms; bwd")
      try tmux.wait(forPrompt: "(bwd turn)")
      try tmux.say("4 step")
      try tmux.wait(forPrompt: "(bwd 8)")
      try tmux.say("print λV n0")
      let rows = try tmux.wait(forText: "λV n0 = ")
      let answer = try #require(rows.first { $0.hasPrefix("λV n0 = ") })
      try tmux.send(keys: "C-d")
      #expect(try tmux.waitForExit() == 0)
      #expect(
        try read(folder + "/r") == """
          # recorded with reference
          goto start
          step
          set tau_mem 22ms
          bwd
          4 step
          print λV n0

          """)
      let batch = try backspike(preset, "--batch", "-e", "source \(folder)/r")
      #expect(batch.status == 0)
      #expect(batch.output.split(separator: "\n").last.map(String.init) == answer)
    }
  }

  @Test func `a failing line of a script is named on the screen too`() throws {
    try withFolder { folder in
      try write("step\nassert L < 1\nstep\n", to: folder + "/a")
      let tmux = try open([preset, "--no-history"])
      try tmux.say("source \(folder)/a")
      // The folder is so long that the line wraps.
      try tmux.wait(forText: "/a:2: L is")
      try tmux.wait(forText: ", not < 1")
      try tmux.wait(forPrompt: "(fwd 0)")
    }
  }

  @Test func `a snapshot is what the screen shows`() throws {
    try withFolder { folder in
      let tmux = try open([preset, "--no-history"], columns: 100, rows: 30)
      try tmux.say("bwd; 8 step")
      try tmux.wait(forPrompt: "(bwd 4)")
      let before = try tmux.settledScreen()
      try tmux.say("snapshot \(folder)/s")
      try tmux.wait(forText: "wrote ")
      let kept = try read(folder + "/s").split(separator: "\n", omittingEmptySubsequences: false)
      #expect(kept.prefix(20).map(String.init) == Array(before.prefix(20)))
    }
  }
}
