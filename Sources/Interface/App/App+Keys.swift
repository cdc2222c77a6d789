import EventProp
import Language
package import Terminal
package import Workbench

extension App {
  /// Handles a key; returns the effects that the program has to perform.
  package mutating func handle(_ key: Key) -> [Effect] {
    candidates = []
    switch key {
    case .resize, .control("l"): return []
    case .endOfInput, .terminate: return [leave()]
    case .mouse where question != nil: return []
    case .interrupt where busy != nil:
      player.stop()
      return interrupt()
    default: break
    }
    if let asked = question {
      question = nil
      return answer(asked, with: key)
    }
    if player.isHeld, let effects = handleWhileHeld(key) { return effects }
    if player.isReplaying, let effects = handleInReplay(key) { return effects }
    if key == .interrupt, player.isActive {
      fail("interrupted")
      return []
    }
    if tour != nil { return handleInTour(key) }
    if menu != nil { return handleInMenu(key) }
    if chart != nil, let effects = handleInChart(key) { return effects }
    if case .mouse(let event) = key { return handle(event) }
    if panel != nil, let effects = handleInPanel(key) { return effects }
    if let asked = pending {
      pending = nil
      return answer(asked.verb, with: key)
    }
    switch key {
    case .interrupt:
      editor.replace(with: "")
      show(Reply.Line("quit or Ctrl-D leaves"))
      return []
    case .function(1):
      menu = Menu(session)
      return []
    case .pageUp, .pageDown:
      scrollRecord(key == .pageUp ? lastSize.rows / 2 : -lastSize.rows / 2)
      return []
    case .escape where !editor.isEmpty && editor.prompt == nil:
      show(Reply.Line("Ctrl-U clears the line; Enter carries it out"))
      return []
    case .escape where editor.isEmpty:
      // Esc only ever leads back to the prompt: after one Esc too many a word is still typed.
      if !actsOnSingleKeys {
        show(Reply.Line("Tab gives the keys to the panes; here letters type"))
      }
      actsOnSingleKeys = false
      return []
    case .tab where editor.isEmpty, .backTab where editor.isEmpty: return moveFocus(key)
    default: break
    }
    if editor.isEmpty, let effects = handleWithoutLine(key) { return effects }
    return type(key)
  }

  /// Handles a key on an empty line; nil if the key does not act there.
  private mutating func handleWithoutLine(_ key: Key) -> [Effect]? {
    if actsOnSingleKeys {
      if let effects = select(key) { return effects }
      if key == .control("r") { return perform("redo", echo: false) }
      if case .character(let letter) = key {
        if let action = KeyMap.action(of: letter, in: session) { return carryOut(action) }
        actsOnSingleKeys = false
        if letter == "i" { return [] }
      }
    }
    if let line = KeyMap.line(for: key) { return perform(line, echo: false) }
    // The hint asks for a line, and one is being typed.
    if key == .character(":") { return [] }
    if key == .character("?") {
      menu = Menu(session)
      return []
    }
    return nil
  }

  /// Gives a key to the line editor.
  private mutating func type(_ key: Key) -> [Effect] {
    switch editor.handle(key) {
    case .submitted(let line): return perform(line, echo: true)
    case .endOfInput:
      return session.looks.settings.confirms ? perform("quit", echo: false) : [leave()]
    case .complete: complete()
    case .pasted(let lines):
      let (line, alias) = CommandParser.joined(lines)
      editor.insert(line)
      show(
        Reply.Line(
          "pasted \(lines.count) lines as one: Enter runs it"
            + (alias.map { "; all after alias \($0) belongs to it" } ?? "")))
    case .edited, .unhandled: break
    }
    return []
  }

  mutating func carryOut(_ action: KeyBinding.Action) -> [Effect] {
    switch action {
    case .line("quit") where session.bench.hasUnsavedEdits:
      // A single letter is easily pressed by mistake.
      question = ("quit", false, "the edits are not saved")
      show(Reply.Line("the edits are not saved: y quits, any other key does not"))
    case .line(let line): return perform(line, echo: false)
    case .second(let verb, let asks): pending = (verb, asks)
    case .menu: menu = Menu(session)
    case .trainingPane(let pane): focus(pane)
    case .maximise: isTrainingMaximised.toggle()
    case .pause: return busy == nil ? perform("continue", echo: false) : interrupt()
    }
    return []
  }

  /// Completes a line with a letter; another key drops the line.
  private mutating func answer(_ verb: String, with key: Key) -> [Effect] {
    guard case .character(let letter) = key, letter.properties.isAlphabetic else { return [] }
    return perform("\(verb) \(letter)", echo: false)
  }

  private mutating func complete() {
    let completion = session.completion(of: editor.textBeforeCursor)
    editor.insert(completion.insertion, replacing: completion.replacing)
    candidates = completion.candidates
  }

  // MARK: - Selecting

  /// Lets the arrows select in a pane.
  private mutating func select(_ key: Key) -> [Effect]? {
    if let training = TrainingScene(session) { return select(key, in: training) }
    switch (key, session.looks.view.focus) {
    case (.up, .parameters): return perform(session.parameterSelection(-1), echo: false)
    case (.down, .parameters): return perform(session.parameterSelection(1), echo: false)
    case (.enter, .parameters):
      actsOnSingleKeys = false
      editor.replace(with: "set \(session.selectedParameter) ")
      return []
    case (.left, .gradient), (.right, .gradient):
      guard let synapse = session.neighbour(ofSynapse: key == .right ? 1 : -1) else { return [] }
      return perform("select \(session.names.name(of: synapse))", echo: false)
    case (.up, _): return perform(session.neuronSelection(-1), echo: false)
    case (.down, _): return perform(session.neuronSelection(1), echo: false)
    default: return nil
    }
  }

