package import Study

/// A command about the samples of the experiment.
package enum SampleCommand: Equatable, Sendable {
  /// Put another sample on the bench, or say which one is there.
  case open(Word?)
  /// List the worst samples by a measure, as many as given.
  case list(SampleMeasure, Word?)
  /// Open the worst sample by a measure, or the one of a rank from 1.
  case worst(SampleMeasure, Word?)
}

extension CommandTable {
  static let sampleRows: [CommandRow] = [
    CommandRow(
      "sample", arguments: "[N | +N | -N | first | last]",
      summary: "put another sample on the bench, by its number",
      details: """
        sample 17, sample +1 (the next one), sample -1. Edits of the network and of the loss stay; the inputs, the label and
        the targets are those of the sample. undo goes back to the sample before. sample alone says which one is there.
        """, example: "sample 17", repeats: true, completes: .words(["+1", "-1", "first", "last"])
    ) { (line) in .sample(.open(line.optional())) },
    CommandRow(
      "samples", arguments: "[by MEASURE] [N]",
      summary: "the worst samples by loss, gradient, slope, margin, silent or wrong",
      details: """
        loss: the largest first. gradient: the longest gradient by all weights. slope: the flattest spike on which the loss
        depends. margin: the nearest to a gained or lost spike. silent: the label's neuron is silent, then the most silent
        neurons. wrong: classified wrongly, the largest loss first. All samples are run once; the results stay until an edit.
        Ctrl-C stops, and samples goes on where it stopped. N is how many are listed: 10 unless given.
        """, example: "samples by margin", completes: .words(["by"] + measures)
    ) { (line) throws(Diagnostic) in .sample(.list(try line.measure(), line.optional())) },
    CommandRow(
      "worst", arguments: "[by MEASURE] [N]", summary: "open the worst sample by a measure",
      details: "worst by slope opens the first of samples by slope, worst by slope 2 the second.",
      example: "worst by slope", completes: .words(["by"] + measures)
    ) { (line) throws(Diagnostic) in .sample(.worst(try line.measure(), line.optional())) },
  ]

  private static let measures = SampleMeasure.allCases.map(\.rawValue)
}

extension Arguments {
  /// A measure, with or without `by`; the loss without one.
  fileprivate mutating func measure() throws(Diagnostic) -> SampleMeasure {
    guard take("by") || first.map({ Int($0.text) == nil }) ?? false else { return .loss }
    return try choice(SampleMeasure.self, "a measure", called: "measure")
  }
}
