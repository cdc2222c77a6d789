import EventProp
import Presets
import TestSupport
import Testing
import Workbench

@Suite("why and contrib") struct WhyTests {
  private func session(_ name: String = "reference") throws -> Session {
    try SessionTests.session(name)
  }

  @Test func `a sitting of questions`() throws {
    assertSnapshot(
      try TranscriptTests.transcript(
        "reference",
        [
          "select n0", "why V n0 @ 20ms", "goto spike n0 1", "why", "why V n0", "why spike n0 1",
          "why 1", "", "why 9", "why 4", "finish", "7 step", "why lV n0", "", "", "",
          "why lI n1 @ e4+", "why 2", "contrib n1<-in2", "goto end", "contrib n1<-in2",
          "why grad n2<-n0", "why 1", "rule no-reset-term", "why lV n0 @ e5-",
          "check n0<-in0",
        ]), named: "why")
  }

  /// The value in a heading and those of the terms below it.
  private static func numbers(_ reply: Reply) -> (value: Double, terms: [Double])? {
    guard let heading = reply.lines.first?.text.replacing(", the threshold,", with: ""),
      let equals = heading.lastRange(of: " = ")
    else { return nil }
    let value = heading[equals.upperBound...].prefix { $0 != " " && $0 != ":" }
    let terms = reply.lines.dropFirst().filter { $0.text.hasPrefix("[") }.compactMap { line in
      Double(
        line.text.drop { $0 != "]" }.dropFirst().drop { $0 == " " }.prefix { $0 != " " })
    }
    return Double(value).map { ($0, terms) }
  }

  @Test(arguments: Preset.all.map(\.name).filter { $0 != "yin-yang" })
  func `criterion 12: in every preset the terms shown add up, and Enter leads to an end`(
    name: String
  ) throws {
    var session = try session(name)
    var sums = 0
    _ = session.apply("goto end")
    let events = session.run.trajectory.events.count
    for event in stride(from: 0, to: events, by: max(1, events / 12)) {
      for neuron in 0..<min(session.experiment.network.neuronCount, 6) {
        for quantity in ["V", "I", "lV", "lI"] {
          var reply = session.apply("why \(quantity) n\(neuron) @ e\(event)-")
          #expect(reply.succeeded)
          var steps = 0
          while let (value, terms) = Self.numbers(reply), !terms.isEmpty {
            if terms.count <= 12 {
              sums += 1
              let scale = terms.map { abs($0) }.max() ?? 0
              let sum = terms.reduce(0, +)
              #expect(
                abs(sum - value) <= 1e-5 * scale * Double(terms.count),
                "\(name): \(reply.lines[0].text)")
            }
            reply = session.apply("")
            steps += 1
            guard steps <= events + 2 else {
              Issue.record("\(name): no end")
              return
            }
          }
        }
      }
    }
    // Where nothing ever arrives every value is 0, and 0 has no terms.
    #expect(name == "silent" ? sums == 0 : sums >= 5, "\(sums)")
  }

  @Test(arguments: Preset.all.map(\.name))
  func `why L names what the loss reads, and the terms add up to it`(name: String) throws {
    var session = try session(name)
    let loss = try #require(session.run.loss)
    let reply = session.apply("why L")
    let (value, terms) = try #require(Self.numbers(reply))
    let scale = terms.map { abs($0) }.max() ?? 0
    #expect(abs(value - loss) <= 1e-5 * abs(loss))
    #expect(abs(terms.reduce(0, +) - value) <= 1e-5 * scale * Double(max(1, terms.count)))
    // The largest term leads on to a spike or a potential.
    if !terms.isEmpty { #expect(session.apply("why 1").succeeded, "\(reply.lines)") }
  }

  @Test func `why L of a cross-entropy parts it as the probabilities, of an integral by stretches`()
    throws
  {
    var xor = try session("xor")
    let shares = xor.apply("why L").lines.map(\.text)
    #expect(shares[1].contains("p = ") && shares[1].contains("of log Σ exp: e"))
    var integral = try session("integral")
    #expect(integral.apply("why L").lines[1].text.contains("c ∫ V dt of n"))
    let (value, terms) = try #require(Self.numbers(integral.apply("why 1")))
    #expect(terms.count > 1 && abs(terms.reduce(0, +) - value) < 1e-5 * abs(value) * 4)
  }

  @Test func `criterion 13: the terms of contrib are the matrix at the cursor`() throws {
    var session = try session()
    _ = session.apply("finish")
    while session.point != .end {
      _ = session.apply("step")
      let total = try #require(
        session.apply("contrib n1<-in2").lines.first { $0.text.hasPrefix("total ") }
      ).text
      let printed = session.apply("print grad n1<-in2").lines[0].text
      let value = try #require(Double(total.split(separator: " ")[1]))
      let partial = try #require(session.cursor.partialGradient).layers[0].weights.weights[5]
      #expect(abs(value - partial) <= 1e-5 * abs(partial), "\(printed)")
    }
  }

  @Test(arguments: [
    ("why", 1, "why what?; why lV n0, why V n0, why spike n0 1, why grad n0<-in2"),
    ("why 2", 5, "nothing was explained yet; why lV n0"),
    ("why lV n0", 5, "λ is not computed yet; bwd goes to the backward phase"),
    ("why grad n0<-in0", 5, "no gradient yet; bwd, then step"),
    ("why V n9", 7, "no neuron n9; this net has in0-in3, n0-n2"),
    ("why @ e5", 1, "why what?; why V n0 @ e5-"),
    ("why V n0 @", 10, "at which place?; @ e5-"),
    ("why V n0 @ e99", 12, "no event e99; this run has e0-e11"),
    ("why V n0 @ 50ms", 12, "a time of this run lies in 0..40 ms; set t_max makes it longer"),
    ("why e0", 5, "e0 is no spike: in0; why explains spikes, list shows the events"),
    ("why spike n0 7", 14, "no such spike of n0; it has spikes 0-1"),
    (
      "why t", 5,
      "'t' comes from nothing else; why V n0, I n0, lV n0, lI n0, L, grad SYN, grad tau_mem, input_time 3, spike NEURON [K], e7"
    ),
    ("contrib", 8, "contrib needs a synapse, such as n0<-in2; usage: contrib SYNAPSE"),
    ("contrib n0<-in2", 9, "no gradient yet; bwd, then step"),
    ("contrib n0<-in9", 9, "no synapse n0<-in9; this net has in0-in3, n0-n2"),
  ]) func `a bad line says where, why and what to do`(line: String, column: Int, sentence: String)
    throws
  {
    var session = try session()
    try session.expectComplaint(about: line, at: column, sentence)
  }

  @Test func `an edit takes the last explanation away`() throws {
    var session = try session()
    _ = session.apply("step; why V n0 @ 12ms; set tau_mem 22ms")
    #expect(!session.apply("why 1").succeeded)
  }
}

extension String {
  fileprivate func lastRange(of text: String) -> Range<String.Index>? {
    ranges(of: text).last
  }
}
