package import Study
import Workbench

extension App: Stage {
  /// Shows the plots.
  package mutating func clear() {
    panel = nil
    chart = nil
  }

  /// Answers that the screen is here already.
  package mutating func showScreen() {
    show(Reply.Line("this is the screen; snapshot FILE writes it"))
  }

  /// The screen as lines of text, in its own characters.
  package mutating func snapshot() -> String { picture() }

  /// The run as SVG.
  package func figure() -> String { Figure.svg(of: session) }

  /// The sweep as SVG.
  package func figure(of sweep: Sweep.Finding) -> String { SweepFigure.svg(of: sweep) }

  /// Does nothing, because the answer has begun the tour.
  package mutating func startTour() {}

  /// Does nothing, because the answer has ended the loop.
  package mutating func quit() {}
}
