package import Language

/// The picture of the session: the panes on the screen, and the pane with the focus.
package struct View: Equatable, Sendable {
  /// The pane with the focus, which gets the keys.
  package internal(set) var focus = Pane.potential
  /// Whether this pane fills the screen.
  package internal(set) var isMaximised = false
  /// Whether the neurons share one plot.
  package internal(set) var isOverlaid = false
  /// A text above the picture; nil for none.
  package internal(set) var caption: String?
  /// The amount of detail on the screen.
  package internal(set) var layout = ViewCommand.Layout.auto
  /// The chosen range of values of each plot; a plot without one finds its own.
  package internal(set) var ranges: [Pane: ClosedRange<Double>] = [:]
  /// The quantities of a neuron in the plots.
  package internal(set) var curves = Self.usualCurves
  /// The panes that are hidden.
  package internal(set) var hidden: Set<Pane> = []
  /// Whether the gradient pane shows the values of the whole run, independent of the cursor.
  package internal(set) var showsFinalGradient = false
  /// Whether an equation gives the reason of each term.
  package internal(set) var showsReasons = false
  /// The source of the selected synapse; its target is the selected neuron.
  package internal(set) var source: Source?
  /// The selected parameter, by its name in `set`.
  package internal(set) var parameter: String?

  static let usualCurves: Set<ViewCommand.Curve> = [.potential, .lambdaV, .lambdaI]

  /// A presynaptic neuron or channel, as a row of one of a layer's matrices.
  package struct Source: Equatable, Sendable {
    /// Whether it belongs to the same layer as the target.
    package let isRecurrent: Bool
    /// Its row in the matrix.
    package let row: Int
  }
}
