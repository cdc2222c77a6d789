import EventProp
import Language
import Study
import Terminal
import Workbench

extension Scene {
  /// The width to the left of every plot: a label and the axis line.
  static let gutter = 7

  /// The name of a quantity and a neuron beside the axis; the number is never cut.
  private func gutterName(_ symbol: String) -> String {
    ["\(symbol) n\(neuron)", "\(symbol)n\(neuron)"].first { $0.count < Scene.gutter }
      ?? "n\(neuron)"
  }

  /// The quantities of the upper plot.
  var potentialTitle: String {
    guard shows(.current) else { return "V (membrane)" }
    return shows(.potential) ? "── V  ┄ ┄ I" : "I (synaptic)"
  }

  /// The quantities of the lower plot, with their lines.
  var adjointTitle: String {
    guard shows(.lambdaI) else { return "── λV" }
    return shows(.lambdaV) ? "── λV  ┄ ┄ λI" : "── λI"
  }

  private func plot(in area: Rect) -> Rect { area.inset(left: Scene.gutter) }

  private func drawCursor(in area: Rect, into grid: inout Grid) {
    guard let column = cursorColumn(on: axis(columns: area.width)) else { return }
    for y in area.y..<area.endY where grid[area.x + column, y] == .blank {
      grid[area.x + column, y] = Cell("┊", .accent)
    }
  }

  /// Marks where a curve leaves the plot: an arrow at the edge, and the value if there is room.
  private func drawExcursions(
    of trace: Trace, _ scale: ValueScale, in plot: Rect, into grid: inout Grid
  ) {
    for excursion in trace.excursions(beyond: scale.range) {
      let isBelow = excursion.value < scale.range.lowerBound
      let y = isBelow ? plot.endY - 1 : plot.y
      let columns = (excursion.dots.lowerBound + 1) / 2..<excursion.dots.upperBound / 2
      let arrow = isBelow ? "↓" : "↑"
      for word in ["\(arrow) \(Self.compact(excursion.value, columns: 6))", arrow] {
        let place = columns.dropLast(word.count - 1).first { start in
          (start..<start + word.count).allSatisfy { grid[plot.x + $0, y] == .blank }
        }
        guard let place else { continue }
        grid.put(word, x: plot.x + place, y: y, style: .faint)
        break
      }
    }
  }

  /// Draws V of the visible neurons.
  func drawPotential(in area: Rect, as form: Lanes, into grid: inout Grid) {
    drawLanes(in: area, as: form, symbol: "V", into: &grid) { scene, area, grid in
      scene.drawPotential(in: area, beside: form == .overlay ? neighbours : [], into: &grid)
    }
  }

  /// Draws λ of the visible neurons.
  func drawAdjoint(in area: Rect, as form: Lanes, into grid: inout Grid) {
    drawLanes(in: area, as: form, symbol: "λ", into: &grid) { scene, area, grid in
      scene.drawAdjoint(in: area, beside: form == .overlay ? neighbours : [], into: &grid)
    }
  }

  /// Draws V of the selected neuron: threshold, ghost, curve and reset strokes; other curves are
  /// dim below it.
  private func drawPotential(in area: Rect, beside others: [Int], into grid: inout Grid) {
    let plot = plot(in: area)
    guard !plot.isEmpty else { return }
    let range = others.reduce(potentialRange) { $0.union(selecting($1).potentialRange) }
    let scale = ValueScale(range: range, rows: plot.height)
    let axis = axis(columns: plot.width)
    let place = session.experiment.network.place(of: neuron)
    let layer = session.experiment.network.layers[place.layer]
    let threshold = layer.parameters[place.index].vThreshold

    let trace = potential(of: neuron, along: axis)
    var canvas = BrailleCanvas(plot.size)
    if shows(.current) {
      let style = Scene.style(of: neuron).dim
      let stride = shows(.potential) ? 2 : 1
      if session.cursor.isCompleted, !point.isBackward {
        wholeCurrent(of: neuron, along: axis).draw(
          on: &canvas, scale: scale, style: .faint, every: 2)
      }
      current(of: neuron, along: axis).draw(
        on: &canvas, scale: scale, style: stride == 1 ? Scene.style(of: neuron) : style,
        every: stride)
    }
    if shows(.potential) {
      drawPotentials(trace, on: &canvas, scale, axis, others, layer, place.index)
    }
    canvas.draw(into: &grid, x: plot.x, y: plot.y)
    drawCursor(in: plot, into: &grid)
    var named = others.map {
      NamedCurve(
        name: "n\($0)", trace: potential(of: $0, along: axis), style: Scene.style(of: $0))
    }
    if shows(.potential) {
      named.append(
        NamedCurve(
          name: others.isEmpty ? "V" : "n\(neuron)", trace: trace, style: Scene.style(of: neuron)))
    }
    if shows(.current) {
      named.append(
        NamedCurve(
          name: "I", trace: current(of: neuron, along: axis), style: Scene.style(of: neuron)))
    }
    drawNames(of: named, scale, in: plot, into: &grid)
    if shows(.potential) {
      drawNearMiss(below: threshold, scale, axis, in: plot, into: &grid)
      drawExcursions(of: trace, scale, in: plot, into: &grid)
    }
    if !point.isBackward, !session.cursor.isCompleted, let column = cursorColumn(on: axis),
      plot.width - column > 22
    {
      grid.put(
        "not simulated yet", x: plot.x + column + 3, y: plot.y + plot.height / 2, style: .faint)
    }
    var labels = [ValueScale.Label("0.0", at: 0)]
    if layer.kinds[place.index] == .lif, shows(.potential) {
      labels.insert(
        ValueScale.Label(Quantity.display(threshold, digits: 3), at: threshold, isLine: true),
        at: 0)
    }
    if session.looks.view.ranges[.potential] != nil || !shows(.potential) {
      labels += ends(of: range)
    }
    let symbol = (shows(.potential) ? "V" : "") + (shows(.current) ? "I" : "")
    scale.drawGutter(
      into: &grid, x: area.x, y: area.y, width: Scene.gutter, name: gutterName(symbol),
      nameStyle: Scene.labelStyle(of: neuron), labels: labels)
  }

