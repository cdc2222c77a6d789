import Workbench

extension App: Stage {
  /// Shows the plots.
  package mutating func clear() {
    panel = nil
    chart = nil
  }

  /// Says that the screen is here already.
  package mutating func showScreen() {
    show(Reply.Line("this is the screen; snapshot FILE writes it"))
  }

  /// The screen as lines of text, in the characters that it is drawn with.
  package mutating func snapshot() -> String { picture() }

  /// The run as SVG.
  package func figure() -> String { Figure.svg(of: session) }

  /// The walk has begun with the answer.
  package mutating func startTour() {}

  /// The loop has ended with the answer.
  package mutating func quit() {}
}
