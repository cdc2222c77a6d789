import EventProp
import Files
import Foundation
import Presets
import Testing
import Workbench

@Suite("The session") struct SessionTests {
  static func session(_ name: String = "reference") throws -> Session {
    let preset = try #require(Preset.all.first { $0.name == name })
    return try Session(
      try PresetReader.read(preset.text, named: name).experiment, named: name)
  }

  /// What a person sees of a place: equal at equal places, bit for bit.
  private func picture(_ session: Session) -> [Double] {
    let neurons = 0..<session.experiment.network.neuronCount
    var values = neurons.flatMap { neuron -> [Double] in
      let state = session.run.state(of: neuron, at: session.point)
      let adjoint = session.run.adjoint(of: neuron, at: session.point)
      return [state.potential, state.current, adjoint?.lambdaV ?? 0, adjoint?.lambdaI ?? 0]
    }
    for layer in session.cursor.partialGradient?.layers ?? [] {
      values += layer.weights.weights + (layer.recurrent?.weights ?? [])
    }
    return values
  }

  @Test(arguments: Preset.all.map(\.name))
  func `criterion 6: steps and as many steps back end in the identical state`(name: String) throws {
    var session = try Self.session(name)
    var pictures: [[Double]] = []
    let stride = max(1, session.run.timeline.last / 60)
    var places: [Int] = []
    while session.cursor.number < session.run.timeline.last {
      places.append(session.cursor.number)
      pictures.append(picture(session))
      _ = session.apply("step \(stride)")
    }
    for (place, before) in zip(places, pictures).reversed() {
      _ = session.apply("unstep \(session.cursor.number - place)")
      #expect(session.cursor.number == place)
      #expect(picture(session) == before, "\(name) at \(place)")
    }
    #expect(session.apply("unstep").lines.map(\.text) == ["start of run"])
    #expect(session.cursor.number == 0)
  }

  @Test func `the ends say so and stay`() throws {
    var session = try Self.session()
    _ = session.apply("goto end")
    #expect(session.apply("step").lines.map(\.text) == ["end of run: gradients complete"])
    #expect(session.prompt == "(done) ")
  }

  @Test func `the gradient of the last step back is the gradient`() throws {
    var session = try Self.session()
    _ = session.apply("bwd")
    let nothing = Gradient(zeroFor: session.experiment)
    #expect(session.cursor.partialGradient == MatrixGradients(nothing))
    _ = session.apply("step 12")
    #expect(session.point == .backward(0))
    let walked = try #require(session.cursor.partialGradient)
    let whole = try #require(session.run.adjoint?.gradient)
    for (walked, whole) in zip(walked.layers, whole.layers) {
      let matrices = [(walked.weights, whole.weights), (walked.recurrent, whole.recurrent)]
      for case (let one?, let other?) in matrices {
        for (value, expected) in zip(one.weights, other.weights) {
          #expect(abs(value - expected) <= 1e-13 * abs(expected))
        }
      }
    }
    _ = session.apply("step")
    #expect(session.cursor.partialGradient == MatrixGradients(whole))
  }

  @Test func `the reference network has the printed numbers`() throws {
    var session = try Self.session()
    #expect(session.apply("print L").lines[0].text == "L = 80.7426977")
    _ = session.apply("goto end")
    let text = session.apply("info grad").lines.map(\.text)
    for line in [
      "n0<-in0  -7.137109", "n0<-in1  -4.090646", "n0<-in2  -4.915764", "n0<-in3  -5.134747",
      "n1<-in0  -9.058106", "n1<-in1  -4.839898", "n1<-in2  -7.882374", "n1<-in3  -5.835893",
      "n1<-n0  -8.399462",
    ] {
      #expect(text.contains(line), "\(line)")
    }
    #expect(session.apply("print grad n2<-n0").lines[0].text.hasPrefix("dL/dw n2<-n0 = -22.73565"))
    #expect(session.apply("print grad n2<-n1").lines[0].text.hasPrefix("dL/dw n2<-n1 = -17.92695"))
  }

