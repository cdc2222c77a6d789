package import EventProp
package import Study

extension BatchCheck {
  /// The number of samples that are drawn where none is given.
  package static let usualCount = 20

  /// Which samples were drawn, how many are done, and which have no gradient.
  ///
  /// `sentence` says why a sample has no gradient.
  package func lines(_ sentence: (SimulationError) -> String) -> [String] {
    let shown = numbers.prefix(5).map(String.init).joined(separator: ", ")
    let drawn =
      numbers.count == samples.count
      ? "all \(samples.count) samples"
      : "\(numbers.count) of \(samples.count) samples, drawn evenly: \(shown)\(numbers.count > 5 ? ", …" : "")"
    var lines = ["the \(samples.together.rawValue) over \(drawn)"]
    if !isFinished {
      lines.append("interrupted after \(count) of them: this is their \(samples.together.rawValue)")
    }
    lines += failures.map {
      "sample \($0.number) has no gradient, and is left out: \(sentence($0.reason))"
    }
    return lines
  }
}
