import ArgumentParser
import EventProp
import Files
import Glibc
import Interface
import Language
import NcursesTerminal
import Terminal
import Workbench

/// The loop of the full screen: show a picture, wait for a key, carry it out.
enum InteractiveLoop {
  /// A failure at the first character, for a test that the terminal comes back.
  enum Fault: String, EnumerableFlag {
    case trap, hang

    func happen() {
      switch self {
      case .trap: fatalError("a trap was asked for")
      case .hang:
        NcursesTerminal.showInPassing("a hang was asked for")
        while true { pause() }
      }
    }
  }

  static func run(
    _ app: App, refusesColor: Bool, keepsHistory: Bool, failing fault: Fault?
  ) throws(TerminalFailure) {
    var app = app
    let watch = RunWatch()
    app.attach { watch.goesOn($0) }
    app.attach(namesInFolder: Files.names(inFolder:))
    var signal: Int32?
    var disk = Disk(edits: LastEdits())
    // What cannot be kept is said once, and is no reason to stop.
    var said = false
    func note(_ fault: String?) {
      guard let fault, !said else { return }
      said = true
      app.add(Reply.Line(fault, .failure))
    }
    do {
      // Colours wait until the terminal tells their number.
      var terminal = try NcursesTerminal(NcursesTerminal.Options(app.session.looks.settings))
      if let substitution = NcursesTerminal.substitution { app.add(Reply.Line(substitution)) }
      var settings: Settings?
      while app.isRunning {
        // The terminal may tell its background later.
        app.attach(
          Settings.Terminal(
            colors: terminal.colors, isUnicode: terminal.isUnicode, refusesColor: refusesColor,
            theme: Setting.Theme(NcursesTerminal.background)))
        let start = ContinuousClock.now
        watch.begin()
        while app.isRunning, .now - start < App.budget, let effects = app.playNext() {
          perform(effects, for: &app, &disk)
        }
        guard app.isRunning else { break }
        if keepsHistory { note(disk.edits?.keep(app.session)) }
        if settings != app.session.looks.settings {
          settings = app.session.looks.settings
          terminal.adopt(NcursesTerminal.Options(app.session.looks.settings))
        }
        let frame = app.render(in: terminal.size)
        terminal.present(frame.grid, cursor: frame.cursor)
        if let text = app.clipboard {
          terminal.copy(text)
          app.clipboard = nil
        }
        // All waiting keys are handled before the next picture, so that a held key does not queue
        // pictures.
        var key = terminal.nextKey(waiting: app.patienceForKeys)
        while let pressed = key, app.isRunning {
          if case .terminate(let number) = pressed { signal = number }
          if let fault, case .character = pressed { fault.happen() }
          if pressed == .control("l") { terminal.repaint() }
          let typed = pressed == .enter ? app.editor.text : ""
          // A Ctrl-C that stopped work has had its effect, except on a script.
          let isSpent = pressed == .interrupt && watch.takeStop() && !app.isPlaying
          watch.begin()
          if !isSpent { perform(app.handle(pressed), for: &app, &disk) }
          if keepsHistory, pressed == .enter { note(HistoryFile.append(typed)) }
          key = app.isRunning ? terminal.nextKey(waiting: 0) : nil
        }
        if app.isRunning, app.isBusy {
          perform(app.tick(for: app.workBudget), for: &app, &disk)
        }
        if app.isRunning { app.paint(for: app.paintBudget) }
      }
    }
    perform(app.session.farewell, for: &app, &disk)
    if keepsHistory, let fault = disk.edits?.keep(app.session, isLeaving: true), !said {
      complain(fault)
    }
    // The screen has been given back; a signal now ends the program in its usual way.
    if let signal { exit(128 + signal) }
  }

  private static func perform(
    _ effects: [Effect], for app: inout App, _ disk: inout Disk
  ) {
    do {
      try app.perform(effects, with: &disk)
    } catch {
      app.fail("\(error)")
    }
  }
}

extension Setting.Theme {
  fileprivate init(_ background: Background) {
    self =
      switch background {
      case .unknown: .auto
      case .dark: .dark
      case .light: .light
      }
  }
}

extension NcursesTerminal.Options {
  /// The options of the terminal for the settings of a session.
  fileprivate init(_ settings: Settings) {
    self.init()
    usesMouse = settings.hasMouse
    characters = settings.usesASCII ? .ascii : .automatic
    colors = ColorTier(colors: settings.colors)
    background =
      switch settings.background {
      case .auto: .unknown
      case .dark: .dark
      case .light: .light
      }
  }
}
