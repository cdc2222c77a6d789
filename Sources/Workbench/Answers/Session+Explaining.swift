import Columns
import EventProp
import Files
import Language
import Study

extension Session {
  /// Explains a quantity, or a term of the last explanation.
  mutating func why(_ words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    guard let first = words.first else {
      guard sitting.explained != nil else {
        throw Word("why").complaint(
          "why what?", remedy: "why lV n0, why V n0, why spike n0 1, why grad n0<-in2")
      }
      return try descend(to: 1, Word("why"), &reply)
    }
    if words.count == 1, let number = Int(first.text) {
      return try descend(to: number, first, &reply)
    }
    try explain(try subject(of: words), first, &reply)
  }

  private mutating func descend(
    to number: Int, _ word: Word, _ reply: inout Reply
  ) throws(Diagnostic) {
    guard let explained = sitting.explained else {
      throw word.complaint("nothing was explained yet", remedy: "why lV n0")
    }
    guard explained.terms.indices.contains(number - 1) else {
      throw word.complaint(
        explained.terms.isEmpty ? "there is nothing behind it" : "no term \(number)",
        remedy: explained.terms.isEmpty
          ? "why asks about another quantity"
          : explained.terms.count == 1
            ? "there is only 1" : "they are numbered 1 to \(explained.terms.count)")
    }
    let term = explained.terms[number - 1]
    guard let origin = term.origin else {
      return reply.say(
        "\(Quantity.display(term.value, digits: 6)): \(phrase(term, of: explained.subject)): "
          + "nothing lies behind it")
    }
    try explain(origin, word, &reply)
  }

  private mutating func explain(
    _ subject: Provenance.Subject, _ word: Word, _ reply: inout Reply
  ) throws(Diagnostic) {
    let explainer = Explainer(run.trajectory, adjoint: run.wayBack)
    guard let provenance = explainer.explain(subject) else {
      throw word.complaint(
        "there is nothing to explain here", remedy: "why lV n0, why V n0, why spike n0 1")
    }
    var paths: String?
    if case .weightGradient = subject, !provenance.terms.isEmpty {
      paths = try pathText(of: subject, in: explainer)
    }
    sitting.explained = provenance
    reply.say(text(of: provenance))
    if let paths { reply.say(paths) }
  }

  /// The terms of a gradient for each spike, with running sum and total, and the paths to the loss.
  mutating func contributions(_ word: Word) throws(Diagnostic) -> String {
    let synapse = try names.synapse(word)
    let subject = try gradientSubject(synapse, word)
    guard let all = run.contributions(of: synapse) else { return "" }
    let first = firstWalked
    let terms = all.terms.filter { $0.event >= first }
    let name = names.name(of: synapse)
    var lines = [
      wrongLabel
        + "dL/dw \(name): \(run.rule.collectedSymbol) n\(all.neuron) at each arrival, the latest first"
    ]
    func time(_ event: Int) -> String {
      Quantity.displayTime(run.trajectory.events[event].time, digits: 5)
    }
    let rows = terms.map { term in
      [
        "e\(term.event)", run.describe(term.event), time(term.event),
        "\(run.rule.collectsPotential ? "λV" : "λI") \(Quantity.display(term.lambda))",
        sixDigits(term.value), "sum \(sixDigits(term.sum))",
      ]
    }
    let widths = (0..<6).map { column in rows.map { $0[column].columns }.max() ?? 0 }
    lines += rows.prefix(40).map { row in
      zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
    }
    if rows.count > 40 { lines.append("… \(rows.count - 40) more") }
    let left = all.terms.count - terms.count
    lines.append(
      "total \(sixDigits(all.sum(from: first)))"
        + (left == 0 ? "" : " (partial: \(left) more to come)"))
    if !terms.isEmpty {
      lines.append(
        try pathText(of: subject, in: Explainer(run.trajectory, adjoint: run.wayBack)))
    }
    return lines.joined(separator: "\n")
  }

  /// The chains of spikes through which a gradient reaches the loss.
  private func pathText(
    of subject: Provenance.Subject, in explainer: Explainer
  ) throws(Diagnostic) -> String {
    let paths: LossPaths?
    do throws(SimulationError) {
      paths = try LossPaths(of: subject, in: explainer, pace: pace(.looking))
    } catch {
      throw Word("stopped").complaint(error, names)
    }
    guard let found = paths, !found.paths.isEmpty else { return "no way to the loss" }
    let shown = found.paths.prefix(8)
    let width = shown.map { sixDigits($0.value).count }.max() ?? 0
    var lines = ["ways to the loss:"]
    for path in shown {
      var steps = path.events.map { named($0) }
      switch path.end {
      case .spike: steps.append("loss")
      case .potential(let neuron): steps.append("V n\(neuron) → loss")
      }
      lines.append(
        "  " + sixDigits(path.value).padded(to: width) + "  " + steps.joined(separator: " → "))
    }
    let rest = found.paths.dropFirst(shown.count).reduce(found.remainder) { $0 + $1.value }
    if found.paths.count > shown.count || rest != 0 {
      lines.append("  " + sixDigits(rest).padded(to: width) + "  all other ways")
    }
    return lines.joined(separator: "\n")
  }
}
