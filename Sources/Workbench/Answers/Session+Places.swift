import EventProp
import Language

extension Session {
  var markTable: String {
    guard !cursor.marks.isEmpty else { return "no marks; mark a sets one" }
    return cursor.marks.map { mark in
      "\(mark.name)  \(summary(of: run.timeline[mark.number]))"
        + (mark.isSame ? "" : "  (the marked event is gone)")
    }.joined(separator: "\n")
  }

  /// Times and values of the selected neuron at two places.
  func difference(from one: Word, to other: Word) throws(Diagnostic) -> String {
    func place(_ word: Word) throws(Diagnostic) -> Timeline.Point {
      if eventNumber(word) != nil { return run.timeline[here(try event(word))] }
      return run.timeline[try mark(named: word)]
    }
    let points = (try place(one), try place(other))
    func show(_ value: Double) -> String { Quantity.display(value, digits: 6) }
    func time(_ value: Double) -> String { Quantity.displayTime(value, digits: 6) }
    let times = (run.time(of: points.0), run.time(of: points.1))
    var lines = [
      "t: \(time(times.0)) → \(time(times.1))  (\(times.1 < times.0 ? "" : "+")\(time(times.1 - times.0)))"
    ]
    for quantity in [StateQuantity.potential, .current, .lambdaV, .lambdaI] {
      guard let from = quantity.value(of: selected, at: points.0, in: run),
        let to = quantity.value(of: selected, at: points.1, in: run)
      else { continue }
      lines.append(
        (quantity.isAdjoint ? wrongLabel : "")
          + "\(quantity.rawValue) n\(selected): \(show(from)) → \(show(to))  "
          + "(\(to < from ? "" : "+")\(show(to - from)))")
    }
    return lines.joined(separator: "\n")
  }
}
