import EventProp
import Language
import Learning
import RealModule
import Terminal
import Workbench

extension TrainingScene {
  /// A plot over the epochs.
  private struct Plot {
    /// The name of the value, with its present value.
    var name: String
    var range: ClosedRange<Double>
    var labels: [ValueScale.Label]
    /// The values of the steps.
    var bands: [StepBand?]
    /// The values after whole epochs of the training samples and of the test samples.
    var train: [(epoch: Double, value: Double)] = []
    var test: [(epoch: Double, value: Double)] = []
    /// A value with a dotted line.
    var limit: Double?
  }

  // MARK: - Loss and accuracy

  /// The lines of the curves, and what they stand for.
  var curvesTitle: String { "loss and accuracy  steps ⣿  train ──  test ┄ ┄" }

  /// Draws the loss, and below it the accuracy of samples with labels.
  func drawCurves(in area: Rect, into grid: inout Grid) {
    guard course.training.data.labels != nil, area.height >= 6 else {
      return drawLoss(in: area, into: &grid)
    }
    let (top, rest) = area.split(top: (area.height - 1) / 2)
    drawLoss(in: top, into: &grid)
    let (line, below) = rest.split(top: 1)
    grid.horizontalLine(x: line.x, y: line.y, width: line.width)
    if let axis = plotAxis(in: area) { drawPresent(on: axis.axis, in: axis.plot, into: &grid) }
    drawAccuracy(in: below, into: &grid)
  }

  private func drawLoss(in area: Rect, into grid: inout Grid) {
    draw(in: area, into: &grid) { bands in
      let (train, test) = scores(\.loss)
      let shown = (StepBand.range(of: bands) ?? 0...0).union(range(train + test) ?? 0...0)
      let range = min(0, shown.lowerBound)...shown.upperBound
      return Plot(
        name: "loss" + Self.text(present?.loss), range: range, labels: Self.ends(of: range),
        bands: bands, train: train, test: test)
    } value: {
      $0.loss
    }
  }

  private func drawAccuracy(in area: Rect, into grid: inout Grid) {
    draw(in: area, into: &grid) { bands in
      let (train, test) = scores { $0.accuracy.map { 100 * $0 } }
      let shown = (StepBand.range(of: bands) ?? 100...100).union(range(train + test) ?? 100...100)
      let range = shown.lowerBound...100
      return Plot(
        name: "right" + Self.text(present.flatMap(Self.accuracy), "%"), range: range,
        labels: Self.ends(of: range, unit: " %"), bands: bands, train: train, test: test)
    } value: {
      Self.accuracy($0)
    }
  }

  /// The part of the samples of a step that are classified rightly, in per cent.
  private static func accuracy(_ facts: StepFacts) -> Double? {
    facts.right.map { 100 * Double($0) / Double(max(1, facts.samples)) }
  }

  /// A value after whole epochs, on the samples of the training and on those of the test.
  private func scores(
    _ value: (Training.Score) -> Double?
  ) -> (train: [(epoch: Double, value: Double)], test: [(epoch: Double, value: Double)]) {
    let epochs = facts.count / stepsOfEpoch
    func finite(_ score: Training.Score?) -> Double? {
      score.flatMap(value).flatMap { $0.isFinite ? $0 : nil }
    }
    return (
      (0...epochs).compactMap { epoch in
        finite(epoch == 0 ? nil : course.trainScore(ofEpoch: epoch)).map { (Double(epoch), $0) }
      },
      course.scores.keys.sorted().compactMap { epoch in
        finite(course.scores[epoch]).map { (Double(epoch), $0) }
      }
    )
  }

  private func range(_ points: [(epoch: Double, value: Double)]) -> ClosedRange<Double>? {
    guard let low = points.map(\.value).min(), let high = points.map(\.value).max() else {
      return nil
    }
    return low...high
  }

  private static func text(_ value: Double?, _ unit: String = "") -> String {
    value.map { " \(Scene.compact($0, columns: 8))\(unit)" } ?? ""
  }

  private static func ends(of range: ClosedRange<Double>, unit: String = "") -> [ValueScale.Label] {
    [range.upperBound, range.lowerBound].map {
      ValueScale.Label(Scene.compact($0, columns: 9) + unit, at: $0)
    }
  }

  // MARK: - The gradient

  /// The title of the plot of the gradient.
  var normTitle: String {
    let zeros = facts.count { $0?.norm == 0 }
    return "length of the gradient, logarithmic"
      + (zeros > 0 ? "  (0 at \(zeros) steps: not drawn)" : "")
  }

