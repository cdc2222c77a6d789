import EventProp

/// The settings of the picture: the neuron, the time and the panes on the screen, and the behaviour
/// of the program.
package struct Looks: Sendable {
  /// Which panes and curves are on the screen.
  package internal(set) var view = View()
  /// The times that are drawn, in seconds.
  package internal(set) var window: ClosedRange<Double>
  /// The neuron whose traces are drawn, counted across layers.
  package internal(set) var selected: Int
  /// How the program behaves.
  package var settings = Settings()

  /// Shows the whole run, and the neuron that a newcomer should see first.
  init(at run: Run) {
    window = 0...run.experiment.horizon
    selected = Self.mostInteresting(run)
  }

  /// The first neuron with a spike that affects the loss, else the first one that spikes.
  private static func mostInteresting(_ run: Run) -> Int {
    let spikes = run.trajectory.events.indices.filter {
      run.trajectory.events[$0].spikingNeuron != nil
    }
    let event = spikes.first { run.wayBack?.timeGradients[$0] ?? 0 != 0 } ?? spikes.first
    return event.flatMap { run.trajectory.events[$0].spikingNeuron } ?? 0
  }

  /// Takes over the settings for another experiment, except its synapses and values.
  mutating func takeOver(_ other: Looks) {
    let source = view.source
    view = other.view
    view.source = source
    view.ranges = [:]
    settings = other.settings
  }
}
