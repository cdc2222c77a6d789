import EventProp
import Language
import Terminal
package import Workbench

/// A run as a figure in SVG: V, I and λ as chosen by `plot`, and the spikes, over the times on the
/// screen.
///
/// The figure is for paper, so it shows the whole run, independent of the cursor. On a page that
/// steps through places it shows what is known at the cursor, as the screen does. The colours are
/// the colours of Okabe and Ito, in an order that is legible on white. Every curve has its name
/// beside its colour.
package struct Figure {
  private let session: Session
  private let run: Run
  private let neurons: [Int]
  /// The number of the place on a page; nil for a figure of the whole run.
  private let place: Int?
  private var svg = SVGText()

  private static let width = 760.0
  private static let left = 74.0
  private static let right = 18.0
  private static let paneHeight = 190.0
  private static let gap = 46.0
  private static let colors = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000",
  ]

  /// The document.
  package static func svg(of session: Session) -> String {
    var figure = Figure(session)
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + figure.draw()
  }

  /// The figure at the cursor as a part of a page; `place` tells the figures of a page apart.
  static func svg(of session: Session, at place: Int) -> String {
    var figure = Figure(session, place)
    return figure.draw()
  }

  private init(_ session: Session, _ place: Int? = nil) {
    self.session = session
    self.place = place
    run = session.run
    let scene = Scene(session)
    neurons =
      session.looks.view.isOverlaid
      ? Array(scene.visibleNeurons(Scene.overlaid)) : [session.selected]
  }

  private static func color(of neuron: Int) -> String { colors[neuron % colors.count] }

  private func name(_ neuron: Int) -> String {
    "n\(neuron) (\(session.names.full(neuron)))"
  }

  // MARK: - Layout

  private mutating func draw() -> String {
    let top = 62.0
    let rows = rasterRows
    let rowHeight = min(16, 400 / Double(max(1, rows.count)))
    let rasterHeight = rowHeight * Double(rows.count) + 8
    let hasAdjoint = run.adjoint != nil
    let rasterTop = top + Self.paneHeight + Self.gap
    let adjointTop = rasterTop + rasterHeight + Self.gap
    let bottom = hasAdjoint ? adjointTop + Self.paneHeight : rasterTop + rasterHeight
    drawHead(height: bottom + 48)
    drawPotentials(pane(top, Self.paneHeight, potentialRange))
    drawRaster(rows, rowHeight, pane(rasterTop, rasterHeight, 0...1), labelsTime: !hasAdjoint)
    if hasAdjoint { drawAdjoints(pane(adjointTop, Self.paneHeight, adjointRange)) }
    if let time = cursorTime {
      let x = pane(top, Self.paneHeight, 0...1).x(of: time)
      svg.line((x, top), (x, bottom), FigurePane.ink, width: 1.4)
    }
    svg.raw("</svg>")
    return svg.text
  }

  /// The time of the cursor on a page, in seconds; nil outside the times that are drawn.
  private var cursorTime: Double? {
    let time = run.time(of: session.point)
    return place != nil && session.looks.window.contains(time) ? time : nil
  }

  /// The times at which V is known: all of them, or on a page the forward phase up to the cursor.
  private var knownPotential: ClosedRange<Double> {
    let window = session.looks.window
    guard place != nil, !session.point.isBackward, session.point != .turn else { return window }
    return window
      .lowerBound...min(
        max(run.time(of: session.point), window.lowerBound), window.upperBound)
  }

  /// The times at which λ is known: all of them, or on a page those after the cursor.
  private var knownAdjoint: ClosedRange<Double> {
    let window = session.looks.window
    guard place != nil else { return window }
    let isKnown = session.point.isBackward || session.point == .turn
    let time = isKnown ? run.time(of: session.point) : window.upperBound
    return min(max(time, window.lowerBound), window.upperBound)...window.upperBound
  }

  private func pane(_ y: Double, _ height: Double, _ values: ClosedRange<Double>) -> FigurePane {
    FigurePane(
      x: Self.left, y: y, width: Self.width - Self.left - Self.right, height: height,
      window: session.looks.window, values: values)
  }

  private mutating func drawHead(height: Double) {
    let size = "\(SVGText.number(Self.width))\" height=\"\(SVGText.number(height))"
    svg.raw(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(size)\" "
        + "viewBox=\"0 0 \(SVGText.number(Self.width)) \(SVGText.number(height))\" "
        + "font-family=\"Helvetica, Arial, sans-serif\">")
    svg.raw("<title>\(SVGText.escaped(session.experiment.title))</title>")
    svg.raw("<rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>")
    svg.label(session.experiment.title, x: Self.left, y: 20, size: 14)
    var subtitle = "\(session.bench.name), run \(run.number)"
    if let loss = run.loss { subtitle += ", L = \(Quantity.display(loss, digits: 6))" }
    if run.rule != .exact { subtitle += ", WRONG adjoint on purpose (\(run.rule.name))" }
    if let ghost = session.bench.ghost { subtitle += ", grey: run \(ghost.number)" }
    svg.label(subtitle, x: Self.left, y: 36, color: FigurePane.faint)
  }

  // MARK: - V and I

  private var potentialRange: ClosedRange<Double> {
    neurons.map { Scene(session).selecting($0).potentialRange }
      .reduce(nil) { (all: ClosedRange<Double>?, one) in all?.union(one) ?? one } ?? 0...1
  }

  private mutating func drawPotentials(_ pane: FigurePane) {
    let height = pane.values.extent
    let scene = Scene(session)
    let showsPotential = scene.shows(.potential)
    let showsCurrent = scene.shows(.current)
    var thresholds: Set<Double> = []
    for neuron in neurons where showsPotential {
      let place = session.experiment.network.place(of: neuron)
      let layer = session.experiment.network.layers[place.layer]
      if layer.kinds[place.index] == .lif {
        thresholds.insert(layer.parameters[place.index].vThreshold)
      }
    }
    for threshold in thresholds.sorted() {
      let y = pane.place(pane.window.lowerBound, threshold).y
      svg.line((pane.x, y), (pane.x + pane.width, y), FigurePane.faint, dashes: "2 3")
      svg.label(
        "v_th", x: pane.x + pane.width - 3, y: y + 12, anchor: "end", color: FigurePane.faint)
    }
    if showsCurrent {
      let zero = pane.place(pane.window.lowerBound, 0).y
      svg.line((pane.x, zero), (pane.x + pane.width, zero), FigurePane.faint, dashes: "1 4")
    }
    openClip(pane, knownPotential)
    let ghost = showsPotential ? session.bench.ghost : nil
    if let ghost {
      for neuron in neurons where neuron < ghost.experiment.network.neuronCount {
        let curve = VectorCurve.potential(of: neuron, in: ghost, over: pane.window, height: height)
        pane.draw(
          curve, "#AAAAAA", width: 1.2, dashes: "5 3", label: "run \(ghost.number)", in: &svg)
      }
    }
    // If both are shown, I has gaps.
    let dashes = showsPotential ? "4 3" : nil
    for neuron in neurons {
      if showsCurrent {
        let curve = VectorCurve.current(of: neuron, in: run, over: pane.window, height: height)
        pane.draw(
          curve, Self.color(of: neuron), dashes: dashes, label: "I \(name(neuron))", in: &svg)
      }
      if showsPotential {
        let curve = VectorCurve.potential(of: neuron, in: run, over: pane.window, height: height)
        pane.draw(curve, Self.color(of: neuron), label: "V \(name(neuron))", in: &svg)
      }
    }
    closeClip()
    // V has the unit of v_th, whatever it is, and I has the same.
    let symbols = (showsPotential ? ["V"] : []) + (showsCurrent ? ["I"] : [])
    pane.drawFrame(
      name: symbols.joined(separator: ", ") + " (dimensionless)",
      labelsTime: false, in: &svg)
    var entries = neurons.map { (name($0), Self.color(of: $0), String?.none) }
    if showsCurrent {
      let color = neurons.count == 1 ? Self.color(of: neurons[0]) : FigurePane.ink
      entries += (showsPotential ? [("V", color, nil)] : []) + [("I", color, dashes)]
    }
    if let ghost { entries.append(("run \(ghost.number)", "#AAAAAA", "5 3")) }
    pane.drawLegend(entries, in: &svg)
  }

  // MARK: - λ

  private var adjointRange: ClosedRange<Double> {
    let range =
      neurons.compactMap { Scene(session).selecting($0).adjointRange }
      .reduce(nil) { (all: ClosedRange<Double>?, one) in all?.union(one) ?? one } ?? 0...1
    let margin = range.extent * 0.05
    return range.padded(below: margin, above: margin)
  }

  private mutating func drawAdjoints(_ pane: FigurePane) {
    let height = pane.values.extent
    let zero = pane.place(pane.window.lowerBound, 0).y
    svg.line((pane.x, zero), (pane.x + pane.width, zero), FigurePane.faint, dashes: "1 4")
    openClip(pane, knownAdjoint)
    let shown = Scene(session)
    for neuron in neurons {
      let parts: [(String, (AdjointState) -> Double, String?)] =
        (shown.shows(.lambdaI) ? [("λI", \.lambdaI, "4 3")] : [])
        + (shown.shows(.lambdaV) ? [("λV", \.lambdaV, nil)] : [])
      for (symbol, part, dashes) in parts {
        guard
          let curve = VectorCurve.adjoint(
            part, of: neuron, in: run, over: pane.window, height: height)
        else { continue }
        pane.draw(
          curve, Self.color(of: neuron), dashes: dashes, label: "\(symbol) \(name(neuron))",
          in: &svg)
      }
    }
    closeClip()
    pane.drawFrame(name: "λ (1/s), computed from right to left", labelsTime: true, in: &svg)
    let color = neurons.count == 1 ? Self.color(of: neurons[0]) : FigurePane.ink
    pane.drawLegend(
      (shown.shows(.lambdaV) ? [("λV", color, nil)] : [])
        + (shown.shows(.lambdaI) ? [("λI", color, "4 3")] : []), in: &svg)
  }

  /// Lets only a part of a pane be drawn: the times of a range.
  private mutating func openClip(_ pane: FigurePane, _ times: ClosedRange<Double>) {
    let id = "clip\(place.map { "\($0)-" } ?? "")\(SVGText.number(pane.y))"
    let x = pane.x(of: times.lowerBound)
    svg.raw(
      "<clipPath id=\"\(id)\"><rect x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(pane.y))\" "
        + "width=\"\(SVGText.number(pane.x(of: times.upperBound) - x))\" height=\"\(SVGText.number(pane.height))\"/></clipPath>"
    )
    svg.raw("<g clip-path=\"url(#\(id))\">")
  }

  private mutating func closeClip() { svg.raw("</g>") }

  // MARK: - Spikes

  private struct Row {
    var label: String
    var color: String
    var times: [Double]
    var ghostTimes: [Double]
  }

  private var rasterRows: [Row] {
    let network = session.experiment.network
    func times(_ numbers: ArraySlice<Int>, _ run: Run) -> [Double] {
      numbers.map { run.trajectory.events[$0].time }.filter { session.looks.window.contains($0) }
    }
    let inputs = (0..<network.inputs).map { channel in
      Row(
        label: "in\(channel)", color: FigurePane.ink,
        times: times(run.index.spikes(ofChannel: channel), run), ghostTimes: [])
    }
    let spiking = (0..<network.neuronCount).map { neuron in
      Row(
        label: "n\(neuron)", color: Self.color(of: neuron),
        times: times(run.trajectory.spikes(of: neuron), run),
        ghostTimes: session.bench.ghost.map { ghost in
          neuron < ghost.experiment.network.neuronCount
            ? times(ghost.trajectory.spikes(of: neuron), ghost) : []
        } ?? [])
    }
    return inputs + spiking
  }

  private mutating func drawRaster(
    _ rows: [Row], _ rowHeight: Double, _ pane: FigurePane, labelsTime: Bool
  ) {
    // A mark stays visible even where rows are too small.
    let height = max(5, rowHeight - 2)
    let hasLabels = rowHeight >= 9
    if !hasLabels { drawPopulations(rowHeight, pane) }
    for (number, row) in rows.enumerated() {
      let middle = pane.y + 4 + rowHeight * (Double(number) + 0.5)
      let (top, bottom) = (middle - height / 2, middle + height / 2)
      for time in row.ghostTimes {
        let x = pane.x(of: time)
        svg.line((x, top), (x, bottom), "#AAAAAA", width: 1.2, dashes: "2 2")
      }
      for time in row.times {
        let x = pane.x(of: time)
        svg.line((x, top), (x, bottom), row.color, width: 1.6)
      }
      if hasLabels {
        svg.label(row.label, x: pane.x - 8, y: middle + 4, anchor: "end", color: row.color)
      }
    }
    pane.drawFrame(name: "spikes", labelsTime: labelsTime, hasValues: false, in: &svg)
  }

  /// Names the inputs and each layer beside their rows, with a line between them, if a row has no
  /// room for its own name.
  private mutating func drawPopulations(_ rowHeight: Double, _ pane: FigurePane) {
    let network = session.experiment.network
    let populations = [("in", network.inputs)] + network.layers.map { ($0.name, $0.size) }
    var y = pane.y + 4
    var lowest = -Double.infinity
    for (number, (name, size)) in populations.enumerated() {
      if number > 0 {
        svg.line((pane.x, y), (pane.x + pane.width, y), "#CCCCCC", width: 0.6)
      }
      let extent = rowHeight * Double(size)
      // The name of a small population moves down, so that it does not overlap the name above.
      let baseline = max(y + extent / 2 + 4, lowest + 12)
      svg.label(FigurePane.cut(name), x: pane.x - 8, y: baseline, anchor: "end")
      lowest = baseline
      y += extent
    }
  }
}
