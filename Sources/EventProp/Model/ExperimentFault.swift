/// Why an experiment cannot be run: a place, the evidence, and the values allowed.
///
/// No function of the library computes on an experiment that has faults. ``Experiment/faults`` lists them, and
/// ``Trajectory/init(of:pace:)`` throws them as ``SimulationError/invalid(_:)``.
public struct ExperimentFault: Error, Hashable, Sendable {
  /// The place of the fault.
  public let place: Place
  /// What is wrong, and which values are allowed.
  public let violation: Violation

  /// Creates a fault.
  public init(_ violation: Violation, at place: Place) {
    self.place = place
    self.violation = violation
  }

  /// A part of an experiment; layers, neurons and spikes are counted from 0, neurons inside their layer.
  public enum Place: Hashable, Sendable {
    /// The network as a whole.
    case network
    /// The horizon.
    case horizon
    /// The event limit of a layer or of the run.
    case maxEvents(layer: Int?)
    /// A number that has a name: a weight, a delay, a parameter or an initial state of a neuron, an input time, a target.
    case parameter(Parameter)
    /// The channel of an input spike, by the spike's position in the experiment's list.
    case inputChannel(Int)
    /// The values that a layer has for its neurons.
    case layer(Int)
    /// A matrix into a layer, or within it.
    case matrix(layer: Int, isRecurrent: Bool)
    /// A given spike, by its neuron and its position in the neuron's list.
    case imposedSpike(layer: Int, neuron: Int, spike: Int)
    /// A value of the loss, by its name: `layer`, or as in presets.
    case loss(String)
    /// A neuron, term or coefficient of the loss, by its position.
    case lossItem(Int)
  }

  /// What is wrong, with the value found and the values allowed.
  public enum Violation: Hashable, Sendable {
    /// A number is NaN or infinite.
    case notFinite
    /// A number that must be greater than 0 is not.
    case notPositive(Double)
    /// A number that must be greater than 0 is so small that it has lost digits.
    case tooNearZero(Double)
    /// A number that must be at least 0 is not.
    case negative(Double)
    /// A whole number is below the least that is allowed.
    case tooSmall(Int, least: Int)
    /// There is no such channel, neuron, layer or position: `count` of them exist, counted from 0.
    case outOfRange(Int, count: Int)
    /// A list does not have one value for each thing that it describes.
    case wrongCount(Int, expected: Int)
    /// A matrix does not have the shape `[before × this]`.
    case wrongShape(rows: Int, columns: Int, expectedRows: Int, expectedColumns: Int)
    /// A neuron would restart at or above its threshold.
    case resetNotBelowThreshold(reset: Double, threshold: Double)
    /// A spiking neuron would start at or above its threshold.
    case startsAtThreshold(potential: Double, threshold: Double)
    /// A given spike is earlier than the one before it in the list; times in seconds.
    case notAfter(Double, previous: Double)
    /// A leaky integrator is given spikes.
    case spikeOfIntegrator
    /// There are no layers.
    case noLayers
  }
}
