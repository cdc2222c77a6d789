import Columns
import EventProp
import Language
package import Terminal
import Workbench

extension App {
  func layout(_ size: Size) -> ScreenLayout {
    let network = session.experiment.network
    let view = session.looks.view
    let kind = ScreenLayout.Kind(of: size, after: lastKind, choice: view.layout)
    if let training = TrainingScene(session) {
      return ScreenLayout(size, kind, training: wishes(in: training))
    }
    return ScreenLayout(
      size, kind,
      ScreenLayout.Wishes(
        focus: view.focus, isMaximised: view.isMaximised, hidden: view.hidden,
        rasterRows: network.neuronCount + max(1, min(network.inputs, 4)),
        captionRows: captionRows(columns: size.columns).count, isLecture: view.layout == .lecture))
  }

  /// The area of a text over the plots; panes beside the plots stay visible if there is room.
  var panelFrame: Rect {
    let layout = layout(lastSize)
    let width = layout.kind == .large ? layout.plotColumns : lastSize.columns
    let top = 1 + layout.caption.height
    return Rect(x: 0, y: top, width: width, height: max(3, lastSize.rows - 2 - top))
  }

  /// The form in which neurons share a pane; lanes only on a screen that is large enough.
  func lanes(_ layout: ScreenLayout) -> Lanes {
    if session.looks.view.isOverlaid { return .overlay }
    return layout.kind == .large || session.looks.view.isMaximised ? .each : .selected
  }

  /// The lines of the caption, at most three.
  private func captionRows(columns: Int) -> [String] {
    let text = session.looks.view.caption ?? ""
    return text.isEmpty ? [] : Array(text.wrapped(to: columns - 2).prefix(3))
  }

  /// Draws the session; also returns the place of the cursor.
  package mutating func render(in size: Size) -> (grid: Grid, cursor: (x: Int, y: Int)?) {
    lastSize = size
    var grid = Grid(size)
    let layout = layout(size)
    lastKind = layout.kind
    guard layout.kind != .tooSmall else {
      grid.put("needs 40x10, have \(size.columns)x\(size.rows) (resize, or q)", x: 0, y: 0)
      return (grid, nil)
    }
    let scene = Scene(session, kept: kept)
    if let training = TrainingScene(session) {
      draw(training, scene, layout, &grid)
    } else {
      draw(scene, layout, &grid)
    }
    drawLog(in: layout, into: &grid)
    Hints(self).draw(in: layout.hints, into: &grid)
    let cursor = drawPrompt(in: layout.prompt, into: &grid)
    drawPanel(into: &grid)
    chart?.draw(in: panelFrame, into: &grid)
    menu?.draw(in: panelFrame, into: &grid)
    tour?.draw(on: layout, into: &grid)
    return (grid, cursor)
  }

  private mutating func draw(_ scene: Scene, _ layout: ScreenLayout, _ grid: inout Grid) {
    scene.drawHeader(in: layout.header, into: &grid)
    let size = grid.size
    for (row, text) in captionRows(columns: size.columns).prefix(layout.caption.height).enumerated()
    {
      grid.put(
        text, x: max(0, (size.columns - text.columns) / 2), y: layout.caption.y + row,
        style: .accent.bold)
    }
    for pane in layout.panes { draw(pane, layout, scene, &grid) }
    scene.drawAxis(in: layout.axis, into: &grid)
    scene.drawShortInspector(in: layout.inspector, into: &grid)
  }

  /// The area in which a pane draws: inside its box, or below its title.
  func contents(
    of placed: (pane: Pane, frame: Rect, isBoxed: Bool), in layout: ScreenLayout
  ) -> Rect {
    if placed.isBoxed { return placed.frame.inset(by: 1) }
    let hasTitle = layout.isAlone && !Pane.plots.contains(placed.pane)
    return placed.frame.inset(top: hasTitle ? 1 : 0)
  }

