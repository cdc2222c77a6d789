import Notation
import Terminal
import Workbench

extension Scene {
  /// The parameters, in columns where they do not fit below each other; a changed one is marked and has its default.
  func drawParameters(in area: Rect, into grid: inout Grid) {
    let rows = session.parameterRows.sorted { ($0.original != nil) && ($1.original == nil) }
    let texts = rows.map { row in
      "\(row.name)\(row.original == nil ? "  " : " *")".padded(to: 12) + row.value
        + (row.original.map { "  default \($0)" } ?? "")
    }
    let columns = texts.count > area.height && area.width >= 60 ? 2 : 1
    let width = area.width / columns
    let shown = zip(rows, texts).prefix(area.height * columns)
    for (index, (row, text)) in shown.enumerated() {
      let isCut = index == area.height * columns - 1 && texts.count > area.height * columns
      grid.put(
        (isCut ? "… info params, info weights" : text).abbreviated(to: width - 2),
        x: area.x + 1 + index / max(1, area.height) * width,
        y: area.y + index % max(1, area.height),
        style: row.original == nil ? .plain : .accent.bold)
    }
  }
}
