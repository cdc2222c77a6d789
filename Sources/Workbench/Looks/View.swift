package import Language

/// How the session is looked at: what is on the screen, and which pane takes the keys.
package struct View: Equatable, Sendable {
  /// The pane that takes the keys.
  package internal(set) var focus = Pane.potential
  /// Whether that pane fills the screen.
  package internal(set) var isMaximised = false
  /// Whether the neurons share one plot.
  package internal(set) var isOverlaid = false
  /// How much the screen shows.
  package internal(set) var layout = ViewCommand.Layout.auto
  /// The values that a plot spans, where they were chosen.
  package internal(set) var ranges: [Pane: ClosedRange<Double>] = [:]
  /// What the plots show of a neuron.
  package internal(set) var curves = Self.usualCurves
  /// The panes that were taken off the screen.
  package internal(set) var hidden: Set<Pane> = []
  /// Whether the gradient pane shows the values of the whole run, wherever the cursor stands.
  package internal(set) var showsFinalGradient = false
  /// The source of the synapse that is selected; its target is the selected neuron.
  package internal(set) var source: Source?
  /// The parameter that is selected, by the name that `set` takes.
  package internal(set) var parameter: String?

  static let usualCurves: Set<ViewCommand.Curve> = [.potential, .lambdaV, .lambdaI]

  /// A presynaptic neuron or channel, as a row of one of a layer's matrices.
  package struct Source: Equatable, Sendable {
    /// Whether it belongs to the layer itself.
    package let isRecurrent: Bool
    /// Its row in the matrix.
    package let row: Int
  }
}
