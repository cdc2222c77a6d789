package import EventProp

/// The result of a run with one value.
package struct SweepPoint: Equatable, Sendable {
  /// The value.
  package let value: Double
  /// L; nil where the run has none.
  package let loss: Double?
  /// The derivative of L by the value; nil where there is none.
  package let gradient: Double?
  /// The spike times of each neuron in seconds, neurons counted across layers; empty where there is no run.
  package let spikeTimes: [[Double]]
  /// Why there is no loss.
  package let failure: Failure?

  /// Why a value has no loss.
  package enum Failure: Equatable, Sendable {
    /// The event limit cut the run.
    case cutShort
    /// The value makes the experiment invalid, or the run, its adjoint or its loss cannot be computed.
    case cannotRun(SimulationError)
    /// The loss is no finite number.
    case lossNotFinite
  }

  /// The arrivals at each neuron before each of its spikes; nil where there is no run.
  let causes: CausalSignature?

  /// The number of spikes.
  package var spikeCount: Int { spikeTimes.reduce(0) { $0 + $1.count } }

  /// Whether both runs have the same spikes after the same arrivals, so that the loss is smooth
  /// between them.
  func isSmooth(to other: SweepPoint) -> Bool { causes == other.causes }

  /// Runs an experiment; `derivative` is the name to derive by, or nil for the loss alone.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  init(
    _ value: Double, _ experiment: Experiment, rule: AdjointRule, derivative: Named?,
    _ carriers: Carriers, _ pace: (Sweep.Work) -> Pace
  ) throws(SimulationError) {
    self.value = value
    var spikeTimes: [[Double]] = []
    var causes: CausalSignature?
    var result: (loss: Double?, gradient: Double?) = (nil, nil)
    var failure: Failure?
    do throws(SimulationError) {
      let trajectory = try Trajectory(of: experiment, pace: pace(.running))
      causes = try CausalSignature(
        trajectory, through: carriers, pace: pace(.comparing))
      spikeTimes = trajectory.spikeTimes
      if trajectory.isCutShort {
        failure = .cutShort
      } else if experiment.loss != nil {
        if let derivative {
          let adjoint = try AdjointTrajectory(
            of: trajectory, rule: rule, pace: pace(.walkingBack))
          result = (adjoint.evaluation.value, derivative.derivative(in: adjoint.gradient))
        } else {
          result = (try trajectory.evaluateLoss().value, nil)
        }
      }
    } catch {
      switch error {
      case .stopped: throw error
      case .nonFiniteLoss: failure = .lossNotFinite
      default: failure = .cannotRun(error)
      }
    }
    loss = result.loss
    gradient = result.gradient
    self.spikeTimes = spikeTimes
    self.causes = causes
    self.failure = failure
  }
}
