import EventProp
import Language
import Terminal
import Workbench

/// A key that acts in place of text, and its line.
struct KeyBinding: Sendable {
  /// Its letters.
  let letters: [Unicode.Scalar]
  /// Its effect in a few words.
  let summary: String
  /// The panes in which it acts; nil for all.
  var panes: [Pane]?
  let action: @Sendable (Session) -> Action

  /// The effect of a key.
  enum Action: Equatable, Sendable {
    /// The same line at the prompt.
    case line(String)
    /// A verb; a second key gives the rest of the line, and the hint row asks for it.
    case second(verb: String, asks: String)
    /// The list of keys and commands.
    case menu
    /// Gives the keys to a pane of the training.
    case trainingPane(TrainingPane)
    /// Lets the pane of the training with the focus fill the screen, or undoes this.
    case maximise
    /// Stops the training at a step, or lets it go on.
    case pause
  }

  init(
    _ letters: String, _ summary: String, in panes: [Pane]? = nil,
    _ action: @escaping @Sendable (Session) -> Action
  ) {
    self.letters = Array(letters.unicodeScalars)
    self.summary = summary
    self.panes = panes
    self.action = action
  }

  init(_ letters: String, _ summary: String, line: String) {
    self.init(letters, summary) { _ in .line(line) }
  }

  /// The letters as shown in help.
  var label: String { letters.map { String($0) }.joined(separator: " ") }

  /// Whether the key acts in a pane.
  func acts(in pane: Pane) -> Bool { panes?.contains(pane) ?? true }
}

/// The line at the prompt for each key.
///
/// Every key is a command, so its effect can also be typed, recorded and explained.
enum KeyMap {
  /// The line of a key that acts while the prompt is empty.
  static func line(for key: Key) -> String? {
    switch key {
    case .right: "step"
    case .left: "unstep"
    case .function(5): "continue"
    case .function(10): "next"
    case .function(11): "step"
    case .function(23): "unstep"
    default: nil
    }
  }

  /// The effect of a letter while letters act as keys.
  static func action(of letter: Unicode.Scalar, in session: Session) -> KeyBinding.Action? {
    let bindings =
      session.isInTraining ? ofTraining : bindings.filter { $0.acts(in: session.looks.view.focus) }
    return bindings.first { $0.letters.contains(letter) }?.action(session)
  }

  /// The letters that act in a pane; if two bindings have one letter, the first binding acts.
  static func bindings(in pane: Pane) -> [KeyBinding] {
    let acting = bindings.filter { $0.acts(in: pane) }
    return acting.enumerated().filter { place, binding in
      !acting[..<place].contains { $0.letters == binding.letters }
    }.map(\.element)
  }

  // A curve belongs to one neuron, and only events that touch it change the curve.
  private static let curves: [Pane] = [.potential, .adjoint]

