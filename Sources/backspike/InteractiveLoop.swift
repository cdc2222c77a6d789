import Glibc
import Interface
import NcursesTerminal
import Notation
import Terminal
import Workbench

/// The loop of the full screen: show, wait for a key, carry it out.
enum InteractiveLoop {
  static func run(
    _ app: App, first lines: [String], refusesColor: Bool, keepsHistory: Bool, trapping: Bool
  ) throws(TerminalFailure) {
    var app = app
    var signal: Int32?
    do {
      // Colours wait for the terminal to say how many it has.
      var terminal = try NcursesTerminal(NcursesTerminal.Options(app.session.settings))
      app.attach(
        Settings.Terminal(
          colors: terminal.colors, isUnicode: terminal.isUnicode, refusesColor: refusesColor))
      var settings: Settings?
      var waiting = lines[...]
      while app.isRunning {
        while app.isRunning, !app.isBusy, let line = waiting.popFirst() {
          perform(app.perform(line, echo: true), for: &app)
        }
        guard app.isRunning else { break }
        if settings != app.session.settings {
          settings = app.session.settings
          terminal.adopt(NcursesTerminal.Options(app.session.settings))
        }
        let frame = app.render(in: terminal.size)
        terminal.present(frame.grid, cursor: frame.cursor)
        // Keys that are already waiting are all taken before the next picture, so that a held key never queues
        // pictures nobody sees.
        var key = terminal.nextKey(waiting: app.isBusy ? 0 : nil)
        while let pressed = key, app.isRunning {
          if case .terminate(let number) = pressed { signal = number }
          if trapping, case .character = pressed { fatalError("a trap was asked for") }
          if pressed == .control("l") { terminal.repaint() }
          if pressed == .interrupt { waiting = [] }
          let typed = pressed == .enter ? app.editor.text : ""
          perform(app.handle(pressed), for: &app)
          if keepsHistory, pressed == .enter { HistoryFile.append(typed) }
          key = app.isRunning ? terminal.nextKey(waiting: 0) : nil
        }
        if app.isRunning, app.isBusy { perform(app.tick(), for: &app) }
      }
    }
    // The screen has been given back; a signal ends the program as it would have without us.
    if let signal { exit(128 + signal) }
  }

  private static func perform(_ effects: [Effect], for app: inout App) {
    for effect in effects {
      do {
        switch effect {
        case .open(let word):
          app.open(try Files.preset(word.text).experiment, named: word.text)
        case .compare(let word):
          let name = word.text.split(separator: "/").last.map(String.init) ?? word.text
          app.receive(
            try Files.comparison(word.text, with: app.session), titled: "compare \(name)")
        case .write(let path, let text, let overwriting):
          try Files.write(text, to: path, overwriting: overwriting)
          app.show(Reply.Line("wrote \(path)"))
        case .tour, .quit: break
        }
      } catch {
        app.receive(
          Reply(complaint: (error as? Failure)?.message ?? "\(error)"), titled: "not done")
      }
    }
  }
}

extension NcursesTerminal.Options {
  /// What the settings of a session ask of the terminal.
  fileprivate init(_ settings: Settings) {
    self.init()
    usesMouse = settings.hasMouse
    characters = settings.usesASCII ? .ascii : .automatic
    colors = ColorTier(colors: settings.colors)
    background = settings.theme == .light ? .light : .dark
  }
}
