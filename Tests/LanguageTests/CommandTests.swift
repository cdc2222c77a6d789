import Language
import Testing

@Suite("The command table") struct CommandTests {
  @Test func `every row's example and every name and abbreviation parses to its own command`()
    throws
  {
    for row in CommandTable.rows {
      let example = try CommandParser.parse(row.example)
      #expect(example.count == 1, "\(row.name)")
      for verb in [row.name] + row.abbreviations {
        #expect(try CommandTable.row(for: Word(verb)).name == row.name)
      }
      #expect(!row.summary.isEmpty && row.summary.count < 76, "\(row.name)")
    }
  }

  @Test func `no abbreviation belongs to two commands`() {
    let words = CommandTable.rows.flatMap { [$0.name] + $0.abbreviations }
    #expect(Set(words).count == words.count)
  }

  @Test func `every command has a row that says it`() throws {
    // A switch without a default: a new case does not compile until it has a line here.
    func name(of command: Command) -> String {
      switch command {
      case .sample(.open): "sample"
      case .sample(.list): "samples"
      case .sample(.worst): "worst"
      case .course(.train), .course(.resume): "train"
      case .course(.epoch): "epoch"
      case .course(.open): "open"
      case .course(.leave): "leave"
      case .ask(.settings): "settings"
      case .help(.apropos): "apropos"
      case .help(.history): "history"
      case .help(.tour): "tour"
      case .help(.version): "version"
      case .setting(.auto): "auto"
      case .setting(.confirm): "confirm"
      case .setting(.theme): "theme"
      case .setting(.color): "color"
      case .setting(.ascii): "ascii"
      case .setting(.mouse): "mouse"
      case .setting(.limit): "limit"
      case .move(.step): "step"
      case .move(.unstep): "unstep"
      case .move(.next): "next"
      case .move(.previous): "prev"
      case .move(.continue): "continue"
      case .move(.rcontinue): "rcontinue"
      case .move(.until): "until"
      case .ask(.why): "why"
      case .ask(.near): "near"
      case .ask(.diff): "diff"
      case .ask(.contributions): "contrib"
      case .move(.back): "back"
      case .move(.half): "half"
      case .move(.last): "last"
      case .move(.mark): "mark"
      case .ask(.marks): "marks"
      case .ask(.delta): "delta"
      case .stop(.display): "display"
      case .stop(.undisplay): "undisplay"
      case .stop(.break): "break"
      case .stop(.temporaryBreak): "tbreak"
      case .stop(.watch): "watch"
      case .stop(.delete): "delete"
      case .stop(.enable): "enable"
      case .stop(.disable): "disable"
      case .stop(.ignore): "ignore"
      case .move(.finish): "finish"
      case .move(.forward): "fwd"
      case .move(.backward): "bwd"
      case .move(.goto): "goto"
      case .experiment(.run): "run"
      case .experiment(.set): "set"
      case .experiment(.reset): "reset"
      case .experiment(.undo): "undo"
      case .experiment(.redo): "redo"
      case .experiment(.ghost): "ghost"
      case .ask(.info): "info"
      case .ask(.print): "print"
      case .ask(.equation): "equation"
      case .ask(.list): "list"
      case .file(.load): "load"
      case .file(.save): "save"
      case .file(.new): "new"
      case .file(.presets): "presets"
      case .view(.zoom): "zoom"
      case .view(.select): "select"
      case .help(.help): "help"
      case .help(.topic): "topic"
      case .help(.glossary): "glossary"
      case .ask(.check): "check"
      case .ask(.trust): "trust"
      case .ask(.compare): "compare"
      case .ask(.ties): "ties"
      case .experiment(.rule): "rule"
      case .view(.focus): "focus"
      case .view(.maximise): "max"
      case .view(.lanes): "lanes"
      case .view(.gradient): "gradient"
      case .view(.overlay): "overlay"
      case .view(.pan): "pan"
      case .view(.range): "yrange"
      case .view(.plot): "plot"
      case .view(.layout(.lecture)): "lecture"
      case .view(.layout): "layout"
      case .view(.show): "show"
      case .view(.hide): "hide"
      case .experiment(.sweep): "sweep"
      case .experiment(.descend): "descend"
      case .experiment(.nudge): "nudge"
      case .script(.assert): "assert"
      case .script(.echo): "echo"
      case .script(.repeat): "repeat"
      case .script(.alias): "alias"
      case .script(.record), .script(.recordOff): "record"
      case .script(.source): "source"
      case .script(.replay): "replay"
      case .script(.export): "export"
      case .script(.snapshot): "snapshot"
      case .script(.screen): "screen"
      case .script(.copy): "copy"
      case .script(.pause): "pause"
      case .script(.note): "note"
      case .view(.caption): "caption"
      case .view(.close): "close"
      case .quit: "quit"
      }
    }
    for row in CommandTable.rows {
      let command = try #require(try CommandParser.parse(row.example).first).command
      #expect(name(of: command) == row.name)
    }
  }

