import Terminal
import Workbench

extension KeyMap {
  /// The letters that act in a training.
  static let ofTraining: [KeyBinding] =
    [
      KeyBinding(" ", "stop at a step, or go on to the next breakpoint") { _ in .pause },
      KeyBinding(".s]", "one step of the optimizer", line: "step"),
      KeyBinding("S[", "one step back", line: "unstep"),
      KeyBinding("e", "to the end of this epoch", line: "epoch"),
      KeyBinding("c", "continue to the next breakpoint or the end", line: "continue"),
      KeyBinding("C", "continue backwards", line: "rcontinue"),
      KeyBinding("f", "finish the training", line: "finish"),
      KeyBinding("g", "go to step 0", line: "goto start"),
      KeyBinding("G", "go to the end", line: "goto end"),
      KeyBinding("b", "back from a jump", line: "back"),
      KeyBinding("d", "what differs from before the last jump", line: "diff"),
      KeyBinding("o", "open the watched sample with the parameters of this step", line: "open"),
      KeyBinding("j", "select the next neuron") { .line($0.neuronSelection(1)) },
      KeyBinding("k", "select the neuron above") { .line($0.neuronSelection(-1)) },
      KeyBinding("m", "mark this step with a letter") { _ in
        .second(verb: "mark", asks: "mark this step as: press a letter, Esc cancels")
      },
      KeyBinding("'", "go to a mark") { session in
        let names = session.course?.marks.map(\.name).joined(separator: " ") ?? ""
        return .second(
          verb: "goto mark",
          asks: "go to mark: press its letter\(names.isEmpty ? "" : " (\(names))"), Esc cancels")
      },
      KeyBinding("z", "the focused pane fills the screen, or goes back") { _ in .maximise },
      KeyBinding("?", "this list") { _ in .menu },
      KeyBinding("q", "quit", line: "quit"),
    ]
    + TrainingPane.allCases.map { pane in
      KeyBinding("\(pane.rawValue)", pane.summary) { _ in .trainingPane(pane) }
    }
}

extension Hints {
  /// The effects of single keys in a training.
  static func trainingKeys(isBusy: Bool) -> [Hint] {
    [
      Hint(text: isBusy ? "Space stops" : "Space goes on", action: .pause),
      hint(". step", "step"), hint("S unstep", "unstep"),
      Hint(text: ": prompt", action: .keys(false)), Hint(text: "Tab 1-8 pane", action: .nothing),
      hint("o open", "open"), hint("e epoch", "epoch"), hint("q quit", "quit"),
      hint("c continue", "continue"), hint("C back", "rcontinue"), hint("g start", "goto start"),
      hint("G end", "goto end"), Hint(text: "z maximise", action: .nothing),
      Hint(text: "m ' mark", action: .nothing), Hint(text: "↑↓ neuron", action: .nothing),
    ]
  }

  /// Commands to type or to click in a training.
  static func trainingCommands(isBusy: Bool) -> [Hint] {
    func command(_ line: String) -> Hint { hint(line, line) }
    let first =
      isBusy
      ? [Hint(text: "Ctrl-C stops", action: .pause)]
      : [hint("→ step", "step"), hint("← unstep", "unstep")]
    return first + [
      command("epoch"), command("continue"), command("open"), command("leave"),
      Hint(text: "Tab panes", action: .keys(true)), command("quit"), command("goto epoch 1"),
      command("diff"), command("break loss > 2"), command("info training"),
    ]
  }
}
