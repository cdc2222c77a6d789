import EventProp
import Language
package import Study

extension SweepCurve {
  /// A table of the runs, with a line for each border.
  package var text: String { text(asking: "") }

  /// The table of the runs, with a question about the range.
  fileprivate func text(asking question: String) -> String {
    guard let first = axis.values.first, let last = axis.values.last else { return "" }
    var lines = [
      question
        + "\(label)sweep \(axis.name) from \(axis.text(first)) to \(axis.text(last)), now \(axis.current.map { axis.text($0) } ?? "several values")"
        + (isComplete ? "" : ": interrupted after \(points.count) of \(axis.values.count)")
    ]
    lines += table
    return (lines + [conclusion]).joined(separator: "\n")
  }

  private var table: [String] {
    var rows = [[" ", axis.name, "L", "dL/d\(shortName)", "slope of L", "spikes"]]
    for (place, point) in points.enumerated() {
      rows.append(
        [
          place == current ? "*" : " ", axis.text(point.value, digits: 7),
          point.loss.map { Quantity.display($0, digits: 7) } ?? "-",
          point.gradient.map { Quantity.display($0, digits: 6) } ?? "-",
          slope(at: place).map { Quantity.display($0, digits: 6) } ?? "-",
          sentence(ofFailureAt: point) ?? "\(point.spikeCount)",
        ])
    }
    let texts = rows.table.splitIntoLines
    var lines = [texts[0]]
    let listed = listedBorders
    var pending = borders.filter(listed.contains)[...]
    for (place, point) in points.enumerated() {
      while let border = pending.first, border.below < point.value {
        lines.append("    " + sentence(border))
        pending.removeFirst()
      }
      lines.append(texts[place + 1])
    }
    lines += pending.map { "    " + sentence($0) }
    let left = borders.count - listed.count
    if left > 0 {
      lines.append(
        "    … \(left) more border\(left == 1 ? "" : "s"), with smaller jumps of the loss or none: "
          + "a narrower range lists \(left == 1 ? "it" : "them")")
    }
    return lines
  }

  /// The most borders that a table lists.
  private static let mostBorders = 20

  /// The borders that a table lists: all of them, or those with the largest jumps of the loss.
  private var listedBorders: [SweepBorder] {
    guard borders.count > Self.mostBorders else { return borders }
    func size(_ border: SweepBorder) -> Double {
      border.jumps ? border.jump.map(abs) ?? .infinity : -1
    }
    return Array(borders.sorted { size($0) > size($1) }.prefix(Self.mostBorders))
  }

  /// The parameter of the derivative, for a heading.
  private var shortName: String {
    if case .rate = axis.named { return axis.name }
    return switch axis.named.parameters.first {
    case .weight?: "w"
    case .inputTime?: "t"
    case .delay?: "d"
    case .target?: "target"
    case let parameter?: parameter.quantity.rawValue
    case nil: axis.named == .horizon ? "t_max" : "max_events"
    }
  }

  /// The change at a border in a sentence.
  package func sentence(_ border: SweepBorder) -> String {
    let place =
      "between \(axis.text(border.below, digits: 8)) and \(axis.text(border.above, digits: 8)): "
      + border.change.text(Names(experiment))
    guard border.jumps else {
      return place + "; the loss goes on, its slope may jump"
    }
    let jump =
      border.jump.map { "the loss jumps by \($0 > 0 ? "+" : "")\(Quantity.display($0))" }
      ?? "a loss is there on one side only"
    return place + "; \(jump): the gradient is blind to this"
  }

  /// The relation between the sweep and the gradient, in words.
  package var conclusion: String {
    let count = "\(borders.count) border\(borders.count == 1 ? "" : "s")"
    let jumps = borders.filter(\.jumps)
    let largest = jumps.compactMap { $0.jump.map(abs) }.max()
    let blind =
      borders.isEmpty
      ? "the spikes stay the same: no border"
      : jumps.isEmpty
        ? "\(count), and no jump of the loss"
        : "\(count), \(jumps.count) with a jump of the loss"
          + (largest.map { " (up to \(Quantity.display($0, digits: 3)))" } ?? "")
          + " that no gradient shows"
    let more = isCrowded ? "; more borders lie between two values, take more of them" : ""
    guard let deviation else { return blind + more }
    return
      "between borders the slope of L is \(label.isEmpty ? "the gradient" : "this gradient") to "
      + "\(Quantity.display(deviation * 100, digits: 2)) % (median); \(blind)\(more)"
  }

  /// Why a run has no loss; nil where it has one.
  package func sentence(ofFailureAt point: SweepPoint) -> String? {
    point.failure?.sentence(Names(experiment))
  }

  /// The prefix of numbers of a wrong rule.
  package var label: String { rule.label }
}

extension Reply {
  /// Answers with the results of a sweep; a picture needs at least two values.
  mutating func show(_ found: Sweep.Finding, asking question: String) {
    let points: Int
    switch found {
    case .curve(let curve):
      say(curve.text(asking: question))
      if !question.isEmpty { caption = [question + "these are seconds", curve.conclusion] }
      points = curve.points.count
    case .map(let map):
      say(map.text)
      points = map.points.count
    }
    if points > 1 { figure = found }
  }
}
