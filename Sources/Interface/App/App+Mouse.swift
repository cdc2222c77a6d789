import EventProp
import Language
import Terminal
import Workbench

extension App {
  /// The thing under the pointer.
  private enum Target {
    /// A place on the time axis, in a pane that shows it.
    case time(Axis, column: Int)
    /// A line that a click performs.
    case line(String)
    case hint(Hints.Hint)
    case nothing
  }

  /// Handles the mouse: a click performs a line, a drag over a plot zooms to its range, the wheel
  /// zooms around the pointer.
  mutating func handle(_ event: MouseEvent) -> [Effect] {
    switch event.action {
    case .press(button: 1):
      pressed = event
      return []
    case .release(button: 1):
      guard let start = pressed else { return [] }
      pressed = nil
      return release(event, after: start)
    case .press, .release: return []
    case .wheelUp, .wheelDown: return turnWheel(event)
    }
  }

  private mutating func release(_ event: MouseEvent, after start: MouseEvent) -> [Effect] {
    if panel != nil {
      let area = panelFrame.inset(by: 1)
      if let command = panel?.command(atX: start.x, y: start.y, in: area) {
        return follow(link: command)
      }
      // A click into the text must not lose it.
      if !area.contains(x: start.x, y: start.y) { closePanel() }
      return []
    }
    let layout = layout(lastSize)
    if let training = TrainingScene(session), !layout.hints.contains(x: start.x, y: start.y) {
      return click(start.x, start.y, in: training, layout)
    }
    if case .time(let axis, let from) = target(start.x, start.y, layout),
      case .time(let same, let to) = target(event.x, event.y, layout), same == axis,
      abs(to - from) > 1
    {
      return zoom(
        axis.value(atColumn: min(from, to))...axis.value(atColumn: max(from, to)))
    }
    return click(start, layout)
  }

  private mutating func click(_ event: MouseEvent, _ layout: ScreenLayout) -> [Effect] {
    var effects: [Effect] = []
    if let pane = pane(event.x, event.y, layout), pane != session.looks.view.focus {
      effects += perform("focus \(pane.rawValue)", echo: false)
    }
    switch target(event.x, event.y, layout) {
    case .time(let axis, let column):
      guard let number = Scene(session, kept: kept).event(nearest: axis.value(atColumn: column))
      else { break }
      effects += perform("goto e\(number)", echo: false)
    case .line(let line): effects += perform(line, echo: false)
    case .hint(let hint): effects += follow(hint)
    case .nothing: break
    }
    return effects
  }

  private mutating func follow(_ hint: Hints.Hint) -> [Effect] {
    switch hint.action {
    case .line(let line): return perform(line, echo: false)
    case .menu: menu = Menu(session)
    case .pause: return carryOut(.pause)
    case .keys(let act): actsOnSingleKeys = act
    case .nothing: break
    }
    return []
  }

  private mutating func turnWheel(_ event: MouseEvent) -> [Effect] {
    let isUp = event.action == .wheelUp
    if panel != nil {
      scrollPanel(isUp ? -3 : 3)
      return []
    }
    let layout = layout(lastSize)
    guard layout.trainingPanes.isEmpty else { return [] }
    if case .time(let axis, let column) = target(event.x, event.y, layout) {
      if event.isShifted { return perform(isUp ? "pan left" : "pan right", echo: false) }
      return zoom(magnified(axis.value(atColumn: column), by: isUp ? 0.75 : 1 / 0.75))
    }
    switch pane(event.x, event.y, layout) {
    case .log: scrollRecord(isUp ? 3 : -3)
    case .events:
      let count = session.run.trajectory.events.count
      guard let number = session.point.event.map({ $0 + (isUp ? -1 : 1) }) ?? Optional(0),
        (0..<count).contains(number)
      else { return [] }
      return perform("goto e\(number)", echo: false)
    case .parameters: return perform(session.parameterSelection(isUp ? -1 : 1), echo: false)
    default: break
    }
    return []
  }

  /// The window magnified by a factor, with a time that keeps its column.
  private func magnified(_ time: Double, by factor: Double) -> ClosedRange<Double> {
    let window = session.looks.window
    let horizon = session.experiment.horizon
    let length = min((window.upperBound - window.lowerBound) * factor, horizon)
    let start = time - (time - window.lowerBound) * factor
    let bounded = min(max(start, 0), horizon - length)
    return bounded...min(bounded + length, .greatestFiniteMagnitude)
  }

