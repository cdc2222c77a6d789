import EventProp

/// The words after `sweep`: one or two names with their ranges, and the number of values; names
/// stay words.
package struct SweepPhrase: Equatable, Sendable {
  /// A name as in `set`, and its range.
  package struct Axis: Equatable, Sendable {
    /// The name.
    package let name: Word
    /// The first value, with its unit.
    package let from: Word
    /// The last value.
    package let to: Word
  }

  /// One axis, or two.
  package let axes: [Axis]
  /// The number of values of each name, or nil for the default.
  package let count: Word?

  /// The name of the learning rate of a step down the gradient of all weights.
  package static let rate = "LR"

  private static let example = "sweep tau_mem 10ms..30ms"

  /// Reads the words after the verb.
  ///
  /// Throws a `Diagnostic` at the wrong word, or after the last one.
  init(_ words: [Word], after verb: Word) throws(Diagnostic) {
    var rest = words[...]
    var last = verb
    var axes: [Axis] = []
    try rest.joinName()
    while let name = rest.first, axes.count < 2, axes.isEmpty || rest.count > 1 {
      rest.removeFirst()
      guard let range = rest.popFirst() else {
        throw name.end.complaint("sweep needs a range after '\(name.text)'", remedy: Self.example)
      }
      guard let ends = range.ends else {
        throw range.complaint("expected a range FROM..TO", remedy: Self.example)
      }
      guard !ends.from.text.isEmpty, !ends.to.text.isEmpty else {
        throw range.complaint("a range has two ends", remedy: Self.example)
      }
      axes.append(Axis(name: name, from: ends.from, to: ends.to))
      last = range
      try rest.joinName()
    }
    guard !axes.isEmpty else {
      throw last.end.complaint(
        "sweep needs a name that set takes, and a range", remedy: Self.example)
    }
    self.axes = axes
    count = rest.popFirst()
    if let extra = rest.first {
      throw extra.complaint(
        "sweep does not take '\(extra.text)'", remedy: "usage: sweep NAME FROM..TO [N]")
    }
  }
}
