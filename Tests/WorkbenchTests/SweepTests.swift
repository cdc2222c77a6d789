import EventProp
import Language
import Presets
import Testing
import Workbench
import Study

@Suite("sweep") struct SweepTests {
  private func curve(_ preset: String, _ line: String) throws -> SweepCurve {
    var session = try SessionTests.session(preset)
    let reply = session.apply(line)
    try #require(reply.succeeded, "\(reply.lines.map(\.text))")
    guard case .curve(let curve) = reply.figure else {
      Issue.record("\(line) has no curve")
      throw CancellationError()
    }
    return curve
  }

  @Test(arguments: [
    ("reference", "tau_mem 15ms..25ms"), ("reference", "tau_syn 4ms..6ms"),
    ("reference", "n0<-in2 1..3"), ("reference", "n1<-n0 0..1"), ("reference", "in.0 1ms..4ms"),
    ("reference", "hidden.v_th 0.9..1.1"), ("reference", "n0.v_leak -0.1..0.1"),
    ("reference", "target 10ms..20ms"), ("leaky", "v_leak 0.95..1.05"),
    ("identical-twins", "tau_mem 9ms..11ms"), ("integral", "tau_syn 4ms..6ms"),
    ("readout", "tau_mem 9ms..11ms"), ("delays", "tau_mem 9ms..11ms"),
    ("recurrent-pair", "v_th 0.55..0.65"),
  ]) func `between borders the slope of the curve is the gradient`(preset: String, words: String)
    throws
  {
    // The parabola through three neighbours is off by the third derivative times the square of a step.
    let coarse = try curve(preset, "sweep \(words) 101")
    let fine = try curve(preset, "sweep \(words) 401")
    #expect(coarse.isComplete && fine.isComplete)
    let (one, other) = (try #require(coarse.deviation), try #require(fine.deviation))
    #expect(other < 1e-2, "\(other)")
    #expect(other <= one / 8 || other < 1e-6, "\(one) to \(other)")
  }

  @Test func `each point is the run that set makes`() throws {
    let curve = try curve("reference", "sweep tau_mem 15ms..25ms 11")
    #expect(curve.points.count == 11)
    for point in curve.points {
      var session = try SessionTests.session()
      _ = session.apply(curve.axis.settingLine(point.value))
      #expect(session.run.loss == point.loss)
      #expect(session.run.adjoint?.gradient.shared(.tauMem) == point.gradient)
      #expect(session.run.trajectory.spikeCounts.reduce(0, +) == point.spikeCount)
    }
    #expect(curve.points[5].value == 20e-3 && curve.current == 5)
  }

  @Test func `the value of the bench is among the points, wherever it lies in the range`() throws {
    let inside = try curve("reference", "sweep tau_mem 15ms..26ms 4")
    #expect(inside.points.count == 5 && inside.current == 2)
    let outside = try curve("reference", "sweep tau_mem 21ms..26ms 4")
    #expect(outside.points.count == 4 && outside.current == nil)
  }

  @Test func `a border is found to a millionth of the range, and its jump is that of the loss`()
    throws
  {
    let curve = try curve("grazing", "sweep n0<-in0 2..3 9")
    try #require(curve.borders.count == 1)
    let border = curve.borders[0]
    #expect(border.above - border.below <= 1e-6 && border.above > border.below)
    #expect(border.change.text(Names(curve.experiment)).hasPrefix("spike n0 0 appears at 8.9"))
    #expect(border.jumps && border.changesCount)
    // The exact place: the peak of V just touches the threshold there.
    for (value, spikes) in [(border.below, 0), (border.above, 1)] {
      var session = try SessionTests.session("grazing")
      _ = session.apply("set n0<-in0 \(Quantity.exact(value))")
      #expect(session.run.trajectory.spikeCounts.reduce(0, +) == spikes)
    }
    let jump = try #require(border.jump)
    #expect(abs(jump + 483.1) < 0.1)
    #expect(curve.sentence(border).hasSuffix("the gradient is blind to this"))
    // Beside the border the gradient is that of one side: it says nothing of the jump.
    #expect(curve.points[3].gradient == 0)
  }

  @Test func `spikes that change places are a border without a jump`() throws {
    let curve = try curve("reference", "sweep n0<-in2 1..3")
    #expect(
      curve.borders.contains {
        !$0.changesCount && $0.change.text(Names(curve.experiment)).contains("change places")
      })
    #expect(curve.borders.allSatisfy { !$0.jumps })
    #expect(curve.text.contains("the loss goes on, its slope may jump"))
  }

