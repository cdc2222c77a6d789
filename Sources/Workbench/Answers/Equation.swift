import Language

/// The rule of an event in symbols, with the numbers of this event, and with its result.
///
/// Every number that the result is computed from is formed in a line above it.
package struct Equation: Equatable, Sendable {
  /// A line of numbers, and why it is there.
  package struct Line: Equatable, Sendable {
    /// The numbers.
    package var text: String
    /// The reason, one sentence; empty where the line needs none.
    package var reason: String

    init(_ text: String, _ reason: String = "") {
      self.text = text
      self.reason = reason
    }
  }

  /// The subject of the rule.
  package var title: String
  /// The rule in symbols, under a wrong rule that rule.
  package var symbols: [String]
  /// Each term with its numbers.
  package var numbers: [Line]
  /// The sums and quotients between the terms and the result.
  package var steps: [Line] = []
  /// The result, from the terms and the steps.
  package var result: String
  /// The result in one line, in which every sum is formed; empty where ``result`` already is that.
  package var inline = ""
  /// What the gradient gains by the result.
  package var gains: [Line] = []
  /// Whether the reasons belong to the text.
  package var isLong = false

  /// All lines of the equation.
  package var text: String {
    (([title] + symbols).map { Line($0) } + numbers + steps + [Line(result)] + gains)
      .flatMap { [$0.text] + (isLong && !$0.reason.isEmpty ? ["    " + $0.reason] : []) }
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

extension Session {
  /// The rule at the cursor, shortened so that it fits into a pane.
  package var equation: Equation {
    EquationWriter(session: self, isBrief: true).equation(at: point)
  }

  /// The rule of an event, or the rule at the cursor, in full.
  func equation(at word: Word?) throws(Diagnostic) -> Equation {
    let place = try word.map { word throws(Diagnostic) in run.timeline[here(try event(word))] }
    return EquationWriter(session: self, isBrief: false).equation(at: place ?? point)
  }
}
