import EventProp
import Files
import Language
import Presets
import Study
import Testing
import Workbench

@Suite("check at the prompt") struct CheckTests {
  private func session(_ name: String = "reference") throws -> Session {
    try SessionTests.session(name)
  }

  /// The derivatives of the reference network by a name, as the gradient has them.
  private static func expected(_ name: String, _ session: Session) throws -> Double {
    let gradient = try #require(session.run.adjoint?.gradient)
    let hidden = gradient.layers[0]
    return switch name {
    case "n0<-in2", "in2->n0", "w[n0,in2]", "hidden.0<-in.2": hidden.weights.weights[4]
    case "n1<-n0", "hidden.1<-hidden.0": try #require(hidden.recurrent).weights[1]
    case "out.tau_mem", "out.0.tau_mem", "n2.TauMem":
      gradient.layers[1].parameters[0].tauMem
    case "hidden.0.v_th": hidden.parameters[0].vThreshold
    case "hidden.0.initial_v", "n0.initialV": hidden.initial[0].potential
    case "n1.initial_i": hidden.initial[1].current
    case "time of input 3": gradient.inputTimes[3]
    case "in.0", "in0": gradient.inputTimes[0]
    default: .nan
    }
  }

  @Test(arguments: [
    "n0<-in2", "in2->n0", "w[n0,in2]", "hidden.0<-in.2", "n1<-n0", "hidden.1<-hidden.0",
    "out.tau_mem", "out.0.tau_mem", "n2.TauMem", "hidden.0.v_th", "hidden.0.initial_v",
    "n0.initialV", "n1.initial_i", "time of input 3", "in.0", "in0",
  ]) func `a name of set or of a report checks that derivative`(name: String) throws {
    var session = try session()
    let value = Quantity.display(try Self.expected(name, session), digits: 9)
    let reply = session.apply("check \(name)")
    try #require(reply.succeeded && reply.lines.count == 2)
    #expect(
      reply.lines[0].text
        == "\(name): adjoint \(value)  forward mode \(value)  differences \(value)")
    #expect(reply.lines[1].text == "agrees")
  }

  @Test func `every name that a report prints can be checked`() throws {
    for preset in ["reference", "delays", "recurrent-pair"] {
      var session = try session(preset)
      let all = session.apply("check all").lines.map(\.text)
      #expect(all.last == "verdict: agrees" || all.last == "verdict: not-comparable")
      for parameter in Parameter.all(of: session.experiment) {
        let name = session.names.full(parameter)
        let reply = session.apply("check \(name)")
        #expect(reply.succeeded, "\(preset): \(name)")
        #expect(reply.lines.first?.text.hasPrefix("\(name): adjoint ") == true)
      }
    }
  }

  @Test func `a parameter of several neurons has a row for each, and their sum`() throws {
    var session = try session()
    let gradient = try #require(session.run.adjoint?.gradient)
    let lines = session.apply("check tau_mem").lines.map(\.text)
    #expect(lines.count == 5)
    for (line, name) in zip(lines, ["n0", "n1", "n2"]) {
      #expect(line.hasPrefix("\(name).tau_mem: adjoint ") && line.hasSuffix("  agrees"))
    }
    let shared = Quantity.display(gradient.shared(.tauMem), digits: 9)
    #expect(
      lines[3]
        == "tau_mem, one value for these 3: adjoint \(shared)  forward mode \(shared)  differences \(shared)"
    )
    #expect(lines[4] == "verdict: agrees")
    #expect(session.apply("check hidden.v_leak").lines.count == 4)
    #expect(session.apply("check initial_v").lines.count == 4, "there is no shared initial state")
  }

  @Test func `a derivative of a wrong rule is found to differ, and is labelled`() throws {
    var session = try session()
    _ = session.apply("rule no-reset-term")
    let lines = session.apply("check v_th").lines.map(\.text)
    #expect(lines[0].hasPrefix("WRONG (no-reset-term) n0.v_th: adjoint "))
    #expect(lines.last == "verdict: differs")
  }

  @Test(arguments: [
    ("check tua_mem", 7, "no parameter 'tua_mem'; did you mean tau_mem?  (info params)"),
    ("check initial_q", 7, "no parameter 'initial_q'; did you mean initial_v?  (info params)"),
    (
      "check out.tau_mme", 7,
      "no parameter 'out.tau_mme'; did you mean out.tau_mem?  (info params)"
    ),
    ("check hiden.0.v_th", 7, "no neuron hiden.0; did you mean hidden.0?"),
    ("check hidden.7.v_th", 7, "no neuron hidden.7; this net has in0-in3, n0-n2"),
    ("check n0<-in9", 7, "no synapse n0<-in9; this net has in0-in3, n0-n2"),
    ("check dealy n0<-in2", 7, "no 'dealy' to check; did you mean delay?"),
    ("check delay", 7, "the delay of which synapse?; write it delay n0<-in2"),
    (
      "check delay n0<-in2", 13,
      "n0<-in2 has no delay; set delay n0<-in2 1ms gives it one, or a preset by delays"
    ),
    (
      "check delay n1<-n0", 13,
      "n1<-n0 has no delay; set delay n1<-n0 1ms gives it one, or a preset by recurrent_delays"
    ),
    (
      "check time of imput 3", 15,
      "the time of which input spike?; write it time of input 3, or in.0"
    ),
    (
      "check time", 7, "the time of which input spike?; write it time of input 3, or in.0"
    ),
    ("check time of input 9", 21, "no input spike 9; they are numbered 0 to 6"),
    (
      "check t_max", 7,
      "the gradient has no derivative by t_max; it has those by weights, delays, input times, parameters and initial states"
    ),
    ("check n0<-in2 n1", 15, "check takes one name, found 'n1' after it; help check"),
    ("check all of it", 11, "check takes one name, found 'of' after it; help check"),
  ]) func `a wrong name gets a caret and a hint`(line: String, column: Int, sentence: String) throws
  {
    var session = try session()
    let reply = session.apply(line)
    #expect(!reply.succeeded)
    let text = try #require(reply.lines.last).text
    #expect(text.prefix { $0 == " " }.count == session.prompt.count + column - 1)
    #expect(text.drop { $0 == " " || $0 == "^" } == sentence)
  }

  // MARK: - A piece at a time

  @Test func `a check goes on a row at a time, and ends as if it had been done at once`() throws {
    var session = try session()
    let atOnce = session.apply("check all")
    let nothing = session.begin("check all")
    #expect(nothing.lines.isEmpty)
    #expect(session.task?.title == "check all")
    #expect(session.task?.total == 42)
    var pieces = 0
    var reply: Reply?
    while reply == nil {
      #expect(session.task?.done == pieces)
      reply = session.advance()
      pieces += 1
    }
    #expect(pieces == 42)
    #expect(reply == atOnce)
    #expect(session.task == nil)
  }

  @Test func `what stands before and after long work on a line is in its reply`() throws {
    var session = try session()
    let reply = session.apply("step; check n0<-in2; step; check n1<-in2; print L")
    #expect(reply.succeeded)
    #expect(session.cursor.number == 2)
    let lines = reply.lines.map(\.text)
    #expect(lines.count == 7)
    #expect(lines[1].hasPrefix("n0<-in2: adjoint") && lines[4].hasPrefix("n1<-in2: adjoint"))
    #expect(lines[6] == "L = 80.7426977")
  }

  @Test func `an interrupted check keeps what was found, and the line ends there`() throws {
    var session = try session()
    _ = session.begin("check all; step")
    for _ in 0..<5 {
      let unfinished = session.advance()
      #expect(unfinished == nil)
    }
    let interrupted = session.interrupt()
    let reply = try #require(interrupted)
    let lines = reply.lines.map(\.text)
    #expect(lines.first == "interrupted after 5 of 42: 5 agree")
    #expect(lines.last == "verdict so far: agrees")
    #expect(session.task == nil && session.cursor.number == 0)
    let again = session.interrupt()
    #expect(again == nil)
    for (name, count) in [("v_th", 3), ("all", 42)] {
      _ = session.begin("check \(name)")
      let early = session.interrupt()
      #expect(
        early?.lines.map(\.text) == ["interrupted after 0 of \(count): nothing checked"])
    }
    #expect(session.apply("step").succeeded)
  }

  // MARK: - Many derivatives

  @Test func `many derivatives are checked together, and all checks each by itself`() throws {
    var session = try session("yin-yang")
    let lines = session.apply("check").lines.map(\.text)
    #expect(
      lines.first == "1826 derivatives together, along 8 random directions: forward mode agrees")
    #expect(lines.contains { $0.hasPrefix("identity: ") } && lines.contains("verdict: agrees"))
    #expect(lines.last == "check all checks each derivative by itself")
    let named = session.apply("check tau_mem").lines.map(\.text)
    #expect(named.first?.hasPrefix("123 derivatives together") == true)
    #expect(named.last == "check tau_mem all checks each derivative by itself")
    #expect(!named.contains { $0.hasPrefix("identity: ") })
    for (line, total) in [("check all", 1826), ("check tau_mem all", 123)] {
      _ = session.begin(line)
      #expect(session.task?.title == line && session.task?.total == total)
      _ = session.interrupt()
    }
  }

  @Test func `a wrong rule is found among many derivatives, and labelled`() throws {
    var session = try session("yin-yang")
    _ = session.apply("rule unscaled")
    let lines = session.apply("check").lines.map(\.text)
    #expect(lines.first?.hasPrefix("WRONG (unscaled) differs  ") == true)
    #expect(
      lines.contains {
        $0.hasPrefix("1826 derivatives together") && $0.hasSuffix("in hidden.weights, out.weights")
      }, "\(lines)")
    #expect(lines.contains("verdict: differs"))
  }

  @Test func `an interrupted check of many keeps what was found`() throws {
    var session = try session("yin-yang")
    _ = session.begin("check")
    let early = session.interrupt()
    #expect(
      early?.lines.map(\.text) == [
        "interrupted after 0 of 19 steps", "check all checks each derivative by itself",
      ])
    _ = session.begin("check")
    for _ in 0..<3 { #expect(session.advance() == nil) }
    let lines = session.interrupt()?.lines.map(\.text) ?? []
    #expect(lines.first == "interrupted after 3 of 19 steps")
    #expect(lines.contains("verdict so far: agrees"))
    #expect(!lines.contains { $0.hasPrefix("identity: ") })
    _ = session.begin("check")
    for _ in 0..<29 { #expect(session.advance() == nil) }
    let late = session.interrupt()?.lines.map(\.text) ?? []
    #expect(late.contains("verdict: agrees"))
    #expect(
      late.last
        == "interrupted: the identities were tested for 10 of 128 events only, and are left out")
    #expect(!late.contains { $0.hasPrefix("identity: ") })
  }

  @Test func `Tab completes what can be checked`() throws {
    let session = try session()
    #expect(
      session.completion(of: "check out.init").candidates == ["out.initial_v", "out.initial_i"])
    #expect(session.completion(of: "check al").insertion == "all ")
  }
}
