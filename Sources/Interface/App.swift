public import EventProp
import Notation
public import Terminal
public import Workbench

/// A session with a screen and a keyboard: keys become lines, the session answers, the screen shows it.
public struct App {
  /// The session on the bench.
  public internal(set) var session: Session
  /// Whether the program goes on.
  public private(set) var isRunning = true
  /// The line being typed, with its history.
  public internal(set) var editor: LineEditor

  private var replies: [Reply.Line] = []
  private var panel: Panel?
  private var actsOnSingleKeys = false
  private var lastKind: ScreenLayout.Kind?
  /// What was said and answered, for the log pane; the latest last.
  private var record: [Reply.Line] = []
  private var candidates: [String] = []
  private(set) var lastSize = Size(columns: 80, rows: 24)
  private var busy: Busy?
  /// The lines of scripts.
  var player = Player()
  /// A sweep over the plots, closed by Esc.
  private var chart: Chart?

  /// A line whose work is not done.
  private struct Busy {
    var line: String
    var prompt: String
    var echo: Bool
    let start: ContinuousClock.Instant
    /// How long it has been at work.
    var elapsed = Duration.zero
  }

  /// How long work goes on between two looks at the keyboard.
  public static let budget = Duration.milliseconds(60)
  /// How long work takes before its progress is shown.
  public static let patience = Duration.seconds(1)
  /// How many lines the log pane remembers.
  static let recordLimit = 500

  /// A text over the plots, closed by Esc.
  private struct Panel {
    var title: String
    var lines: [Reply.Line]
    var top = 0
  }

  /// Opens a session on the screen; its first line says what to do.
  public init(_ session: Session, history: [String] = []) {
    self.session = session
    editor = LineEditor(history: History(history))
    replies = [
      Reply.Line("Press → to step, or type bwd to see the way back; help lists the commands."),
      Reply.Line(session.experiment.about ?? session.experiment.title),
    ]
    record = replies
  }

  // MARK: - Keys

  /// Takes a key and returns what the program has to do.
  public mutating func handle(_ key: Key) -> [Effect] {
    candidates = []
    if key == .interrupt, busy != nil {
      player.stop()
      return interrupt()
    }
    if player.isReplaying, let effects = handleInReplay(key) { return effects }
    if key == .interrupt, player.isActive {
      fail("interrupted")
      return []
    }
    if let effects = handleInChart(key) { return effects }
    if panel != nil, handleInPanel(key) { return [] }
    switch key {
    case .resize: return []
    case .endOfInput, .terminate: return [leave()]
    case .interrupt:
      editor.replace(with: "")
      show(Reply.Line("quit or Ctrl-D leaves"))
      return []
    case .escape where editor.isEmpty:
      actsOnSingleKeys.toggle()
      return []
    case .tab where editor.isEmpty, .backTab where editor.isEmpty: return moveFocus(key)
    case .control("l"): return []
    default: break
    }
    if editor.isEmpty {
      if let line = KeyMap.line(for: key) { return perform(line, echo: false) }
      if actsOnSingleKeys, case .character(let letter) = key {
        if letter == "k" || letter == "j" { return selectNeighbour(letter == "j" ? 1 : -1) }
        if let line = KeyMap.line(forLetter: letter, in: session.view.focus) {
          return perform(line, echo: false)
        }
        actsOnSingleKeys = false
        if letter == ":" || letter == "i" { return [] }
      } else if actsOnSingleKeys, key == .up || key == .down {
        return selectNeighbour(key == .down ? 1 : -1)
      }
      if key == .character("?") { return perform("help", echo: false) }
    }
    switch editor.handle(key) {
    case .submitted(let line): return perform(line, echo: true)
    case .endOfInput: return [leave()]
    case .complete: complete()
    case .pasted(let lines):
      show(Reply.Line("pasted \(lines.count) lines as one: Enter runs it"))
    case .edited, .unhandled: break
    }
    return []
  }

  /// The first Tab gives the keys to the panes, each further one to the next of them.
  private mutating func moveFocus(_ key: Key) -> [Effect] {
    let isFirst = !actsOnSingleKeys
    actsOnSingleKeys = true
    let layout = layout(lastSize)
    let all = Pane.allCases.filter { !session.view.hidden.contains($0) }
    let panes =
      layout.isAlone
      ? all
      : Pane.allCases.filter { pane in
        layout.panes.contains { $0.pane == pane }
      }
    let focus = session.view.focus
    guard !isFirst || layout.isAlone || !panes.contains(focus) else { return [] }
    let next = key == .tab ? focus.following(in: panes) : focus.preceding(in: panes)
    return perform("focus \(next.rawValue)", echo: false)
  }

