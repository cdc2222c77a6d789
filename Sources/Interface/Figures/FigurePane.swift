import Columns
import EventProp
import Terminal

/// A frame with axes into which curves are drawn.
struct FigurePane {
  /// The left upper corner and the extent, in pixels.
  let x: Double, y: Double, width: Double, height: Double
  /// The times from left to right, in seconds.
  let window: ClosedRange<Double>
  /// The values from the bottom up.
  let values: ClosedRange<Double>

  static let ink = "#222222"
  static let faint = "#888888"

  /// A name cut to fit beside a frame.
  static func cut(_ name: String) -> String {
    name.abbreviated(to: 10)
  }

  func place(_ time: Double, _ value: Double) -> (x: Double, y: Double) {
    (x(of: time), y + height * (1 - part(value, of: values)))
  }

  func x(of time: Double) -> Double { x + width * part(time, of: window) }

  private func part(_ value: Double, of range: ClosedRange<Double>) -> Double {
    range.extent > 0 ? range.part(below: value) : 0.5
  }

  /// Draws the frame and the ticks of both axes; the lowest pane labels the time.
  func drawFrame(name: String, labelsTime: Bool, hasValues: Bool = true, in svg: inout SVGText) {
    svg.raw(
      "<rect x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y))\" "
        + "width=\"\(SVGText.number(width))\" height=\"\(SVGText.number(height))\" fill=\"none\" "
        + "stroke=\"\(Self.ink)\" stroke-width=\"0.8\"/>")
    svg.label(name, x: x, y: y - 6, size: 12)
    let unit = AxisUnit(for: window)
    let shown = unit.scaled(window)
    for tick in Ticks(in: shown, minimumStep: shown.extent / 9).all {
      let place = x(of: tick.value / unit.factor)
      svg.line(
        (place, y + height), (place, y + height + (labelsTime ? 5 : 3)), Self.ink, width: 0.8)
      if labelsTime { svg.label(tick.label, x: place, y: y + height + 17, anchor: "middle") }
    }
    if labelsTime {
      svg.label(
        "t / \(unit.name)", x: x + width / 2, y: y + height + 33, anchor: "middle", size: 12)
    }
    guard hasValues else { return }
    for tick in Ticks(in: values, minimumStep: values.extent / 5).all {
      let height = place(window.lowerBound, tick.value).y
      svg.line((x - 5, height), (x, height), Self.ink, width: 0.8)
      svg.label(tick.label, x: x - 8, y: height + 4, anchor: "end")
    }
  }

  func draw(
    _ curve: VectorCurve, _ color: String, width: Double = 1.5, dashes: String? = nil,
    label: String, in svg: inout SVGText
  ) {
    svg.polyline(
      curve.points.map { place($0.time, $0.value) }, color, width: width, dashes: dashes,
      label: label)
  }

  /// Draws lines with their names in the right upper corner above the frame.
  func drawLegend(
    _ entries: [(name: String, color: String, dashes: String?)], in svg: inout SVGText
  ) {
    var end = x + width
    for entry in entries.reversed() {
      let start = end - Double(entry.name.columns) * 6.2
      svg.label(entry.name, x: start, y: y - 6)
      svg.line(
        (start - 26, y - 10), (start - 5, y - 10), entry.color, width: 1.8, dashes: entry.dashes)
      end = start - 38
    }
  }
}
