import Columns
import EventProp
import Language
import Learning
import Terminal
import Workbench

/// The visible part of a training: what is known of its steps, and the place of the user.
///
/// What lies beyond the present step is known from an earlier visit, and it is dim.
struct TrainingScene {
  let session: Session
  let course: Course

  /// The width to the left of every plot: a name with its present value, and the axis line.
  static let gutter = 15

  /// The scene of the training that has the floor; nil where the experiment has it.
  init?(_ session: Session) {
    guard session.isInTraining, let course = session.shownCourse else { return nil }
    self.session = session
    self.course = course
  }

  /// What each step does, as far as it is known.
  var facts: [StepFacts?] { course.training.facts }

  /// What the present step does, or while the training works what the step before it did; nil at the
  /// end and where it is not known.
  var present: StepFacts? {
    if let facts = course.facts { return facts }
    guard session.task != nil, facts.indices.contains(course.step - 1) else { return nil }
    return facts[course.step - 1]
  }

  /// The number of steps in an epoch.
  var stepsOfEpoch: Int { max(1, course.training.stepsOfEpoch) }

  /// The panes that have something to show.
  var available: [TrainingPane] {
    TrainingPane.allCases.filter { hasPlane || !TrainingPane.ofPlane.contains($0) }
  }

  // MARK: - The axis

  /// The epochs along the plots: a round number that has room for all known steps, so that the axis
  /// rarely changes.
  func axis(columns: Int) -> Axis {
    let known = Double(max(facts.count, course.step)) / Double(stepsOfEpoch)
    var end = 1.0
    var factors = [2.0, 2.5, 2.0]
    while end < known {
      end *= factors[0]
      factors.append(factors.removeFirst())
    }
    let whole = Double(course.training.settings.epochs)
    return Axis(range: 0...(whole >= known ? min(end, max(1, whole)) : end), columns: columns)
  }

  /// The place of a step on the axis.
  func epochs(_ step: Int) -> Double { Double(step) / Double(stepsOfEpoch) }

  /// The column of the present step.
  func presentColumn(on axis: Axis) -> Int? { axis.column(of: epochs(course.step)) }

  /// The step at a column of a plot.
  func step(atColumn column: Int, on axis: Axis) -> Int {
    let step = (axis.value(atColumn: column) * Double(stepsOfEpoch)).rounded()
    return min(max(0, Int(step)), max(course.training.stepCount, course.step))
  }

  /// Draws the axis of epochs under the plots.
  func drawAxis(in area: Rect, into grid: inout Grid) {
    let plot = area.inset(left: Self.gutter)
    guard !plot.isEmpty else { return }
    let axis = axis(columns: plot.width)
    axis.draw(
      into: &grid, x: plot.x, y: plot.y, cursor: presentColumn(on: axis), unit: "epoch")
  }

  /// Draws the vertical line of the present step where a plot is blank.
  func drawPresent(on axis: Axis, in plot: Rect, into grid: inout Grid) {
    guard let column = presentColumn(on: axis) else { return }
    for y in plot.y..<plot.endY where grid[plot.x + column, y] == .blank {
      grid[plot.x + column, y] = Cell("┊", .accent)
    }
  }

  // MARK: - Header and line

  /// Draws the header: preset, place, loss of the step, accuracy of the last epoch of steps, sample.
  func drawHeader(in area: Rect, into grid: inout Grid) {
    let training = course.training
    var place =
      "TRN -> epoch \(course.epoch)/\(training.settings.epochs)"
      + "  step \(course.step)/\(training.stepCount)"
    let numbers = [
      present.map { "loss \(Quantity.display($0.loss))" },
      course.score(before: course.step)?.accuracy.map {
        "accuracy \(Quantity.display(100 * $0, digits: 3)) %"
      },
    ].compactMap { $0 }
    for number in numbers where place.columns + number.columns + 3 <= area.width {
      place += "  " + number
    }
    let label = session.bench.sampleLabel(of: session.run.experiment)
    let sample = label.map { "  watched: \($0)" } ?? ""
    let name = " \(session.bench.name)  "
    var x = area.x
    let isNamed = name.columns + place.columns < area.width
    x += grid.put(isNamed ? name : " ", x: x, y: area.y, style: .plain.bold, limit: area.width)
    x += grid.put(place, x: x, y: area.y, style: .accent.bold, limit: area.endX - x)
    if x + sample.columns < area.endX { grid.put(sample, x: x, y: area.y) }
  }

  /// Draws the line of the present step; it has several rows where nothing else is shown.
  func drawStep(in area: Rect, into grid: inout Grid) {
    let line = session.courseLine
    let rows =
      area.height > 1
      ? line.wrapped(to: area.width - 1) : [" " + line.abbreviated(to: area.width - 2)]
    for (offset, row) in rows.prefix(area.height).enumerated() {
      grid.put(row, x: area.x, y: area.y + offset, limit: area.width)
    }
  }
}