  /// Draws the length of the gradient on a logarithmic scale; the dotted line is the limit of clipping.
  func drawNorm(in area: Rect, into grid: inout Grid) {
    var limit: Double?
    if case .norm(let most)? = course.training.settings.clipping { limit = Double.log10(most) }
    draw(in: area, into: &grid) { bands in
      var shown = StepBand.range(of: bands) ?? 0...0
      if let limit { shown = shown.union(limit...limit) }
      var range = shown.lowerBound.rounded(.down)...shown.upperBound.rounded(.up)
      if range.extent == 0 { range = range.lowerBound...range.lowerBound + 1 }
      let powers = Int(range.lowerBound)...Int(range.upperBound)
      return Plot(
        name: "norm" + Self.text(present?.norm), range: range,
        labels: [powers.upperBound, powers.lowerBound].map { Self.power($0) }
          + powers.map { Self.power($0) }, bands: bands, limit: limit)
    } value: {
      $0.norm > 0 ? Double.log10($0.norm) : nil
    }
  }

  private static func power(_ exponent: Int) -> ValueScale.Label {
    ValueScale.Label("1e\(exponent)", at: Double(exponent))
  }

  // MARK: - Drawing

  /// The plot of an area and its axis; nil where there is no room.
  func plotAxis(in area: Rect) -> (plot: Rect, axis: Axis)? {
    let plot = area.inset(left: Self.gutter)
    return plot.isEmpty ? nil : (plot, axis(columns: plot.width))
  }

  private func draw(
    in area: Rect, into grid: inout Grid, _ make: ([StepBand?]) -> Plot,
    value: (StepFacts) -> Double?
  ) {
    guard let (plot, axis) = plotAxis(in: area) else { return }
    let shown = make(
      StepBand.bands(of: facts, along: axis, stepsOfEpoch: stepsOfEpoch, value))
    let scale = ValueScale(range: shown.range, rows: plot.height)
    var canvas = BrailleCanvas(plot.size)
    if let limit = shown.limit.flatMap({ scale.dot(of: $0) }) {
      for dot in stride(from: 0, to: axis.dots, by: 4) {
        canvas.set(dotX: dot, dotY: limit, style: .threshold)
      }
    }
    draw(shown.bands, axis, scale, on: &canvas)
    draw(shown.test, axis, scale, .series(1), isDotted: true, on: &canvas)
    draw(shown.train, axis, scale, .series(0), isDotted: false, on: &canvas)
    canvas.draw(into: &grid, x: plot.x, y: plot.y)
    drawPresent(on: axis, in: plot, into: &grid)
    scale.drawGutter(
      into: &grid, x: area.x, y: plot.y, width: Self.gutter, name: shown.name,
      labels: shown.labels)
  }

  /// The style of a dot: dim beyond the present step.
  private func style(_ style: Style, _ dot: Int, _ axis: Axis) -> Style {
    dot > axis.dot(of: epochs(course.step)) ?? .max ? style.dim : style
  }

  private func draw(
    _ bands: [StepBand?], _ axis: Axis, _ scale: ValueScale, on canvas: inout BrailleCanvas
  ) {
    var last: (dot: Int, row: Int)?
    for (dot, band) in bands.enumerated() {
      guard let band, let low = scale.nearestDot(of: band.low),
        let high = scale.nearestDot(of: band.high),
        let first = scale.nearestDot(of: band.first), let end = scale.nearestDot(of: band.last)
      else { continue }
      let style = style(.plain, dot, axis)
      if let last, !band.isCut {
        line(from: last, to: (dot, first), on: &canvas) { _, _ in style }
      }
      canvas.verticalRun(dotX: dot, from: low, to: high, style: style)
      last = (dot, end)
    }
  }

  private func draw(
    _ points: [(epoch: Double, value: Double)], _ axis: Axis, _ scale: ValueScale, _ ink: Style,
    isDotted: Bool, on canvas: inout BrailleCanvas
  ) {
    var last: (dot: Int, row: Int)?
    for point in points {
      guard let dot = axis.dot(of: point.epoch), let row = scale.nearestDot(of: point.value) else {
        continue
      }
      line(from: last ?? (dot, row), to: (dot, row), on: &canvas) { dot, _ in
        isDotted && dot % 4 > 1 ? nil : style(ink, dot, axis)
      }
      last = (dot, row)
    }
  }

  /// Draws a straight line between two dots, both included; a column without a style stays empty.
  private func line(
    from start: (dot: Int, row: Int), to end: (dot: Int, row: Int),
    on canvas: inout BrailleCanvas, _ style: (Int, Int) -> Style?
  ) {
    var last = start.row
    for dot in start.dot...max(start.dot, end.dot) {
      let part =
        end.dot > start.dot ? Double(dot - start.dot) / Double(end.dot - start.dot) : 1
      let row = start.row + Int((part * Double(end.row - start.row)).rounded())
      if let style = style(dot, row) {
        canvas.verticalRun(
          dotX: dot, from: abs(row - last) > 1 ? (last < row ? last + 1 : last - 1) : row, to: row,
          style: style)
      }
      last = row
    }
  }
}
