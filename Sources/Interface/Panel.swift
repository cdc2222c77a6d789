import Columns
import Terminal
import Workbench

/// A text over the plots, closed by Esc; a link in it can be selected and run.
struct Panel {
  let title: String
  let lines: [Reply.Line]
  /// The commands of the links, in order.
  let links: [String]
  /// The number of rows above the visible part.
  var top = 0
  /// The selected link, or nil.
  private(set) var selected: Int?
  /// The rows as last wrapped, and the width in columns; kept because a table of a large network
  /// has a hundred thousand.
  private var latest: (columns: Int, rows: [Row])?

  /// A row of the text, and the number of its link, counted from 0; nil for plain text.
  struct Row {
    let line: Reply.Line
    let link: Int?
  }

  init(title: String, lines: [Reply.Line]) {
    self.title = title
    self.lines = lines
    links = lines.compactMap { if case .link(let command) = $0.kind { command } else { nil } }
  }

  /// The command of the selected link, or nil.
  var selectedCommand: String? { selected.map { links[$0] } }

  /// The rows of the text, wrapped to `columns` columns.
  mutating func rows(columns: Int) -> [Row] {
    if let latest, latest.columns == columns { return latest.rows }
    var rows: [Row] = []
    var links = 0
    rows.reserveCapacity(lines.count)
    for line in lines {
      var link: Int?
      if case .link = line.kind {
        link = links
        links += 1
      }
      guard line.text.columns > columns else {
        rows.append(Row(line: line, link: link))
        continue
      }
      // A caret points into the line above it.
      let indent = line.isComplaint ? 0 : line.text.tableIndent(in: columns)
      rows += line.text.wrapped(to: columns, indent: indent).map {
        Row(line: Reply.Line($0, line.kind), link: link)
      }
    }
    latest = (columns, rows)
    return rows
  }

  /// Scrolls; the last row stays at the bottom.
  mutating func scroll(_ count: Int, in area: Rect) {
    let all = rows(columns: area.width).count
    top = min(max(top + count, 0), max(0, all - area.height))
  }

  /// Selects the link `step` further, after the last one the first, and makes it visible.
  mutating func select(_ step: Int, in area: Rect) {
    let count = links.count
    guard count > 0 else { return }
    selected = ((selected ?? (step > 0 ? -1 : count)) + step + count) % count
    let rows = rows(columns: area.width)
    guard let row = rows.firstIndex(where: { $0.link == selected }) else { return }
    top = min(max(top, row - area.height + 1), row)
  }

  /// The command of the link at a place of the screen, or nil.
  mutating func command(atX x: Int, y: Int, in area: Rect) -> String? {
    let rows = rows(columns: area.width)
    let row = top + y - area.y
    guard area.contains(x: x, y: y), rows.indices.contains(row) else { return nil }
    return rows[row].link.map { links[$0] }
  }

  /// Draws the text in a frame; `canGoBack` tells whether a link led here.
  mutating func draw(in frame: Rect, canGoBack: Bool, into grid: inout Grid) {
    let area = frame.inset(by: 1)
    let rows = rows(columns: area.width)
    grid.fill(frame)
    let keys =
      (rows.count > area.height
        ? ["↑↓ scroll \(top + 1)-\(min(top + area.height, rows.count)) of \(rows.count)"] : [])
      + (links.isEmpty ? [] : ["Tab selects", "Enter runs"]) + (canGoBack ? ["b back"] : [])
      + ["Esc closes"]
    let room = frame.width - 8
    var ending = "  (\(keys.joined(separator: ", ")))"
    if ending.columns > room - 12 {
      // A narrow screen names the keys only.
      ending = "  (\(keys.map { $0.prefix { $0 != " " } }.joined(separator: " ")))"
    }
    grid.box(
      frame, title: title.abbreviated(to: max(4, room - ending.columns)) + ending, isFocused: true)
    for (offset, row) in rows.dropFirst(top).prefix(area.height).enumerated() {
      let y = area.y + offset
      let style: Style = row.line.isComplaint ? .warning : .plain
      grid.put(row.line.text, x: area.x, y: y, style: style)
      guard case .link(let command) = row.line.kind, row.line.text.hasPrefix("> ") else { continue }
      let isSelected = row.link == selected
      if isSelected { grid[area.x, y] = Cell("▶", .accent.bold) }
      let place = Rect(
        x: area.x + 2, y: y, width: min(command.columns, area.width - 2), height: 1)
      grid.restyle(place) { isSelected ? $0.reverse : $0.underlined }
    }
  }
}