  @Test
  func
    `an input that overtakes a spike bends the loss, and spikes that know nothing of each other do not`()
    throws
  {
    let curve = try curve("reference", "sweep in.0 2.5ms..4ms 31")
    let bend = try #require(curve.borders.first)
    #expect(bend.change.text(Names(curve.experiment)) == "in.2.1 and spike n0 1 change places")
    #expect(!bend.jumps && !bend.changesCount)
    let place = try #require(curve.points.lastIndex { $0.value < bend.below })
    let slopes = curve.points.map { $0.gradient ?? .nan }
    #expect(slopes[place + 1] < 2 * slopes[place])
    // No synapse leads from one hidden neuron of this network to another.
    let large = try self.curve("yin-yang", "sweep tau_mem 10ms..10.1ms 3")
    #expect(
      !large.borders.contains {
        $0.change.text(Names(large.experiment)).split(separator: " ").count {
          $0.hasPrefix("hidden.")
        } == 2
      })
  }

  @Test func `the text has a row for each value and a line for each border`() throws {
    let curve = try curve("grazing", "sweep n0<-in0 2..3 9")
    let lines = curve.text.split(separator: "\n")
    #expect(lines.count == 2 + curve.points.count + curve.borders.count + 1)
    #expect(lines[0] == "sweep n0<-in0 from 2 to 3, now 2.4002")
    #expect(lines.count { $0.hasPrefix("*") } == 1)
    #expect(lines[6].contains("between 2.39999"))
    #expect(lines.last?.hasPrefix("between borders the slope of L is the gradient to ") == true)
  }

  @Test
  func `at most twenty borders are listed, those with the largest jumps, and the rest counted`()
    throws
  {
    var session = try SessionTests.session()
    let reply = session.apply("sweep n0<-in0 0..60 101")
    guard case .curve(let curve) = reply.figure else {
      Issue.record("no curve")
      return
    }
    #expect(curve.borders.count > 20)
    let lines = reply.lines.map(\.text)
    let listed = lines.filter { $0.hasPrefix("    between ") }
    #expect(listed.count == 20)
    let left = curve.borders.count - 20
    #expect(
      lines.contains {
        $0
          == "    … \(left) more border\(left == 1 ? "" : "s"), with smaller jumps of the loss or none: "
          + "a narrower range lists \(left == 1 ? "it" : "them")"
      })
    let largest = try #require(
      curve.borders.filter(\.jumps).max { abs($0.jump ?? 0) < abs($1.jump ?? 0) })
    #expect(listed.contains("    " + curve.sentence(largest)))
  }

  @Test func `with a wrong rule the gradient is not the slope, and is labelled`() throws {
    let right = try curve("reference", "sweep v_th 0.95..1.05 41")
    var session = try SessionTests.session()
    _ = session.apply("rule no-reset-term")
    let reply = session.apply("sweep v_th 0.95..1.05 41")
    guard case .curve(let wrong) = reply.figure else {
      Issue.record("no curve")
      return
    }
    #expect(reply.lines[0].text.hasPrefix("WRONG (no-reset-term) sweep"))
    let (bad, good) = (try #require(wrong.deviation), try #require(right.deviation))
    #expect(bad > 20 * good)
  }

  @Test func `two names make a map with borders`() throws {
    var session = try SessionTests.session("grazing")
    let reply = session.apply("sweep n0<-in0 2..3 tau_mem 8ms..12ms 5")
    guard case .map(let map) = reply.figure else {
      Issue.record("no map")
      return
    }
    // The weight of the bench is a value of its own; the time constant is one of the five.
    #expect(map.across.values.count == 6 && map.up.values.count == 5 && map.isComplete)
    #expect(map.isBorder((1, 2), (2, 2)) && !map.isBorder((0, 2), (1, 2)))
    for (column, row) in [(0, 0), (2, 2), (5, 4)] {
      var other = try SessionTests.session("grazing")
      _ = other.apply(
        map.across.settingLine(map.across.values[column]) + ";"
          + map.up.settingLine(map.up.values[row]))
      #expect(other.run.loss == map.point(column, row)?.loss)
    }
    #expect(reply.lines.contains { $0.text.contains("484 |") })
  }

  @Test func `an interrupted sweep keeps what was computed`() throws {
    var session = try SessionTests.session()
    _ = session.begin("sweep tau_mem 10ms..30ms 41")
    #expect(session.task?.title == "sweep tau_mem 10ms..30ms" && session.task?.total == 41)
    for _ in 0..<7 { _ = session.advance() }
    #expect(session.task?.done == 7)
    let interrupted = session.interrupt()
    let reply = try #require(interrupted)
    #expect(reply.lines[0].text.hasSuffix(": interrupted after 7 of 41"))
    guard case .curve(let curve) = reply.figure else {
      Issue.record("no curve")
      return
    }
    #expect(curve.points.count == 7 && !curve.isComplete)
    // Borders that were not narrowed are kept as wide as they are.
    _ = session.begin("sweep tau_mem 10ms..30ms 41")
    for _ in 0..<50 { _ = session.advance() }
    guard case .curve(let other)? = session.interrupt()?.figure else {
      Issue.record("no curve")
      return
    }
    #expect(other.points.count == 41 && other.borders.contains { $0.above - $0.below > 1e-4 })
  }

  @Test(arguments: [
    ("sweep", 6, "sweep needs a name that set takes, and a range; sweep tau_mem 10ms..30ms"),
    ("sweep tau_mem", 14, "sweep needs a range after 'tau_mem'; sweep tau_mem 10ms..30ms"),
    ("sweep tau_mem 10ms", 15, "expected a range FROM..TO; sweep tau_mem 10ms..30ms"),
    ("sweep tau_mem ..10ms", 15, "a range has two ends; sweep tau_mem 10ms..30ms"),
    ("sweep tau_sin 1ms..2ms", 7, "no parameter 'tau_sin'; did you mean tau_syn?  (info params)"),
    (
      "sweep tau_mem -5ms..20ms", 15,
      "a time constant must be greater than 0; a time such as 20ms, or *0.5 for half of what it is"
    ),
    (
      "sweep tau_mem 0..20ms", 15,
      "a time constant must be greater than 0; a time such as 20ms, or *0.5 for half of what it is"
    ),
    ("sweep tau_mem 5ms..20mv", 20, "unknown unit 'mv'; the units of a time are s, ms, us and ns"),
    ("sweep tau_mem 20ms..10ms", 21, "a range grows; 10ms..20ms"),
    (
      "sweep v_reset 0..2", 18,
      "v_reset must lie below v_th: v_reset is 2, v_th 1; a value below 1, or set v_th first"
    ),
    ("sweep n0<-in9 1..2", 7, "no synapse n0<-in9; this net has in0-in3, n0-n2"),
    (
      "sweep in.0 -1ms..2ms", 12,
      "an input spike comes at t >= 0; a time such as 20ms, or *0.5 for half of what it is"
    ),
    ("sweep tau_mem 10ms..20ms 1", 26, "a sweep takes 2 to 10000 values; 41 unless given"),
    ("sweep tau_mem 10ms..20ms x", 26, "expected how many values, found 'x'; a number from 2"),
    (
      "sweep tau_mem 10ms..20ms tau_syn 4ms", 34,
      "expected a range FROM..TO; sweep tau_mem 10ms..30ms"
    ),
    ("sweep v_th 0.9..1 v_th 0.9..1", 19, "v_th is swept already; a map needs two names"),
    (
      "sweep v_th 0.9..1 tau_mem 9ms..10ms 3 4", 39,
      "sweep does not take '4'; usage: sweep NAME FROM..TO [N]"
    ),
  ]) func `criterion 18: a bad sweep says where, why and what to do`(
    line: String, column: Int, sentence: String
  ) throws {
    var session = try SessionTests.session()
    try session.expectComplaint(about: line, at: column, sentence)
    #expect(session.task == nil)
  }

  @Test func `where neurons have several values none of them is called the one of now`() throws {
    var session = try SessionTests.session()
    _ = session.apply("set n0.tau_mem 15ms")
    let reply = session.apply("sweep tau_mem 10ms..30ms 4")
    guard case .curve(let curve) = reply.figure else {
      Issue.record("no curve")
      return
    }
    #expect(curve.current == nil && curve.points.count == 4)
    #expect(curve.text.hasPrefix("sweep tau_mem from 10 ms to 30 ms, now several values\n"))
    let weight = session.apply("sweep w n0<-in2 1..3 3")
    #expect(weight.lines.first?.text.hasPrefix("sweep n0<-in2 from 1 to 3, now 2.2") == true)
  }
}

