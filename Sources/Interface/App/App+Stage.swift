package import Study
import Workbench

extension App: Stage {
  /// Shows the plots.
  package mutating func clear() {
    closePanel()
    chart = nil
  }

  /// Answers that the screen is here already.
  package mutating func showScreen() {
    show(Reply.Line("this is the screen; snapshot FILE writes it"))
  }

  /// The screen as lines of text, in its own characters.
  package mutating func snapshot() -> String { picture() }

  /// Keeps the text until the program gives it to the terminal.
  package mutating func copy(_ text: String) { clipboard = text }

  /// The run as SVG.
  package func figure() -> String { Figure.svg(of: session) }

  /// The places of the sitting as one page.
  package func page() throws -> String { try SittingPage.html(of: session) }

  /// Waits for a key before the next line of a script.
  package mutating func pause(_ text: String?) {
    player.hold()
    show(Reply.Line((text.map { $0 + "  " } ?? "") + "(any key goes on)"))
  }

  /// The sweep as SVG.
  package func figure(of sweep: Sweep.Finding) -> String { SweepFigure.svg(of: sweep) }

  /// Does nothing, because the answer has begun the tour.
  package mutating func startTour() {}

  /// Does nothing, because the answer has ended the loop.
  package mutating func quit() {}
}
