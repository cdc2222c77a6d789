import Columns
import EventProp
import Language
import Learning
import Terminal
import Workbench

/// The screen of a training: its panes, its keys and its clicks.
extension App {
  /// The choices for the layout; a pane without anything to show has no focus.
  func wishes(in training: TrainingScene) -> ScreenLayout.TrainingWishes {
    let available = training.available
    return ScreenLayout.TrainingWishes(
      focus: available.contains(trainingFocus) ? trainingFocus : .curves,
      isMaximised: isTrainingMaximised, available: available)
  }

  /// Draws the header, the panes, and the line of the step.
  func draw(
    _ training: TrainingScene, _ scene: Scene, _ layout: ScreenLayout, _ grid: inout Grid
  ) {
    training.drawHeader(in: layout.header, into: &grid)
    for placed in layout.trainingPanes { draw(placed, training, scene.complete, &grid) }
    training.drawAxis(in: layout.axis, into: &grid)
    training.drawStep(in: layout.inspector, into: &grid)
  }

  /// The area in which a pane of the training draws: inside its box, or below its title.
  func contents(of placed: (pane: TrainingPane, frame: Rect, isBoxed: Bool)) -> Rect {
    placed.isBoxed ? placed.frame.inset(by: 1) : placed.frame.inset(top: 1)
  }

  private func draw(
    _ placed: (pane: TrainingPane, frame: Rect, isBoxed: Bool), _ training: TrainingScene,
    _ scene: Scene, _ grid: inout Grid
  ) {
    let (pane, frame, isBoxed) = placed
    let area = contents(of: placed)
    let title = "\(pane.rawValue) \(title(of: pane, training, scene, rows: area.height))"
    if isBoxed {
      grid.box(frame, title: title, isFocused: actsOnSingleKeys && pane == trainingFocus)
    } else {
      grid.put(
        title.abbreviated(to: frame.width - 2), x: frame.x + 1, y: frame.y,
        style: actsOnSingleKeys ? .accent.bold : .plain.bold)
    }
    switch pane {
    case .curves: training.drawCurves(in: area, into: &grid)
    case .norm: training.drawNorm(in: area, into: &grid)
    case .counts: training.drawCounts(in: area, into: &grid)
    case .map: training.drawMap(plane, in: area, into: &grid)
    case .latency: training.drawLatency(plane, in: area, into: &grid)
    case .weights: training.drawWeights(in: area, into: &grid)
    case .spikes, .potential:
      let (plot, axis) = area.split(bottom: area.height > 4 ? 2 : 0)
      if pane == .spikes {
        scene.drawRaster(in: plot, isTitled: true, into: &grid)
      } else {
        scene.drawPotential(in: plot, as: .selected, into: &grid)
      }
      if !axis.isEmpty { scene.drawAxis(in: axis, into: &grid) }
    }
  }

  private func title(
    of pane: TrainingPane, _ training: TrainingScene, _ scene: Scene, rows: Int
  ) -> String {
    // While a training works, the run on the bench is still that of the step where it began.
    let watched = session.course?.step ?? 0
    switch pane {
    case .curves: return training.curvesTitle
    case .norm: return training.normTitle
    case .counts: return training.countsTitle
    case .map: return training.mapTitle(plane)
    case .latency: return training.latencyTitle(plane)
    case .weights: return "weights: their number by size"
    case .spikes:
      let extent = scene.rasterExtent(rows: rows)
      return "spikes of the watched sample at step \(watched)"
        + (extent.isEmpty ? "" : "  \(extent)")
    case .potential:
      return "\(scene.potentialTitle)  n\(session.selected) "
        + "(\(session.names.full(session.selected))), watched sample at step \(watched)"
    }
  }

  // MARK: - Keys

  /// Gives the keys to a pane.
  mutating func focus(_ pane: TrainingPane) {
    guard TrainingScene(session)?.available.contains(pane) ?? false else {
      return show(Reply.Line("the input of this training is no plane, so there is no map of it"))
    }
    actsOnSingleKeys = true
    trainingFocus = pane
  }

  /// Gives the keys to the panes with the first Tab, and to the next pane with each further one.
  mutating func moveFocus(
    _ key: Key, isFirst: Bool, in training: TrainingScene, _ layout: ScreenLayout
  ) {
    let panes = layout.isAlone ? training.available : layout.trainingPanes.map(\.pane)
    guard !isFirst || layout.isAlone || !panes.contains(trainingFocus) else { return }
    trainingFocus = trainingFocus.moved(key == .tab ? 1 : -1, in: panes)
  }

  /// Lets the arrows select a neuron; in the map of first spikes an output.
  mutating func select(_ key: Key, in training: TrainingScene) -> [Effect]? {
    guard key == .up || key == .down else { return nil }
    let step = key == .down ? 1 : -1
    let outputs = training.outputs
    guard trainingFocus == .latency, !outputs.isEmpty else {
      return perform(session.neuronSelection(step), echo: false)
    }
    let place = outputs.firstIndex(of: session.selected).map { $0 + step } ?? 0
    return perform(
      "select n\(outputs[(place + outputs.count) % outputs.count])", echo: false)
  }

  // MARK: - Mouse

  /// Gives the focus to the pane under a click; in a plot over the epochs goes to the step there, and in
  /// a map opens the nearest sample.
  mutating func click(
    _ x: Int, _ y: Int, in training: TrainingScene, _ layout: ScreenLayout
  ) -> [Effect] {
    if layout.axis.contains(x: x, y: y) { return go(to: x, in: layout.axis, training) }
    guard let placed = layout.trainingPanes.first(where: { $0.frame.contains(x: x, y: y) }) else {
      return []
    }
    trainingFocus = placed.pane
    let area = contents(of: placed)
    guard area.contains(x: x, y: y) else { return [] }
    if TrainingPane.alongSteps.contains(placed.pane) { return go(to: x, in: area, training) }
    let square = TrainingScene.square(in: area)
    guard TrainingPane.ofPlane.contains(placed.pane), square.contains(x: x, y: y),
      let sample = plane?.sample(
        nearest: training.features(x - square.x, y - square.y, in: square))
    else { return [] }
    return perform("open sample \(sample)", echo: false)
  }

  private mutating func go(to x: Int, in area: Rect, _ training: TrainingScene) -> [Effect] {
    guard let (plot, axis) = training.plotAxis(in: area), x >= plot.x else { return [] }
    return perform(
      "goto step \(training.step(atColumn: x - plot.x, on: axis))", echo: false)
  }
}