@Suite("trust at the prompt") struct TrustCommandTests {
  @Test func `trust says how far the step is safe, and fits one screen`() throws {
    var session = try SessionTests.session()
    let reply = session.apply("trust")
    #expect(reply.succeeded && reply.lines.count <= 22)
    #expect(reply.lines.allSatisfy { $0.text.count <= 100 }, "\(reply.lines.map(\.text))")
    #expect(
      reply.lines[0].text.hasPrefix(
        "the gradient is exact along the step down up to LR = 0.000109392"))
    #expect(reply.lines[1].text.contains("in.3 and spike n1 0 change places: L goes on"))
    guard case .curve(let curve) = reply.figure else {
      Issue.record("trust draws nothing")
      return
    }
    let radius = try #require(curve.radius)
    #expect(radius.lowerBound == 0 && abs(radius.upperBound - 1.09392e-4) < 1e-9)
  }

  @Test(arguments: [
    ("trust foo", "no parameter 'foo'"), ("trust t_max", "no derivative by t_max"),
    ("trust tau_mem v_th", "trust takes one name"), ("sweep LR 2..1", "a range grows"),
    ("export csv x.csv sweep", "there is no sweep"),
    ("export svg x.svg events", "does not take 'events'"),
  ]) func `a wrong line is refused with a reason`(line: String, reason: String) throws {
    var session = try SessionTests.session()
    let reply = session.apply(line)
    #expect(!reply.succeeded)
    #expect(reply.lines.contains { $0.text.contains(reason) }, "\(reply.lines.map(\.text))")
  }

  @Test func `a sweep is written with every digit, right after it or by name`() throws {
    var session = try SessionTests.session()
    let sweep = session.apply("sweep tau_mem 15ms..25ms 11")
    guard case .curve(let curve) = sweep.figure else {
      Issue.record("no curve")
      return
    }
    for line in ["export csv x.csv", "print L; export csv x.csv sweep"] {
      guard case .write(_, let bytes)? = session.apply(line).effects.first else {
        Issue.record("\(line) writes nothing")
        continue
      }
      let rows = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      #expect(rows[0].first == "tau_mem" && rows.count == curve.points.count + 1)
      for (row, point) in zip(rows.dropFirst(), curve.points) {
        #expect(Double(row[0]) == point.value && Double(row[1]) == point.loss)
        #expect(Double(row[2]) == point.gradient)
      }
    }
    guard case .drawSweep(_, let drawn)? = session.apply("export svg x.svg sweep").effects.first
    else {
      Issue.record("no figure")
      return
    }
    #expect(drawn == sweep.figure)
    #expect(
      session.apply("export svg x.svg").effects.first.map {
        if case .draw = $0 { true } else { false }
      } ?? false)
  }

  @Test func `bare seconds are asked about first, with the line in ms`() throws {
    var session = try SessionTests.session()
    let first = session.apply("sweep tau_mem 10..30 3").lines[0].text
    #expect(first.hasPrefix("did you mean ms? sweep tau_mem 10ms..30ms; "))
  }
}
