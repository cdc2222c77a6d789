import EventProp
import Language
package import Study
import Terminal
import Workbench

/// A sweep as a figure in SVG: the loss over a name with its borders, or a map of shades.
package enum SweepFigure {
  private static let width = 760.0, height = 420.0
  private static let left = 84.0, right = 20.0, top = 52.0, bottom = 52.0

  /// The document.
  package static func svg(of sweep: Sweep.Finding) -> String {
    var svg = SVGText()
    svg.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
    svg.raw(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(SVGText.number(width))\" "
        + "height=\"\(SVGText.number(height))\" viewBox=\"0 0 \(SVGText.number(width)) "
        + "\(SVGText.number(height))\" font-family=\"Helvetica, Arial, sans-serif\">")
    svg.raw("<rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>")
    switch sweep {
    case .curve(let curve): draw(curve, in: &svg)
    case .map(let map): draw(map, in: &svg)
    }
    svg.raw("</svg>")
    return svg.text
  }

  private static func frame(
    _ across: ClosedRange<Double>, _ up: ClosedRange<Double>, _ isTime: Bool, _ name: String,
    _ title: String, in svg: inout SVGText
  ) -> FigurePane {
    svg.label(title, x: left, y: 20, size: 14)
    let pane = FigurePane(
      x: left, y: top, width: width - left - right, height: height - top - bottom,
      window: across, values: up)
    svg.raw(
      "<rect x=\"\(SVGText.number(pane.x))\" y=\"\(SVGText.number(pane.y))\" "
        + "width=\"\(SVGText.number(pane.width))\" height=\"\(SVGText.number(pane.height))\" "
        + "fill=\"none\" stroke=\"\(FigurePane.ink)\" stroke-width=\"0.8\"/>")
    let unit = isTime ? AxisUnit(for: across) : nil
    let shown = unit?.scaled(across) ?? across
    for tick in Ticks(in: shown, minimumStep: shown.extent / 9).all {
      let x = pane.x(of: tick.value / (unit?.factor ?? 1))
      svg.line((x, pane.y + pane.height), (x, pane.y + pane.height + 5), FigurePane.ink, width: 0.8)
      svg.label(tick.label, x: x, y: pane.y + pane.height + 17, anchor: "middle")
    }
    svg.label(
      name + (unit.map { " / \($0.name)" } ?? ""), x: pane.x + pane.width / 2,
      y: pane.y + pane.height + 36, anchor: "middle", size: 12)
    return pane
  }

  // MARK: - A curve

  private static func draw(_ curve: SweepCurve, in svg: inout SVGText) {
    guard let first = curve.axis.values.first, let last = curve.axis.values.last,
      let losses = curve.lossRange
    else { return }
    let margin = losses.extent > 0 ? 0.05 * losses.extent : max(abs(losses.upperBound), 1) * 0.05
    let values = (losses.lowerBound - margin)...(losses.upperBound + margin)
    let pane = frame(
      first...last, values, curve.axis.isTime, curve.axis.name,
      "\(curve.label)L over \(curve.axis.name), \(curve.experiment.title)", in: &svg)
    for tick in Ticks(in: values, minimumStep: values.extent / 5).all {
      let y = pane.place(first, tick.value).y
      svg.line((pane.x - 5, y), (pane.x, y), FigurePane.ink, width: 0.8)
      svg.label(tick.label, x: pane.x - 8, y: y + 4, anchor: "end")
    }
    svg.label("L", x: pane.x, y: pane.y - 6, size: 12)
    if let radius = curve.radius {
      let (from, to) = (pane.x(of: radius.lowerBound), pane.x(of: radius.upperBound))
      svg.line(
        (from, pane.y + pane.height - 3), (to, pane.y + pane.height - 3), "#E69F00", width: 4)
      svg.label("radius", x: from + 3, y: pane.y + pane.height - 9, color: "#E69F00")
    }
    for border in curve.borders {
      let x = pane.x(of: border.above)
      svg.line(
        (x, pane.y), (x, pane.y + pane.height), border.jumps ? "#D55E00" : FigurePane.faint,
        dashes: border.jumps ? nil : "3 3")
    }
    for piece in curve.pieces {
      svg.polyline(piece.map { pane.place($0.value, $0.loss) }, "#0072B2", label: "L")
    }
    guard let current = curve.current, let loss = curve.points[current].loss else { return }
    let here = curve.points[current]
    let at = pane.place(here.value, loss)
    svg.raw(
      "<circle cx=\"\(SVGText.number(at.x))\" cy=\"\(SVGText.number(at.y))\" r=\"3.5\" fill=\"#000000\"/>"
    )
    guard let slope = here.gradient else { return }
    // The tangent, as far as it stays inside the frame.
    let ends = [first, last].map { value -> Double in
      let reach = slope == 0 ? .infinity : margin * 10 / abs(slope)
      return min(max(value, here.value - reach), here.value + reach)
    }
    .map { value -> (x: Double, y: Double) in
      let tangent = loss + slope * (value - here.value)
      let held = min(max(tangent, values.lowerBound), values.upperBound)
      let place = slope == 0 ? value : here.value + (held - loss) / slope
      return pane.place(place, held)
    }
    svg.line(ends[0], ends[1], "#009E73", dashes: "5 3")
  }

  // MARK: - A map

  private static func draw(_ map: SweepMap, in svg: inout SVGText) {
    let (columns, rows) = (map.across.values.count, map.up.values.count)
    guard columns > 1, rows > 1, let first = map.across.values.first,
      let last = map.across.values.last
    else { return }
    let half = (last - first) / Double(columns - 1) / 2
    let pane = frame(
      (first - half)...(last + half), 0...Double(rows), map.across.isTime, map.across.name,
      "\(map.label)L over \(map.across.name) and \(map.up.name), \(map.experiment.title)", in: &svg)
    let losses = Set(map.points.compactMap(\.loss)).sorted()
    let (width, height) = (pane.width / Double(columns), pane.height / Double(rows))
    for row in 0..<rows {
      let y = pane.y + pane.height - Double(row + 1) * height
      svg.label(
        map.up.text(map.up.values[row], digits: 4), x: pane.x - 6, y: y + height / 2 + 4,
        anchor: "end", size: min(11, height))
      for column in 0..<columns {
        guard let point = map.point(column, row) else { continue }
        let x = pane.x + Double(column) * width
        let rank = point.loss.flatMap { loss in losses.firstIndex { $0 >= loss } }
        let shade = rank.map { 235 - 190 * $0 / max(1, losses.count - 1) }
        let color = shade.map { "rgb(\($0),\($0),\(min(255, $0 + 20)))" } ?? "#FFFFFF"
        let title = point.loss.map { "L = \(Quantity.display($0, digits: 7))" } ?? "no loss"
        svg.raw(
          "<rect x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y))\" width=\"\(SVGText.number(width))\" "
            + "height=\"\(SVGText.number(height))\" fill=\"\(color)\"><title>\(SVGText.escaped(title))</title></rect>"
        )
      }
    }
    for row in 0..<rows {
      let y = pane.y + pane.height - Double(row) * height
      for column in 0..<columns {
        let x = pane.x + Double(column) * width
        if map.isBorder((column, row), (column + 1, row)) {
          svg.line((x + width, y - height), (x + width, y), "#D55E00", width: 1.6)
        }
        if map.isBorder((column, row), (column, row + 1)) {
          svg.line((x, y - height), (x + width, y - height), "#D55E00", width: 1.6)
        }
      }
    }
    svg.label(map.up.name, x: pane.x, y: pane.y - 6, size: 12)
  }
}
