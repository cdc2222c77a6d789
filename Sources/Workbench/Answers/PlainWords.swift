import EventProp
import Language

extension Reply.Line {
  /// The line in words, for a screen reader, a log or a terminal that shows only letters.
  ///
  /// `session` is the session after the line.
  package func inWords(_ session: Session) -> String {
    if case .place(let point) = kind { return session.sentence(about: point) }
    return text.inWords
  }
}

extension Session {
  /// A place of the run in one sentence.
  func sentence(about point: Timeline.Point) -> String {
    switch point {
    case .start, .turn, .end: return summary(of: point).inWords
    case .forward(let event), .backward(let event):
      let happened = run.trajectory.events[event]
      let last = run.trajectory.events.count - 1
      var text =
        "event \(event) of \(last), \(point.isBackward ? "on the way back" : "forwards"), at "
        + "\(Quantity.displayTime(happened.time, digits: 6)): \(run.describe(event))"
      guard point.isBackward, let wayBack = run.wayBack else {
        if let slope = run.trajectory.slopeAtThreshold(of: event) {
          text += ". tau_mem times the slope of V before it is \(Quantity.display(slope))"
        }
        return text.inWords
      }
      if let jump = wayBack.transitions[event], let neuron = happened.spikingNeuron {
        text +=
          ". \(wrongLabel)lambda V of n\(neuron) goes from \(Quantity.display(jump.lambdaVAfter)) after "
          + "the spike to \(Quantity.display(jump.lambdaVBefore)) before it"
      }
      text += ". dL/dt is \(Quantity.display(wayBack.timeGradients[event])) per second"
      return text.inWords
    }
  }
}

extension String {
  /// The signs that a plain text spells out, longer ones first.
  private static let words: [(sign: String, word: String)] = [
    ("λV⁻", "lambda V before"), ("λV⁺", "lambda V after"), ("λI⁻", "lambda I before"),
    ("λI⁺", "lambda I after"), ("(λV-λI)⁺", "(lambda V - lambda I) after"), ("λV", "lambda V"),
    ("λI", "lambda I"), ("λ", "lambda"), ("V'⁻", "V' before"), ("V'⁺", "V' after"),
    ("I_m⁺", "I_m after"), ("I_m⁻", "I_m before"), ("I⁻", "I before"), ("I⁺", "I after"),
    ("V⁻", "V before"), ("V⁺", "V after"), ("⁻", " before"), ("⁺", " after"), ("Σ", "sum of"),
    ("∫", "integral of"), ("∂", "d"), ("·", " times "), ("²", " squared"), ("→", "to"),
    ("≥", "from"), ("≤", "at most"), ("±", "plus or minus"), ("×", "times"), ("…", "..."),
    ("▶", "here:"), ("⋅", "-"), ("°", " degrees"), ("←", "from"), ("τ", "tau"), ("ϑ", "v_th"),
    ("µ", "u"),
  ]

  /// The text with words in place of signs, and without characters that only draw.
  package var inWords: String {
    var text = self
    for (sign, word) in Self.words { text = text.replacing(sign, with: word) }
    return String(
      text.unicodeScalars.filter { !(0x2500...0x28FF).contains($0.value) }.map(Character.init))
  }
}
