import EventProp

/// A command about commands: scripts, their tests, and their output.
package enum ScriptCommand: Equatable, Sendable {
  /// Fail unless a condition holds.
  case assert(AssertPhrase)
  /// Print a text.
  case echo(Word?)
  /// Repeat a command; `done` rounds are over. Each round reads the command again, because aliases
  /// may change.
  case `repeat`(Int, Word, done: Int)
  /// Define an alias; without a text delete it, without a name list all.
  case alias(Word?, Word?)
  /// Record the successful commands for a file.
  case record(Word, overwriting: Bool)
  /// Write the recorded commands.
  case recordOff
  /// Carry out the commands of a file.
  case source(Word)
  /// Carry out the commands of a file one by one, with a pause before each, in seconds, perhaps
  /// paused from the start.
  case replay(Word, wait: Word?, isPaused: Bool)
  /// Wait for a key, with a text.
  case pause(Word?)
  /// Keep a text with the commands.
  case note(Word)
  /// Write a part of the run.
  case export(Export, Word, what: Table?, overwriting: Bool)
  /// Write the screen as text.
  case snapshot(Word, overwriting: Bool)
  /// Print the screen.
  case screen
  /// Put the last answer, the screen or the value of a quantity on the clipboard.
  case copy([Word])

  /// The forms in which `export` writes a run.
  package enum Export: String, CaseIterable, Sendable {
    case csv, json, npz, nir, svg, html
  }

  /// The tables of a `.csv` file.
  package enum Table: String, CaseIterable, Sendable {
    case events, spikes, gradient, traces, sweep
  }
}

extension CommandTable {
  static let scriptRows: [CommandRow] = [
    CommandRow(
      "source", arguments: "FILE", summary: "carry out the commands of a file",
      details: """
        A file may source others. The first line that fails ends it, and is named as file:line.
        """, example: "source demo.txt", completes: .files
    ) { (line) throws(Diagnostic) in .script(.source(try line.file())) },
    CommandRow(
      "replay", arguments: "FILE [wait=300ms] [start=paused]",
      summary: "carry out a file as if it were typed, with a pause before each line",
      details: """
        Any key pauses it; then each key plays one line, Space goes on by itself, and Esc ends it. start=paused waits for
        the first key. Without a screen it is source.
        """, example: "replay demo.txt wait=1s", completes: .files
    ) { (line) throws(Diagnostic) in
      let file = try line.one("a file name").unquoted
      let isPaused = try line.startsPaused()
      let wait = try line.option("wait", "a time, such as 300ms")
      return .script(.replay(file, wait: wait, isPaused: isPaused))
    },
    CommandRow(
      "pause", arguments: "[TEXT]", summary: "wait for a key, in a script before an audience",
      details: "Any key goes on, Esc ends the script. Without a screen the text is printed.",
      example: "pause Which neuron spikes first?"
    ) { (line) in .script(.pause(line.isAtEnd ? nil : line.verbatim())) },
    CommandRow(
      "caption", arguments: "[TEXT]",
      summary: "a text above the plots and boxes until the next one",
      details: "caption alone takes it away.",
      example: "caption The loss is known: now back in time"
    ) { (line) in .view(.caption(line.isAtEnd ? nil : line.verbatim())) },
    CommandRow("close", summary: "close the box over the plots") { _ in .view(.close) },
    CommandRow(
      "note", arguments: "TEXT", summary: "keep a text in the recording, and on an exported page",
      details: "It belongs to the place where you stand; export html shows it there.",
      example: "note here λ jumps for the first time"
    ) { (line) throws(Diagnostic) in
      guard !line.isAtEnd else {
        throw line.verb.complaint("note needs a text", remedy: "note here λ jumps")
      }
      return .script(.note(line.verbatim()))
    },
    CommandRow(
      "assert", arguments: "COND [tol=1e-9] | says TEXT",
      summary: "fail unless a condition holds, or the last answer has a text in it",
      details: """
        assert L < 81, assert V n0 == 1 tol=1e-6, assert grad n0<-in2 == -4915.764 tol=1e-6. The quantities are the same as
        for break. == and != take values for equal that differ by no more than tol times the larger of them, or by tol
        where one of them is 0. assert says verdict: agrees looks for a text in the answer before. In batch the
        status is 1 when it fails.
        """, example: "assert L < 81", completes: .quantities
    ) { (line) throws(Diagnostic) in
      .script(.assert(try AssertPhrase(line.some("a condition, such as L < 81"), after: line.verb)))
    },
    CommandRow(
      "echo", arguments: "[TEXT]", summary: "print a text", example: "echo now the way back"
    ) { (line) in .script(.echo(line.isAtEnd ? nil : line.verbatim())) },
    CommandRow(
      "repeat", arguments: "N COMMAND", summary: "carry out a command N times",
      details: "It ends at the first failure, and Ctrl-C stops it. An alias stands for several.",
      example: "repeat 3 step", completes: .commands
    ) { (line) throws(Diagnostic) in
      let count = try line.number("how many times")
      return .script(.repeat(count, try line.command(), done: 0))
    },
    CommandRow(
      "alias", arguments: "[NAME [COMMANDS]]", summary: "a name for commands",
      details: """
        alias tail bwd; 2 step makes tail say bwd; 2 step: all of the line belongs to it. What follows an alias when it is
        used is added at its end. alias tail forgets it, alias lists them all. No alias hides a command of the program.
        """, example: "alias tail bwd; 2 step"
    ) { (line) in
      let name = line.optional()
      return .script(.alias(name, line.isAtEnd ? nil : line.verbatim()))
    },
  ]