  @Test
  func
    `criterion 15: an edit makes a run and a ghost, and undo brings the old one back bit for bit`()
    throws
  {
    var session = try Self.session()
    let before = session.experiment
    let loss = session.run.loss
    _ = session.apply("bwd; step 7")
    let reply = session.apply("set tau_mem 22ms")
    #expect(reply.succeeded)
    #expect(session.bench.ghostNumber == 1 && session.run.number == 2 && session.bench.isEdited)
    #expect(reply.lines[0].text == "tau_mem = 22 ms (was 20 ms)")
    #expect(reply.lines[1].text.contains("(was 80.7427"))
    #expect(reply.lines[2].text.contains("was 13.083 ms, now 13.594 ms"))
    // The place is the same spike, though it is another event by number.
    let event = try #require(session.point.event)
    #expect(session.run.describe(event) == "spike n0")
    _ = session.apply("undo")
    #expect(session.experiment == before && session.run.loss == loss)
    _ = session.apply("redo")
    #expect(session.experiment.network.layers[0].parameters[0].tauMem == 22e-3)
    _ = session.apply("reset all")
    #expect(session.experiment == before)
  }

  @Test(arguments: ["10ms", "10 ms", "0.01s", "0.01", "10000us"])
  func `criterion 19: spellings of one time are one value and one echo`(text: String) throws {
    var session = try Self.session()
    let reply = session.apply("set tau_mem \(text)")
    #expect(reply.lines[0].text == "tau_mem = 10 ms (was 20 ms)")
    #expect(session.experiment.network.layers[0].parameters[0].tauMem == 0.01)
  }

  @Test func `a bare time above a second is asked about`() throws {
    var session = try Self.session()
    #expect(session.apply("set tau_mem 20").lines[0].text.contains("did you mean 20ms?"))
  }

  @Test(arguments: [
    ("set out.v_th 1.2", 1.2), ("set n2.v_th +20%", 1.2), ("set OUT.VTH *1.2", 1.2),
  ]) func `names reach layers and neurons, values may be relative`(line: String, value: Double)
    throws
  {
    var session = try Self.session()
    #expect(session.apply(line).succeeded)
    #expect(session.experiment.network.layers[1].parameters[0].vThreshold == value)
    #expect(session.experiment.network.layers[0].parameters[0].vThreshold == 1)
  }

  @Test(arguments: ["set n0<-in2 1.5", "set in2->n0 1.5", "set w[n0,in2] 1.5", "n0<-in2 = 1.5"])
  func `a synapse has three spellings`(line: String) throws {
    var session = try Self.session()
    let reply = session.apply(line)
    #expect(reply.lines[0].text == "w n0<-in2 = 1.5 (was 2.2)")
    #expect(session.experiment.network.layers[0].weights.weights[4] == 1.5)
  }

  @Test func `an empty line repeats what may be repeated and nothing else`() throws {
    var session = try Self.session()
    _ = session.apply("2 step")
    _ = session.apply("")
    #expect(session.cursor.number == 4)
    _ = session.apply("set v_th 0.9")
    #expect(session.apply("").lines.isEmpty)
    #expect(session.bench.earlierRuns.count == 1)
  }

  /// What to do about a time that may not be.
  private static let time = "a time such as 20ms, or *0.5 for half of what it is"

