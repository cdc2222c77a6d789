import Columns
import EventProp
import Language
import Terminal
import Workbench
import Study

/// The loss over the values of a name, with the tangents of the exact gradient and the borders
/// between them.
struct CurveChart {
  let curve: SweepCurve
  let selected: Int
  /// Whether the scale fits the piece of the chosen point.
  let isMagnified: Bool
  /// The lines of an answer that belong under the numbers of the chosen point.
  var caption: [String] = []

  /// The rows under the axis labels: the spike counts and the numbers of the chosen point.
  private static let textRows = 5
  private static let gutter = 9

  func draw(in area: Rect, into grid: inout Grid) {
    // A caption leaves the plot a few rows.
    let captionRows = captionLines(area.width - 2).count
    let wanted = captionRows > 0 ? 1 + captionRows : Self.textRows
    let axisHeight = curve.radius == nil ? 3 : 4
    let (above, text) = area.split(
      bottom: min(wanted, max(Self.textRows, area.height - axisHeight - 3)))
    let (plotRows, axisRows) = above.split(bottom: axisHeight)
    let plot = plotRows.inset(left: Self.gutter)
    guard !plot.isEmpty, let first = curve.axis.values.first, let last = curve.axis.values.last,
      let losses = isMagnified ? rangeOfPiece ?? curve.lossRange : curve.lossRange
    else {
      return drawText(in: area, into: &grid)
    }
    let axis = Axis(range: first...last, columns: plot.width)
    let scale = ValueScale(range: Self.padded(losses), rows: plot.height)
    drawBorders(axis, in: plot, into: &grid)
    var canvas = BrailleCanvas(plot.size)
    drawCurve(axis, scale, on: &canvas)
    if let current = curve.current, current != selected {
      drawTangent(at: current, axis, scale, .series(0), on: &canvas)
    }
    drawTangent(at: selected, axis, scale, .accent, on: &canvas)
    canvas.draw(into: &grid, x: plot.x, y: plot.y)
    if let column = axis.column(of: curve.points[selected].value) {
      for y in plot.y..<plot.endY where grid[plot.x + column, y] == .blank {
        grid[plot.x + column, y] = Cell("┊", .accent)
      }
    }
    scale.drawGutter(
      into: &grid, x: plotRows.x, y: plot.y, width: Self.gutter, name: "L",
      labels: [losses.upperBound, losses.lowerBound].map {
        ValueScale.Label(Scene.compact($0, columns: Self.gutter - 2), at: $0)
      })
    drawAxis(axis, in: axisRows, into: &grid)
    drawText(in: text, into: &grid)
  }

  private static func padded(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let extent = range.extent
    let margin = extent > 0 ? extent * 0.05 : max(abs(range.upperBound) * 0.05, 1e-12)
    return range.padded(below: margin, above: margin)
  }

  // MARK: - The plot

  private func drawBorders(_ axis: Axis, in plot: Rect, into grid: inout Grid) {
    for border in curve.borders {
      guard let column = axis.column(of: border.above) else { continue }
      grid.verticalLine(
        x: plot.x + column, y: plot.y, height: plot.height,
        scalar: border.jumps ? "│" : "╎", style: border.jumps ? .warning : .faint)
    }
  }

  /// The losses between the borders around the chosen point.
  private var rangeOfPiece: ClosedRange<Double>? {
    let value = curve.points[selected].value
    let piece = curve.pieces.first { $0[0].value <= value && $0[$0.count - 1].value >= value }
    guard let losses = piece?.map(\.loss), let low = losses.min(), let high = losses.max() else {
      return nil
    }
    return low...high
  }

  private func drawCurve(_ axis: Axis, _ scale: ValueScale, on canvas: inout BrailleCanvas) {
    for piece in curve.pieces {
      var last: Int?
      var rest = piece[...]
      let first = axis.dot(of: piece[0].value) ?? 0
      let end = axis.dot(of: piece[piece.count - 1].value) ?? first
      for dot in first...max(first, end) {
        let value = min(max(axis.value(atDot: dot), piece[0].value), piece[piece.count - 1].value)
        while rest.count > 2, rest[rest.startIndex + 1].value <= value { rest.removeFirst() }
        let one = rest[rest.startIndex]
        let other = rest[min(rest.startIndex + 1, rest.endIndex - 1)]
        let part = other.value > one.value ? (one.value...other.value).part(below: value) : 0
        let isSteep = !(other.loss - one.loss).isFinite
        let loss =
          isSteep
          ? one.loss * (1 - part) + other.loss * part : one.loss + part * (other.loss - one.loss)
        guard let row = isMagnified ? scale.dot(of: loss) : scale.nearestDot(of: loss) else {
          last = nil
          continue
        }
        let from = last.map { abs(row - $0) > 1 ? ($0 < row ? $0 + 1 : $0 - 1) : row } ?? row
        canvas.verticalRun(dotX: dot, from: from, to: row)
        last = row
      }
    }
  }