  @Test(arguments: [
    ("3 step", Command.move(.step(3))), ("step 3", .move(.step(3))), ("s", .move(.step(1))),
    ("ste 2", .move(.step(2))),
    ("us", .move(.unstep(1))), ("c", .move(.continue(1))), ("2 c", .move(.continue(2))),
    ("fin", .move(.finish)),
    ("bw", .move(.backward)), ("q", .quit),
    ("  step   # a comment", .move(.step(1))), ("i gr", .ask(.info(.grad))),
  ]) func `counts, prefixes and pinned letters`(line: String, command: Command) throws {
    #expect(try CommandParser.parse(line).map(\.command) == [command])
  }

  @Test(arguments: [
    ("list #7", "#7"), ("list #7 # a comment", "#7"), ("list #12; step", "#12"), ("list # 7", nil),
    ("list #seven", nil), ("list # 7 is late", nil),
  ]) func `behind a verb #7 is an event, and no comment`(line: String, event: String?) throws {
    guard case .ask(.list(let word)) = try CommandParser.parse(line).first?.command else {
      Issue.record("\(line) is no list")
      return
    }
    #expect(word?.text == event)
    #expect(try CommandParser.parse("#7 is a comment").isEmpty)
  }

  @Test(arguments: [
    (["step", "2 step"], "step; 2 step", String?.none),
    (["step  # one", "# nothing", "  bwd "], "step; bwd", nil),
    (["save \"a # b\" # c", "echo a#b"], "save \"a # b\"; echo a#b", nil),
    (["run", "alias tail bwd; 2 step", "tail"], "run; alias tail bwd; 2 step; tail", "tail"),
    (["alias", "alias tail", "alias tail bwd"], "alias; alias tail; alias tail bwd", nil),
    (["# a", "#b"], "", nil), ([], "", nil),
  ]) func `lines become one without the comments, which would hide what follows`(
    lines: [String], line: String, alias: String?
  ) {
    let joined = CommandParser.joined(lines)
    #expect(joined.line == line && joined.alias == alias)
  }

  @Test func `several commands on a line, and NAME = VALUE`() throws {
    let commands = try CommandParser.parse("bwd; 2 step ;tau_mem = 20 ms").map(\.command)
    #expect(commands.count == 3)
    guard case .experiment(.set(let name, let value)) = commands[2] else {
      Issue.record("the third command is \(commands[2])")
      return
    }
    #expect(name.text == "tau_mem" && value.text == "20 ms")
    #expect(name.span.start.column == 14)
    #expect(try CommandParser.parse("   # nothing").isEmpty)
  }

  @Test(
    arguments: [
      ("replay demo.txt", nil, false), ("replay demo.txt start=paused", nil, true),
      ("replay demo.txt wait=1s start=paused", "1s", true),
      ("replay demo.txt start=paused wait=1 s", "1 s", true), ("replay start", nil, false),
    ] as [(String, String?, Bool)])
  func `a replay takes its options in any order`(
    line: String, wait: String?, isPaused: Bool
  ) throws {
    guard case .script(.replay(_, let typed, let paused)) = try CommandParser.parse(line)[0].command
    else {
      Issue.record("\(line)")
      return
    }
    #expect(typed?.text == wait && paused == isPaused)
  }

  @Test(arguments: ["replay demo.txt start=now", "replay demo.txt start", "replay demo.txt x=1"])
  func `a replay refuses other options`(line: String) {
    #expect(throws: Diagnostic.self) { try CommandParser.parse(line) }
  }
}
