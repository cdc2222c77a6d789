import Columns
import EventProp
import Language
import Learning
import Study

extension Session {
  /// The most samples of an update that are listed by themselves.
  private static let listedShares = 8

  /// Takes the change of a learnt parameter in the next step apart.
  mutating func explainUpdate(_ words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    guard var training = course?.training else { return }
    guard let first = words.first else {
      throw Word("update").end.complaint(
        "the update of which parameter?", remedy: "why update n0<-in2")
    }
    let parameter = try learntParameter(words)
    guard let entry = training.learned.place(of: parameter),
      let (part, _) = training.learned.parameter(at: entry)
    else {
      let learnt = training.learned.parts.map { names.name(of: $0.part) }
      throw first.complaint(
        "\(names.name(of: parameter)) is not learnt",
        remedy: "learnt: " + learnt.joined(separator: ", "))
    }
    guard training.step < training.stepCount else {
      throw first.complaint("the training ends here, no step follows", remedy: "unstep goes back")
    }
    let update = try complaining(at: first, remedy: "unstep goes back") {
      () throws(Training.Failure) in try training.update(of: entry)
    }
    reply.say(lines: heading(update, parameter, part, training))
    reply.say(lines: rule(update))
    let samples = update.terms.compactMap {
      term -> (place: Int, gradient: Double, value: Double)? in
      guard case .sample(let place, let gradient) = term.cause else { return nil }
      return (place, gradient, term.value)
    }.sorted { abs($0.value) > abs($1.value) }
    let numbers = course?.origin.bench.samples?.numbers ?? []
    reply.say("change = the sum of these terms:")
    for term in update.terms {
      switch term.cause {
      case .sample: continue
      case .memory:
        reply.say("  \(signed(term.value))  what the optimizer remembers of the steps before")
      case .limit: reply.say("  \(signed(term.value))  the limit of each derivative")
      case .bump:
        reply.say("  \(signed(term.value))  the bump: the neuron is silent in all samples")
      case .projection: reply.say("  \(signed(term.value))  the delay stays at 0, not below")
      }
    }
    for sample in samples.prefix(Self.listedShares) {
      let command = "open sample \(numbers[sample.place])"
      reply.lines.append(
        Reply.Line(
          "> \(command)  \(signed(sample.value))  by its gradient \(Quantity.display(sample.gradient, digits: 6))",
          .link(command)))
    }
    let rest = samples.dropFirst(Self.listedShares)
    if !rest.isEmpty {
      reply.say(
        "  \(signed(rest.reduce(0) { $0 + $1.value }))  the other \(rest.count) samples together")
    }
    reply.say("  \(signed(update.change))  sum")
  }

  /// The parameter that words name: a synapse, `delay n0<-in2`, `tau_mem n0`, `hidden.tau_mem`.
  private func learntParameter(_ words: [Word]) throws(Diagnostic) -> Parameter {
    if words.count == 1, let synapse = try? names.synapse(words[0]) { return .weight(synapse) }
    let probe = try Probe(words, names, selected: selected)
    guard case .setting(.parameters(let parameters)) = probe, let first = parameters.first else {
      throw words[0].complaint(
        "'\(words[0].text)' is no parameter", remedy: "why update n0<-in2, why update tau_mem n0")
    }
    return first
  }

  private func heading(
    _ update: Update, _ parameter: Parameter, _ part: Learned.Part, _ training: Training
  ) -> [String] {
    let name = names.name(of: parameter)
    let now = Experiment(title: "", network: training.network, inputSpikes: [], horizon: 0)
    var after = training
    try? after.forward()
    let next = Experiment(title: "", network: after.network, inputSpikes: [], horizon: 0)
    let isTime = parameter.quantity.isTime
    func shown(_ value: Double) -> String { Quantity.display(value, isTime: isTime, digits: 9) }
    var lines = [
      "step \(training.step): \(name) \(shown(now[parameter])) → \(shown(next[parameter]))"
    ]
    switch part.scale {
    case .plain: break
    case .logarithm:
      lines.append(
        "it is learnt by its logarithm: x = ln(\(name)/its value at step 0) = "
          + Quantity.display(update.before, digits: 6))
    case .unit(let unit):
      lines.append(
        "it is learnt in units of \(shown(unit)): x = \(Quantity.display(update.before, digits: 6)) from step 0"
      )
    }
    if part.isShared { lines.append("its layer keeps one common value: the derivatives add up") }
    return lines
  }

  private func rule(_ update: Update) -> [String] {
    func text(_ value: Double) -> String { Quantity.display(value, digits: 6) }
    var lines = ["dL/dx = g = \(text(update.gradient))"]
    if update.limited != update.gradient {
      lines.append("limited to g = \(text(update.limited))")
    }
    lines.append("rate = \(text(update.rate))")
    switch update.rule {
    case .sgd: lines.append("sgd: change = -rate g")
    case .momentum(let factor, let before, let after):
      lines.append(
        "momentum: m = \(text(factor))·m + g: \(text(before)) → \(text(after)); change = -rate m")
    case .adam(let beta1, let beta2, let epsilon, let m, let v, let corrected):
      lines.append("adam: m = \(text(beta1))·m + \(text(1 - beta1))·g: \(text(m.0)) → \(text(m.1))")
      lines.append(
        "      v = \(text(beta2))·v + \(text(1 - beta2))·g²: \(text(v.0)) → \(text(v.1))")
      lines.append(
        "      m̂ = \(text(corrected.m)), v̂ = \(text(corrected.v)); "
          + "change = -rate m̂/(√v̂ + \(text(epsilon)))")
    }
    return lines
  }

  private func signed(_ value: Double) -> String {
    ((value < 0 ? "" : "+") + Quantity.display(value, digits: 6)).padded(to: 13)
  }
}
