/// A spike that enters the network from outside.
///
/// jaxsnn: Spike, with `idx` the channel; a spike that does not exist is absent, not `idx = −1`.
public struct InputSpike: Equatable, Sendable {
  /// The time, in seconds from the start.
  public var time: Double
  /// The input channel.
  public var channel: Int

  /// Creates an input spike at a time in seconds.
  public init(time: Double, channel: Int) {
    self.time = time
    self.channel = channel
  }
}

/// The whole description of one run: a network, its input, a horizon and a loss.
public struct Experiment: Equatable, Sendable {
  /// The name of the experiment.
  public var title: String
  /// One or two sentences about it.
  package var about: String?
  /// The network.
  public var network: Network
  /// The input spikes, in any order; spikes at one time keep this order.
  public var inputSpikes: [InputSpike]
  /// The horizon `t_max` in seconds: an event happens if its time is earlier.
  public var horizon: Double
  /// The most events of the whole run, 2 000 000 by default; ``Trajectory/truncations`` tells
  /// whether it cut the run.
  public var maxEvents: Int?
  /// The loss; without one there is a forward pass only.
  public var loss: Loss?
  /// The number of the sample that gave the input spikes, and the label or the targets of the loss;
  /// nil for an experiment with input spikes of its own.
  package var sample: Int?

  /// The event limit of an experiment that names none.
  ///
  /// It is far above any network that a user steps by hand, and it ends a runaway in seconds.
  package static let defaultMaxEvents = 2_000_000

  /// Creates an experiment without a check; see ``faults``.
  public init(
    title: String, about: String? = nil, network: Network, inputSpikes: [InputSpike],
    horizon: Double, maxEvents: Int? = nil, loss: Loss? = nil
  ) {
    self.title = title
    self.about = about
    self.network = network
    self.inputSpikes = inputSpikes
    self.horizon = horizon
    self.maxEvents = maxEvents
    self.loss = loss
  }
}
