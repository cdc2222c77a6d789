import EventProp
import Study

/// A pane of the screen; its number is also its key.
package enum Pane: String, CaseIterable, Sendable {
  case potential, spikes, adjoint, events, inspector, gradient, parameters, log

  /// The number of the pane, from 1.
  package var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
}

/// A command about the picture; it changes no result.
package enum ViewCommand: Equatable, Sendable {
  /// Give the focus to a pane, which then gets the keys.
  case focus(Pane)
  /// Let the pane with the focus fill the screen, or undo this.
  case maximise
  /// Draw each neuron in its own lane.
  case lanes
  /// Draw all neurons in one plot.
  case overlay
  /// Choose the amount of detail on the screen.
  case layout(Layout)
  /// Show a hidden pane, or all of them.
  case show(Pane?)
  /// Hide a pane.
  case hide(Pane)

  /// Choose the range of values of a plot, or nil for the automatic range; without a pane, of the
  /// plot with the focus.
  case range(Pane?, ClosedRange<Double>?)
  /// Choose the quantities in the plots; empty for the default, nil to print a picture where there
  /// is no screen.
  case plot([Curve]?)

  /// A quantity of a neuron in a plot.
  package enum Curve: String, CaseIterable, Sendable {
    case potential = "V"
    case current = "I"
    case lambdaV = "λV"
    case lambdaI = "λI"

    /// Reads a name; the ASCII names of λ_V and λ_I are `lV` and `lI`.
    init?(_ text: String) {
      let folded = text.lowercased().replacing("λ", with: "l")
      guard let found = Self.allCases.first(where: { $0.ascii == folded }) else { return nil }
      self = found
    }

    private var ascii: String { rawValue.lowercased().replacing("λ", with: "l") }

    /// The plot of the quantity.
    package var pane: Pane { self == .potential || self == .current ? .potential : .adjoint }
  }

  /// Show a text above the picture and above boxes until the next one; nil for none.
  case caption(Word?)
  /// Close what covers the plots.
  case close
  /// The sums in the gradient pane.
  case gradient(GradientPart)

  /// The sums in the gradient pane.
  package enum GradientPart: String, CaseIterable, Sendable {
    /// The sums over the part of the backward pass walked so far.
    case partial
    /// The sums over the whole run.
    case final
  }

  /// Move the magnified part of the time axis.
  case pan(Direction)
  /// Magnify the time axis: in, out, fit, or a range.
  case zoom(Word?)
  /// Select a neuron, a synapse or a parameter.
  case select(Word)

  /// The directions along the time axis.
  package enum Direction: String, CaseIterable, Sendable {
    case left, right
  }

  /// The amount of detail on the screen.
  package enum Layout: String, CaseIterable, Sendable {
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
    /// Large plots and few numbers, for a projector.
    case lecture
  }
}

