import Columns
import EventProp
package import Foundation
package import Language
package import Study

/// The result of a comparison with a foreign gradient, with the keys of the public format and as
/// text.
///
/// ```json
/// {"verdict": "agrees|explained|differs", "precision": "float64|float32", "tolerance": 1e-10, "residual": 0.14,
///  "parts": [{"name": "hidden.weights", "verdict": "agrees|differs", "residual": 0.14,
///             "largest": {"parameter": "hidden.1<-in.1", "ours": -4.84, "theirs": -3.55, "ratio": 0.73},
///             "not_finite": […], "transposed": true}],
///  "explanations": [{"name": "no-leak + sign in hidden.weights", "rule": "no-leak", "residual": 2e-16, "meaning": "…",
///                    "scalings": [{"name": "sign", "parts": ["hidden.weights"]}], "events": [4, 6]}],
///  "closest": {…}, "differences": [{"parameter": …, "ours": …, "theirs": …, "ratio": …}],
///  "passed_over": ["epoch"]}
/// ```
///
/// A residual is the largest difference relative to the largest value of the part. `explanations`
/// are equally good, the simplest first; there are none unless the verdict is `explained`.
/// `closest` exists only for the verdict `differs`, if a wrong rule comes nearer than the exact
/// one. A scaling without `parts` applies everywhere. `events` is the range of lengths of a
/// truncated pass with the same result. `passed_over` names what is in the file beside the
/// gradient. `hint` says what the two programs may start from differently, where they differ. `passed_over`, `hint`, `not_finite`, `transposed` and `ratio` are left out where they do not
/// apply.
package struct CompareReport: Encodable, Sendable {
  let verdict: String
  let precision: String
  let tolerance: Double
  let residual: Double
  let parts: [Part]
  let explanations: [Reason]
  /// The nearest wrong rule where nothing explains the difference.
  let closest: Reason?
  /// The largest differences, the largest first.
  let differences: [Difference]
  /// The names in the file that belong to no part of the gradient.
  let passedOver: [String]?
  /// What the other program may start from differently; nil where nothing is known.
  let hint: String?

  enum CodingKeys: String, CodingKey {
    case verdict, precision, tolerance, residual, parts, explanations, closest, differences, hint
    case passedOver = "passed_over"
  }

  struct Part: Encodable, Sendable {
    var name: String
    var verdict: String
    var residual: Double
    /// The place of the largest difference.
    var largest: Difference?
    /// The values that are NaN or infinite.
    var notFinite: [Difference]?
    /// Whether the matrix came as [this][before].
    var transposed: Bool?

    enum CodingKeys: String, CodingKey {
      case name, verdict, residual, largest, transposed
      case notFinite = "not_finite"
    }
  }

  struct Difference: Encodable, Sendable {
    var parameter: String
    var ours: Double
    var theirs: Double
    /// theirs / ours, where ours is not 0.
    var ratio: Double?
  }

  struct Reason: Encodable, Sendable {
    var name: String
    var rule: String
    var scalings: [Change]
    var residual: Double
    var meaning: String?
    /// The least and the largest number of events walked back with the same result.
    var events: [Int]?
  }

  struct Change: Encodable, Sendable {
    var name: String
    /// The parts that it applies to; absent for all parts.
    var parts: [String]?

    /// ` in hidden.weights`; empty for all parts.
    var place: String {
      guard let parts else { return "" }
      let most = 4
      return " in " + parts.prefix(most).joined(separator: ", ")
        + (parts.count > most ? " and \(parts.count - most) more" : "")
    }
  }

  /// Whether the gradient is the exact one.
  package var agrees: Bool { verdict == GradientComparison.Verdict.agrees.rawValue }

  /// Words a comparison; `names` has the spelling of parameters, and `passedOver` names what the file
  /// has beside the gradient.
  package init(_ comparison: GradientComparison, _ names: Names, passedOver: [String] = []) {
    self.passedOver = passedOver.isEmpty ? nil : passedOver
    hint = comparison.verdict == .differs ? Self.hint(about: names.network) : nil
    func difference(_ found: GradientComparison.Difference) -> Difference {
      Difference(
        parameter: names.name(of: found.entry, in: found.part), ours: found.ours,
        theirs: found.theirs,
        ratio: found.ours == 0 || !found.theirs.isFinite ? nil : found.theirs / found.ours)
    }
    func reason(_ explanation: Explanation) -> Reason { Reason(explanation, names) }
    verdict = comparison.verdict.rawValue
    precision = comparison.isSinglePrecision ? "float32" : "float64"
    tolerance = comparison.tolerance
    residual = comparison.residual
    parts = comparison.parts.map { part in
      Part(
        name: names.name(of: part.part),
        verdict: part.agrees
          ? GradientComparison.Verdict.agrees.rawValue
          : GradientComparison.Verdict.differs.rawValue,
        residual: part.residual, largest: part.largest.map(difference),
        notFinite: part.notFinite.isEmpty ? nil : part.notFinite.map(difference),
        transposed: part.isTransposed ? true : nil)
    }
    explanations = comparison.explanations.map(reason)
    closest = comparison.closest.map(reason)
    differences = comparison.differences.map(difference)
  }

  /// Where a neuron does not start at rest, the question whether the other program's does.
  private static func hint(about network: Network) -> String? {
    for layer in network.layers {
      for (parameters, initial) in zip(layer.parameters, layer.initial)
      where initial.potential != parameters.vLeak {
        return "here V(0) of \(layer.name) is \(Quantity.display(initial.potential)) and v_leak is "
          + "\(Quantity.display(parameters.vLeak)): does the other program start at v_leak? initial: { v: … } sets V(0)"
      }
    }
    return nil
  }

  /// The report as JSON, UTF-8; foreign values that are not finite are the texts `nan`, `inf` and
  /// `-inf`.
  package func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(self)
  }
}

