package import EventProp

/// What the run and the gradient of one sample show, for a ranking among many.
///
/// Neurons are counted across layers.
package struct SampleFacts: Equatable, Sendable {
  /// The number of the sample in its file.
  package let number: Int
  /// L.
  package let loss: Double
  /// The length of the gradient by all weights.
  package let gradient: Double
  /// The flattest spike on which the loss depends; nil where the loss depends on none.
  package let slope: Slope?
  /// The smallest distance to a gained or lost spike; nil where no neuron can spike by itself.
  package let margin: Margin?
  /// The number of neurons that could spike and do not.
  package let silent: Int
  /// The decision between the classes; nil for a loss without a label.
  package let decision: Decision?

  /// The slope of V at a spike.
  package struct Slope: Equatable, Sendable {
    /// tau_mem dV/dt just before the spike, the divisor of the jump of λ.
    package let value: Double
    /// The neuron.
    package let neuron: Int
    /// The ordinal of the spike among those of the neuron.
    package let spike: Int
  }

  /// The distance of a peak of V from the threshold.
  package struct Margin: Equatable, Sendable {
    /// The distance as a part of v_th − v_leak.
    package let part: Double
    /// The neuron.
    package let neuron: Int
    /// The spike that only just happens; nil for a peak that only just is no spike.
    package let spike: Int?
    /// The time of the peak, in seconds.
    package let time: Double
  }

  /// The class that a loss with a label finds.
  package struct Decision: Equatable, Sendable {
    /// The class of the sample, a position among the neurons that the loss reads.
    package let label: Int
    /// The class whose neuron is first, or has the greatest V; nil where two are equal or all are
    /// silent.
    package let chosen: Int?
    /// Whether the neuron of the label never spikes before `clip`, or never has V above 0.
    package let isLabelSilent: Bool
    /// Whether the sample is classified rightly.
    package var isRight: Bool { chosen == label }
  }
}

extension SampleFacts {
  /// Collects the facts about the run and the way back of a sample.
  ///
  /// - Complexity: O(synapses that deliver in the run).
  init(_ number: Int, _ adjoint: AdjointTrajectory) throws(SimulationError) {
    let trajectory = adjoint.trajectory
    self.number = number
    loss = adjoint.loss
    var squares = 0.0
    for layer in adjoint.gradient.layers {
      for value in layer.weights.weights { squares += value * value }
      for value in layer.recurrent?.weights ?? [] { squares += value * value }
    }
    gradient = squares.squareRoot()
    slope = Slope(flattestOf: adjoint)
    margin = try SpikeMargin.smallest(in: trajectory).map {
      Margin(part: $0.relative, neuron: $0.neuron, spike: $0.spike, time: $0.time)
    }
    let kinds = trajectory.experiment.network.layers.flatMap(\.kinds)
    silent = zip(trajectory.spikeCounts, kinds).count { $0 == 0 && $1 == .lif }
    decision = Decision(of: trajectory)
  }
}

extension SampleFacts.Slope {
  /// The smallest slope of the spikes on whose time the loss depends; nil where there is none.
  fileprivate init?(flattestOf adjoint: AdjointTrajectory) {
    let trajectory = adjoint.trajectory
    var least: (slope: Double, event: Int)?
    for (event, gradient) in adjoint.timeGradients.enumerated() where gradient != 0 {
      guard let slope = trajectory.slopeAtThreshold(of: event), slope < least?.slope ?? .infinity
      else { continue }
      least = (slope, event)
    }
    guard let least, case .spike(let neuron, let spike, _) = trajectory.events[least.event].kind
    else { return nil }
    self.init(value: least.slope, neuron: neuron, spike: spike)
  }
}

extension SampleFacts.Decision {
  /// The class that the neurons of a loss with a label find; nil for another loss.
  package init?(of trajectory: Trajectory) {
    guard let loss = trajectory.experiment.loss, loss.rule.kind.required.contains(.label) else {
      return nil
    }
    label = loss.rule.values.label
    // The earlier spike, or the greater V, wins. Silent neurons win over none.
    let scores = loss.terms(on: trajectory).map { term -> Double in
      switch term.reading {
      case .share(let event?, _): -trajectory.events[event].time
      case .maximum(let maximum, _) where maximum.potential > 0: maximum.potential
      case .share, .maximum, .spike, .integral, .early: -.infinity
      }
    }
    isLabelSilent = scores[label] == -.infinity
    let best = scores.max() ?? -.infinity
    let winners = scores.indices.filter { scores[$0] == best }
    chosen = best > -.infinity && winners.count == 1 ? winners[0] : nil
  }
}
