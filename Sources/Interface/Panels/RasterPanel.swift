import EventProp
import Terminal
import Workbench

extension Scene {
  /// One row of the raster.
  private struct Row {
    var label: String
    var neuron: Int?
    var channels: Range<Int>

    /// The events of a run in the row.
    func events(of run: Run) -> ArraySlice<Int> {
      if let neuron {
        return neuron < run.experiment.network.neuronCount ? run.trajectory.spikes(of: neuron) : []
      }
      guard channels.count == 1, let channel = channels.first else { return run.index.inputs[...] }
      return channel < run.experiment.network.inputs
        ? run.index.spikes(ofChannel: channel) : []
    }
  }

  /// Draws the spikes so far: inputs first, outputs last.
  ///
  /// Without a title, the first row with room at its end names the visible neurons.
  func drawRaster(in area: Rect, isTitled: Bool, into grid: inout Grid) {
    let plot = area.inset(left: Scene.gutter)
    guard !plot.isEmpty else { return }
    let rows = rasterRows(fitting: plot.height)
    let axis = axis(columns: plot.width)
    for (offset, row) in rows.enumerated() {
      let y = plot.y + offset
      let style = row.neuron.map { Scene.style(of: $0) } ?? .plain
      let labelStyle = row.neuron.map { Scene.labelStyle(of: $0) } ?? .plain
      let label = row.label + (row.neuron == neuron ? "*" : " ")
      grid.put(
        label, x: area.x + max(0, Scene.gutter - 1 - label.count), y: y,
        style: row.neuron == neuron ? labelStyle.bold : labelStyle)
      grid[area.x + Scene.gutter - 1, y] = Cell("┤", .faint)
      if let ghost { drawGhostTicks(of: ghost, row, axis, x: plot.x, y: y, into: &grid) }
      drawTicks(row, axis, x: plot.x, y: y, style: style, into: &grid)
    }
    if !isTitled { drawExtent(rows: plot.height, at: plot, into: &grid) }
    if let column = cursorColumn(on: axis) {
      for y in plot.y..<min(plot.endY, plot.y + rows.count)
      where grid[plot.x + column, y] == .blank {
        grid[plot.x + column, y] = Cell("┊", .accent)
      }
    }
  }

  private func drawExtent(rows: Int, at plot: Rect, into grid: inout Grid) {
    let text = rasterExtent(rows: rows)
    let x = plot.endX - text.count
    let y = (plot.y..<plot.endY).first { y in
      (x - 1..<plot.endX).allSatisfy { grid[$0, y] == .blank }
    }
    guard !text.isEmpty, x > plot.x, let y else { return }
    grid.put(text, x: x, y: y, style: .faint)
  }

  private func drawTicks(
    _ row: Row, _ axis: Axis, x: Int, y: Int, style: Style, into grid: inout Grid
  ) {
    let all = row.events(of: run)
    let end = all.firstPlace { $0 >= happened }
    let seen = all[..<end]
    if session.cursor.isCompleted {
      for stack in stacks(all[end...], of: run, along: axis) {
        grid[x + stack.column, y] = Cell(glyph(of: stack, in: row), style.dim)
      }
    }
    for stack in stacks(seen, of: run, along: axis) {
      let isHere = point.event.map { here in
        let place = stack.numbers.firstPlace { $0 >= here }
        return place < stack.numbers.endIndex && stack.numbers[place] == here
      }
      let glyph = isHere ?? false ? "◆" : glyph(of: stack, in: row)
      grid[x + stack.column, y] = Cell(glyph, isHere ?? false ? .accent : style)
      if row.neuron != nil, stack.numbers.contains(where: { run.index.grazing.contains($0) }) {
        grid[x + stack.column + (stack.column + 1 < axis.columns ? 1 : -1), y] = Cell(
          "!", .warning)
      }
    }
  }

  /// A tick, or the number of spikes in the column; in a shared row of channels, the channel of a
  /// single spike.
  private func glyph(of stack: Stack, in row: Row) -> Unicode.Scalar {
    let count = stack.numbers.count
    if row.channels.count > 1 {
      guard count == 1, let number = stack.numbers.first,
        case .input(let channel, _) = run.trajectory.events[number].kind
      else { return "#" }
      return channel < 10 ? Unicode.Scalar(UInt8(48 + channel)) : "│"
    }
    if count > 9 { return "#" }
    if count > 1 { return Unicode.Scalar(UInt8(48 + count)) }
    return row.neuron == nil ? "│" : "┃"
  }

  private func drawGhostTicks(
    of ghost: Run, _ row: Row, _ axis: Axis, x: Int, y: Int, into grid: inout Grid
  ) {
    for stack in stacks(row.events(of: ghost), of: ghost, along: axis) {
      grid[x + stack.column, y] = Cell("╎", .faint)
    }
  }

  /// The neuron in a row of the raster; nil for a row of inputs and for an empty row.
  func rasterNeuron(at offset: Int, rows: Int) -> Int? {
    let rows = rasterRows(fitting: rows)
    return rows.indices.contains(offset) ? rows[offset].neuron : nil
  }

  /// The input channels, merged if they do not fit, and the neurons around the selected one.
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
    return rows
      + rasterNeurons(height - rows.count).map {
        Row(label: "n\($0)", neuron: $0, channels: 0..<0)
      }
  }

  /// The neurons in `height` rows: those near the selected one, and always the one that spikes at
  /// the cursor.
  private func rasterNeurons(_ height: Int) -> [Int] {
    let neurons = session.experiment.network.neuronCount
    let room = max(0, min(height, neurons))
    let first = max(0, min(neuron - room / 2, neurons - room))
    let around = Array(first..<first + room)
    guard let spiking = point.event.flatMap({ run.trajectory.events[$0].spikingNeuron }),
      !around.contains(spiking), room > 1
    else { return around }
    if abs(spiking - neuron) < room {
      let first = min(spiking, max(neuron, spiking) - room + 1)
      return Array(first..<first + room)
    }
    var rows = around
    let others = rows.indices.filter { rows[$0] != neuron }
    if let place = spiking > neuron ? others.last : others.first { rows[place] = spiking }
    return rows.sorted()
  }

  /// `n0-n7 of 32`; empty if the raster shows all neurons.
  func rasterExtent(rows: Int) -> String {
    extent(of: rasterRows(fitting: rows).compactMap(\.neuron))
  }
}
