package import EventProp
package import Language

/// What a run with one value comes to.
package struct SweepPoint: Equatable, Sendable {
  /// The value.
  package let value: Double
  /// L; nil where the run has none.
  package let loss: Double?
  /// The derivative of L by the value; nil where there is none.
  package let gradient: Double?
  /// The spikes in their order: neurons counted across layers, and times in seconds.
  package let spikes: [Spike]
  /// Why there is no loss.
  package let failure: Failure?

  /// Why a value has no loss.
  package enum Failure: Equatable, Sendable {
    /// The experiment does not take the value.
    case refused(Diagnostic)
    /// The event limit cut the run.
    case cutShort
    /// The run, its adjoint or its loss cannot be computed.
    case cannotRun(SimulationError)
    /// The loss is no finite number.
    case lossNotFinite
  }

  /// What stands for all that reached each neuron before each of its spikes.
  let causes: [[UInt64]]

  /// A spike of a neuron.
  package struct Spike: Equatable, Sendable {
    /// The neuron, counted across layers.
    package let neuron: Int
    /// The time, in seconds.
    package let time: Double
  }

  /// Whether the same spikes happen, each after the same arrivals: then the loss is smooth from one to the other.
  func isSmooth(to other: SweepPoint) -> Bool { causes == other.causes }

  /// A value that the experiment does not take.
  init(_ value: Double, refused diagnostic: Diagnostic) {
    self.value = value
    loss = nil
    gradient = nil
    spikes = []
    causes = []
    failure = .refused(diagnostic)
  }

  /// Runs an experiment; `derivative` is of what the value stands for, or nil where only the loss is wanted.
  ///
  /// Throws `SimulationError.stopped` where `goesOn`, asked now and then for each kind of work with the time reached, answers false.
  init(
    _ value: Double, _ experiment: Experiment, rule: AdjointRule, derivative: Edit.Target?,
    causes: SpikeCauses, _ goesOn: (Progress.Work) -> (Double) -> Bool
  ) throws(SimulationError) {
    self.value = value
    var spikes: [Spike] = []
    var signature: [[UInt64]] = []
    var result: (loss: Double?, gradient: Double?) = (nil, nil)
    var failure: Failure?
    do throws(SimulationError) {
      let trajectory = try Trajectory(of: experiment, goesOn: goesOn(.running))
      signature = try causes.signature(of: trajectory, goesOn: goesOn(.comparing))
      for event in trajectory.events {
        if let neuron = event.spikingNeuron {
          spikes.append(Spike(neuron: neuron, time: event.time))
        }
      }
      if trajectory.isCutShort {
        failure = .cutShort
      } else if let loss = experiment.loss {
        if let derivative {
          let adjoint = try AdjointTrajectory(
            of: trajectory, loss: loss, rule: rule, goesOn: goesOn(.walkingBack))
          result = (adjoint.evaluation.value, derivative.derivative(in: adjoint))
        } else {
          result = (try loss.evaluate(on: trajectory).value, nil)
        }
      }
    } catch {
      if case .stopped = error { throw error }
      failure = .cannotRun(error)
    }
    if let loss = result.loss, !loss.isFinite {
      failure = .lossNotFinite
      result.loss = nil
    }
    loss = result.loss
    gradient = result.gradient
    self.spikes = spikes
    self.causes = signature
    self.failure = failure
  }
}