  /// Gives the focus to the panes with the first Tab, and to the next pane with each further one.
  private mutating func moveFocus(_ key: Key) -> [Effect] {
    let isFirst = !actsOnSingleKeys
    actsOnSingleKeys = true
    let layout = layout(lastSize)
    if let training = TrainingScene(session) {
      moveFocus(key, isFirst: isFirst, in: training, layout)
      return []
    }
    let all = Pane.allCases.filter { !session.looks.view.hidden.contains($0) }
    let panes =
      layout.isAlone
      ? all
      : Pane.allCases.filter { pane in
        layout.panes.contains { $0.pane == pane }
      }
    let focus = session.looks.view.focus
    guard !isFirst || layout.isAlone || !panes.contains(focus) else { return [] }
    let next = key == .tab ? focus.following(in: panes) : focus.preceding(in: panes)
    return perform("focus \(next.rawValue)", echo: false)
  }

  // MARK: - Over the plots

  /// Scrolls or closes the panel, or runs a link in it; nil for another key, which closes it and
  /// goes to the prompt.
  private mutating func handleInPanel(_ key: Key) -> [Effect]? {
    let page = max(1, lastSize.rows - 6)
    let hasLinks = panel?.links.isEmpty == false
    switch key {
    case .enter:
      if let command = panel?.selectedCommand { return follow(link: command) }
      closePanel()
    case .escape, .character("q"): closePanel()
    case .tab where hasLinks, .character("n") where hasLinks: selectLink(1)
    case .backTab where hasLinks, .character("p") where hasLinks: selectLink(-1)
    case .backspace where !pagesBehind.isEmpty, .control("h") where !pagesBehind.isEmpty,
      .character("b") where !pagesBehind.isEmpty:
      panel = pagesBehind.popLast()
    case .up: scrollPanel(-1)
    case .down: scrollPanel(1)
    case .pageUp: scrollPanel(-page)
    case .pageDown, .character(" "): scrollPanel(page)
    case .home: scrollPanel(-.max / 2)
    case .end: scrollPanel(.max / 2)
    default:
      closePanel()
      return nil
    }
    return []
  }

  mutating func closePanel() {
    panel = nil
    pagesBehind = []
  }

  mutating func scrollPanel(_ lines: Int) {
    let area = panelFrame.inset(by: 1)
    panel?.scroll(lines, in: area)
  }

  private mutating func selectLink(_ step: Int) {
    let area = panelFrame.inset(by: 1)
    panel?.select(step, in: area)
  }

  /// Runs a link; a text that it opens can go back to this one.
  mutating func follow(link command: String) -> [Effect] {
    let behind = pagesBehind + (panel.map { [$0] } ?? [])
    closePanel()
    let effects = perform(command, echo: false)
    if panel != nil { pagesBehind = behind }
    return effects
  }

  /// Scrolls the log, in its pane or else in a panel.
  mutating func scrollRecord(_ lines: Int) {
    if let pane = layout(lastSize).panes.first(where: { $0.pane == .log }) {
      let most = max(0, record.count - pane.frame.height + 2)
      recordOffset = min(max(recordOffset + lines, 0), most)
    } else {
      panel = Panel(title: "log", lines: record)
      scrollPanel(.max / 2)
    }
  }

  private mutating func handleInMenu(_ key: Key) -> [Effect] {
    if case .mouse(let event) = key {
      switch event.action {
      case .wheelUp: menu?.move(-3)
      case .wheelDown: menu?.move(3)
      case .press(button: 1):
        guard let choice = menu?.choice(atX: event.x, y: event.y, in: panelFrame) else { return [] }
        return run(choice)
      case .press, .release: break
      }
      return []
    }
    switch menu?.handle(key) {
    case .closed: menu = nil
    case .chosen(let choice): return run(choice)
    case .open, nil: break
    }
    return []
  }

  private mutating func run(_ choice: Menu.Choice) -> [Effect] {
    menu = nil
    switch choice {
    case .action(let action): return carryOut(action)
    case .typed(let text):
      actsOnSingleKeys = false
      editor.replace(with: text)
      return []
    }
  }

  private mutating func handleInTour(_ key: Key) -> [Effect] {
    switch key {
    case .enter, .right, .character(" "): goOnTour(1)
    case .left: goOnTour(-1)
    case .escape, .interrupt, .character("q"), .control("d"): goOnTour(nil)
    default: break
    }
    return []
  }

  /// Shows the session as a stop of the tour needs it.
  mutating func follow(_ walk: Tour) {
    tour = walk
    session = walk.session
    replies = [session.placeLine]
  }

  /// Goes `step` stops further in the tour; past the last stop, and for nil, the session returns to
  /// its state before the tour.
  private mutating func goOnTour(_ step: Int?) {
    guard var walk = tour else { return }
    if let step, walk.go(step) {
      follow(walk)
    } else {
      let typed = session.sitting.typed
      session = walk.before
      session.sitting.typed = typed
      tour = nil
      show(Reply.Line("The tour is over; everything is as it was. help lists the commands."))
    }
  }
}
