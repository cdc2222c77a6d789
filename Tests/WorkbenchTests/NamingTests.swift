import EventProp
import Files
import Testing
import Workbench

/// One name for each quantity, and lines that say what is missing.
@Suite struct NamingTests {
  private func answers(_ lines: String..., session: inout Session) -> [String] {
    lines.flatMap { session.apply($0).lines.map(\.text) }
  }

  @Test(arguments: [
    ("tau_mem", "tau_mem = 20 ms"), ("hidden.tau_mem", "hidden.tau_mem = 20 ms"),
    ("n2.v_th", "out.v_th = 1"), ("hidden.1.v_leak", "n1.v_leak = 0"),
    ("tau_mem n0", "n0.tau_mem = 20 ms"), ("t_max", "t_max = 40 ms"), ("in.0", "in.0 = 2 ms"),
    ("target", "target.0 = 14 ms"), ("w[n0,in2]", "w n0<-in2 = 2.2"),
    ("in2->n0", "w n0<-in2 = 2.2"), ("w n0<-in2", "w n0<-in2 = 2.2"),
    ("max_events", "max_events = none"), ("out.max_events", "out.max_events = none"),
  ]) func `print takes every name that set takes`(name: String, answer: String) throws {
    var session = try SessionTests.session()
    #expect(answers("print \(name)", session: &session) == [answer])
  }