  /// A line, the column of its caret counted from 1, and the sentence.
  static let badLines: [(String, Int, String)] = [
    ("stpe", 1, "unknown command 'stpe'; did you mean 'step'?"),
    ("frobnicate", 1, "unknown command 'frobnicate'; type help for the list"),
    ("re", 1, "'re' could be reset, redo, record, replay, repeat; type one more letter"),
    ("step x", 6, "expected a count, found 'x'; a number from 1"),
    ("step 0", 6, "expected a count, found '0'; a number from 1"),
    ("step -1", 6, "expected a count, found '-1'; a number from 1"),
    ("3 step 4", 8, "the count stands twice; '3' came first and is enough"),
    ("3 quit", 1, "quit takes no count; usage: quit"),
    ("3", 1, "a number alone says nothing; put a command after it, such as 3 step"),
    ("finish now", 8, "finish does not take 'now'; usage: finish"),
    ("quit!", 1, "quit takes no '!'; export, new, record, save, snapshot do"),
    ("set", 4, "set needs a name, such as tau_mem; usage: set NAME VALUE"),
    ("set tau_mem", 12, "set needs a value, such as 20ms; usage: set NAME VALUE"),
    ("set tau_sin 4ms", 5, "no parameter 'tau_sin'; did you mean tau_syn?  (info params)"),
    ("set quux 4", 5, "no parameter 'quux'; see (info params)"),
    ("set tau_syn -5ms", 13, "a time constant must be greater than 0; \(time)"),
    ("set tau_syn 0", 13, "a time constant must be greater than 0; \(time)"),
    ("set tau_mem -3", 13, "a time constant must be greater than 0; \(time)"),
    (
      "set tau_mem *1e400", 13,
      "'1e400' is too large for a number; a finite number, such as 0.6 or 1e-05"
    ),
    (
      "set n0<-in2 *1e308", 13,
      "'*1e308' of 2.2 is too large for a number; a smaller part, such as +10% or *2"
    ),
    ("set tau_mem 10mv", 13, "unknown unit 'mv'; the units of a time are s, ms, us and ns"),
    ("set tau_mem slow", 13, "'slow' is not a number; a finite number, such as 0.6 or 1e-05"),
    ("set tau_mem nan", 13, "'nan' is not a finite number; a finite number, such as 0.6 or 1e-05"),
    ("set v_th 5ms", 10, "a plain number takes no unit, found 'ms'; leave the unit out"),
    (
      "set v_reset 2", 13,
      "v_reset must lie below v_th: v_reset is 2, v_th 1; a value below 1, or set v_th first"
    ),
    (
      "set v_th -1", 10,
      "v_reset must lie below v_th: v_reset is 0, v_th -1; a value above 0, or set v_reset first"
    ),
    ("set t_max 0", 11, "t_max must be greater than 0; \(time)"),
    ("set in9 3ms", 5, "no input spike on channel 9; this net has in0-in3, n0-n2"),
    ("set in0 -3ms", 9, "an input spike comes at t >= 0; \(time)"),
    ("set target.5 3ms", 5, "the loss has no target.5; it has target.0 alone"),
    ("set target.0.3 2ms", 5, "the loss has no target.0.3; it has target.0 alone"),
    ("set delay", 5, "the delay of which synapse?; write it delay n0<-in2"),
    ("set delay n0<-in9 1ms", 11, "no synapse n0<-in9; this net has in0-in3, n0-n2"),
    ("set delay n0<-in2 -1ms", 19, "a delay is at least 0; \(time)"),
    (
      "set time of imput 3 1ms", 13,
      "the time of which input spike?; write it time of input 3, or in.0"
    ),
    ("set time of input 99 1ms", 19, "no input spike 99; they are numbered 0 to 6"),
    ("set in.0.5 1ms", 5, "in0 has no spike 5; they are in.0.0 to in.0.1"),
    ("set in.3.1 1ms", 5, "in3 has no spike 1; its only one is in.3"),
    ("set n0.initial_v 2", 18, "the initial V must lie below v_th: it is 1; a value below it"),
    (
      "set n0.initial_w 2", 5,
      "no parameter 'n0.initial_w'; did you mean n0.initial_v?  (info params)"
    ),
    (
      "check delay n0<-in2", 13,
      "n0<-in2 has no delay; set delay n0<-in2 1ms gives it one, or a preset by delays"
    ),
    ("set n9.v_th 1", 5, "no neuron n9; this net has in0-in3, n0-n2"),
    ("set n0<-in9 1", 5, "no synapse n0<-in9; this net has in0-in3, n0-n2"),
    ("set n2<-in0 1", 5, "no synapse n2<-in0; this net has in0-in3, n0-n2"),
    ("set n0<-n2 1", 5, "no synapse n0<-n2; a layer reads only the one before it and itself"),
    ("set n2<-n2 1", 5, "no recurrent synapse n2<-n2; info weights lists those there are"),
    ("reset quux", 7, "no parameter 'quux'; see (info params)"),
    ("undo", 1, "there is no edit to take back; set makes one"),
    ("redo", 1, "there is no edit to make again; undo takes one back"),
    ("ghost 7", 7, "no earlier run '7'; an edit makes the first one"),
    (
      "info", 5,
      "info needs a subject: event, events, spikes, neurons, params, loss, weights, grad, breaks, marks, displays, runs, files, warnings, training; usage: info SUBJECT"
    ),
    ("info wheights", 6, "no info 'wheights'; did you mean 'weights'?"),
    (
      "info e", 6,
      "'e' could be event, events; one of event, events, spikes, neurons, params, loss, weights, grad, breaks, marks, displays, runs, files, warnings, training"
    ),
    ("print", 6, "print needs a quantity, such as V n0; usage: print QUANTITY [@ PLACE]"),
    ("print V n9", 9, "no neuron n9; this net has in0-in3, n0-n2"),
    (
      "print Q", 7,
      "no quantity 'Q'; V n0, I n0, lV n0, lI n0, t, L, w SYN, grad SYN or a name that set takes"
    ),
    ("print lV n0", 7, "λ is not computed yet; bwd goes to the backward phase"),
    ("print grad n0<-in0", 7, "no gradient yet; bwd, then step"),
    ("print w", 7, "w of which synapse?; w n0<-in2"),
    ("display grad", 9, "grad of which synapse?; grad n0<-in2"),
    (
      "tau_mem 5ms", 1,
      "'tau_mem' is a parameter, no command; set tau_mem VALUE changes it, print tau_mem shows it"
    ),
    (
      "99999999999999999999 step", 1,
      "the count 99999999999999999999 is too large; finish goes to the end of the phase"
    ),
    (
      "hide foo", 6,
      "no pane 'foo'; one of potential, spikes, adjoint, events, inspector, gradient, parameters, log"
    ),
    ("print V n0 @ 50ms", 14, "a time of this run lies in 0..40 ms; set t_max makes it longer"),
    ("print V n0 @ e99", 14, "no event e99; this run has e0-e11"),
    ("goto 50ms", 6, "a time of this run lies in 0..40 ms; set t_max makes it longer"),
    ("print L @ e5", 7, "only V, I, lV and lI have a value at every place; print V n0 @ e5-"),
    ("print V n0 @", 12, "at which place?; @ e5-"),
    ("equation e99", 10, "no event e99; this run has e0-e11"),
    ("list x", 6, "'x' is no event; write it e7"),
    (
      "goto", 5,
      "goto needs a time, an event such as e7, or 'spike n0'; usage: goto TIME | EVENT | spike NEURON [K] | mark A | start | turn | end"
    ),
    ("goto spike", 6, "which neuron's spike?; goto spike n0 2"),
    ("goto spike n0 9", 15, "no such spike of n0; it has spikes 0-1"),
    ("select n7", 8, "no neuron n7; this net has in0-in3, n0-n2"),
    ("zoom sideways", 6, "expected in, out, fit, event or FROM..TO; zoom 12ms..18ms"),
    ("zoom 12ms..18mv", 12, "unknown unit 'mv'; the units of a time are s, ms, us and ns"),
    ("zoom 12ms..", 6, "a range has two ends; zoom 12ms..18ms"),
    ("yrange 0..x", 11, "'x' is not a number; a finite number, such as 0.6 or 1e-05"),
    ("yrange ..1", 8, "expected a number; a finite number, such as 0.6 or 1e-05"),
    ("yrange 1..0", 8, "a range grows; yrange 0..1.2"),
    (
      "yrange -9223372036854775808 0..1", 8,
      "no pane '-9223372036854775808'; one of potential, spikes, adjoint, events, inspector, gradient, parameters, log"
    ),
    (
      "yrange 1", 9,
      "yrange needs a range such as 0..1.2, or auto; usage: yrange [PANE] LO..HI | auto"
    ),
    ("zoom 5ms..3ms", 6, "a range lies in 0..40 ms and grows; zoom 12ms..18ms"),
    ("load", 5, "load needs a preset or a file; usage: load PRESET | FILE | last"),
    ("save", 5, "save needs a file name; usage: save FILE"),
    ("help frob", 6, "no command and no page 'frob'; help lists them"),
  ]