  private mutating func draw(
    _ placed: (pane: Pane, frame: Rect, isBoxed: Bool), _ layout: ScreenLayout, _ scene: Scene,
    _ grid: inout Grid
  ) {
    let (pane, frame, isBoxed) = placed
    let lanes = lanes(layout)
    let area = contents(of: placed, in: layout)
    let hasKeys = actsOnSingleKeys && pane == session.looks.view.focus
    if isBoxed {
      let title = title(of: pane, lanes, rows: area.height, scene)
      grid.box(frame, title: "\(pane.number) \(title)", isFocused: hasKeys)
    } else if layout.isAlone, !Pane.plots.contains(pane) {
      // A plot has its name beside the axis, but a table needs its title.
      grid.put(
        "\(pane.number) \(title(of: pane, lanes, rows: area.height, scene))", x: frame.x + 1,
        y: frame.y, style: .plain.bold, limit: max(0, frame.width - 2))
    }
    switch pane {
    case .potential: scene.drawPotential(in: area, as: lanes, into: &grid)
    case .spikes: scene.drawRaster(in: area, isTitled: isBoxed, into: &grid)
    case .adjoint: scene.drawAdjoint(in: area, as: lanes, into: &grid)
    case .events: scene.drawEvents(in: area, into: &grid)
    case .inspector: scene.drawInspector(in: area, into: &grid)
    case .gradient:
      scene.drawGradient(in: area, hasFocus: hasKeys, into: &grid)
    case .parameters: scene.drawParameters(in: area, hasFocus: hasKeys, into: &grid)
    case .log: drawRecord(in: area, into: &grid)
    }
    if hasKeys, !isBoxed, Pane.plots.contains(pane) {
      // Without a box the line beside the labels is heavy.
      for y in area.y..<area.endY {
        let x = area.x + Scene.gutter - 1
        let scalar: Unicode.Scalar = grid[x, y].scalar == "┤" ? "┫" : "┃"
        grid[x, y] = Cell(scalar, .accent)
      }
    }
  }

  private func title(of pane: Pane, _ lanes: Lanes, rows: Int, _ scene: Scene) -> String {
    let selected = "n\(session.selected) (\(session.names.full(session.selected)))"
    let shown = scene.visibleNeurons(
      lanes == .overlay ? Scene.overlaid : (rows + 1) / (Scene.laneRows + 1))
    let isLaned = lanes == .each && shown.count > 1
    let first = "n\(shown.lowerBound) (\(session.names.full(shown.lowerBound)))"
    let name =
      isLaned
      ? first + (shown.lowerBound == session.selected ? " selected" : "") : selected + " selected"
    let extent = lanes == .selected ? "" : scene.extent(of: shown)
    let tail = extent.prefixed(by: "  ") + (lanes == .overlay ? "  overlaid" : "")
    return switch pane {
    case .potential: "\(scene.potentialTitle)  \(name)\(tail)"
    case .spikes: "spikes" + scene.rasterExtent(rows: rows).prefixed(by: "  ")
    case .adjoint:
      (scene.run.rule == .exact ? "" : "WRONG ")
        + "adjoint \(isLaned ? name : "n\(session.selected)")  \(scene.adjointTitle)  <- drawn right to left\(tail)"
    case .events:
      scene.run.trajectory.events.count > rows
        ? "events  \(rows) of \(scene.run.trajectory.events.count)" : "events"
    case .inspector: "inspector"
    case .gradient: scene.gradientTitle
    case .parameters:
      "parameters" + (session.bench.isEdited ? "  * changed" : "")
        + (session.bench.isPending ? ", not run: run" : "")
    case .log: recordOffset > 0 ? "log  \(recordOffset) below, PgDn" : "log"
    }
  }

  /// Draws the log, the latest line at the bottom unless the user has scrolled.
  private func drawRecord(in area: Rect, into grid: inout Grid) {
    var rows: [Reply.Line] = []
    for line in (record.dropLast(recordOffset) + passingLine(columns: area.width)).reversed()
    where rows.count < area.height {
      rows += line.text.wrapped(to: area.width - 1).reversed().map { Reply.Line($0, line.kind) }
    }
    for (offset, line) in rows.prefix(area.height).reversed().enumerated() {
      grid.put(
        line.text, x: area.x, y: area.y + offset,
        style: line.isComplaint ? .warning : .plain, limit: area.width)
    }
  }

