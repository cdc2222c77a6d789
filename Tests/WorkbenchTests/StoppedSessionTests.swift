import EventProp
import Files
import Presets
import Synchronization
import Testing
import Workbench

/// Long work that is stopped leaves the session as it was.
@Suite struct StoppedSessionTests {
  private func session(_ name: String = "yin-yang") throws -> Session {
    try SessionTests.session(name)
  }

  /// What of a session can be seen.
  private func look(_ session: Session) -> [String] {
    [
      session.prompt, session.note, "\(session.cursor.number) \(session.looks.window)",
      "run \(session.run.number), edited \(session.bench.isEdited), \(session.cursor.isCompleted)",
      "\(session.cursor.partialGradient.map { $0.layers[0].weights.weights } ?? [])",
    ]
  }

  @Test(arguments: [
    ("bwd; step", "goto e0"), ("goto end", "unstep"), ("goto end; unstep", "set tau_mem 11ms"),
  ])
  func `a walk that is stopped changes nothing`(place: String, line: String) throws {
    var session = try session("recurrent-pair")
    #expect(session.apply(place).succeeded)
    let before = look(session)
    // At event 0 a walk asks in any run.
    session.goesOn = { $0.work != .walkingBack }
    let reply = session.apply(line)
    #expect(!reply.succeeded && reply.effects.isEmpty)
    #expect(reply.lines.map(\.text).contains { $0.contains("stopped at ") })
    #expect(look(session) == before)
    session.goesOn = { _ in true }
    #expect(session.apply(line).succeeded)
    #expect(look(session) != before)
  }

  @Test func `a check that is stopped in a piece says how far it came`() throws {
    var session = try session()
    _ = session.begin("check")
    for _ in 0..<5 { #expect(session.advance() == nil) }
    session.goesOn = { _ in false }
    var reply: Reply?
    for _ in 0..<16 where reply == nil { reply = session.advance() }
    let first = try #require(reply?.lines.first?.text)
    #expect(first.contains("interrupted after "))
    // The identities are another walk through the whole run, which nobody waits for now.
    #expect(reply?.lines.contains { $0.text.hasPrefix("identity") } == false)
    #expect(session.task == nil)
  }

  @Test func `what long work says names it`() throws {
    let works = Mutex<Set<String>>([])
    let preset = try #require(Preset.named("yin-yang"))
    var session = try Session(
      PresetReader.read(preset.text, named: preset.name).experiment, named: preset.name
    ) { progress in
      _ = works.withLock { $0.insert(progress.work.rawValue) }
      return true
    }
    _ = session.apply("check n0<-in0; bwd; step; goto e0")
    #expect(works.withLock { $0 }.isSuperset(of: ["checking", "walking back"]))
    #expect(Progress(.walkingBack, time: 0.43).text == "walking back: t = 430 ms")
    #expect(Progress(.listing, part: 16, of: 123).text == "listing: 16 of 123")
  }

  @Test(arguments: ["info events", "info spikes", "info weights", "info grad", "info neurons"])
  func `a long table that is stopped says at which line`(line: String) throws {
    var session = try session()
    _ = session.apply("goto end")
    let whole = session.apply(line).lines.count
    #expect(whole > 16)
    session.goesOn = { progress in
      guard case .part(let part, let total) = progress.reach else { return true }
      #expect(part <= total && total <= whole)
      return part < 16
    }
    let reply = session.apply(line)
    #expect(!reply.succeeded)
    #expect(
      reply.lines.contains {
        $0.text.contains("stopped at line ") && $0.text.contains("nothing was changed")
      })
  }

  @Test func `a sweep that is stopped in a run keeps the runs before it`() throws {
    // With delays the way back asks at every run's first event.
    var session = try session("delays")
    _ = session.begin("sweep tau_mem 10ms..30ms 5")
    for _ in 0..<2 { #expect(session.advance() == nil) }
    session.goesOn = { _ in false }
    let stopped = session.advance()
    let reply = try #require(stopped)
    #expect(reply.lines[0].text.hasSuffix(": interrupted after 2 of 5"))
    #expect(session.task == nil)
  }

  @Test func `a comparison that is stopped says so`() throws {
    var session = try session("recurrent-pair")
    let weights = session.experiment.network.layers[0].weights
    let rows = (0..<weights.rows).map { _ in
      "[" + (0..<weights.columns).map { "\(Double($0) + 0.5)" }.joined(separator: ", ") + "]"
    }
    let text =
      "{\"\(session.experiment.network.layers[0].name).weights\": [\(rows.joined(separator: ", "))]}"
    session.goesOn = { $0.work != .comparing }
    let reply = try session.compare(text)
    #expect(!reply.succeeded)
    #expect(reply.lines.map(\.text).contains { $0.hasSuffix("; nothing was compared") })
    session.goesOn = { _ in true }
    #expect(try session.compare(text).lines != reply.lines)
  }

  @Test func `warnings that are stopped are looked for again`() throws {
    var session = try session("reference")
    _ = session.apply("set n0.v_th 1.6")
    let peak = try #require(session.run.trajectory.highestPeak(of: 0, above: 0)).potential
    _ = session.apply("set n0.v_th \(peak * 1.01)")
    session.goesOn = { $0.work != .looking }
    let reply = session.apply("info warnings")
    #expect(!reply.succeeded)
    #expect(reply.lines.map(\.text).contains { $0.contains("nothing was changed") })
    session.goesOn = { _ in true }
    let again = session.apply("info warnings")
    #expect(again.lines.contains { $0.text.hasPrefix("near-miss") })
    #expect(session.apply("info warnings").lines == again.lines)
  }

  @Test func `a run that takes longer than its limit is stopped, and everything stays`() throws {
    var session = try SessionTests.session("recurrent-pair")
    let before = session.experiment
    #expect(session.apply("limit 1ms").succeeded)
    let reply = session.apply("set v_th 1e-300")
    #expect(!reply.succeeded)
    let text = reply.lines.map(\.text).joined(separator: "\n")
    #expect(text.contains("a run may take 1 ms") && text.contains("limit off"), "\(text)")
    #expect(session.experiment == before)
  }

  @Test func `a limit must be a time greater than 0`() throws {
    var session = try SessionTests.session()
    for line in ["limit 0", "limit -1s", "limit soon", "limit"] {
      #expect(!session.apply(line).succeeded, "\(line)")
    }
    #expect(session.looks.settings.limit == 30)
  }

  @Test func `a sweep over the whole range of numbers ends`() throws {
    var session = try SessionTests.session()
    #expect(session.apply("set max_events 1000").succeeded)
    #expect(session.apply("sweep v_leak -1e308..1e308 5").succeeded)
    #expect(session.apply("sweep n0<-in0 -1.7e308..1.7e308 3").succeeded)
  }
}
