import EventProp
import Language
import Learning
import Terminal
import Workbench

extension TrainingScene {
  /// Whether the samples are points of a plane with labels.
  var hasPlane: Bool {
    guard let data = course.data, data.set.features == 2, case .label = data.set.answer else {
      return false
    }
    return true
  }

  /// The part of a pane that a map of the plane fills: a square, as cells are twice as high as wide.
  static func square(in area: Rect) -> Rect {
    let height = min(area.height, area.width / 2)
    return Rect(x: area.x, y: area.y, width: 2 * height, height: height)
  }

  /// The signs of the classes, which differ without colours and in ASCII.
  private static let signs: [Unicode.Scalar] = ["·", "▒", "█", "░", "+", "o", "x", "v"]
  /// The shades of first spikes, the latest first.
  private static let shades: [Unicode.Scalar] = ["░", "▒", "▓", "█"]

  private func sign(ofClass number: Int) -> Unicode.Scalar {
    Self.signs[number % Self.signs.count]
  }

  /// The output whose first spikes are drawn, by its position among those that the loss reads.
  private var output: Int { outputs.firstIndex(of: session.selected) ?? 0 }

  // MARK: - Titles

  /// The signs of the classes.
  func mapTitle(_ plane: DecisionMap?) -> String {
    let signs = outputs.indices.map { "\($0) \(sign(ofClass: $0))" }.joined(separator: "  ")
    return "class  \(signs)  blank: none" + progress(plane)
  }

  /// The output and the times of its shades.
  func latencyTitle(_ plane: DecisionMap?) -> String {
    guard outputs.indices.contains(output) else { return "first spike" }
    let name = session.names.name(ofNeuron: outputs[output])
    guard let times = plane.flatMap(times) else { return "first spike \(name)" }
    return "first spike \(name)  █ \(Quantity.displayTime(times.lowerBound, digits: 3))"
      + "  ░ \(Quantity.displayTime(times.upperBound, digits: 3))" + progress(plane)
  }

  private func progress(_ plane: DecisionMap?) -> String {
    guard let plane, !plane.isComplete(for: course.training) else { return "" }
    return "  \(Int(100 * plane.share)) %"
  }

  /// The first spikes of the output, from the earliest to the latest; nil without.
  private func times(_ plane: DecisionMap) -> ClosedRange<Double>? {
    let times = plane.points.compactMap { $0.flatMap(time) }
    guard let low = times.min(), let high = times.max() else { return nil }
    return low...high
  }

  private func time(_ point: DecisionMap.Point) -> Double? {
    let readsSpikes = course.training.data.samples.first?.loss.readsSpikes ?? false
    guard readsSpikes, point.scores.indices.contains(output), point.scores[output] > -.infinity
    else { return nil }
    return -point.scores[output]
  }

  // MARK: - Drawing

  /// Draws the class that is found at each point.
  func drawMap(_ plane: DecisionMap?, in area: Rect, into grid: inout Grid) {
    draw(plane, in: area, into: &grid) { point in
      point.chosen.map { chosen in
        Cell(
          sign(ofClass: chosen),
          outputs.indices.contains(chosen)
            ? Scene.style(of: outputs[chosen]) : .plain)
      }
    }
  }

  /// Draws the first spike of an output at each point; an early one is dark.
  func drawLatency(_ plane: DecisionMap?, in area: Rect, into grid: inout Grid) {
    guard let plane, let times = times(plane) else { return }
    let style = outputs.indices.contains(output) ? Scene.style(of: outputs[output]) : .plain
    draw(plane, in: area, into: &grid) { point in
      time(point).map { time in
        let shade = Int((1 - times.part(below: time)) * Double(Self.shades.count))
        return Cell(Self.shades[min(shade, Self.shades.count - 1)], style)
      }
    }
  }

  /// Draws a cell for each point, and the watched sample; the second feature grows upwards.
  private func draw(
    _ plane: DecisionMap?, in area: Rect, into grid: inout Grid,
    _ cell: (DecisionMap.Point) -> Cell?
  ) {
    let square = Self.square(in: area)
    guard let plane, !square.isEmpty, plane.columns > 0, plane.rows > 0 else { return }
    for row in 0..<square.height {
      for column in 0..<square.width {
        let place = plane.cell(of: features(column, row, in: square))
        guard let point = known(plane, place.column, place.row), let cell = cell(point) else {
          continue
        }
        grid[square.x + column, square.y + row] = cell
      }
    }
    if let sample = session.bench.sample, plane.samples.indices.contains(sample) {
      let features = plane.samples[sample].features
      let x = min(square.width - 1, Int(features[0] * Double(square.width)))
      let y = min(square.height - 1, Int((1 - features[1]) * Double(square.height)))
      grid[square.x + x, square.y + y] = Cell("◆", .accent.bold.reverse)
    }
  }

  /// The value at a place; while the map is filled for the first time, that of the nearest known row
  /// below or above.
  private func known(_ plane: DecisionMap, _ column: Int, _ row: Int) -> DecisionMap.Point? {
    for distance in 0..<plane.rows {
      for other in [row - distance, row + distance] where (0..<plane.rows).contains(other) {
        if let point = plane[column, other] { return point }
      }
    }
    return nil
  }

  /// The features of a cell of a drawn map.
  func features(_ column: Int, _ row: Int, in square: Rect) -> [Double] {
    [
      (Double(column) + 0.5) / Double(square.width),
      1 - (Double(row) + 0.5) / Double(square.height),
    ]
  }
}

extension App {
  /// The panes of the plane on the screen.
  private var planeFrames: [Rect] {
    layout(lastSize).trainingPanes.filter { TrainingPane.ofPlane.contains($0.pane) }.map {
      TrainingScene.square(in: contents(of: $0))
    }
  }

  /// Makes the map of the plane fit the panes that show it, and lets go one that no pane needs.
  ///
  /// Returns the training that it follows; nil where no pane shows it.
  private mutating func adjustPlane() -> Training? {
    guard session.isInTraining, let course = session.shownCourse, let data = course.data,
      let square = planeFrames.max(by: { $0.height < $1.height }), !square.isEmpty
    else { return nil }
    if plane?.data != data { plane = DecisionMap(data) }
    plane?.resize(columns: square.width, rows: square.height)
    return course.training
  }

  /// Whether a map on the screen has values of another step.
  package var isPainting: Bool {
    guard session.isInTraining, !planeFrames.isEmpty, let course = session.shownCourse,
      course.data != nil
    else { return false }
    return !(plane?.isComplete(for: course.training) ?? false)
  }

  /// The time for a map between two looks at the keyboard: 1/30 s, and a thirtieth of the time while
  /// a training works.
  package var paintBudget: Duration { isBusy ? App.budget / 30 : .milliseconds(33) }

  /// Computes values of a map on the screen for some time; nil fills all of it.
  package mutating func paint(for budget: Duration?) {
    guard let training = adjustPlane() else { return }
    let start = ContinuousClock.now
    while plane?.isComplete(for: training) == false {
      plane?.fill(8, with: training)
      if let budget, .now - start >= budget { break }
    }
  }
}