  private mutating func leave() -> Effect {
    isRunning = false
    return .quit
  }

  private mutating func selectNeighbour(_ step: Int) -> [Effect] {
    let count = session.experiment.network.neuronCount
    return perform("select n\((session.selected + step + count) % count)", echo: false)
  }

  /// Scrolls or closes the panel; a key that means nothing to it closes it and goes on to the prompt.
  private mutating func handleInPanel(_ key: Key) -> Bool {
    guard var open = panel else { return false }
    let page = max(1, lastSize.rows - 6)
    switch key {
    case .escape, .enter, .character("q"):
      panel = nil
      return true
    case .up: open.top -= 1
    case .down: open.top += 1
    case .pageUp: open.top -= page
    case .pageDown, .character(" "): open.top += page
    case .home: open.top = 0
    case .resize: return false
    default:
      panel = nil
      return false
    }
    open.top = min(max(open.top, 0), max(0, open.lines.count - page))
    panel = open
    return true
  }

  /// Chooses a value in the chart, or closes it; nil where the key is for something else.
  private mutating func handleInChart(_ key: Key) -> [Effect]? {
    guard var open = chart else { return nil }
    let action = open.handle(key)
    chart = action == .stay ? open : nil
    return switch action {
    case .stay: key == .resize ? nil : []
    case .close: []
    case .set(let line): perform(line, echo: false)
    case .pass: nil
    }
  }

  /// Shows the plots.
  mutating func closePanels() {
    panel = nil
    chart = nil
  }

  /// Carries out a line as if it had been typed; work that takes long goes on in ``tick(for:)``.
  public mutating func perform(_ line: String, echo: Bool) -> [Effect] {
    guard busy == nil else {
      if Self.leaves(line) { return [leave()] }
      if echo { editor.replace(with: line) }
      show(Reply.Line("\(session.task?.title ?? "work") is not done; Ctrl-C stops it", .complaint))
      return []
    }
    let work = Busy(line: line, prompt: session.prompt, echo: echo, start: .now)
    let reply = session.begin(line)
    guard session.task != nil else { return finish(work, reply) }
    busy = work
    return tick()
  }

  private static func leaves(_ line: String) -> Bool {
    (try? CommandParser.parse(line).map(\.command)) == [.quit]
  }

  // MARK: - Long work

  /// Whether something is at work that ``tick(for:)`` carries on.
  public var isBusy: Bool { busy != nil }

  /// Goes on with what takes long, at least by one piece; returns what the program has to do when that is over.
  public mutating func tick(for budget: Duration = App.budget) -> [Effect] {
    guard let work = busy else { return [] }
    let start = ContinuousClock.now
    repeat {
      guard let reply = session.advance() else { continue }
      busy = nil
      return finish(work, reply)
    } while .now - start < budget
    busy?.elapsed = .now - work.start
    return []
  }

  private mutating func interrupt() -> [Effect] {
    guard let work = busy, let reply = session.interrupt() else { return [] }
    busy = nil
    return finish(work, reply)
  }

  /// Shows the answer to a line.
  private mutating func finish(_ work: Busy, _ reply: Reply) -> [Effect] {
    var reply = reply
    let line = work.line
    locate(&reply)
    // A complaint points into the line, which has left the prompt by now.
    if work.echo, reply.lines.contains(where: { $0.kind == .complaint }) {
      reply.lines.insert(Reply.Line(work.prompt + line), at: 0)
    }
    // Of several stops on one line the last one is where we are.
    let here = Reply.Line(session.summary(of: session.point))
    if !line.allSatisfy(\.isWhitespace), reply.lines.first?.text != work.prompt + line {
      keep([Reply.Line(work.prompt + line)])
    }
    if reply.succeeded, let last = reply.lines.lastIndex(of: here),
      reply.lines[(last + 1)...].allSatisfy({ $0.kind == .display })
    {
      let stop = last > 0 && reply.lines[last - 1].kind == .stop ? reply.lines[last - 1] : here
      replies = [stop] + reply.lines[(last + 1)...]
      keep(replies)
    } else {
      receive(reply, titled: line)
    }
    if reply.effects.contains(.quit) { isRunning = false }
    return reply.effects
  }

