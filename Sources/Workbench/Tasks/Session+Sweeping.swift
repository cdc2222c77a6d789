import EventProp
import Language
import Study

extension Session {
  /// Begins a sweep of the loss over a range.
  mutating func sweep(_ phrase: SweepPhrase) throws(Diagnostic) {
    let first = phrase.axes[0]
    guard experiment.loss != nil else {
      throw first.name.complaint(
        "there is no loss to sweep", remedy: "add a loss to the preset")
    }
    let count = try phrase.count.map { word throws(Diagnostic) in try Self.count(word) }
    let title =
      "sweep "
      + phrase.axes.map { "\($0.name.text) \($0.from.text)..\($0.to.text)" }
      .joined(separator: " ")
    if phrase.axes.count == 1 {
      let axis = try SweepAxis(
        first, count: count ?? 41, in: experiment, down: run.adjoint?.gradient)
      task = LongTask(
        SweepTask(
          title: title, sweep: Sweep(axis, of: run.trajectory, rule: run.rule),
          question: axis.question(first)))
      return
    }
    let second = phrase.axes[1]
    let across = try SweepAxis(
      first, count: count ?? 15, in: experiment, down: run.adjoint?.gradient)
    let up = try SweepAxis(second, count: count ?? 15, in: experiment, down: run.adjoint?.gradient)
    guard across.named != up.named else {
      throw second.name.complaint(
        "\(second.name.text) is swept already", remedy: "a map needs two names")
    }
    task = LongTask(
      SweepTask(title: title, sweep: Sweep(across, up, of: run.trajectory, rule: run.rule)))
  }

  private static func count(_ word: Word) throws(Diagnostic) -> Int {
    guard let count = Int(word.text) else {
      throw word.complaint(
        "expected how many values, found '\(word.text)'", remedy: "a number from 2")
    }
    guard count >= 2, count <= SweepAxis.mostValues else {
      throw word.complaint(
        "a sweep takes 2 to \(SweepAxis.mostValues) values", remedy: "41 unless given")
    }
    return count
  }
}
