import EventProp
import Terminal
import Workbench
import Study

/// A sweep over the plots, with a chosen value.
struct Chart {
  /// The results of the sweep.
  let figure: Sweep.Finding
  /// The lines of an answer that belong under the picture.
  private let caption: [String]
  /// The chosen point: its place on the axes.
  private(set) var column = 0
  private(set) var row = 0
  /// Whether the scale fits the piece between two borders, not the whole curve.
  private(set) var isMagnified = false

  /// The effect of a key.
  enum Action: Equatable {
    /// Stay in the chart.
    case stay
    /// Return to the plots.
    case close
    /// Return to the plots and make an edit.
    case set(String)
    /// Return to the plots; the key has another meaning there.
    case pass
  }

  /// Opens a chart at the values of the experiment.
  init(_ figure: Sweep.Finding, caption: [String] = []) {
    self.figure = figure
    self.caption = caption
    switch figure {
    case .curve(let curve): column = curve.current ?? 0
    case .map(let map):
      column = map.across.current.flatMap { map.across.values.firstIndex(of: $0) } ?? 0
      row = map.up.current.flatMap { map.up.values.firstIndex(of: $0) } ?? 0
      if map.point(column, row) == nil { (column, row) = (0, 0) }
    }
  }

  private var columns: Int {
    switch figure {
    case .curve(let curve): curve.points.count
    case .map(let map): map.across.values.count
    }
  }

  private var rows: Int {
    switch figure {
    case .curve: 1
    case .map(let map): (map.points.count + columns - 1) / columns
    }
  }

  /// Handles a key.
  mutating func handle(_ key: Key) -> Action {
    switch key {
    case .left: column -= 1
    case .right: column += 1
    case .home: column = 0
    case .end: column = columns - 1
    case .pageUp: column -= max(1, columns / 8)
    case .pageDown: column += max(1, columns / 8)
    case .up: if case .map = figure { row += 1 } else { column = border(before: column) }
    case .down: if case .map = figure { row -= 1 } else { column = border(after: column) }
    case .character("z"): isMagnified.toggle()
    case .enter: return settingLine.map { .set($0) } ?? .close
    case .escape, .character("q"): return .close
    case .resize, .mouse: return .stay
    default: return .pass
    }
    column = min(max(column, 0), columns - 1)
    row = min(max(row, 0), rows - 1)
    return .stay
  }

  /// The last point before the border to the left, or the first of all.
  private func border(before place: Int) -> Int {
    guard case .curve(let curve) = figure else { return place }
    return (0..<max(0, place)).last { !curve.isSmooth(after: $0) } ?? 0
  }

  /// The first point after the border to the right, or the last of all.
  private func border(after place: Int) -> Int {
    guard case .curve(let curve) = figure else { return place }
    return (place..<max(place, curve.points.count - 1)).first { !curve.isSmooth(after: $0) }
      .map { $0 + 1 } ?? curve.points.count - 1
  }

  /// The line that repeats the chosen run; nil for a step of length 0, which changes nothing.
  private var settingLine: String? {
    switch figure {
    case .curve(let curve) where curve.axis.isRate && curve.points[column].value == 0: nil
    case .curve(let curve): curve.axis.settingLine(curve.points[column].value)
    case .map(let map):
      map.across.settingLine(map.across.values[column]) + "; "
        + map.up.settingLine(map.up.values[row])
    }
  }

  /// The effects of the keys, the most useful first.
  var hints: String {
    switch figure {
    case .curve: "← → choose  Enter sets  Esc closes  ↑↓ borders  z scale  PgUp PgDn"
    case .map: "← → ↑ ↓ choose  Enter sets  Esc closes"
    }
  }

  /// Draws the chart into a frame.
  func draw(in frame: Rect, into grid: inout Grid) {
    grid.fill(frame)
    let title =
      switch figure {
      case .curve(let curve):
        "\(curve.label)L over \(curve.axis.name)  (Enter sets, Esc closes)"
      case .map(let map):
        "\(map.label)L over \(map.across.name) and \(map.up.name)  (Enter sets, Esc closes)"
      }
    grid.box(frame, title: title, isFocused: true)
    let area = frame.inset(by: 1)
    switch figure {
    case .curve(let curve):
      CurveChart(
        curve: curve, selected: column, isMagnified: isMagnified, caption: caption
      ).draw(in: area, into: &grid)
    case .map(let map):
      MapChart(map: map, column: column, row: row).draw(in: area, into: &grid)
    }
  }
}
