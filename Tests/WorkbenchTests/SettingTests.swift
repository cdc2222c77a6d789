import Files
import EventProp
import Language
import Presets
import Study
import Testing
import Workbench

/// The settings, and what helps to find one's way.
@Suite struct SettingTests {
  private func session() throws -> Session {
    try SessionTests.session()
  }

  private func answer(_ line: String, _ session: inout Session) -> String {
    session.apply(line).lines.map(\.text).joined(separator: "\n")
  }

  @Test func `settings lists all of them with their values`() throws {
    var session = try session()
    session.looks.settings.terminal = Settings.Terminal(
      colors: 256, isUnicode: true, refusesColor: false)
    #expect(
      answer("settings", &session) == """
        theme   auto    colours for a dark or a light screen
        color   auto    256 colours
        ascii   auto    lines and braille
        mouse   on      Shift selects text
        auto    on      an edit runs at once
        confirm off     nothing is asked
        limit   30 s    a run that takes longer is stopped
        """)
    for line in [
      "theme light", "color 16", "ascii on", "mouse off", "auto off", "confirm on", "limit off",
    ] {
      #expect(session.apply(line).succeeded)
    }
    #expect(
      answer("settings", &session) == """
        theme   light   colours for a light screen
        color   16      16 colours
        ascii   on      only ASCII characters
        mouse   off     left to the terminal
        auto    off     edits wait for run
        confirm on      losing something asks first
        limit   off     a run may take any time
        """)
  }

  @Test(arguments: [
    (Setting.Color.auto, 256, false, 256), (.auto, 8, false, 8), (.auto, 256, true, 0),
    (.always, 256, true, 256), (.sixteen, 256, true, 16), (.sixteen, 8, false, 8),
    (.eight, 256, false, 8), (.never, 256, false, 0), (.full256, 0, false, 0),
  ])
  func `what was asked for wins over NO_COLOR, and the terminal over both`(
    color: Setting.Color, has: Int, refuses: Bool, uses: Int
  ) {
    var settings = Settings()
    settings.color = color
    settings.terminal = Settings.Terminal(colors: has, isUnicode: true, refusesColor: refuses)
    #expect(settings.colors == uses)
  }

  @Test func `where there is only ASCII it cannot be left`() throws {
    var session = try session()
    session.looks.settings.terminal = Settings.Terminal(
      colors: 8, isUnicode: false, refusesColor: false)
    #expect(session.looks.settings.usesASCII)
    #expect(!session.apply("ascii off").succeeded)
    #expect(session.looks.settings.usesASCII)
  }

  @Test func `with auto off edits wait for run, and are run together`() throws {
    var session = try session()
    #expect(session.apply("4 step; auto off").succeeded)
    let text = answer("set tau_mem 25ms", &session)
    #expect(text == "tau_mem = 25 ms (was 20 ms); edited, not run: run")
    #expect(session.bench.isPending && session.bench.isEdited)
    #expect(session.run.number == 1)
    #expect(session.bench.parameterRows[1].value == "25 ms")
    _ = session.apply("set tau_syn 6ms")
    _ = session.apply("undo")
    #expect(session.bench.parameterRows[2].value == "5 ms")
    #expect(session.apply("run").succeeded)
    #expect(session.run.number == 2)
    #expect(!session.bench.isPending)
    #expect(session.cursor.number == 0)
    #expect(session.experiment.network.layers[0].parameters[0].tauMem == 25e-3)
    _ = session.apply("set tau_syn 6ms")
    #expect(session.bench.isPending)
    #expect(session.apply("auto on").succeeded)
    #expect(!session.bench.isPending && session.run.number == 3)
    #expect(session.experiment.network.layers[0].parameters[0].tauSyn == 6e-3)
  }

  @Test func `taking back every waiting edit leaves nothing to run`() throws {
    var session = try session()
    _ = session.apply("auto off; set tau_mem 25ms; set v_th 0.9")
    #expect(session.bench.isPending)
    _ = session.apply("undo; undo")
    #expect(!session.bench.isPending && !session.bench.isEdited)
    _ = session.apply("redo; redo")
    #expect(session.bench.isPending)
    _ = session.apply("reset all")
    #expect(!session.bench.isPending)
  }

  @Test func `settings outlast the experiment`() throws {
    var session = try session()
    _ = session.apply("theme light; auto off")
    _ = try session.open(Opened(session.experiment), named: "again")
    #expect(session.looks.settings.theme == .light)
    #expect(!session.looks.settings.isAutomatic)
  }

  @Test(
    arguments: [
      ("quit", nil), ("load xor", nil), ("set tau_mem 22ms; quit", "the edits are not saved"),
      ("set tau_mem 22ms; load xor; step", "load xor loses the edits"),
      ("set tau_mem 22ms; save mine.yaml; quit", nil), ("mark a; quit", nil),
      ("step; delete all", nil),
    ] as [(String, String?)])
  func `with confirm on a line is known that would lose something`(line: String, loss: String?)
    throws
  {
    var session = try session()
    #expect(session.loss(of: line) == nil, "nothing is asked unless somebody wants it")
    _ = session.apply("confirm on")
    #expect(session.loss(of: line) == loss)
  }

  @Test func `what is there to lose are edits that are not saved, breakpoints and marks`() throws {
    var session = try session()
    _ = session.apply("confirm on; mark a; break spike n0; alias bye quit")
    #expect(session.loss(of: "load xor") == "load xor loses the breakpoints and the marks")
    #expect(session.loss(of: "delete all") == nil)
    _ = session.apply("break spike n1; set tau_mem 22ms")
    #expect(session.loss(of: "delete all") == "all 2 breakpoints go")
    #expect(session.loss(of: "delete 1") == nil)
    #expect(session.loss(of: "bye") == "the edits are not saved")
    _ = session.apply("undo")
    #expect(session.loss(of: "quit") == nil)
    _ = try session.open(Opened(session.experiment, isSaved: false), named: "last")
    #expect(session.loss(of: "quit") == "the edits are not saved")
    session.noteWritten(Output(path: "mine.csv", command: "export", isOverwriting: false))
    #expect(session.bench.hasUnsavedEdits)
    session.noteWritten(Output(path: "mine.yaml", command: "save", isOverwriting: false))
    #expect(!session.bench.hasUnsavedEdits)
  }

  @Test func `history numbers the lines and marks those that failed`() throws {
    var session = try session()
    for line in ["step", "stip", " secret", "step; goto e99", "", "print L"] {
      _ = session.apply(line)
    }
    #expect(
      answer("history", &session) == """
        1   step
        2 ! stip
        3 ! step; goto e99
        4   print L
        5   history
        """)
  }

  @Test func `nudge changes by a part, and Enter does it again`() throws {
    var session = try session()
    _ = session.apply("nudge tau_mem +10%")
    _ = session.apply("")
    let tauMem = session.experiment.network.layers[0].parameters[0].tauMem
    #expect(abs(tauMem - 20e-3 * 1.21) < 1e-15)
  }

  @Test(arguments: [
    (
      "nudge v_leak +1%", 7,
      "v_leak is 0, and a part of 0 is nothing; set v_leak gives it a value"
    ),
    ("nudge tau_mem", 14, "nudge needs a part, such as +5%; usage: nudge NAME PERCENT"),
    ("theme blue", 7, "no theme 'blue'; one of auto, dark, light"),
    ("color 17", 7, "no color '17'; did you mean '16'?"),
    ("ascii maybe", 7, "no ascii 'maybe'; one of on, off"),
    ("mouse", 6, "mouse needs a choice: on, off; usage: mouse on | off"),
    ("apropos zebra", 9, "no command and no page mentions 'zebra'; help lists them all"),
    ("gradient some", 10, "no gradient 'some'; one of partial, final"),
    (
      "select n0<-n2", 8, "no synapse n0<-n2; a layer reads only the one before it and itself"
    ),
    ("select n9", 8, "no neuron n9; this net has in0-in3, n0-n2"),
  ])
  func `a bad line says where and why, and changes nothing`(
    line: String, column: Int, sentence: String
  ) throws {
    var session = try session()
    let settings = session.looks.settings
    try session.expectComplaint(about: line, at: column, sentence)
    #expect(session.looks.settings == settings && !session.bench.isEdited)
  }

  @Test func `apropos finds commands by what they do`() throws {
    var session = try session()
    let text = answer("apropos near miss", &session)
    #expect(text.hasPrefix("near "))
    #expect(answer("apropos braille", &session).contains("topic display"))
  }

  @Test func `help has topics, and display shows what a terminal must be able to draw`() throws {
    var session = try session()
    let display = answer("topic display", &session)
    #expect(display.contains("┌─┐") && display.contains("⡠⠔⠊") && display.contains("ascii on"))
    #expect(answer("topic mouse", &session).contains("Shift"))
    #expect(answer("help keys", &session).contains("Esc"))
    let warnings = answer("help warnings", &session)
    for kind in Warning.Kind.allCases { #expect(warnings.contains("  \(kind.rawValue) ")) }
    #expect(answer("version", &session) == "backspike 1")
  }

  @Test func `the warnings about the text stand with those of the run, and at the start`() throws {
    let text = """
      title: T
      t_max: 40
      inputs: {size: 1, spikes: [[2 ms, 0]]}
      layers: [{name: o, size: 1, weights: [[5.0]]}]
      loss: {kind: first_spike_mse, targets: [5 ms]}
      """
    let document = try PresetReader.read(text, named: "t.yaml")
    var session = try session()
    let reply = try session.open(
      Opened(document.experiment, remarks: document.remarks), named: "t.yaml")
    #expect(reply.lines.count { $0.text.hasPrefix("units: ") } == 2)
    let warnings = session.apply("info warnings").lines.map(\.text)
    #expect(warnings.count { $0.hasPrefix("units: ") } == 2, "\(warnings)")
    #expect(session.apply("bwd").lines.contains { $0.text.contains("warnings: info warnings") })
  }
}
