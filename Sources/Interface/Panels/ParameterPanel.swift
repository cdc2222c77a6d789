import Columns
import EventProp
import Language
import Terminal
import Workbench

extension Scene {
  /// The parameters that fit around the selected one, in several columns if one is not enough.
  func parameterPlaces(in area: Rect) -> [(row: ParameterRow, frame: Rect, isSelected: Bool)] {
    let rows = session.bench.parameterRows
    guard area.height > 0 else { return [] }
    let columns = rows.count > area.height && area.width >= 60 ? 2 : 1
    let width = area.width / columns
    let room = area.height * columns
    let name = session.selectedParameter(among: rows)
    let selected = rows.firstIndex { $0.name == name } ?? 0
    let first = max(0, min(selected - room / 2, rows.count - room))
    return rows[first..<min(rows.count, first + room)].enumerated().map { place, row in
      let x = area.x + place / area.height * width
      let frame = Rect(x: x, y: area.y + place % area.height, width: width, height: 1)
      return (row, frame, row.name == name)
    }
  }

  /// Draws the parameters; a changed one has a mark and its default, the selected one an arrow.
  func drawParameters(in area: Rect, hasFocus: Bool, into grid: inout Grid) {
    for (row, frame, isSelected) in parameterPlaces(in: area) {
      let text =
        "\(row.name)\(row.original == nil ? "  " : " *")".padded(to: 12) + row.value
        + (row.original.map { "  default \($0)" } ?? "")
      let style: Style = row.original == nil ? .plain : .accent.bold
      if isSelected { grid[frame.x, frame.y] = Cell("▸", .accent) }
      grid.put(
        text.abbreviated(to: frame.width - 2), x: frame.x + 1, y: frame.y,
        style: isSelected && hasFocus ? style.reverse : style)
    }
  }
}
