package import EventProp
package import Study

extension Samples {
  /// Which samples were drawn, in a phrase.
  package func description(ofDrawn numbers: [Int]) -> String {
    guard numbers.count < count else { return "all \(count) samples" }
    let shown = numbers.prefix(5).map(String.init).joined(separator: ", ")
    return "\(numbers.count) of \(count) samples, drawn evenly: \(shown)"
      + (numbers.count > 5 ? ", …" : "")
  }
}

extension BatchCheck {
  /// Which samples were drawn, how many are done, and which have no gradient.
  ///
  /// `sentence` says why a sample has no gradient.
  package func lines(_ sentence: (SimulationError) -> String) -> [String] {
    let together = samples.together.rawValue
    var lines = ["the \(together) over \(samples.description(ofDrawn: numbers))"]
    if !isFinished { lines.append("interrupted after \(count) of them: this is their \(together)") }
    lines += failures.map {
      "sample \($0.number) has no gradient, and is left out: \(sentence($0.reason))"
    }
    return lines
  }
}