  @Test func `a limit of any length is kept`() throws {
    var session = try Self.session("reference")
    for limit in ["1e300s", "1.7e308s", "1e18s", "1ns"] {
      #expect(session.apply("limit \(limit)").succeeded)
    }
    #expect(session.apply("limit 1e300s; set tau_mem 25ms; bwd; 3 step").succeeded)
  }

  @Test func `the largest number of steps leads to the ends`() throws {
    var session = try Self.session("reference")
    #expect(session.apply("3 step; 9223372036854775807 step").succeeded)
    #expect(session.point == .end)
    #expect(session.apply("unstep; 9223372036854775807 unstep").succeeded)
    #expect(session.point == .start)
  }

  @Test(arguments: badLines)
  func `criterion 18: a bad line says where, why and what to do, and changes nothing`(
    line: String, column: Int, sentence: String
  ) throws {
    var session = try Self.session()
    try session.expectComplaint(about: line, at: column, sentence)
    #expect(session.cursor.number == 0 && session.bench.earlierRuns.isEmpty)
  }

  @Test(arguments: [
    "set w n0<-in2 1.5", "w n0<-in2 = 1.5", "set W n0<-in2 = 1.5",
    "nudge w in2->n0 *0.681818181818",
  ])
  func `a weight that print calls w n0<-in2 is set by that name`(line: String) throws {
    var session = try Self.session()
    let reply = session.apply(line)
    try #require(reply.succeeded, "\(reply.lines.map(\.text))")
    #expect(session.apply("print w n0<-in2").lines.map(\.text) == ["w n0<-in2 = 1.5"])
  }

