import EventProp
import Presets
import Testing
import Workbench

@Suite("Breakpoints") struct BreakpointTests {
  private func session(_ name: String = "reference") throws -> Session {
    try SessionTests.session(name)
  }

  /// Goes on with one line from where the session stands to an end; the points where something stopped it.
  private func stops(of line: String, _ session: inout Session) -> [Int] {
    var found: [Int] = []
    while true {
      let reply = session.apply(line)
      if reply.lines.first?.kind == .stop { found.append(session.cursor.number) }
      if session.cursor.number
        == (line.hasPrefix("r") || line.hasPrefix("u") ? 0 : session.run.timeline.last)
      {
        return found
      }
    }
  }

  @Test(arguments: [
    "break spike", "break spike n0", "break input 0", "break e3", "break jump V n0",
    "break jump lV n0 if abs > 0.01", "break time 12ms", "break phase bwd",
    "break spike if t > 13ms and V n0 < 0.9 or lV n0 != 0", "watch lV n0 > 0",
    "watch V n0 peaks 0..1", "watch I n0 >= 1", "watch t > 10 ms", "watch L > 0",
  ]) func `the same places stop forwards, backwards, and step by step`(line: String) throws {
    var stopped = 0
    for preset in ["reference", "recurrent-pair", "delays", "xor"] {
      var session = try session(preset)
      #expect(session.apply(line).succeeded)
      let forwards = stops(of: "continue", &session)
      stopped += forwards.count
      let hits = session.stops.breakpoints[0].hits
      #expect(hits == forwards.count)
      let backwards = stops(of: "rcontinue", &session)
      // The place where a way begins is not met on it.
      let last = session.run.timeline.last
      #expect(
        forwards.filter { $0 != last } == backwards.filter { $0 != 0 }.reversed(),
        "\(preset): \(line)")
      #expect(session.stops.breakpoints[0].hits == hits + backwards.count)
      #expect(stops(of: "step", &session) == forwards)
      #expect(stops(of: "unstep", &session) == backwards)
      #expect(stops(of: "step 3", &session) == forwards)
    }
    #expect(stopped >= 2)
  }

  @Test func `a spike's breakpoint stops in both phases and says which way`() throws {
    var session = try session()
    #expect(
      session.apply("break spike n0").lines.map(\.text) == ["breakpoint 1: spike n0"])
    #expect(
      session.apply("continue").lines.map(\.text) == [
        "stopped: breakpoint 1, spike n0",
        "e5 spike n0 t=13.083 ms  I-=4.156  tau_mem V'-=3.156",
      ])
    let reply = session.apply("bwd; 2 continue")
    #expect(session.point == .backward(5))
    #expect(reply.lines.dropFirst().first?.text == "stopped: breakpoint 1, spike n0 (back)")
    #expect(session.breakpointLetter(at: 5) == "B")
    #expect(session.breakpointLetter(at: 4) == nil)
    _ = session.apply("break input in2")
    #expect(session.breakpointLetter(at: 2) == "b")
  }

  @Test func `several breakpoints at one place stop once`() throws {
    var session = try session()
    _ = session.apply("break spike n0; break e5; watch t > 13.05ms")
    #expect(
      session.apply("c").lines.first?.text
        == "stopped: breakpoints 1, 2 and 3, spike n0, t > 13.05 ms")
    #expect(session.stops.breakpoints.map(\.hits) == [1, 1, 1])
  }

  @Test func `criterion 7: ignore passes hits whichever way they are met, and counts them`() throws
  {
    var session = try session()
    _ = session.apply("break spike; ignore 1 3; c")
    #expect(session.point == .forward(10))
    #expect(session.stops.breakpoints[0].hits == 4)
    #expect(session.apply("ignore 1 2").lines[0].text == "breakpoint 1 passes its next 2 hits")
    _ = session.apply("rc")
    #expect(session.point == .forward(4))
    #expect(session.stops.breakpoints[0].hits == 7)
  }

  @Test func `a temporary breakpoint is gone after its stop, a disabled one does not stop`() throws
  {
    var session = try session()
    _ = session.apply("tbreak spike n1; break spike n0; disable 2")
    #expect(session.apply("c").lines[0].text == "stopped: temporary breakpoint 1, spike n1")
    #expect(session.stops.breakpoints.map(\.number) == [2])
    #expect(session.apply("c").lines[0].text.hasPrefix("turn"))
    #expect(session.stops.breakpoints[0].hits == 0)
    _ = session.apply("enable 2; rc")
    #expect(session.point == .forward(8))
    #expect(session.apply("info breaks").lines[0].text == "2  spike n0  1 hit")
    #expect(session.apply("delete all").lines[0].text == "deleted breakpoint 2")
    #expect(session.stops.breakpoints.isEmpty)
    // Numbers are not given twice.
    #expect(session.apply("break input").lines[0].text == "breakpoint 3: input")
  }

  @Test(arguments: [
    ("until 12ms", Timeline.Point.forward(3)), ("until e8", .forward(8)),
    ("until spike n2", .forward(11)), ("until V n0 > 0.5", .forward(2)),
    ("until t >= 13ms and t != 13 ms", .forward(4)), ("until 39ms", .turn),
  ]) func `until stops once`(line: String, point: Timeline.Point) throws {
    var session = try session()
    let reply = session.apply(line)
    #expect(reply.succeeded)
    #expect(session.point == point)
    #expect(session.stops.breakpoints.isEmpty)
    #expect(reply.lines[0].text.hasPrefix("stopped: until, "))
  }

  @Test func `a breakpoint on the way stops until too`() throws {
    var session = try session()
    _ = session.apply("break input in1; until e8")
    #expect(session.point == .forward(1))
    _ = session.apply("delete 1")
    _ = session.apply("")
    #expect(session.point == .forward(1), "delete is not repeated")
  }

  @Test func `criterion 7: the ends say so and stay, with breakpoints too`() throws {
    var session = try session()
    _ = session.apply("break spike n2; goto end")
    for line in ["c", "step", "until spike n2"] {
      #expect(session.apply(line).lines.map(\.text) == ["end of run: gradients complete"])
      #expect(session.point == .end)
    }
    _ = session.apply("goto start")
    for line in ["rc", "unstep"] {
      #expect(session.apply(line).lines.map(\.text) == ["start of run"])
    }
  }

  @Test func `a condition on a gradient reads the part walked so far`() throws {
    var session = try session()
    _ = session.apply("watch grad n1<-n0 < -8; finish; c")
    #expect(session.point.isBackward)
    let row = try #require(session.point.event)
    let now = try #require(session.cursor.partialGradient?.layers[0].recurrent?.weights[1])
    #expect(now < -8)
    _ = session.apply("unstep")
    let before = try #require(session.cursor.partialGradient?.layers[0].recurrent?.weights[1])
    #expect(before >= -8 && row == 5)
  }

  @Test func `a peak of V between two events is not missed`() throws {
    var session = try session()
    _ = session.apply("finish")
    let peaks = session.run.trajectory.peaks(of: 1, above: -1)
    let peak = try #require(peaks.first { $0.potential < 1 })
    _ = session.apply(
      "goto start; watch V n1 peaks \(peak.potential - 1e-3)..\(peak.potential + 1e-3); c")
    #expect(session.run.time(of: session.point) >= peak.time)
    _ = session.apply("unstep")
    #expect(session.run.time(of: session.point) < peak.time)
  }

  @Test func `an edit keeps the breakpoints`() throws {
    var session = try session()
    _ = session.apply("break spike n0; c; set tau_mem 22ms; run; c")
    #expect(session.point.event.map { session.run.describe($0) } == "spike n0")
    #expect(session.stops.breakpoints[0].hits == 2)
  }

  // MARK: - Long runs

  /// A run of as many points as wanted: inputs that reach one neuron and never make it spike.
  private static func long(_ count: Int) throws -> Session {
    try Session(
      Experiment(
        title: "long",
        network: Network(
          inputs: 2,
          layers: [
            Layer(
              name: "out", parameters: [LIFParameters()],
              weights: Synapses(rows: 2, columns: 1, weights: [1e-6, 1e-6]))
          ]),
        inputSpikes: (0..<count).map {
          InputSpike(time: Double($0 + 1) * 1e-5, channel: $0 == count - 1 ? 1 : 0)
        }, horizon: Double(count + 2) * 1e-5), named: "long")
  }

  @Test func `a scan over 200 000 points is over before anybody notices`() throws {
    var session = try Self.long(200_000)
    _ = session.apply("break input in1")
    let start = ContinuousClock.now
    _ = session.apply("continue")
    let elapsed = ContinuousClock.now - start
    #expect(session.point == .forward(199_999))
    #if DEBUG
    #expect(elapsed < .seconds(2))
    #else
    #expect(elapsed < .milliseconds(50))
    #endif
  }

  @Test func `a scan with a condition goes on a piece at a time and can be interrupted`() throws {
    var session = try Self.long(20_000)
    _ = session.apply("watch V n0 > 1")
    _ = session.begin("continue; step")
    let task = try #require(session.task)
    #expect(task.title == "continue" && task.total == 20_001)
    #expect(task.done > 0 && session.cursor.number == 0)
    let reply = session.interrupt()
    #expect(session.cursor.number == task.done && session.task == nil)
    #expect(reply?.lines.map(\.text).first == "interrupted")
    let there = session.cursor.number
    _ = session.apply("rcontinue")
    #expect(session.cursor.number == 0)
    _ = session.apply("continue; unstep")
    #expect(session.cursor.number == 20_000)
    #expect(there > 0)
  }

  /// A line, the column of its caret counted from 1, and the sentence.
  static let badLines: [(String, Int, String)] = [
    ("break", 6, "expected spike, input, jump, phase, time or an event such as e7; break spike n0"),
    ("break spkie n0", 7, "no place 'spkie' to stop at; did you mean 'spike'?"),
    (
      "break quux", 7,
      "no place 'quux' to stop at; one of spike, input, jump, phase, time or an event such as e7"
    ),
    ("break spike n9", 13, "no neuron n9; this net has in0-in3, n0-n2"),
    ("break spike n0,n9", 16, "no neuron n9; this net has in0-in3, n0-n2"),
    ("break spike n0-n9", 16, "no neuron n9; this net has in0-in3, n0-n2"),
    ("break input in7", 13, "no input in7; this net has in0-in3, n0-n2"),
    ("break input in3-in1", 13, "a range grows; in0-in3"),
    ("break spike n2-n0", 13, "a range grows; n0-n3"),
    ("break e99", 7, "no event e99; this run has e0-e11"),
    ("break time 10mv", 12, "unknown unit 'mv'; the units of a time are s, ms, us and ns"),
    ("break time 50ms", 12, "a time of this run lies in 0..40 ms; set t_max makes it longer"),
    ("break jump Q n0", 12, "'Q' has no jumps; V, I and lV have"),
    ("break jump lI n0", 12, "λI has no jumps, it only flows; break jump lV n2"),
    ("break phase up", 13, "no phase 'up'; fwd, bwd or end"),
    ("break spike n0 t > 3ms", 16, "did not expect 't' here; a condition begins with 'if'"),
    (
      "break spike n0 if", 18,
      "expected a condition after 'if'; a condition reads lV n0 > 1"
    ),
    (
      "break spike n0 if t >", 22,
      "expected a value after '>'; a condition reads lV n0 > 1"
    ),
    (
      "break spike n0 if t", 20,
      "'t' is compared with nothing; a condition reads lV n0 > 1"
    ),
    ("break spike n0 if t = 3ms", 21, "'=' sets a value; == compares"),
    ("break spike n0 if abs > 3", 19, "only a jump has 'abs'; break jump lV n2 if abs > 4"),
    ("watch t > 10mv", 11, "unknown unit 'mv'; the units of a time are s, ms, us and ns"),
    (
      "watch V n0 > 10ms", 14, "a plain number takes no unit, found 'ms'; leave the unit out"
    ),
    ("watch V n9 > 1", 9, "no neuron n9; this net has in0-in3, n0-n2"),
    (
      "watch Q n0 > 1", 7,
      "no quantity 'Q'; V n0, I n0, lV n0, lI n0, t, L, w SYN, grad SYN or a name that set takes"
    ),
    ("watch I n0 peaks 0..1", 7, "only V has peaks to watch; watch V n1 peaks 0.95..1"),
    ("watch V n0 peaks 0.5", 18, "expected a range FROM..TO; watch V n1 peaks 0.95..1"),
    ("watch V n0 peaks 0.5..x", 23, "'x' is not a number; a finite number, such as 0.6 or 1e-05"),
    ("delete 3", 8, "no breakpoint 3; none is set; break sets one"),
    ("delete", 7, "delete needs a breakpoint's number, or all; usage: delete N … | all"),
    ("ignore 1", 9, "ignore needs how many hits to pass; usage: ignore N COUNT"),
    ("ignore 1 x", 10, "expected a number, found 'x'; a number from 0"),
    (
      "until", 6, "expected a time, an event or a condition; until 12ms, until e7, until V n0 > 0.5"
    ),
    ("until soon", 7, "no place 'soon' to stop at; until 12ms, until e7, until V n0 > 0.5"),
  ]

  @Test(arguments: badLines) func `criterion 18: a bad line says where, why and what to do`(
    line: String, column: Int, sentence: String
  ) throws {
    var session = try session()
    try session.expectComplaint(about: line, at: column, sentence)
    #expect(session.cursor.number == 0 && session.stops.breakpoints.isEmpty)
  }

  @Test func `Tab completes places and numbers`() throws {
    var session = try session()
    #expect(session.completion(of: "break sp").insertion == "spike ")
    #expect(session.completion(of: "break spike hid").insertion == "hidden.")
    _ = session.apply("break spike")
    #expect(session.completion(of: "delete ").candidates == ["1", "all"])
  }
}
