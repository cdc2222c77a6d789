import EventProp
import Presets
import Testing
import Workbench

/// Every name that `set` takes: it is found, changed, printed, swept, checked, restored and undone.
@Suite struct EditTests {
  private static func session(_ preset: String) throws -> Session {
    try SessionTests.session(preset)
  }

  @Test(arguments: [
    ("reference", "tau_mem", "21ms", "tau_mem = 21 ms (was 20 ms)"),
    ("reference", "out.v_th", "0.9", "out.v_th = 0.9 (was 1)"),
    ("reference", "n0.v_leak", "0.1", "n0.v_leak = 0.1 (was 0)"),
    ("reference", "n0<-in2", "2.5", "w n0<-in2 = 2.5 (was 2.2)"),
    ("reference", "w n0<-in2", "*0.5", "w n0<-in2 = 1.1 (was 2.2)"),
    ("reference", "delay n0<-in2", "1ms", "delay n0<-in2 = 1 ms (was 0 ms)"),
    ("reference", "delay n1<-n0", "2 ms", "delay n1<-n0 = 2 ms (was 0 ms)"),
    ("delays", "delay n0<-in0", "*2", "delay n0<-in0 = 1 ms (was 500 us)"),
    ("reference", "initial_v", "0.2", "initial_v = 0.2 (was 0)"),
    ("reference", "n1.initial_i", "0.5", "n1.initial_i = 0.5 (was 0)"),
    ("reference", "hidden.initial_v", "-0.1", "hidden.initial_v = -0.1 (was 0)"),
    ("reference", "in.0", "3ms", "in.0 = 3 ms (was 2 ms)"),
    ("reference", "in.0.1", "20ms", "in.0.1 = 20 ms (was 21 ms)"),
    ("reference", "time of input 6", "26ms", "time of input 6 = 26 ms (was 13 ms)"),
    ("reference", "target", "15ms", "target = 15 ms (was 14 ms)"),
    ("recurrent-pair", "target.0.1", "8ms", "target.0.1 = 8 ms (was 9 ms)"),
    ("reference", "t_max", "50ms", "t_max = 50 ms (was 40 ms)"),
    ("reference", "max_events", "100", "max_events = 100 (was none)"),
  ])
  func `a name that set takes is changed, restored and undone`(
    preset: String, name: String, value: String, echo: String
  ) throws {
    var session = try Self.session(preset)
    let before = session.experiment
    let reply = session.apply("set \(name) \(value)")
    try #require(reply.succeeded, "\(reply.lines.map(\.text))")
    #expect(reply.lines.first?.text == echo)
    let edited = session.experiment
    #expect(edited != before)
    // What is printed is set again by the name that is printed.
    let printed = try #require(session.apply("print \(name)").lines.first?.text)
    let line = printed.replacing(" = ", with: " ", maxReplacements: 1)
    #expect(session.apply("set \(line)").lines.first?.text.hasSuffix("nothing changed") == true)
    #expect(session.apply("reset \(name)").succeeded && session.experiment == before)
    #expect(session.apply("undo").succeeded && session.experiment == edited)
    #expect(session.apply("undo").succeeded && session.experiment == before)
    #expect(session.apply("\(name) = \(value)").succeeded && session.experiment == edited)
  }

  @Test(arguments: [
    ("reference", "delay n0<-in2", "0.2ms..0.8ms"), ("reference", "initial_v", "0.01..0.04"),
    ("reference", "n1.initial_i", "0.01..0.05"), ("reference", "in.1.1", "25.1ms..25.4ms"),
    ("recurrent-pair", "target.0.1", "8ms..8.5ms"), ("delays", "delay n2<-n1", "2ms..2.2ms"),
  ])
  func `the gradient is the slope of the loss over every name`(
    preset: String, name: String, range: String
  ) throws {
    var session = try Self.session(preset)
    let reply = session.apply("sweep \(name) \(range) 41")
    try #require(reply.succeeded, "\(reply.lines.map(\.text))")
    let text = reply.lines.map(\.text).joined(separator: "\n")
    let deviation = try #require(text.firstMatch(of: /is the gradient to (\S+) %/)?.1)
    #expect(try #require(Double(deviation)) < 0.1, "\(text)")
  }

  @Test func `a value of the preset that no longer fits is refused`() throws {
    var session = try Self.session("reference")
    for line in ["set v_th 3", "set v_reset 2"] { #expect(session.apply(line).succeeded) }
    let before = session.experiment
    let reply = session.apply("reset v_th")
    #expect(!reply.succeeded && session.experiment == before)
    #expect(
      reply.lines.contains {
        $0.text.contains("v_reset must lie below v_th: v_reset is 2, v_th 1")
      })
  }

  @Test func `info loss and info params say what there is`() throws {
    var session = try Self.session("reference")
    #expect(
      session.apply("info loss").lines.map(\.text) == [
        "first_spike_mse of out", "L = Σ ((t - target)/tau)², t at most 40 ms",
        "n2: ((26.70769 ms - 14 ms)/1.414214 ms)² = 80.7427", "L = 80.7427",
      ])
    #expect(
      session.apply("info params").lines.last?.text
        == "loss  first_spike_mse  target.0 14 ms  (info loss)")
    _ = session.apply("set hidden.initial_i 0.25; set delay n2<-n0 2ms; set in.0.1 20ms")
    #expect(session.apply("info params").lines[1].text.hasSuffix("  initial_i 0.25"))
    let rows = session.bench.parameterRows.filter { $0.original != nil }.map {
      "\($0.name) \($0.value)"
    }
    #expect(
      rows == [
        "n0.initial_i 0.25", "n1.initial_i 0.25", "delay n2<-n0 2 ms", "in.0.1 20 ms",
      ])
  }

  @Test func `of many targets the table of parameters has those that were changed`() throws {
    var experiment = try Self.session("reference").experiment
    experiment.loss?.rule = .allSpikesMSE(
      neurons: [0], targets: [(1...20).map { Double($0) * 1e-3 }], tau: 1e-3)
    var session = try Session(experiment, named: "many")
    func targets() -> [String] {
      session.bench.parameterRows.map(\.name).filter { $0.hasPrefix("target") }
    }
    #expect(targets().isEmpty)
    #expect(
      session.apply("info params").lines.last?.text.hasSuffix(
        "  target.0.7 8 ms  … 12 more  (info loss)") == true)
    _ = session.apply("set target.0.11 13ms; set target.0.3 5ms")
    #expect(targets() == ["target.0.3", "target.0.11"])
  }
}