  /// Draws a straight line through a point with the slope of the gradient, a quarter of the plot to
  /// each side.
  private func drawTangent(
    at place: Int, _ axis: Axis, _ scale: ValueScale, _ style: Style, on canvas: inout BrailleCanvas
  ) {
    let point = curve.points[place]
    guard let loss = point.loss, let slope = point.gradient, let middle = axis.dot(of: point.value)
    else { return }
    let reach = axis.dots / 4
    for dot in max(0, middle - reach)...min(axis.dots - 1, middle + reach)
    where (dot - middle) % 2 == 0 {
      guard let row = scale.dot(of: loss + slope * (axis.value(atDot: dot) - point.value)) else {
        continue
      }
      canvas.set(dotX: dot, dotY: row, style: style)
    }
  }

  // MARK: - Below the plot

  private func drawAxis(_ axis: Axis, in area: Rect, into grid: inout Grid) {
    let x = area.x + Self.gutter
    let columns = axis.columns
    let unit = curve.axis.isTime ? AxisUnit(for: axis.range) : nil
    let shown = Axis(range: unit?.scaled(axis.range) ?? axis.range, columns: columns)
    let column = axis.column(of: curve.points[selected].value)
    shown.draw(into: &grid, x: x, y: area.y, cursor: column, unit: unit?.name ?? "")
    if let column = curve.axis.current.flatMap({ axis.column(of: $0) }) {
      grid[x + column, area.y] = Cell("▲", Style.series(0).bold)
    }
    drawRadius(axis, x: x, y: area.y + 3, into: &grid)
    grid.put("spikes", x: area.x + 1, y: area.y + 2, style: .faint)
    var last: Int?
    var free = 0
    for column in 0..<columns {
      let count = spikes(near: axis.value(atColumn: column))
      defer { last = count }
      guard let count, column >= free else { continue }
      if count == last {
        grid[x + column, area.y + 2] = Cell("·", .faint)
      } else {
        free = column + grid.put("\(count)", x: x + column, y: area.y + 2, limit: columns - column)
      }
    }
  }

  /// Draws the values that share the order of events of the experiment.
  private func drawRadius(_ axis: Axis, x: Int, y: Int, into grid: inout Grid) {
    guard let radius = curve.radius else { return }
    grid.put("radius", x: x - Self.gutter + 1, y: y, style: .accent)
    for column in 0..<axis.columns {
      let value = axis.value(atColumn: column)
      if radius.contains(value) { grid[x + column, y] = Cell("━", .accent) }
    }
    // A radius narrower than a column is still there.
    for end in [radius.lowerBound, radius.upperBound] {
      if let column = axis.column(of: end) { grid[x + column, y] = Cell("╋", .accent) }
    }
  }

  /// The caption, cut into lines of a width.
  private func captionLines(_ width: Int) -> [String] {
    caption.flatMap { $0.wrapped(to: max(20, width)) }
  }

  /// The number of spikes of the nearest run on the same side of every border.
  private func spikes(near value: Double) -> Int? {
    let low = curve.borders.last { $0.above <= value }?.above ?? -.infinity
    let high = curve.borders.first { $0.below >= value }?.below ?? .infinity
    let inside = curve.points.filter { $0.value >= low && $0.value <= high }
    return (inside.isEmpty ? curve.points : inside)
      .min { abs($0.value - value) < abs($1.value - value) }?.spikeCount
  }

  private func drawText(in area: Rect, into grid: inout Grid) {
    let point = curve.points[selected]
    let now = selected == curve.current ? " (now)" : ""
    var lines = [
      "\(curve.axis.name) = \(curve.axis.text(point.value))\(now)   "
        + (point.loss.map { "L = \(Quantity.display($0, digits: 7))" } ?? curve.sentence(
          ofFailureAt: point)
          ?? "no loss")
        + "   \(point.spikeCount) spike\(point.spikeCount == 1 ? "" : "s")"
    ]
    if !caption.isEmpty {
      lines += captionLines(area.width - 2)
      return put(lines, in: area, into: &grid)
    }
    let gradient = point.gradient.map { Quantity.display($0, digits: 6) } ?? "none"
    let slope = curve.slope(at: selected).map { Quantity.display($0, digits: 6) }
    lines.append(
      "\(curve.label)gradient \(gradient)   slope of L "
        + (slope ?? "none here"))
    let near = curve.borders.filter { border in
      let low = selected > 0 ? curve.points[selected - 1].value : point.value
      let high =
        selected + 1 < curve.points.count ? curve.points[selected + 1].value : point.value
      return border.above > low && border.below < high
    }
    lines += near.prefix(2).map(curve.sentence)
    if near.isEmpty { lines.append(curve.conclusion) }
    put(lines, in: area, into: &grid)
  }

  private func put(_ lines: [String], in area: Rect, into grid: inout Grid) {
    var y = area.y
    for line in lines {
      for part in line.wrapped(to: area.width - 2) where y < area.endY {
        grid.put(part, x: area.x + 1, y: y, limit: area.width - 1)
        y += 1
      }
    }
  }
}