  /// Draws the last answer; an answer of several lines covers the inspector until the next key.
  private func drawLog(in layout: ScreenLayout, into grid: inout Grid) {
    let width = layout.log.width
    let passing = passingLine(columns: width)
    var lines = passing.isEmpty ? replies : passing
    // If the place is described just above, the line tells its effect on the selected neuron. The
    // line may not grow over the description.
    if session.isInTraining {
      // The line of the step stands above, and the bench is not what the user looks at.
      lines.removeAll { $0.kind == .place(session.point) || $0.text == session.courseLine }
    } else if lines.first?.kind == .place(session.point), session.looks.view.layout == .lecture {
      // The place and its equation stand above; an audience needs no more numbers.
      lines[0] = Reply.Line("")
    } else if lines.first?.kind == .place(session.point) {
      lines[0] = Reply.Line((" " + session.note).abbreviated(to: width - 1))
    } else if lines.first?.kind == .stop {
      lines[0].text = " \(lines[0].text)   \(session.note)".abbreviated(to: width - 1)
    }
    lines = lines.flatMap { line in
      line.text.wrapped(to: width - 1).map { Reply.Line($0, line.kind) }
    }
    var area = layout.log
    if lines.count > area.height, !layout.inspector.isEmpty {
      area = Rect(
        x: area.x, y: layout.inspector.y, width: width,
        height: layout.inspector.height + area.height)
      grid.fill(area)
    }
    for (offset, line) in lines.prefix(area.height).enumerated() {
      grid.put(
        line.text, x: area.x, y: area.y + offset,
        style: line.isComplaint ? .warning : .plain, limit: width)
    }
  }

  /// The lines that matter only now: the candidates of Tab, or the progress of long work.
  private func passingLine(columns: Int) -> [Reply.Line] {
    if let busy, busy.elapsed >= Self.patience, let task = session.task {
      return [Reply.Line(Self.progress(of: task, columns: columns - 1))]
    }
    return candidates.isEmpty ? [] : [Reply.Line(candidates.joined(separator: "  "))]
  }

  /// The name of the work, a bar, and the part done.
  private static func progress(of task: LongTask, columns: Int) -> String {
    let title = " \(task.title) "
    let count = " \(task.done) of \(task.total)  Ctrl-C stops"
    let room = min(columns - title.columns - count.columns, 40)
    guard room >= 4 else { return (title + count).abbreviated(to: columns) }
    let filled = task.total > 0 ? room * task.done / task.total : room
    return title + String(repeating: "█", count: filled)
      + String(repeating: "░", count: room - filled) + count
  }

  private func drawPrompt(in area: Rect, into grid: inout Grid) -> (x: Int, y: Int) {
    let prompt = editor.prompt ?? session.prompt
    let used = grid.put(prompt, x: 0, y: area.y, style: .plain.bold, limit: area.width)
    if actsOnSingleKeys, editor.isEmpty {
      grid.put(
        "keys act; : types", x: used, y: area.y, style: .faint, limit: area.width - used)
      return (used, area.y)
    }
    let visible = editor.visible(in: max(1, area.width - used - 1))
    grid.put(visible.text, x: used, y: area.y, limit: area.width - used)
    return (used + visible.cursorColumn, area.y)
  }

  private mutating func drawPanel(into grid: inout Grid) {
    let frame = panelFrame
    let canGoBack = !pagesBehind.isEmpty
    panel?.draw(in: frame, canGoBack: canGoBack, into: &grid)
  }
}

extension String {
  /// The text with a prefix; empty for an empty text.
  fileprivate func prefixed(by other: String) -> String { isEmpty ? "" : other + self }
}