  @Test func `a parameter that differs is shown with both ends`() throws {
    var session = try SessionTests.session()
    _ = session.apply("set hidden.0.tau_mem 22ms")
    #expect(
      answers("print tau_mem", session: &session)
        == ["tau_mem = 20 ms to 22 ms, not the same for all neurons"])
    try session.expectComplaint(
      about: "assert tau_mem == 20ms", at: 8,
      "tau_mem is not the same for all neurons; tau_mem n0 names one neuron")
    #expect(session.apply("assert tau_mem n0 == 22ms and t_max == 40ms").succeeded)
  }

  @Test func `display, its list and print say the same name`() throws {
    var session = try SessionTests.session()
    #expect(
      answers("display grad n0<-in2", session: &session) == ["1: dL/dw n0<-in2: no gradient yet"])
    #expect(answers("info displays", session: &session) == ["1: dL/dw n0<-in2"])
    #expect(
      answers("step", session: &session).last == "1: dL/dw n0<-in2: no gradient yet")
    _ = session.apply("goto end")
    let printed = try #require(answers("print grad n0<-in2", session: &session).first)
    #expect(printed.hasPrefix("dL/dw n0<-in2 = -4.9157"))
    #expect(answers("print dL/dw n0<-in2", session: &session) == [printed])
    #expect(
      answers("undisplay all; display grad n0<-in2", session: &session).last == "2: \(printed)")
    _ = session.apply("display V n0 @ e5-")
    #expect(answers("info displays", session: &session).last == "3: V n0 @ e5-")
  }

  @Test(arguments: [
    ("print V n0 n1", 12, "did not expect 'n1' after the quantity; one quantity at a time: V n0"),
    (
      "print V n0 n1 @ e5", 12,
      "did not expect 'n1' after the quantity; one quantity at a time: V n0"
    ),
    ("print V n0 @ e5 n1", 17, "did not expect 'n1' after the place; V n0 @ e5-"),
    ("display L n0", 11, "did not expect 'n0' after the quantity; one quantity at a time: V n0"),
    (
      "print foo", 7,
      "no quantity 'foo'; V n0, I n0, lV n0, lI n0, t, L, w SYN, grad SYN or a name that set takes"
    ),
    ("print hiden.v_th", 7, "no neuron hiden; did you mean hidden?"),
    (
      "until n0", 7,
      "'n0' alone is no place: a spike of it, or a condition?; until spike n0, or until V n0 > 0.5"
    ),
    (
      "break n0", 7,
      "'n0' alone is no place: a spike of it, or a condition?; break spike n0, or watch V n0 > 0.5"
    ),
    (
      "break hidden if t > 3ms", 7,
      "'hidden' alone is no place: a spike of it, or a condition?; break spike hidden, or watch V n1 > 0.5"
    ),
    ("until in2", 7, "'in2' alone is no place: an input spike of it?; until input in2"),
    (
      "until lV n0", 7,
      "'λV n0' is compared with nothing; until jump λV n0, or until λV n0 > 0.5"
    ),
    ("until quux", 7, "no place 'quux' to stop at; until 12ms, until e7, until V n0 > 0.5"),
    (
      "alias step 2 step", 7,
      "'step' is a command, and an alias may not hide it; another name, such as mystep"
    ),
    (
      "alias s 2 step", 7,
      "'s' is a command, step, and an alias may not hide it; another name, such as mystep"
    ),
    (
      "set max_events 4.5", 16,
      "max_events is a whole number from 1, found '4.5'; none takes the limit away"
    ),
    (
      "set max_events 0", 16,
      "max_events is a whole number from 1, found '0'; none takes the limit away"
    ),
    (
      "set n0.max_events 4", 5,
      "only a layer or the whole run has max_events; set hidden.max_events 1000, set max_events 1000"
    ),
    (
      "sweep max_events 1..4", 7,
      "max_events is no number to sweep over; set gives it one value"
    ),
    (
      "check max_events", 7,
      "the gradient has no derivative by max_events; it has those by weights, delays, input times, parameters and initial states"
    ),
  ]) func `a line that says too little or too much is told what is missing`(
    line: String, column: Int, sentence: String
  ) throws {
    var session = try SessionTests.session()
    let experiment = session.experiment
    try session.expectComplaint(about: line, at: column, sentence)
    #expect(session.experiment == experiment && session.stops.breakpoints.isEmpty)
  }

  @Test func `max_events is set, shown, compared, saved and taken back`() throws {
    var session = try SessionTests.session()
    #expect(
      answers("set max_events 3", session: &session)[0] == "max_events = 3 (was none)")
    #expect(session.experiment.maxEvents == 3 && session.run.trajectory.events.count == 3)
    #expect(session.bench.parameterRows.first { $0.name == "max_events" }?.value == "3")
    #expect(answers("diff", session: &session).contains("max_events: none → 3"))
    _ = session.apply("undo")
    #expect(session.experiment.maxEvents == nil && session.run.trajectory.events.count == 12)
    _ = session.apply("set hidden.max_events 4")
    #expect(session.experiment.network.layers[0].maxEvents == 4)
    #expect(answers("info params", session: &session)[1].hasSuffix("max_events 4"))
    let text = PresetWriter.write(session.experiment)
    #expect(try PresetReader.read(text, named: "x").experiment == session.experiment)
    #expect(session.apply("reset hidden.max_events").succeeded)
    #expect(session.experiment == session.bench.original)
    _ = session.apply("set max_events 3; set max_events none")
    #expect(session.experiment == session.bench.original)
  }

  @Test func `info neurons has a line for each, with both its names`() throws {
    var session = try SessionTests.session()
    _ = session.apply("goto end")
    let lines = answers("info neurons", session: &session)
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("  n0  hidden.0  4 in  2 spikes  V 0"))
    #expect(lines[1].hasPrefix("▶ n1  hidden.1  5 in  2 spikes  V 0"))
    #expect(lines.allSatisfy { $0.contains("λV ") && $0.contains("λI ") })
    #expect(!answers("fwd; info neurons", session: &session).contains { $0.contains("λV") })
  }

  @Test func `info files says where the experiment comes from and what was written`() throws {
    var desk = try Desk()
    desk.perform("info files")
    #expect(
      desk.answers == [
        "experiment  reference, a preset that is compiled in",
        "recording   none: record FILE begins",
      ])
    desk.perform("set tau_mem 22ms", "record mine.txt", "info files")
    #expect(
      desk.answers.suffix(2) == [
        "experiment  reference, a preset that is compiled in, with edits that are not saved: save FILE",
        "recording   mine.txt: record off writes it",
      ])
    desk.perform("record off", "save mine.yaml", "info files")
    #expect(
      desk.answers.suffix(4) == [
        "experiment  reference, a preset that is compiled in",
        "recording   none: record FILE begins",
        "written     mine.txt", "written     mine.yaml",
      ])
  }

  @Test func `diff counts what only rounding moves as unmoved, and lists the smallest real move`()
    throws
  {
    var session = try SessionTests.session()
    _ = session.apply("set n0.tau_mem 20.000000000000004ms")
    let (was, now) = (session.bench.earlierRuns[0], session.run)
    #expect(was.trajectory.spikeTimes != now.trajectory.spikeTimes, "in their last digits")
    #expect(was.adjoint?.gradient.layers[0].weights != now.adjoint?.gradient.layers[0].weights)
    #expect(
      answers("diff", session: &session) == [
        "run 1 → run 2", "n0.tau_mem: 20 ms → 20 ms  (+3.469e-09 ns)",
        "spikes, L and gradient agree to rounding",
      ])
    _ = session.apply("undo; set n0<-in0 *1.00000001")
    let lines = answers("diff", session: &session)
    #expect(lines.contains { $0.hasPrefix("spike n0 0 moved: 13.0831 ms → 13.0831 ms") })
    #expect(lines.contains { $0.hasPrefix("L: ") } && lines.contains { $0.hasPrefix("dL/dw ") })
  }

  @Test func `diff says what an edit without influence leaves as it was`() throws {
    var session = try SessionTests.session("silent")
    let weight = try #require(
      answers("info weights", session: &session).first?.split(separator: " ").first)
    _ = session.apply("set \(weight) *1.01")
    #expect(answers("diff", session: &session).last == "spikes, L and gradient are the same")
    _ = session.apply("set max_events 1")
    #expect(answers("diff", session: &session).contains("max_events: none → 1"))
    session = try SessionTests.session()
    _ = session.apply("set max_events 11")
    #expect(
      answers("diff", session: &session).contains(
        "the event limit cut run 2: no L and no gradient"))
  }
}