  /// Draws the curve of V over the threshold, the ghost and other curves.
  private func drawPotentials(
    _ own: Trace, on canvas: inout BrailleCanvas, _ scale: ValueScale, _ axis: Axis,
    _ others: [Int],
    _ layer: Layer, _ index: Int
  ) {
    if let trace = ghostPotential(of: neuron, along: axis) {
      trace.draw(on: &canvas, scale: scale, style: .faint, every: 2)
    }
    if layer.kinds[index] == .lif, let row = scale.dot(of: layer.parameters[index].vThreshold) {
      for dot in stride(from: 0, to: canvas.dotColumns, by: 4) {
        canvas.set(dotX: dot, dotY: row, style: .threshold)
      }
    }
    if session.cursor.isCompleted, !point.isBackward {
      wholePotential(of: neuron, along: axis).draw(
        on: &canvas, scale: scale, style: Scene.style(of: neuron).dim)
    }
    for other in others {
      potential(of: other, along: axis).draw(
        on: &canvas, scale: scale, style: Scene.style(of: other).dim)
    }
    own.draw(on: &canvas, scale: scale, style: Scene.style(of: neuron))
  }

  /// Draws a mark under the threshold line where V nearly reaches it.
  private func drawNearMiss(
    below threshold: Double, _ scale: ValueScale, _ axis: Axis, in plot: Rect, into grid: inout Grid
  ) {
    guard
      let peak = kept.peak(
        of: neuron, in: run,
        make: {
          run.trajectory.highestPeak(
            of: neuron, above: NearMiss.level(of: neuron, in: run.trajectory.circuit))
        }),
      peak.potential <= threshold, point.isBackward || peak.time <= time,
      let column = axis.column(of: peak.time), let row = scale.row(of: threshold)
    else { return }
    grid[plot.x + column, plot.y + min(row + 1, plot.height - 1)] = Cell("^", .warning)
  }