  /// Keeps lines for the log pane.
  private mutating func keep(_ lines: [Reply.Line]) {
    record += lines
    if record.count > Self.recordLimit { record.removeFirst(record.count - Self.recordLimit) }
  }

  /// Shows an answer: one line in its place, more of them in a panel.
  public mutating func receive(_ reply: Reply, titled title: String = "") {
    guard !reply.lines.isEmpty else { return }
    keep(reply.lines)
    replies = reply.lines
    if let figure = reply.figure, reply.succeeded {
      chart = Chart(figure)
      // The chart says the rest.
      replies = Array(reply.lines.suffix(1))
    } else if reply.lines.count > 3 {
      panel = Panel(title: title, lines: reply.lines)
    }
  }

  /// Shows one line.
  public mutating func show(_ line: Reply.Line) {
    replies = [line]
    keep(replies)
  }

  /// Puts an experiment on the bench that an effect asked for.
  public mutating func open(_ experiment: Experiment, named name: String) {
    do throws(SimulationError) {
      closePanels()
      receive(try session.open(experiment, named: name))
    } catch {
      show(Reply.Line(Names(experiment).sentence(for: error), .complaint))
    }
  }

  private mutating func complete() {
    let completion = session.completion(of: editor.textBeforeCursor)
    editor.insert(completion.insertion, replacing: completion.replacing)
    candidates = completion.candidates
  }

  // MARK: - The screen

  private func layout(_ size: Size) -> ScreenLayout {
    let network = session.experiment.network
    let view = session.view
    return ScreenLayout(
      size, ScreenLayout.Kind(of: size, after: lastKind, choice: view.layout),
      ScreenLayout.Wishes(
        focus: view.focus, isMaximised: view.isMaximised, hidden: view.hidden,
        rasterRows: network.neuronCount + max(1, min(network.inputs, 4))))
  }

  /// How the neurons share a pane of so many rows: in lanes where the screen is large enough for them.
  private func lanes(_ layout: ScreenLayout) -> Lanes {
    if session.view.isOverlaid { return .overlay }
    return layout.kind == .large || session.view.isMaximised ? .each : .selected
  }

  /// Draws the session; also where the cursor stands.
  public mutating func render(in size: Size) -> (grid: Grid, cursor: (x: Int, y: Int)?) {
    lastSize = size
    var grid = Grid(size)
    let layout = layout(size)
    lastKind = layout.kind
    guard layout.kind != .tooSmall else {
      grid.put("needs 40x10, have \(size.columns)x\(size.rows) (resize, or q)", x: 0, y: 0)
      return (grid, nil)
    }
    let scene = Scene(session)
    scene.drawHeader(in: layout.header, into: &grid)
    for pane in layout.panes { draw(pane, layout, scene, &grid) }
    scene.drawAxis(in: layout.axis, into: &grid)
    scene.drawShortInspector(in: layout.inspector, into: &grid)
    drawLog(in: layout, into: &grid)
    drawHints(in: layout.hints, into: &grid)
    let cursor = drawPrompt(in: layout.prompt, into: &grid)
    if let panel { draw(panel, over: layout, into: &grid) }
    chart?.draw(
      in: Rect(x: 0, y: 1, width: size.columns, height: max(3, size.rows - 3)), into: &grid)
    return (grid, cursor)
  }