  /// The rows about what leaves the program.
  static let outputRows: [CommandRow] = [
    CommandRow(
      "record", arguments: "FILE | off",
      summary: "keep the commands from now on, and write them with record off",
      details: """
        Commands that succeed are kept in their order; so are the commands of keys and of sourced files. record! FILE
        writes over a file; leaving writes it too. source FILE then ends where you stood, opened with the same preset.
        """, example: "record mine.txt", completes: .files
    ) { (line) throws(Diagnostic) in
      if line.first?.text.lowercased() == "off" {
        _ = line.optional()
        return .script(.recordOff)
      }
      return .script(.record(try line.file(), overwriting: line.isForced))
    },
    CommandRow(
      "export", arguments: "csv|json|npz|nir|svg|html FILE [WHAT]",
      summary: "write the run: tables, the report, the gradient, a figure",
      details: """
        csv writes a table: events (unless another is named), spikes, gradient, or traces: V, I, λV and λI of every neuron at
        200 times and on both sides of every event. json is the report of run --format json. npz has the gradient under
        the names that compare reads, and the spike times. nir has the network for other programs, without its inputs and its
        loss; see help import. svg draws the spikes and what plot shows: plot V I; export svg f.svg.
        html is one page for a browser: the places of this sitting since the preset was opened, with notes, captions, pictures
        and numbers; the arrow keys step through them.
        csv and svg also write the last sweep: export csv FILE sweep, or without a word right after it. export! writes over a
        file.
        """, example: "export csv spikes.csv spikes",
      completes: .exports
    ) { (line) throws(Diagnostic) in
      let form = try line.choice(ScriptCommand.Export.self, "a form")
      let file = try line.one("a file name").unquoted
      let table =
        !line.isAtEnd && (form == .csv || form == .svg && line.first?.text.lowercased() == "sweep")
        ? try line.choice(ScriptCommand.Table.self, "a table") : nil
      return .script(.export(form, file, what: table, overwriting: line.isForced))
    },
    CommandRow(
      "snapshot", arguments: "FILE", summary: "write the screen as text; snapshot! overwrites",
      details: "Without a screen it is 80x24, or as --size says.", example: "snapshot now.txt",
      completes: .files
    ) { (line) throws(Diagnostic) in
      .script(.snapshot(try line.file(), overwriting: line.isForced))
    },
    CommandRow("screen", summary: "print the screen as text, where there is no screen") { _ in
      .script(.screen)
    },
    CommandRow(
      "copy", arguments: "[screen | QUANTITY]",
      summary: "put the last answer on the terminal's clipboard",
      details: """
        copy alone takes the last answer, copy screen the picture, copy lV n0 a value as print shows it. The terminal must
        allow programs to set its clipboard (OSC 52); in tmux: set -g set-clipboard on.
        """, example: "copy lV n0", completes: .quantities
    ) { (line) in .script(.copy(line.all())) },
  ]

  /// The verbs that write a file, and take `!` to overwrite an existing one.
  static let forcible: Set<String> = ["save", "new", "record", "export", "snapshot"]
}

extension Arguments {
  /// A file name, the rest of the line; in quotes it may contain any sign.
  mutating func file(_ expected: String = "a file name") throws(Diagnostic) -> Word {
    CommandParser.verbatim(try some(expected)[...]).unquoted
  }

  /// The rest of the line as typed.
  mutating func verbatim() -> Word {
    defer { words = [] }
    return CommandParser.verbatim(words)
  }

  /// Takes `start=paused` from anywhere among the options of a replay.
  fileprivate mutating func startsPaused() throws(Diagnostic) -> Bool {
    guard let place = words.firstIndex(where: { $0.text.lowercased() == "start" }) else {
      return false
    }
    let option = words[place...].prefix(3)
    guard option.map({ $0.text.lowercased() }) == ["start", "=", "paused"] else {
      throw words[place].complaint("a replay can start paused", remedy: "start=paused")
    }
    words.removeSubrange(option.indices)
    return true
  }

  /// `name=value`, or nil at the end.
  fileprivate mutating func option(
    _ name: String, _ expected: String
  ) throws(Diagnostic) -> Word? {
    guard first?.text.lowercased() == name else { return nil }
    _ = try one(name)
    guard take("=") else { throw missing(expected) }
    return try rest(expected)
  }

  /// A command, the rest of the line up to a semicolon.
  fileprivate mutating func command() throws(Diagnostic) -> Word {
    CommandParser.verbatim(try some("a command")[...])
  }
}
