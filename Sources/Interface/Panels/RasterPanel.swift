import EventProp
import Terminal
import Workbench

extension Scene {
  /// One row of the raster: which events it shows.
  private struct Row {
    var label: String
    var neuron: Int?
    var channels: Range<Int>

    func shows(_ kind: Event.Kind) -> Bool {
      switch kind {
      case .input(let channel, _): channels.contains(channel)
      case .spike(let spiking, _, _): spiking == neuron
      case .arrival: false
      }
    }
  }

  /// The spikes: inputs first, outputs last; what has not happened yet is not there.
  func drawRaster(in area: Rect, into grid: inout Grid) {
    let plot = area.inset(left: Scene.gutter)
    guard !plot.isEmpty else { return }
    let rows = rasterRows(fitting: plot.height)
    let axis = axis(columns: plot.width)
    for (offset, row) in rows.enumerated() {
      let y = plot.y + offset
      let style = row.neuron.map { Scene.style(of: $0) } ?? .plain
      let label = row.label + (row.neuron == neuron ? "*" : " ")
      grid.put(
        label, x: area.x + max(0, Scene.gutter - 1 - label.count), y: y,
        style: row.neuron == neuron ? style.bold : style)
      grid[area.x + Scene.gutter - 1, y] = Cell("┤", .faint)
      if let ghost { drawGhostTicks(of: ghost, row, axis, x: plot.x, y: y, into: &grid) }
      drawTicks(row, axis, x: plot.x, y: y, style: style, into: &grid)
    }
    if let column = cursorColumn(on: axis) {
      for y in plot.y..<min(plot.endY, plot.y + rows.count)
      where grid[plot.x + column, y] == .blank {
        grid[plot.x + column, y] = Cell("┊", .accent)
      }
    }
  }

  private func drawTicks(
    _ row: Row, _ axis: Axis, x: Int, y: Int, style: Style, into grid: inout Grid
  ) {
    var counts: [Int: Int] = [:]
    for (number, event) in run.trajectory.events.enumerated()
    where row.shows(event.kind) && hasHappened(number) {
      guard let column = axis.column(of: event.time) else { continue }
      counts[column, default: 0] += 1
      let isHere = number == point.event
      var glyph: Unicode.Scalar = "┃"
      if case .input(let channel, _) = event.kind {
        glyph = row.channels.count > 1 && channel < 10 ? Unicode.Scalar(UInt8(48 + channel)) : "│"
      }
      if counts[column] ?? 0 > 1, row.channels.count <= 1 {
        let count = counts[column] ?? 0
        glyph = count < 10 ? Unicode.Scalar(UInt8(48 + count)) : "#"
      }
      if isHere { glyph = "◆" }
      if grid[x + column, y].scalar != "◆" {
        grid[x + column, y] = Cell(glyph, isHere ? .accent : style)
      }
    }
  }

  private func drawGhostTicks(
    of ghost: Run, _ row: Row, _ axis: Axis, x: Int, y: Int, into grid: inout Grid
  ) {
    for event in ghost.trajectory.events where row.shows(event.kind) {
      guard let column = axis.column(of: event.time) else { continue }
      grid[x + column, y] = Cell("╎", .faint)
    }
  }

  /// Input channels one by one if they fit, else merged; neurons around the selected one.
  private func rasterRows(fitting height: Int) -> [Row] {
    let network = session.experiment.network
    let neurons = network.neuronCount
    var rows: [Row] = []
    if network.inputs > 0 {
      if network.inputs + neurons <= height {
        rows = (0..<network.inputs).map {
          Row(label: "in\($0)", neuron: nil, channels: $0..<$0 + 1)
        }
      } else {
        rows = [Row(label: "in", neuron: nil, channels: 0..<network.inputs)]
      }
    }
    let room = max(0, min(height - rows.count, neurons))
    let first = max(0, min(neuron - room / 2, neurons - room))
    return rows + (first..<first + room).map { Row(label: "n\($0)", neuron: $0, channels: 0..<0) }
  }
}
