import Columns
import EventProp
import Language
package import Study

extension SweepMap {
  /// A table of the losses, with a stroke between neighbours whose spikes differ.
  package var text: String {
    var lines = [
      "\(label)L over \(across.name) (across) and \(up.name) (down)"
        + (isComplete
          ? "" : ": interrupted after \(points.count) of \(across.values.count * up.values.count)")
    ]
    var rows = [[up.name] + across.values.map { across.text($0, digits: 4) }]
    for row in up.values.indices where point(0, row) != nil {
      rows.append(
        [up.text(up.values[row], digits: 4)]
          + across.values.indices.map { column in
            point(column, row).map { $0.loss.map { Quantity.display($0) } ?? "-" } ?? ""
          })
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].columns }.max() ?? 0 }
    for (number, row) in rows.enumerated() {
      var text = ""
      for (column, cell) in row.enumerated() {
        let isBorder =
          number > 0 && column > 1
          && self.isBorder((column - 2, number - 1), (column - 1, number - 1))
        text += (column == 0 ? "" : isBorder ? " |" : "  ") + cell.padded(to: widths[column])
      }
      while text.last == " " { text.removeLast() }
      lines.append(text)
      if number > 0, let under = stroke(under: number - 1, widths) { lines.append(under) }
    }
    lines.append(
      "| and -: the spikes change somewhere between the two values of the grid, and the loss may jump; "
        + "no gradient crosses them")
    return lines.joined(separator: "\n")
  }

  /// The stroke under a row at the values whose spikes change in the next row; nil if none do.
  private func stroke(under row: Int, _ widths: [Int]) -> String? {
    let isBorder = across.values.indices.map { self.isBorder(($0, row), ($0, row + 1)) }
    guard isBorder.contains(true) else { return nil }
    var text = String(repeating: " ", count: widths[0])
    for (column, isBorder) in isBorder.enumerated() {
      text += "  " + String(repeating: isBorder ? "-" : " ", count: widths[column + 1])
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// Why a run has no loss; nil where it has one.
  package func sentence(ofFailureAt point: SweepPoint) -> String? {
    point.failure?.sentence(Names(experiment))
  }

  /// The prefix of numbers of a wrong rule.
  package var label: String { rule.label }
}
