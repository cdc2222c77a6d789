/// A pane of the screen; its number is its key.
public enum Pane: String, CaseIterable, Sendable {
  case potential, spikes, adjoint, events, inspector, gradient, parameters, log

  /// The number of the pane, from 1.
  public var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
}

/// What can be said about the picture; it changes nothing that is computed.
public enum ViewCommand: Equatable, Sendable {
  /// Give the keys to a pane.
  case focus(Pane)
  /// Give the pane with the focus the whole screen, or take it back.
  case maximise
  /// A lane for each neuron, one below the other.
  case lanes
  /// The neurons in one plot.
  case overlay
  /// How much the screen shows.
  case layout(Layout)
  /// Bring a pane back.
  case show(Pane)
  /// Take a pane off the screen.
  case hide(Pane)

  /// Which sums the gradient pane shows.
  case gradient(GradientPart)

  /// Which sums the gradient pane shows.
  public enum GradientPart: String, CaseIterable, Sendable {
    /// Those of the part of the backward pass walked so far.
    case partial
    /// Those of the whole run.
    case final
  }

  /// Move the magnified part of the time axis.
  case pan(Direction)

  /// The ways to go along the time axis.
  public enum Direction: String, CaseIterable, Sendable {
    case left, right
  }

  /// How much the screen shows.
  public enum Layout: String, CaseIterable, Sendable {
    /// As much as fits.
    case auto
    /// One pane at a time.
    case small
    /// Plots one above the other.
    case medium
    /// Panes beside the plots.
    case wide
    /// A lane for each neuron, parameters and log.
    case large
  }
}

extension CommandTable {
  static let viewRows: [CommandRow] = [
    CommandRow(
      "focus", arguments: "PANE", summary: "give the keys to a pane, by its name or number",
      details: Pane.allCases.map { "\($0.number) \($0.rawValue)" }.joined(separator: ", "),
      example: "focus adjoint", completes: .words(Pane.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in .view(.focus(try line.pane())) },
    CommandRow("max", summary: "the pane with the focus fills the screen, or goes back") { _ in
      .view(.maximise)
    },
    CommandRow("lanes", summary: "where there is room, a lane for each neuron") { _ in
      .view(.lanes)
    },
    CommandRow("overlay", summary: "all neurons in one plot, the selected one on top") { _ in
      .view(.overlay)
    },
    CommandRow(
      "pan", arguments: "left | right", summary: "move the magnified part of the time axis",
      example: "pan left", completes: .words(["left", "right"])
    ) { (line) throws(Diagnostic) in
      .view(.pan(try line.choice(ViewCommand.Direction.self, "a direction")))
    },
    CommandRow(
      "gradient", arguments: "partial | final",
      summary: "what the gradient pane shows: the part walked so far, or all of it",
      example: "gradient final",
      completes: .words(ViewCommand.GradientPart.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .view(.gradient(try line.choice(ViewCommand.GradientPart.self, "a part")))
    },
    CommandRow(
      "layout", arguments: "auto | small | medium | wide | large",
      summary: "how much the screen shows; never more than fits", example: "layout wide",
      completes: .words(ViewCommand.Layout.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .view(.layout(try line.choice(ViewCommand.Layout.self, "a layout")))
    },
    CommandRow(
      "show", arguments: "PANE", summary: "bring a pane back", example: "show log",
      completes: .words(Pane.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in .view(.show(try line.pane())) },
    CommandRow(
      "hide", arguments: "PANE", summary: "take a pane off the screen", example: "hide events",
      completes: .words(Pane.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in .view(.hide(try line.pane())) },
  ]
}

extension Arguments {
  /// A pane, by its name or its number.
  fileprivate mutating func pane() throws(Diagnostic) -> Pane {
    if let text = first?.text, let number = Int(text), Pane.allCases.indices.contains(number - 1) {
      _ = optional()
      return Pane.allCases[number - 1]
    }
    return try choice(Pane.self, "a pane", called: "pane")
  }
}