  private static let bindings: [KeyBinding] =
    [
      KeyBinding("s", "step: one event further in the order of computation", line: "step"),
      KeyBinding("S", "unstep: one event back", line: "unstep"),
      KeyBinding("n", "next event of the selected neuron", line: "next"),
      KeyBinding("N", "previous event of the selected neuron", line: "prev"),
      KeyBinding("]", "next event of the selected neuron", in: curves) { _ in .line("next") },
      KeyBinding("[", "previous event of the selected neuron", in: curves) { _ in .line("prev") },
      KeyBinding("]", "next event") { _ in .line("step") },
      KeyBinding("[", "previous event") { _ in .line("unstep") },
      KeyBinding("c", "continue to the next breakpoint or the end of the phase", line: "continue"),
      KeyBinding("C", "continue backwards", line: "rcontinue"),
      KeyBinding("f", "finish this phase", line: "finish"),
      KeyBinding("r", "run: recompute and go to the start", line: "run"),
      KeyBinding("g", "go to the start", line: "goto start"),
      KeyBinding("G", "go to the end", line: "goto end"),
      KeyBinding("j", "next parameter", in: [.parameters]) { .line($0.parameterSelection(1)) },
      KeyBinding("k", "parameter above", in: [.parameters]) { .line($0.parameterSelection(-1)) },
      KeyBinding("j", "select the next neuron") { .line($0.neuronSelection(1)) },
      KeyBinding("k", "select the neuron above") { .line($0.neuronSelection(-1)) },
      KeyBinding("w", "why: where the selected value comes from") { .line($0.whyLine) },
      KeyBinding("e", "equation of the event at the cursor", line: "equation"),
      KeyBinding("t", "gradient pane: final values or the part walked so far") {
        .line("gradient " + ($0.looks.view.showsFinalGradient ? "partial" : "final"))
      },
      KeyBinding("B", "breakpoint at the selected neuron's spikes, on or off") {
        .line($0.breakpointToggle)
      },
      KeyBinding("m", "mark this place with a letter") { _ in
        .second(verb: "mark", asks: "mark this place as: press a letter, Esc cancels")
      },
      KeyBinding("'", "go to a mark") { session in
        let names = session.markPlaces.map(\.name).joined(separator: " ")
        return .second(
          verb: "goto mark",
          asks: "go to mark: press its letter\(names.isEmpty ? "" : " (\(names))"), Esc cancels")
      },
      KeyBinding("<", "make the selected parameter 1 % smaller") { .line($0.nudge("-1%")) },
      KeyBinding(">", "make the selected parameter 1 % larger") { .line($0.nudge("+1%")) },
      KeyBinding("{", "make the selected parameter 10 % smaller") { .line($0.nudge("-10%")) },
      KeyBinding("}", "make the selected parameter 10 % larger") { .line($0.nudge("+10%")) },
      KeyBinding("u", "undo the last edit", line: "undo"),
      KeyBinding("+=", "zoom in around the cursor", line: "zoom in"),
      KeyBinding("-", "zoom out", line: "zoom out"),
      KeyBinding("0", "show the whole run", line: "zoom fit"),
      KeyBinding("v", "zoom until the event's neighbours stand apart", line: "zoom event"),
      KeyBinding("h", "move the magnified window to the left", line: "pan left"),
      KeyBinding("l", "move the magnified window to the right", line: "pan right"),
      KeyBinding("z", "the focused pane fills the screen, or goes back", line: "max"),
      KeyBinding("o", "all neurons in one plot, or in lanes", line: "overlay"),
      KeyBinding("?", "this list") { _ in .menu },
      KeyBinding("q", "quit", line: "quit"),
    ]
    + Pane.allCases.map { pane in
      KeyBinding(
        "\(pane.number)", "give the keys to \(pane.rawValue)", line: "focus \(pane.number)")
    }
}

extension Session {
  /// The line that selects the neuron `step` further; after the last neuron comes the first.
  func neuronSelection(_ step: Int) -> String {
    let count = experiment.network.neuronCount
    return "select n\((selected + step + count) % count)"
  }

  /// The line that selects a neighbour in the table of parameters.
  func parameterSelection(_ step: Int) -> String {
    let names = bench.parameterRows.map(\.name)
    let place = names.firstIndex(of: selectedParameter) ?? 0
    return "select \(names[(place + step + names.count) % names.count])"
  }

  /// The line that changes the selected parameter by a part of its value.
  func nudge(_ part: String) -> String { "nudge \(selectedParameter) \(part)" }

  /// The line that sets or deletes the breakpoint at the spikes of the selected neuron.
  var breakpointToggle: String {
    spikeBreakpoint(of: selected).map { "delete \($0)" } ?? "break spike n\(selected)"
  }

  /// The question about the quantity of the selected neuron in the focused pane.
  var whyLine: String {
    switch looks.view.focus {
    case .potential, .parameters, .log: return "why V n\(selected)"
    case .adjoint: return "why lV n\(selected)"
    case .gradient:
      return selectedSynapse.map { "why grad \(names.name(of: $0))" } ?? "why V n\(selected)"
    case .spikes, .events, .inspector:
      guard let event = point.event, run.trajectory.events[event].spikingNeuron != nil else {
        return "why \(point.isBackward ? "lV" : "V") n\(selected)"
      }
      return "why e\(event)"
    }
  }
}