  private func draw(
    _ placed: (pane: Pane, frame: Rect, isBoxed: Bool), _ layout: ScreenLayout, _ scene: Scene,
    _ grid: inout Grid
  ) {
    let (pane, frame, isBoxed) = placed
    let lanes = lanes(layout)
    var area = frame
    let hasFocus = actsOnSingleKeys && pane == session.view.focus
    if isBoxed {
      area = frame.inset(by: 1)
      let title = title(of: pane, lanes, rows: area.height, scene)
      grid.box(frame, title: "\(pane.number) \(title)", isFocused: hasFocus)
    }
    switch pane {
    case .potential: scene.drawPotential(in: area, as: lanes, into: &grid)
    case .spikes: scene.drawRaster(in: area, into: &grid)
    case .adjoint: scene.drawAdjoint(in: area, as: lanes, into: &grid)
    case .events: scene.drawEvents(in: area, into: &grid)
    case .inspector: scene.drawInspector(in: area, into: &grid)
    case .gradient: scene.drawGradient(in: area, into: &grid)
    case .parameters: scene.drawParameters(in: area, into: &grid)
    case .log: drawRecord(in: area, into: &grid)
    }
    if hasFocus, !isBoxed, Pane.plots.contains(pane) {
      // Without a box the line beside the labels is the heavy one.
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
    let tail = (extent.isEmpty ? "" : "  " + extent) + (lanes == .overlay ? "  overlaid" : "")
    return switch pane {
    case .potential: "V (membrane)  \(name)\(tail)"
    case .spikes: "spikes"
    case .adjoint:
      (scene.run.rule == .exact ? "" : "WRONG ")
        + "adjoint \(isLaned ? name : "n\(session.selected)")  ── λV  ┄┄ λI  <- drawn right to left\(tail)"
    case .events: "events"
    case .inspector: "inspector"
    case .gradient: scene.gradientTitle
    case .parameters: "parameters" + (session.isEdited ? "  * changed" : "")
    case .log: "log"
    }
  }

  /// What was said and answered, the latest at the bottom.
  private func drawRecord(in area: Rect, into grid: inout Grid) {
    var rows: [Reply.Line] = []
    for line in (record + passingLine(columns: area.width)).reversed()
    where rows.count < area.height {
      rows += line.text.wrapped(to: area.width - 1).reversed().map { Reply.Line($0, line.kind) }
    }
    for (offset, line) in rows.prefix(area.height).reversed().enumerated() {
      grid.put(
        line.text, x: area.x, y: area.y + offset,
        style: line.kind == .complaint ? .warning : .plain, limit: area.width)
    }
  }

  /// The last answer; one of several lines covers the inspector until the next key.
  private func drawLog(in layout: ScreenLayout, into grid: inout Grid) {
    let width = layout.log.width
    let passing = passingLine(columns: width)
    var lines = passing.isEmpty ? replies : passing
    // Where the place is described just above, the line says what it does to the selected neuron;
    // it may not grow over the description.
    if lines.first == Reply.Line(session.summary(of: session.point)) {
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
        style: line.kind == .complaint ? .warning : .plain, limit: width)
    }
  }

  /// What is worth a line only now: what Tab offers, or how far long work is.
  private func passingLine(columns: Int) -> [Reply.Line] {
    if let busy, busy.elapsed >= Self.patience, let task = session.task {
      return [Reply.Line(Self.progress(of: task, columns: columns - 1))]
    }
    return candidates.isEmpty ? [] : [Reply.Line(candidates.joined(separator: "  "))]
  }

  /// What is being done, a bar, and how far it is.
  private static func progress(of task: LongTask, columns: Int) -> String {
    let title = " \(task.title) "
    let count = " \(task.done) of \(task.total)  Ctrl-C stops"
    let room = min(columns - title.count - count.count, 40)
    guard room >= 4 else { return (title + count).abbreviated(to: columns) }
    let filled = task.total > 0 ? room * task.done / task.total : room
    return title + String(repeating: "█", count: filled)
      + String(repeating: "░", count: room - filled) + count
  }

  private func drawHints(in area: Rect, into grid: inout Grid) {
    if let status = player.status ?? chart?.hints {
      grid.put(status, x: 0, y: area.y, style: .accent.bold, limit: area.width)
      return
    }
    var text = "? help"
    let hints =
      actsOnSingleKeys
      ? [
        "s step", "S unstep", ": prompt", "q quit", "c continue", "↑↓ neuron", "u undo", "n next",
        "f finish", "+- zoom", "Tab 1-8 pane", "z maximise", "o overlay",
      ]
      : [
        "→ step", "← unstep", "finish", "bwd", "set tau_mem 20ms", "info grad", "Tab panes",
        "quit",
      ]
    for hint in hints where text.count + 2 + hint.count < area.width { text += "  " + hint }
    grid.put(text, x: 0, y: area.y, style: .faint, limit: area.width)
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

  private func draw(_ panel: Panel, over layout: ScreenLayout, into grid: inout Grid) {
    let frame = Rect(
      x: 0, y: 1, width: layout.size.columns, height: max(3, layout.size.rows - 3))
    grid.fill(frame)
    grid.box(frame, title: panel.title + "  (↑↓ scroll, Esc closes)", isFocused: true)
    let area = frame.inset(by: 1)
    let lines = panel.lines.flatMap { line in
      line.text.wrapped(to: area.width).map { Reply.Line($0, line.kind) }
    }
    for (offset, line) in lines.dropFirst(panel.top).prefix(area.height).enumerated() {
      grid.put(
        line.text, x: area.x, y: area.y + offset,
        style: line.kind == .complaint ? .warning : .plain)
    }
  }
}