extension CompareReport.Reason {
  fileprivate init(_ explanation: Explanation, _ names: Names) {
    let alterations = explanation.rule.alterations
    rule =
      alterations.isEmpty ? "exact" : alterations.map(\.fullName).joined(separator: "+")
    scalings = explanation.changes.flatMap { change in
      change.scaling.names.map { name in
        CompareReport.Change(
          name: name, parts: change.parts?.map { names.name(of: $0) })
      }
    }
    residual = explanation.residual
    meaning = alterations.isEmpty ? nil : explanation.rule.story
    events = explanation.eventRange.map { [$0.lowerBound, $0.upperBound] }
    name =
      ((alterations.isEmpty ? [] : [rule]) + [Self.phrase(of: scalings, joinedBy: " + ")])
      .filter { !$0.isEmpty }.joined(separator: " + ")
  }

  /// `sign and averaged over 32 samples in hidden.weights`: a place is named once, after all its
  /// changes.
  private static func phrase(
    of scalings: [CompareReport.Change], joinedBy joint: String
  ) -> String {
    scalings.enumerated().map { number, change in
      let isLast = number + 1 == scalings.count || scalings[number + 1].parts != change.parts
      return change.name + (isLast ? change.place : "")
    }.joined(separator: joint)
  }

  /// `WRONG rule no-leak, with sign (residual 2e-16): …`.
  fileprivate var sentence: String {
    var text = rule == "exact" ? "the exact gradient" : "WRONG rule \(rule)"
    if !scalings.isEmpty {
      text += " with " + Self.phrase(of: scalings, joinedBy: " and ")
    }
    text += " (residual \(Quantity.display(residual, digits: 2)))"
    if let meaning { text += ": \(meaning)" }
    if let events, events[0] < events[1] {
      text += "; any number of events from \(events[0]) to \(events[1]) gives the same here"
    }
    return text
  }
}

// The report for people.
extension CompareReport {
  /// A line for each part, then the verdict.
  package var text: String { (table + conclusion).joined(separator: "\n") }

  /// The verdict, then a line for each part; this order suits a screen that shows the first lines.
  package var verdictFirst: String { (conclusion + [""] + table).joined(separator: "\n") }

  private var table: [String] {
    let width = parts.map(\.name.columns).max() ?? 0
    return parts.map { $0.name.padded(to: width + 2) + $0.phrase }
      + (passedOver.map { ["passed over: " + ArrayFault.list($0)] } ?? [])
  }

  private static let mostReasons = 6

  private var conclusion: [String] {
    let far = Quantity.display(residual, digits: 2)
    switch verdict {
    case GradientComparison.Verdict.agrees.rawValue:
      let limit = precision == "float32" ? ", as well as float32 can" : ""
      return ["agrees with the exact gradient\(limit) (largest difference \(far))"]
    case GradientComparison.Verdict.explained.rawValue:
      var lines = explanations.prefix(Self.mostReasons).enumerated().map { number, reason in
        (number == 0 ? "reproduced by " : "equally well by ") + reason.sentence
      }
      if explanations.count > Self.mostReasons {
        lines.append("and by \(explanations.count - Self.mostReasons) more")
      }
      return lines
    default:
      var lines: [String] = []
      if parts.contains(where: { $0.notFinite != nil }) {
        lines.append("differs: some values are no finite numbers")
      } else {
        lines.append(
          "differs: no known wrong rule, pair of rules or scaling reproduces it (largest difference \(far))"
        )
      }
      if let closest { lines.append("the nearest is \(closest.sentence)") }
      return lines + differences.map { "  \($0.phrase)" } + (hint.map { [$0] } ?? [])
    }
  }
}

extension CompareReport.Part {
  fileprivate var phrase: String {
    let size = Quantity.display(residual, digits: 2)
    let way = transposed == nil ? "" : "  as [this][before]"
    if let first = notFinite?.first {
      let others = (notFinite?.count ?? 1) - 1
      return "differs  \(first.parameter) is \(first.theirs)"
        + (others > 0 ? ", and \(others) more" : "") + way
    }
    guard verdict != GradientComparison.Verdict.agrees.rawValue, residual > 0 else {
      return verdict + (residual == 0 ? "" : "   to \(size)") + way
    }
    return "differs  by \(size)" + (largest.map { ", most at \($0.phrase)" } ?? "") + way
  }
}

extension CompareReport.Difference {
  /// `hidden.0<-in.2: ours -3.9277, theirs -4.1 (ratio 1.044)`.
  fileprivate var phrase: String {
    "\(parameter): ours \(Quantity.display(ours, digits: 6)), theirs \(Quantity.display(theirs, digits: 6))"
      + (ratio.map { " (ratio \(Quantity.display($0, digits: 5)))" } ?? "")
  }
}
