import TestSupport
import Testing

/// A standard output that cannot be written: one line on the standard error, and the status 74.
@Suite struct OutputTests {
  /// Runs the program in a shell; `command` says what happens to the outputs of `$0`.
  private func shell(_ command: String) throws -> ProcessResult {
    try run(["sh", "-c", command, Program.path()], within: 60)
  }

  private static let commands = [
    "--help", "--version", "run --help", "--generate-completion-script bash", "presets",
    "run xor", "run xor --ties", "run xor --format json", "check xor", "check xor --format json",
    "bench xor --repeat 1", "bench xor --repeat 1 --format json", "xor --batch -e help",
    "xor --batch -e 'bwd; info grad'",
  ]

  @Test(arguments: commands) func `a full disk is told`(command: String) throws {
    let result = try shell("\"$0\" \(command) >/dev/full")
    #expect(result.status == 74)
    #expect(
      result.errors == "the standard output cannot be written: No space left on device\n")
  }

  @Test(arguments: commands) func `a closed output is told`(command: String) throws {
    let result = try shell("\"$0\" \(command) >&-")
    #expect(result.status == 74)
    #expect(result.errors == "the standard output is closed\n")
  }

  @Test(arguments: commands) func `a reader that leaves ends it quietly`(command: String) throws {
    let result = try shell("{ sleep 0.3; \"$0\" \(command); echo $? >&2; } | true")
    #expect(result.errors == "74\n")
  }

  @Test func `a comparison and commands from a pipe are told too`() throws {
    try withFolder { folder in
      let result = try shell(
        """
        "$0" run xor --format json > \(folder)/g
        "$0" compare xor \(folder)/g >/dev/full; echo $? >&2
        "$0" compare xor \(folder)/g --format json >&-; echo $? >&2
        echo step | "$0" xor >/dev/full; echo $? >&2
        """)
      #expect(
        result.errors == """
          the standard output cannot be written: No space left on device
          74
          the standard output is closed
          74
          the standard output cannot be written: No space left on device
          74

          """)
    }
  }

  @Test(arguments: [
    "run yin-yang --format json", "run yin-yang", "yin-yang --batch -e topics;glossary;help",
  ])
  func `a slow pipe that does not block gets every byte`(command: String) throws {
    let script = """
      import fcntl, os, subprocess, sys, time
      command = [sys.argv[1]] + sys.argv[2].split(' ')
      whole = subprocess.run(command, capture_output=True).stdout
      reader, writer = os.pipe()
      fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ if hasattr(fcntl, 'F_SETPIPE_SZ') else 1031, 4096)
      fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK | os.O_WRONLY)
      process = subprocess.Popen(command, stdout=writer, stderr=writer)
      os.close(writer)
      time.sleep(0.3)
      found = b''
      while piece := os.read(reader, 1000): found += piece
      print(process.wait(), found == whole and len(whole) > 4096)
      """
    let result = try run(
      ["python3", "-c", script, Program.path(), command], within: 60)
    #expect(result.output == "0 True\n")
  }

  @Test func `a file that opens while the output is closed gets no answers`() throws {
    try withFolder { folder in
      let result = try shell(
        "cd \(folder); \"$0\" xor --batch -e 'export csv f' -e 'print L' >&-; head -c 11 f")
      #expect(result.output == "event,time,")
    }
  }

  @Test func `a recording is written although nobody hears the answers`() throws {
    try withFolder { folder in
      let result = try shell(
        "cd \(folder); \"$0\" xor --batch -e 'record r; step' >/dev/full; cat r")
      #expect(result.output == "# recorded with xor\ngoto start\n")
    }
  }
}