  private mutating func zoom(_ range: ClosedRange<Double>) -> [Effect] {
    let horizon = session.experiment.horizon
    guard range.upperBound - range.lowerBound < horizon else {
      return perform("zoom fit", echo: false)
    }
    // The number of digits is large enough that no dot moves, and small enough to read.
    let digits = 9
    let from = Quantity.displayTime(max(0, range.lowerBound), digits: digits)
    let to = Quantity.displayTime(min(range.upperBound, horizon), digits: digits)
    return perform("zoom \(from)..\(to)".replacing(" ms", with: "ms"), echo: false)
  }

  // MARK: - Under the pointer

  private func pane(_ x: Int, _ y: Int, _ layout: ScreenLayout) -> Pane? {
    layout.panes.first { $0.frame.contains(x: x, y: y) }?.pane
  }

  private func target(_ x: Int, _ y: Int, _ layout: ScreenLayout) -> Target {
    if layout.hints.contains(x: x, y: y) {
      return Hints(self).hint(at: x, width: layout.hints.width).map { .hint($0) } ?? .nothing
    }
    let scene = Scene(session, kept: kept)
    if layout.axis.contains(x: x, y: y) { return time(x, in: layout.axis, scene) }
    guard let placed = layout.panes.first(where: { $0.frame.contains(x: x, y: y) }) else {
      return .nothing
    }
    let area = contents(of: placed, in: layout)
    guard area.contains(x: x, y: y) else { return .nothing }
    let isGutter = x < area.x + Scene.gutter
    switch placed.pane {
    case .potential, .adjoint:
      guard isGutter else { return time(x, in: area, scene) }
      let lane = scene.lanes(in: area, as: lanes(layout)).first { $0.frame.contains(x: x, y: y) }
      return lane.map { .line("select n\($0.neuron)") } ?? .nothing
    case .spikes:
      guard let neuron = scene.rasterNeuron(at: y - area.y, rows: area.height) else {
        return isGutter ? .nothing : time(x, in: area, scene)
      }
      let select = "select n\(neuron)"
      guard !isGutter, let spike = scene.spike(of: neuron, nearColumn: x - area.x, in: area) else {
        return .line(select)
      }
      return .line("\(select); goto e\(spike)")
    case .events:
      let rows = scene.eventRows(area.height)
      let number = rows.lowerBound + y - area.y
      return rows.contains(number) ? .line("goto e\(number)") : .nothing
    case .gradient:
      let matrix = GradientMatrix(session, in: area)
      return matrix.synapse(atX: x, y: y, in: session.names).map {
        .line("select \(session.names.name(of: $0))")
      } ?? .nothing
    case .parameters:
      return scene.parameterPlaces(in: area).first { $0.frame.contains(x: x, y: y) }.map {
        .line("select \($0.row.name)")
      } ?? .nothing
    case .inspector, .log: return .nothing
    }
  }

  private func time(_ x: Int, in area: Rect, _ scene: Scene) -> Target {
    let plot = area.inset(left: Scene.gutter)
    guard x >= plot.x else { return .nothing }
    return .time(scene.axis(columns: plot.width), column: x - plot.x)
  }
}

extension Scene {
  /// The event nearest to a time; of several at one instant the first one.
  func event(nearest time: Double) -> Int? {
    let events = run.trajectory.events
    let after = events.firstPlace { $0.time >= time }
    guard after < events.count else { return events.indices.last }
    guard after > 0, time - events[after - 1].time < events[after].time - time else { return after }
    let earlier = events[after - 1].time
    return events.firstPlace { $0.time >= earlier }
  }

  /// The spike of a neuron that the raster draws within a column of a place.
  func spike(of neuron: Int, nearColumn column: Int, in area: Rect) -> Int? {
    let axis = axis(columns: area.width - Scene.gutter)
    let column = column - Scene.gutter
    return stacks(run.trajectory.spikes(of: neuron), of: run, along: axis)
      .filter { abs($0.column - column) <= 1 }
      .min { abs($0.column - column) < abs($1.column - column) }?.numbers.first
  }
}
