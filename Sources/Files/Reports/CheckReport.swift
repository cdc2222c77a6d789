package import EventProp
package import Foundation
package import Language
package import Study

/// The result of a gradient check, with the keys of the public format and as text.
package struct CheckReport: Encodable, Sendable {
  let verdict: String
  private(set) var rows: [Row]
  let identities: [Identity]
  /// The numbers of the drawn samples of a batch; nil for one experiment.
  private var samples: [Int]?
  /// What is known about the samples of a batch, in lines.
  private var sampleLines: [String] = []
  /// What is known of all derivatives together; nil where each was checked by itself.
  private var directions: DirectionFacts?
  /// The number of rows, or of steps, without the interruption; nil for a complete check.
  private let wanted: Int?
  /// The number of rows, or of steps, that are done.
  private var done: Int

  private enum CodingKeys: String, CodingKey { case verdict, rows, identities, samples, directions }

  struct Row: Encodable, Sendable {
    var parameter: String
    var adjoint: Double
    var forwardMode: Double
    var difference: Double?
    var uncertainty: Double?
    var verdict: String
    var reason: String?
    /// The first sample of a batch with this verdict, where it does not agree.
    var sample: Int?

    enum CodingKeys: String, CodingKey {
      case parameter, adjoint, difference, uncertainty, verdict, reason, sample
      case forwardMode = "forward_mode"
    }
  }

  struct Identity: Encodable, Sendable {
    var name: String
    var residual: Double
    /// The place of the largest residual.
    var place: String
  }

  /// Whether every existing reference agrees and every identity holds.
  package var holds: Bool { verdict != GradientCheck.Verdict.differs.name }

  /// Combines the rows and the identities of one check.
  ///
  /// `names` has the spelling of parameters and neurons. `wanted` is the number of rows of an
  /// interrupted check without the interruption. An interrupted check has no identities, because
  /// they need a walk through the whole run.
  package init(
    _ rows: [GradientCheck.Row], verdict: GradientCheck.Verdict, identities: Identities?,
    _ names: Names, interruptedOf wanted: Int? = nil
  ) {
    self.wanted = wanted
    done = rows.count
    self.rows = rows.map { row in
      var reason: String?
      if case .notComparable(let why) = row.verdict { reason = names.sentence(for: why) }
      if row.verdict == .differs {
        reason = "the adjoint is \(row.adjoint), forward mode \(row.forwardMode)"
      }
      return Row(
        parameter: names.name(of: row.parameter), adjoint: row.adjoint,
        forwardMode: row.forwardMode, difference: row.difference, uncertainty: row.uncertainty,
        verdict: row.verdict.name, reason: reason)
    }
    var worst: [Identity] = []
    for law in Identities.Law.allCases {
      let residuals = identities?.residuals.filter { $0.law == law }
      guard let largest = residuals?.max(by: { $0.relative < $1.relative }) else { continue }
      worst.append(
        Identity(
          name: law.name, residual: largest.relative, place: largest.place(names)))
    }
    self.identities = worst
    self.verdict =
      identities?.hold(within: GradientCheck.tolerance(grazing: true)) ?? true
      ? verdict.name : GradientCheck.Verdict.differs.name
  }

  /// Tells of a check along random directions, whose rows are the derivatives that do not agree.
  ///
  /// `whole` is the command that checks each derivative by itself.
  package init(
    _ check: DirectionCheck, identities: Identities?, _ names: Names, whole: String
  ) {
    self.init(
      check.rows, verdict: check.verdict, identities: identities, names,
      interruptedOf: check.isFinished ? nil : check.total)
    done = check.done
    directions = DirectionFacts(check, names, whole: whole)
  }

  /// Tells of the check of a batch.
  ///
  /// `names` has the spelling of parameters and neurons, and `sentence` says why a sample has no
  /// gradient.
  package init(
    _ check: BatchCheck, _ names: Names, sentence: (SimulationError) -> String
  ) {
    let found = check.rows
    self.init(
      found.map(\.row), verdict: check.verdict, identities: nil, names,
      interruptedOf: check.isFinished ? nil : check.parameters.count)
    for (place, row) in found.enumerated() { rows[place].sample = row.sample }
    samples = check.numbers
    sampleLines = check.lines(sentence)
  }

  /// The report as JSON, UTF-8.
  package func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// The report for people: every row that does not agree, the largest rows that do, and the
  /// identities.
  package var text: String {
    var lines = sampleLines
    if let wanted, directions != nil {
      lines.append("interrupted after \(done) of \(wanted) steps")
    } else if let wanted, samples == nil {
      let words = [
        (GradientCheck.Verdict.agrees.name, "agree"),
        (GradientCheck.Verdict.differs.name, "differ"),
        ("not-comparable", "cannot be compared"),
      ]
      let counts = words.map { name, word in
        (count: rows.count { $0.verdict == name }, word: word)
      }.filter { $0.count > 0 }.map { "\($0.count) \($0.word)" }
      lines.append(
        "interrupted after \(rows.count) of \(wanted): "
          + (counts.isEmpty ? "nothing checked" : counts.joined(separator: ", ")))
    }
    let odd = rows.filter { $0.verdict != GradientCheck.Verdict.agrees.name }
    let agreeing = rows.count - odd.count
    for row in odd {
      lines.append(
        "\(row.verdict)  \(row.parameter)\(row.sample.map { " in sample \($0)" } ?? "")  adjoint \(Quantity.display(row.adjoint, digits: 9))"
          + "  forward mode \(Quantity.display(row.forwardMode, digits: 9))")
      if let reason = row.reason { lines.append("    \(reason)") }
    }
    if let directions {
      lines += directions.lines
    } else if wanted == nil {
      lines.append(
        "\(agreeing) of \(rows.count) derivatives agree with forward mode and differences"
          + (samples == nil ? "" : " in every sample"))
    }
    for identity in identities {
      lines.append(
        "identity: \(identity.name)  residual \(Quantity.display(identity.residual, digits: 2))"
          + "  (\(identity.place))")
    }
    // Nothing done has no verdict.
    if wanted == nil || done > 0 {
      lines.append("verdict\(wanted == nil ? "" : " so far"): \(verdict)")
    }
    if let directions { lines.append(directions.advice) }
    return lines.joined(separator: "\n")
  }
}

extension Identities.Residual {
  /// A violated identity in a sentence: the equation, the residual and the place.
  package func sentence(_ names: Names) -> String {
    "the identity '\(law.name)' is off by \(Quantity.display(relative, digits: 2)) at "
      + place(names)
  }

  /// The place of the largest residual: neuron and stretch.
  fileprivate func place(_ names: Names) -> String {
    let site =
      switch place {
      case .stretch(let from, let to):
        "\(Quantity.displayTime(from)) to \(Quantity.displayTime(to))"
      case .event(let event): "e\(event)"
      case .run: "whole run"
      }
    return (neuron.map { names.name(ofNeuron: $0) + ", " } ?? "") + site
  }
}
