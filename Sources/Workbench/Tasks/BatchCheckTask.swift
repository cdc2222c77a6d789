import EventProp
import Files
import Language
import Study

/// A check of the derivatives of a batch, one derivative of one sample at a time.
struct BatchCheckTask: Work {
  let title: String
  /// What is checked; the derivatives of a name are shown with their numbers.
  let name: CheckedName
  /// The prefix of numbers of a wrong rule.
  let label: String
  private(set) var check: BatchCheck

  init(_ name: CheckedName, label: String, check: BatchCheck) {
    title = "check batch\(name.text.isEmpty ? "" : " " + name.text)"
    self.name = name
    self.label = label
    self.check = check
  }

  var done: Int { check.done }
  var total: Int { check.total }
  var isFinished: Bool { check.isFinished }

  /// Checks the next derivative.
  mutating func advance(_ pace: (Progress.Work) -> Pace) throws(SimulationError) {
    try check.advance(pace: pace(.checking))
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    let names = session.names
    guard name.parameters != nil, check.count > 0 else {
      let report = CheckReport(check, names) { names.sentence(for: $0) }
      return line.reply.say(label + report.text)
    }
    line.reply.say(lines: check.lines { names.sentence(for: $0) })
    let rows = check.rows
    for (row, sample) in rows {
      line.reply.say(
        label + CheckTask.line(row, names) + (sample.map { " (sample \($0))" } ?? ""))
    }
    if let field = name.shared {
      line.reply.say(label + CheckTask.sharedLine(field, rows.map(\.row)))
    }
    line.reply.say("verdict\(isFinished ? "" : " so far"): \(check.verdict.name)")
  }
}

extension Session {
  /// Begins to verify derivatives of the batch: the words after `check batch`.
  mutating func checkBatch(_ words: ArraySlice<Word>, after verb: Word) throws(Diagnostic) {
    let samples = try samples(for: verb)
    guard experiment.loss != nil else { throw noGradient(verb, "to check") }
    var words = Array(words)
    let count = try Self.takeCount(from: &words, of: samples, for: "check")
    let name = try CheckedName(words, names)
    if let word = words.first,
      name.parameters?.contains(where: { if case .inputTime = $0 { true } else { false } }) ?? false
    {
      throw word.complaint(
        "an input time belongs to one sample", remedy: "check \(word.text) checks that on the bench"
      )
    }
    task = LongTask(
      BatchCheckTask(
        name, label: wrongLabel,
        check: BatchCheck(
          of: samples, drawing: count, in: experiment, parameters: name.parameters, rule: run.rule))
    )
  }
}