  /// Draws λ_V and λ_I of the selected neuron, from the right up to the cursor; λ_V of other
  /// neurons is dim below them.
  private func drawAdjoint(in area: Rect, beside others: [Int], into grid: inout Grid) {
    let plot = plot(in: area)
    guard !plot.isEmpty else { return }
    let axis = axis(columns: plot.width)
    let range = others.reduce(adjointRange ?? -1...1) {
      $0.union(selecting($1).adjointRange ?? $0)
    }
    let scale = ValueScale(range: range, rows: plot.height)
    let style = Scene.style(of: neuron)
    let whole = session.cursor.isCompleted ? wholeAdjoint(of: neuron, along: axis) : nil
    let walked = adjoint(of: neuron, along: axis)
    var canvas = BrailleCanvas(plot.size)
    if walked != nil || whole != nil, let row = scale.dot(of: 0) {
      for dot in stride(from: 0, to: canvas.dotColumns, by: 6)
      where whole != nil || axis.value(atDot: dot) >= time {
        canvas.set(dotX: dot, dotY: row, style: .faint)
      }
    }
    // If both are shown, λ_I has gaps.
    let stride = shows(.lambdaV) ? 2 : 1
    if let whole {
      if shows(.lambdaI) {
        whole.lambdaI.draw(on: &canvas, scale: scale, style: style.dim, every: stride)
      }
      if shows(.lambdaV) { whole.lambdaV.draw(on: &canvas, scale: scale, style: style.dim) }
    }
    for other in others where shows(.lambdaV) {
      adjoint(of: other, along: axis)?.lambdaV.draw(
        on: &canvas, scale: scale, style: Scene.style(of: other).dim)
    }
    if let walked {
      if shows(.lambdaI) {
        walked.lambdaI.draw(
          on: &canvas, scale: scale, style: stride == 1 ? style : style.dim, every: stride)
      }
      if shows(.lambdaV) { walked.lambdaV.draw(on: &canvas, scale: scale, style: style) }
    }
    canvas.draw(into: &grid, x: plot.x, y: plot.y)
    drawCursor(in: plot, into: &grid)
    if let known = walked ?? whole {
      var named = others.compactMap { other in
        adjoint(of: other, along: axis).map {
          NamedCurve(name: "n\(other)", trace: $0.lambdaV, style: Scene.style(of: other))
        }
      }
      let symbol = others.isEmpty ? "" : " n\(neuron)"
      if shows(.lambdaV) {
        named.append(NamedCurve(name: "λV" + symbol, trace: known.lambdaV, style: style))
      }
      if shows(.lambdaI) {
        named.append(NamedCurve(name: "λI" + symbol, trace: known.lambdaI, style: style))
      }
      drawNames(of: named, scale, in: plot, into: &grid)
    }
    if let walked, shows(.lambdaV) {
      drawExcursions(of: walked.lambdaV, scale, in: plot, into: &grid)
    }
    let waiting: String? =
      run.wayBack == nil
      ? "no way back: this run has no gradient"
      : !point.isBackward
        ? "the adjoint comes on the way back: finish, then step" : "not reached yet"
    if whole == nil, let waiting {
      let room = point.isBackward ? cursorColumn(on: axis) ?? 0 : plot.width
      if room >= waiting.count + 2 {
        grid.put(
          waiting, x: plot.x + (room - waiting.count) / 2, y: plot.y + plot.height / 2,
          style: .faint)
      }
    }
    let labels = [ValueScale.Label("0", at: 0)] + ends(of: range)
    scale.drawGutter(
      into: &grid, x: area.x, y: area.y, width: Scene.gutter, name: gutterName("λ"),
      nameStyle: Scene.labelStyle(of: neuron), labels: labels)
  }

  /// Draws the time axis under the plots, in milliseconds.
  func drawAxis(in area: Rect, into grid: inout Grid) {
    let plot = plot(in: area)
    guard !plot.isEmpty else { return }
    let window = session.looks.window
    let unit = AxisUnit(for: window)
    let axis = Axis(range: unit.scaled(window), columns: plot.width)
    grid.put(unit.name, x: area.x + 2, y: area.y, style: .faint)
    let seconds = self.axis(columns: plot.width)
    let cursor = cursorColumn(on: seconds)
    axis.draw(into: &grid, x: plot.x, y: plot.y, cursor: cursor)
    drawMarks(on: seconds, x: plot.x, y: plot.y, into: &grid)
    // If several events share the instant of the cursor, the axis shows their number.
    if point.event != nil, let cursor {
      let events = run.trajectory.events
      let first = events.firstPlace {
        (seconds.column(of: $0.time) ?? ($0.time < window.lowerBound ? -1 : .max)) >= cursor
      }
      let end = events.firstPlace {
        (seconds.column(of: $0.time) ?? ($0.time < window.lowerBound ? -1 : .max)) > cursor
      }
      guard end - first > 1 else { return }
      let text = "×\(end - first)"
      let isLast = cursor + text.count >= plot.width
      grid.put(
        text, x: plot.x + (isLast ? cursor - text.count : cursor + 1), y: plot.y,
        style: .accent.bold)
    }
  }

  /// Draws the first letter of each mark at its time; the column of the cursor stays free.
  private func drawMarks(on axis: Axis, x: Int, y: Int, into grid: inout Grid) {
    for mark in session.markPlaces {
      guard let column = axis.column(of: mark.time), let letter = mark.name.first,
        column != cursorColumn(on: axis)
      else { continue }
      grid.put(String(letter), x: x + column, y: y, style: .accent.bold)
    }
  }

  private func ends(of range: ClosedRange<Double>) -> [ValueScale.Label] {
    [range.upperBound, range.lowerBound].map { ValueScale.Label(short($0), at: $0) }
  }

  private func short(_ value: Double) -> String {
    Self.compact(value, columns: Scene.gutter - 2)
  }
}
