import Columns
import EventProp
import Language
import Learning
import RealModule
import Terminal
import Workbench

extension TrainingScene {
  /// A row of bars over the steps.
  private struct Lane {
    /// The name where there is one row.
    var short: String
    /// The name where there is more room.
    var long: String
    /// What is counted, after the number.
    var unit: String
    /// The value of a step; nil where it has none.
    var value: (StepFacts) -> Double?
    /// How the values of the steps of a column become one.
    var together: Together
    /// Whether bars grow with the logarithm, from the smallest value.
    var isLogarithmic = false
  }

  private enum Together { case largest, smallest, mean }

  private static let bars: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// What the bars count.
  var countsTitle: String {
    "silent neurons a sample  flattest slope (log)"
      + (lanes.contains { $0.unit == "%" } ? "  limited steps" : "")
  }

  private var lanes: [Lane] {
    let training = course.training
    var lanes = training.network.layers.enumerated().map { number, layer in
      Lane(
        short: layer.name, long: "silent \(layer.name)", unit: "a sample",
        value: { facts in
          facts.silent.indices.contains(number)
            ? Double(facts.silent[number]) / Double(max(1, facts.samples)) : nil
        }, together: .largest)
    }
    lanes.append(
      Lane(
        short: "slope", long: "flattest slope", unit: "", value: { $0.slope?.slope.value },
        together: .smallest, isLogarithmic: true))
    if training.settings.clipping != nil {
      lanes.append(
        Lane(
          short: "clipped", long: "clipped steps", unit: "%",
          value: { $0.isClipped ? 100 : 0 }, together: .mean))
    }
    if training.settings.skipsSilentLabels {
      lanes.append(
        Lane(
          short: "skipped", long: "skipped", unit: "samples", value: { Double($0.skipped) },
          together: .largest))
    }
    let delays: [Parameter.Quantity] = [.delays, .recurrentDelays]
    if training.learned.parts.contains(where: { delays.contains($0.part.quantity) }) {
      lanes.append(
        Lane(
          short: "project", long: "projected", unit: "delays", value: { Double($0.projected) },
          together: .largest))
    }
    return lanes
  }

  /// Draws the counts one below the other, as bars over the steps.
  func drawCounts(in area: Rect, into grid: inout Grid) {
    guard let (plot, axis) = plotAxis(in: area) else { return }
    let lanes = lanes
    var rest = area
    for (number, lane) in lanes.prefix(area.height).enumerated() {
      let left = min(lanes.count, area.height) - number
      let frame: Rect
      (frame, rest) = rest.split(top: rest.height / left)
      draw(lane, axis, in: frame, into: &grid)
    }
    drawPresent(on: axis, in: plot, into: &grid)
  }

  private func draw(_ lane: Lane, _ axis: Axis, in area: Rect, into grid: inout Grid) {
    let values = columns(lane, axis)
    let known = values.compactMap { $0 }
    let low = lane.isLogarithmic ? known.min() ?? 0 : 0
    let high = max(known.max() ?? 0, lane.unit == "%" ? 100 : low)
    let x = area.x + Self.gutter
    let now = present.flatMap(lane.value)
    // A space between two lanes keeps their bars apart.
    let height = max(1, area.height - 1)
    for (column, value) in values.enumerated() {
      guard let value, height > 0 else { continue }
      let part = high > low ? (value - low) / (high - low) : lane.isLogarithmic ? 1 : 0
      let eighths = Int((part * Double(8 * height)).rounded())
      let isBeyond = column > presentColumn(on: axis) ?? .max
      let style = Style.series(0)
      for row in 0..<height {
        let own = eighths - 8 * row
        // A value of 0 has a dot, so that it differs from a step that is not known.
        let scalar: Unicode.Scalar? =
          own > 0 ? Self.bars[min(own, 8) - 1] : row == 0 ? "·" : nil
        guard let scalar else { break }
        grid[x + column, area.y + height - 1 - row] = Cell(scalar, isBeyond ? style.dim : style)
      }
    }
    let value = now.map { Scene.compact($0, columns: 6) } ?? "-"
    let texts =
      height == 1
      ? ["\(lane.short.abbreviated(to: Self.gutter - 3 - value.columns)) \(value)"]
      : [lane.long, "\(value) \(lane.unit)"]
    grid.verticalLine(x: x - 1, y: area.y, height: area.height)
    for (row, text) in texts.enumerated() {
      let text = text.abbreviated(to: Self.gutter - 2)
      grid.put(text, x: x - 2 - text.columns, y: area.y + row)
    }
  }

  /// The value of each column; on a logarithmic scale its logarithm.
  private func columns(_ lane: Lane, _ axis: Axis) -> [Double?] {
    var sums = [(value: Double, count: Double)?](repeating: nil, count: axis.columns)
    let stride = max(1, facts.count / max(1, axis.columns * 128))
    for step in Swift.stride(from: 0, to: facts.count, by: stride) {
      guard let raw = facts[step].flatMap(lane.value), let column = axis.column(of: epochs(step))
      else { continue }
      let value = lane.isLogarithmic ? Double.log10(raw) : raw
      guard value.isFinite else { continue }
      guard let sum = sums[column] else {
        sums[column] = (value, 1)
        continue
      }
      sums[column] =
        switch lane.together {
        case .largest: (max(sum.value, value), 1)
        case .smallest: (min(sum.value, value), 1)
        case .mean: (sum.value + value, sum.count + 1)
        }
    }
    return sums.map { $0.map { $0.value / $0.count } }
  }
}