  @Test(arguments: ["reference", "recurrent-pair", "delays", "integral", "xor", "readout"])
  func `criterion 11: every sum and quotient of an equation gives the number after it`(
    preset: String
  ) throws {
    var session = try Self.session(preset)
    var sums = 0
    /// Both sides of each `a + b - c = r` and `a + b/c = r` without other signs.
    func check(_ line: String) throws {
      let text = line.replacing(" /s", with: "").split(separator: ",")[0]
      guard
        let found = text.firstMatch(
          of: /(?:: | = )([-0-9.e+]+(?: [-+] [-0-9.e+]+)*)(?:\/\(?([-0-9.e+]+)\)?)? = ([-0-9.e+]+)$/
        )
      else { return }
      let words = found.1.split(separator: " ")
      var values = [try #require(Double(words[0]), "\(line)")]
      for place in stride(from: 1, to: words.count, by: 2) {
        let value = try #require(Double(words[place + 1]), "\(line)")
        values.append(words[place] == "-" ? -value : value)
      }
      if let divisor = found.2 { values[values.count - 1] /= try #require(Double(divisor)) }
      let result = try #require(Double(found.3), "\(line)")
      sums += 1
      let size = abs(result) + (values.map(abs).max() ?? 0) * 1e-6
      #expect(abs(values.reduce(0, +) - result) <= 1e-6 * size, "\(line)")
    }
    for place in ["fwd", "bwd"] {
      _ = session.apply(place)
      while session.apply("step").succeeded, session.point.event != nil {
        for line in session.apply("equation").lines { try check(line.text) }
        // What stands in one line is computed from the numbers in it.
        let inline = session.equation.inline.replacing(" /s", with: "")
        guard
          let found = inline.firstMatch(
            of: /^λV⁻ = (\S+) \+ \((.+)\)\/\(?([-0-9.e+]+)\)? = (\S+)$/)
        else { continue }
        let words = found.2.split(separator: " ").map(String.init)
        var bracket = try #require(Double(words[0]), "\(inline)")
        for place in stride(from: 1, to: words.count, by: 2) {
          let value = try #require(Double(words[place + 1]))
          bracket += words[place] == "-" ? -value : value
        }
        let start = try #require(Double(found.1))
        let divisor = try #require(Double(found.3))
        let result = try #require(Double(found.4))
        #expect(
          abs(start + bracket / divisor - result)
            <= 2e-4 * (abs(result) + abs(bracket / divisor)), "\(inline)")
      }
    }
    #expect(sums > 5)
  }

  @Test(
    arguments: ["reference", "recurrent-pair", "delays", "integral", "xor", "readout"],
    [AdjointRule.exact] + Alteration.all.map { AdjointRule($0) })
  func `criterion 11: the terms of every equation are what the rule adds up`(
    preset: String, rule: AdjointRule
  ) throws {
    var session = try Self.session(preset)
    _ = session.apply("rule \(rule.name); bwd")
    var products = 0
    while session.cursor.number < session.run.timeline.last - 1 {
      let before = session.cursor.partialGradient
      _ = session.apply("step")
      let lines = session.apply("equation").lines.map {
        $0.text.replacing(" /s", with: "").replacing(" (not named by the loss)", with: "")
      }
      let event = try #require(session.point.event)
      func value(_ line: String) throws -> Double {
        try #require(Double(line.split(separator: " ").last ?? ""), "\(line)")
      }
      // w·(λV - λI) = value, or what the rule has in its place.
      for line in lines where line.contains("<-") && !line.hasPrefix("dL/dw") {
        if let found = line.firstMatch(of: /: (\S+)·\((\S+) ([+-]) \(?([^ )]+)\)+ = (\S+)$/)?
          .output,
          let w = Double(found.1), let v = Double(found.2), let i = Double(found.4)
        {
          products += 1
          let bracket = found.3 == "-" ? v - i : v + i
          #expect(abs(w * bracket - (try value(line))) <= 1e-6 * abs(try value(line)), "\(line)")
        } else if rule.alterations == [.potentialOnly],
          let found = line.firstMatch(of: /: (\S+)·\(?([^ ()]+)\)? = (\S+)$/)?.output,
          let w = Double(found.1), let v = Double(found.2)
        {
          products += 1
          #expect(abs(w * v - (try value(line))) <= 1e-6 * abs(try value(line)), "\(line)")
        }
      }
      // The weights gain what the lines say.
      let gained = try lines.filter { $0.hasPrefix("dL/dw ") && $0.contains("<-") }.map(value)
      let now = try #require(session.cursor.partialGradient)
      let differences = now.layers.indices.flatMap { layer in
        let old = before?.layers[layer]
        let pairs =
          zip(now.layers[layer].weights.weights, old?.weights.weights ?? [])
          .map { $0 - $1 }
        let recurrent =
          zip(now.layers[layer].recurrent?.weights ?? [], old?.recurrent?.weights ?? [])
          .map { $0 - $1 }
        return pairs + recurrent
      }
      let scale = differences.map(abs).max() ?? 0
      #expect(
        abs(differences.reduce(0, +) - gained.reduce(0, +)) <= 1e-3 * scale + 1e-12, "\(lines)")
      // The symbols are those of the rule.
      let symbols = lines.prefix(3).joined()
      if session.run.adjoint?.transitions[event] != nil {
        let alterations = rule.alterations
        #expect(
          symbols.contains("(v_th - v_reset) λV⁺")
            != (alterations.contains(.noResetTerm) || alterations.contains(.resetToZero)
              || alterations.contains(.mergedSpikes)))
        #expect(symbols.contains("+ v_leak") != alterations.contains(.noLeak))
        #expect(symbols.contains("not to itself") == alterations.contains(.noSelf))
        #expect(symbols.contains("at least") == alterations.contains(.clampedSlope(1e-6)))
      }
      // The terms of the bracket.
      guard let jump = session.run.adjoint?.transitions[event] else { continue }
      let terms = try lines.filter { line in
        ["reset", "∂l/∂t", "arrivals later", "c (v_th", "maximum", "…", "from earlier"].contains {
          line.hasPrefix($0)
        } || line.firstMatch(of: /^n\d+<-\S+: [^l]/) != nil
      }.map(value)
      let size = terms.map(abs).max() ?? 0
      #expect(abs(terms.reduce(0, +) - jump.bracket) <= 1e-6 * size, "\(lines)")
    }
    #expect(products > 0)
  }

  @Test func `equation long gives a reason to each term until equation short`() throws {
    var session = try Self.session()
    _ = session.apply("bwd; 8 step")
    let short = session.apply("equation").lines.map(\.text)
    let long = session.apply("equation long").lines.map(\.text)
    #expect(long.filter { !$0.hasPrefix("    ") } == short)
    let terms = ["λV⁺ =", "reset:", "n2<-n1:", "∂l/∂t", "tau_mem V'⁻ = 3", "bracket:", "dL/dt ="]
    for term in terms {
      let place = try #require(long.firstIndex { $0.hasPrefix(term) }, "\(term) in \(long)")
      #expect(long[place + 1].hasPrefix("    ") && long[place + 1].hasSuffix("."), "\(term)")
    }
    #expect(session.apply("equation e5").lines.contains { $0.text.hasPrefix("    ") })
    #expect(!session.apply("equation e99 short").succeeded)
    #expect(session.equation.isLong)
    #expect(!session.apply("equation short").lines.contains { $0.text.hasPrefix("    ") })
  }

  @Test(arguments: Preset.all.map(\.name))
  func `the equation at the turn adds up to the loss`(preset: String) throws {
    var session = try Self.session(preset)
    _ = session.apply("bwd")
    let equation = session.equation
    let loss = try #require(session.run.loss)
    try #require(!equation.numbers.isEmpty && equation.symbols.contains { $0.hasPrefix("L = ") })
    let label = equation.symbols.last?.firstMatch(of: /-log share of (n\d+)/)?.1
    guard let label else {
      let terms = equation.numbers.compactMap { Double($0.text.split(separator: " ").last ?? "") }
      #expect(terms.count == equation.numbers.count)
      #expect(
        abs(terms.reduce(0, +) - loss) <= 1e-4 * abs(loss) + 1e-4 * (terms.map(abs).max() ?? 0))
      for line in equation.numbers.map(\.text) {
        guard
          let square = line.firstMatch(of: /\(\((.+) ms - (.+) ms\)\/(.+) ms\)² = (.+)/)?.output,
          let time = Double(square.1), let target = Double(square.2), let tau = Double(square.3),
          let value = Double(square.4)
        else { continue }
        #expect(abs(((time - target) / tau) * ((time - target) / tau) - value) <= 1e-3 * value)
      }
      return
    }
    let line = try #require(equation.numbers.first { $0.text.hasPrefix("\(label):") }?.text)
    let share = try #require(Double(line.split(separator: " ").last ?? ""))
    #expect(abs(-log(share) - loss) <= 1e-4 * loss)
  }

  @Test func `the slope of the loss at its spike is shown with its numbers`() throws {
    var session = try Self.session()
    _ = session.apply("bwd; step")
    #expect(
      session.equation.numbers.map(\.text).contains(
        "∂l/∂t = 2·(26.70769 ms - 14 ms)/(1.414214 ms)² = 12708 /s"), "\(session.equation.numbers)")
    var cross = try Self.session("xor")
    _ = cross.apply("bwd; 6 step")
    let slope = try #require(cross.equation.numbers.first { $0.text.hasPrefix("∂l/∂t") }?.text)
    #expect(slope.hasPrefix("∂l/∂t = (1 - 0.8218616)/2 ms = 89.0"), "\(slope)")
  }

  @Test func `the term of early spikes is shown, with its slope at the label alone`() throws {
    var experiment = try Self.session("xor").experiment
    experiment.loss?.rule = .ttfsCrossEntropy(
      neurons: [0, 1], label: 0, tau: 2e-3, clip: 40e-3,
      early: Loss.Early(tau: 6.4e-3, alpha: 0.003))
    var session = try Session(experiment, named: "early")
    _ = session.apply("bwd")
    #expect(
      session.equation.symbols.last
        == "L = -log share of n3 + 0.003 (exp(t/6.4 ms) - 1) of n3, share ~ exp(-t/2 ms)")
    #expect(
      session.equation.numbers.map(\.text).filter { $0.contains("early") } == [
        "n3: t = 8.318827 ms   early 0.008005872"
      ])
    let why = session.apply("why L").lines.map(\.text)
    #expect(why.contains { $0.contains("the term early of n3: ") }, "\(why)")
    _ = session.apply("6 step")
    let slope = try #require(session.equation.numbers.first { $0.text.hasPrefix("∂l/∂t") }?.text)
    #expect(
      slope.hasPrefix("∂l/∂t = (1 - 0.8218616)/2 ms + 0.003/6.4 ms exp(8.318827 ms/6.4 ms) = 90.7"),
      "\(slope)")
  }

  @Test(arguments: ["leaky", "silent", "reference"])
  func `at the start and at the end V is what it is at t = 0, with or without events`(
    preset: String
  ) throws {
    var experiment = try Self.session(preset).experiment
    for layer in experiment.network.layers.indices {
      for neuron in experiment.network.layers[layer].initial.indices {
        experiment.network.layers[layer].initial[neuron] = LIFState(potential: 0.25, current: 0.5)
      }
    }
    if preset == "silent" {
      experiment.inputSpikes = []
      for neuron in experiment.network.layers[0].initial.indices {
        experiment.network.layers[0].initial[neuron] = LIFState(potential: 0.25, current: 0)
      }
    }
    var session = try Session(experiment, named: preset)
    #expect(session.run.trajectory.events.isEmpty == (preset == "silent"))
    for place in ["fwd", "goto end"] {
      #expect(session.apply(place).succeeded)
      #expect(session.apply("print V n0").lines.map(\.text) == ["V n0 = 0.25"])
      let table = session.apply("info neurons")
      #expect(table.succeeded && table.lines.allSatisfy { $0.text.contains("V 0.25") })
    }
  }

  @Test func `a line of several commands stops at the first that fails`() throws {
    var session = try Self.session()
    let reply = session.apply("step; stpe; step")
    #expect(
      !reply.succeeded && session.cursor.number == 0, "a line that does not parse does nothing")
    let other = session.apply("step; ghost 9; step")
    #expect(!other.succeeded && session.cursor.number == 1)
  }

  @Test func `Tab completes verbs and names that exist`() throws {
    let session = try Self.session()
    #expect(session.completion(of: "fin").insertion == "finish ")
    #expect(session.completion(of: "set tau_m").insertion == "tau_mem ")
    #expect(session.completion(of: "load gr").insertion == "grazing ")
    #expect(session.completion(of: "step; sele").insertion == "select ")
    #expect(session.completion(of: "set tau_").candidates == ["tau_mem", "tau_syn"])
    #expect(session.completion(of: "quux ").candidates.isEmpty)
  }

  /// Lines that need the gradient, the columns of their carets, and what they say is missing.
  private static let withoutGradient = [
    ("check", 1, "there is no gradient to check"), ("ties", 1, "there is no gradient"),
    ("descend 3", 9, "there is no gradient to descend"),
    ("compare x.npz", 9, "there is no gradient to compare with"),
    ("export csv x gradient", 12, "there is no gradient to export"),
    ("print lV n0", 7, "there is no λ"), ("why lV n0", 5, "there is no λ"),
    ("print grad n0<-in2", 7, "there is no gradient"),
    ("why grad tau_mem", 10, "there is no gradient"), ("why in.0", 5, "there is no gradient"),
    ("assert grad n0<-in2 > 0", 8, "grad is not known"), ("assert L < 1", 8, "L is not known"),
  ]

  @Test func `a run that its limit cut says so, and how it gets a gradient`() throws {
    var session = try Self.session()
    _ = session.apply("set max_events 3")
    #expect(session.apply("print L").lines.map(\.text) == ["the event limit cut the run"])
    for (line, column, fact) in Self.withoutGradient where line != "why in.0" {
      try session.expectComplaint(
        about: line, at: column, "\(fact): the event limit cut the run; set max_events higher")
    }
    for line in ["bwd", "why L"] {
      try session.expectComplaint(
        about: line, at: line == "bwd" ? 1 : 5,
        "the event limit cut the run; set max_events higher")
    }
  }

  @Test func `a run that cannot be leaves everything as it was, and says what would help`() throws {
    // Two channels at once make a current that no Double holds.
    let layer = Layer(
      name: "a", parameters: [LIFParameters(tauMem: 10e-3, tauSyn: 5e-3, vThreshold: 1e308)],
      weights: Synapses(rows: 2, columns: 1, weights: [1e308, 0]))
    let inputs = (0..<2).map { InputSpike(time: 1e-3, channel: $0) }
    var session = try Session(
      Experiment(
        title: "large", network: Network(inputs: 2, layers: [layer]), inputSpikes: inputs,
        horizon: 2e-3), named: "large")
    let before = session.experiment
    try session.expectComplaint(
      about: "set n0<-in1 1e308", at: 5,
      "the state of n0 is no finite number at 1 ms; nothing was changed: smaller weights or a shorter t_max keep it finite"
    )
    #expect(session.experiment == before && session.bench.earlierRuns.isEmpty)
  }

  @Test func `a run without a loss has no way back and says so`() throws {
    var experiment = try Self.session().experiment
    experiment.loss = nil
    var session = try Session(experiment, named: "none")
    #expect(session.run.timeline.last == 13)
    let reply = session.apply("bwd")
    #expect(!reply.succeeded)
    #expect(reply.lines[0].text.contains("this experiment has no loss; add a loss to the preset"))
    #expect(session.apply("print L").lines.map(\.text) == ["this experiment has no loss"])
    for (line, column, fact) in Self.withoutGradient {
      try session.expectComplaint(
        about: line, at: column,
        "\(fact): this experiment has no loss; add a loss to the preset")
    }
    _ = session.apply("finish")
    #expect(session.prompt == "(done) ")
  }
}