extension CommandTable {
  /// The rows about the selection and the time axis.
  static let selectRows: [CommandRow] = [
    CommandRow(
      "select", arguments: "NEURON | SYNAPSE | PARAMETER",
      summary: "the neuron whose traces are drawn, a synapse or a parameter",
      details: """
        select n1, select n0<-in2 (the cell of the gradient pane, and its target), select tau_mem (what < and > nudge).
        """, example: "select n1", completes: .neurons
    ) { (line) throws(Diagnostic) in .view(.select(try line.one("a neuron, such as n1 or out.0")))
    },
    CommandRow(
      "zoom", arguments: "[in | out | fit | event | FROM..TO]", summary: "magnify the time axis",
      details: "zoom event magnifies until the neighbours of the event at the cursor stand apart.",
      example: "zoom 12ms..18ms", completes: .words(["in", "out", "fit", "event"])
    ) { (line) throws(Diagnostic) in .view(.zoom(line.isAtEnd ? nil : try line.rest("a range"))) },
  ]

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
      "yrange", arguments: "[PANE] LO..HI | auto",
      summary: "the range of values that a plot shows",
      details: """
        yrange 0.9..1.05 magnifies the plot with the focus, else the plot of V; yrange adjoint -1..1 magnifies the plot
        of λ. The range stays through steps and edits; auto takes it back.
        """, example: "yrange 0.9..1.05", completes: .words(["auto", "potential", "adjoint"])
    ) { (line) throws(Diagnostic) in
      let isRange =
        line.first.map { $0.text.lowercased() == "auto" || $0.text.contains("..") } ?? true
      let pane = isRange ? nil : try line.curvePane()
      return .view(
        .range(pane, try ViewCommand.range(try line.rest("a range such as 0..1.2, or auto"))))
    },
    CommandRow(
      "plot", arguments: "[V] [I] [lV] [lI] | auto", summary: "which quantities the plots show",
      details: """
        plot V I draws V and I in the upper plot, plot lV only λV in the lower one; a plot of which nothing is named stays as it
        is. plot auto is V, λV and λI. plot alone says what is shown, and prints the plots where there is no screen.
        """, example: "plot V I", completes: .words(["V", "I", "lV", "lI", "auto"])
    ) { (line) throws(Diagnostic) in
      let words = line.all()
      guard !words.isEmpty else { return .view(.plot(nil)) }
      if words.count == 1, words[0].text.lowercased() == "auto" { return .view(.plot([])) }
      var curves: [ViewCommand.Curve] = []
      for word in words {
        guard let curve = ViewCommand.Curve(word.text) else {
          throw word.complaint("no curve '\(word.text)' to plot", remedy: "V, I, lV, lI or auto")
        }
        curves.append(curve)
      }
      return .view(.plot(curves))
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
      "layout", arguments: "auto | small | medium | wide | large | lecture",
      summary: "how much the screen shows; never more than fits",
      details:
        "auto also brings hidden panes back. lecture has large plots and few numbers, for a projector.",
      example: "layout wide",
      completes: .words(ViewCommand.Layout.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .view(.layout(try line.choice(ViewCommand.Layout.self, "a layout")))
    },
    CommandRow(
      "lecture", summary: "large plots and few numbers, for a projector; layout auto ends it"
    ) { _ in .view(.layout(.lecture)) },
    CommandRow(
      "show", arguments: "PANE | all", summary: "bring a pane back, or all of them",
      example: "show log", completes: .words(Pane.allCases.map(\.rawValue) + ["all"])
    ) { (line) throws(Diagnostic) in
      if line.take("all") { return .view(.show(nil)) }
      return .view(.show(try line.pane()))
    },
    CommandRow(
      "hide", arguments: "PANE", summary: "take a pane off the screen", example: "hide events",
      completes: .words(Pane.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in .view(.hide(try line.pane())) },
  ]
}

extension ViewCommand {
  /// A range of values, or nil for `auto`.
  fileprivate static func range(_ word: Word) throws(Diagnostic) -> ClosedRange<Double>? {
    if word.text.lowercased() == "auto" { return nil }
    guard let ends = word.ends else {
      throw word.complaint("expected a range LO..HI or auto", remedy: "yrange 0..1.2")
    }
    func number(_ end: Word) throws(Diagnostic) -> Double {
      var end = end
      if end.text.isEmpty { end.span = word.span }
      return try end.quantity()
    }
    let low = try number(ends.from)
    let high = try number(ends.to)
    guard low < high else {
      throw word.complaint("a range grows", remedy: "yrange 0..1.2")
    }
    return low...high
  }
}

extension Arguments {
  /// A pane with curves, by its name or number.
  fileprivate mutating func curvePane() throws(Diagnostic) -> Pane {
    let word = first
    let pane = try pane()
    guard pane == .potential || pane == .adjoint else {
      throw (word ?? verb).complaint(
        "\(pane.rawValue) has no values on an axis", remedy: "yrange potential 0..1, or adjoint")
    }
    return pane
  }

  /// A pane, by its name or its number.
  fileprivate mutating func pane() throws(Diagnostic) -> Pane {
    if let text = first?.text, let number = Int(text), (1...Pane.allCases.count).contains(number) {
      _ = try one("a pane")
      return Pane.allCases[number - 1]
    }
    return try choice(Pane.self, "a pane", called: "pane")
  }
}
