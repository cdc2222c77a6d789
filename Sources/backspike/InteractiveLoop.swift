import Glibc
import Interface
import NcursesTerminal
import Notation
import Terminal
import Workbench

/// The loop of the full screen: show, wait for a key, carry it out.
enum InteractiveLoop {
  static func run(
    _ app: App, options: NcursesTerminal.Options, first lines: [String], keepsHistory: Bool
  ) throws(TerminalFailure) {
    var app = app
    var signal: Int32?
    do {
      var terminal = try NcursesTerminal(options)
      var waiting = lines[...]
      while app.isRunning {
        while app.isRunning, !app.isBusy, let line = waiting.popFirst() {
          perform(app.perform(line, echo: true), for: &app)
        }
        guard app.isRunning else { break }
        let frame = app.render(in: terminal.size)
        terminal.present(frame.grid, cursor: frame.cursor)
        // Keys that are already waiting are all taken before the next picture, so that a held key never queues
        // pictures nobody sees.
        var key = terminal.nextKey(waiting: app.isBusy ? 0 : nil)
        while let pressed = key, app.isRunning {
          if case .terminate(let number) = pressed { signal = number }
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
        case .quit: break
        }
      } catch {
        app.receive(
          Reply(complaint: (error as? Failure)?.message ?? "\(error)"), titled: "not done")
      }
    }
  }
}
