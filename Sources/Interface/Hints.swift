import Columns
import EventProp
import Language
import Terminal
import Workbench

/// The row that suggests the next step; each part of it can be clicked.
struct Hints {
  /// A hint: its text, and the effect of a click.
  struct Hint: Equatable {
    let text: String
    let action: Action
  }

  /// The effect of a click.
  enum Action: Equatable {
    case line(String)
    case menu
    /// Stops the training at a step, or lets it go on.
    case pause
    /// Switches letters between text and keys.
    case keys(Bool)
    case nothing
  }

  private let hints: [Hint]

  /// The hints for the present meaning of the keys.
  init(_ app: App) {
    if let status = app.player.status ?? app.chart?.hints {
      hints = [Hint(text: status, action: .nothing)]
      return
    }
    var hints = [Hint(text: "? help", action: .menu)]
    if app.question != nil {
      hints.append(Hint(text: "y goes on, any other key does not", action: .nothing))
    } else if let asked = app.pending {
      hints.append(Hint(text: asked.asks, action: .nothing))
    } else if app.session.isInTraining {
      hints +=
        app.actsOnSingleKeys
        ? Self.trainingKeys(isBusy: app.isBusy) : Self.trainingCommands(isBusy: app.isBusy)
    } else if app.actsOnSingleKeys {
      hints += Self.keys(of: app.session)
    } else {
      hints += Self.commands(in: app.session)
    }
    self.hints = hints
  }

  static func hint(_ text: String, _ line: String) -> Hint {
    Hint(text: text, action: .line(line))
  }

  /// Commands to type or to click; the first steps come first.
  private static func commands(in session: Session) -> [Hint] {
    func command(_ line: String) -> Hint { hint(line, line) }
    let steps = [hint("→ step", "step"), hint("← unstep", "unstep")]
    if session.looks.view.layout == .lecture { return steps }
    return steps + [
      command("finish"), command("bwd"),
      command("tour"), command("set tau_mem +10%"), Hint(text: "Tab panes", action: .keys(true)),
      command("quit"),
    ] + (session.bench.isEdited ? [command("undo")] : [])
      + [
        hint("why", session.whyLine), command("equation"), command("info grad"), command("near"),
        command("check"), command("sweep tau_mem 10ms..30ms"),
      ]
  }

  /// The effects of single keys; the keys of the pane with the focus come first.
  private static func keys(of session: Session) -> [Hint] {
    let special: [Hint] =
      switch session.looks.view.focus {
      case .gradient:
        [
          Hint(text: "←→↑↓ synapse", action: .nothing),
          hint(
            session.looks.view.showsFinalGradient ? "t partial" : "t final",
            session.looks.view.showsFinalGradient ? "gradient partial" : "gradient final"),
          hint("w why", session.whyLine),
        ]
      case .parameters:
        [
          Hint(text: "↑↓ parameter", action: .nothing), hint("< -1%", session.nudge("-1%")),
          hint("> +1%", session.nudge("+1%")), Hint(text: "Enter edits", action: .nothing),
        ]
      case .potential, .spikes, .adjoint, .events, .inspector, .log: []
      }
    return special
      + [
        hint("s step", "step"), hint("S unstep", "unstep"),
        Hint(text: ": prompt", action: .keys(false)), hint("q quit", "quit"),
        hint("c continue", "continue"), Hint(text: "↑↓ neuron", action: .nothing),
        hint("w why", session.whyLine), hint("B break", session.breakpointToggle),
        hint("u undo", "undo"), hint("n next", "next"), hint("f finish", "finish"),
        Hint(text: "+- zoom", action: .nothing), Hint(text: "m ' mark", action: .nothing),
        Hint(text: "Tab 1-8 pane", action: .nothing), hint("z maximise", "max"),
        hint("o overlay", "overlay"),
      ].filter { !special.map(\.text).contains($0.text) }
  }

  /// The hints that fit, each with its column.
  private func placed(in width: Int) -> [(hint: Hint, x: Int)] {
    var placed: [(hint: Hint, x: Int)] = []
    var x = 0
    for (place, hint) in hints.enumerated()
    where x + hint.text.columns < width || (place == 1 && hints.count == 2) {
      placed.append((hint, x))
      x += hint.text.columns + 2
    }
    return placed
  }

  /// The hint in a column, or nil.
  func hint(at x: Int, width: Int) -> Hint? {
    placed(in: width).first { ($0.x..<$0.x + $0.hint.text.columns).contains(x) }?.hint
  }

  func draw(in area: Rect, into grid: inout Grid) {
    for (hint, x) in placed(in: area.width) {
      grid.put(
        hint.text, x: area.x + x, y: area.y, style: .faint, limit: area.width - x)
    }
  }
}
