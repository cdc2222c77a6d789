import EventProp
import Notation

extension Edit.Target {
  /// Whether its values are times.
  var isTime: Bool {
    switch self {
    case .parameter(let field, _): field.isTime
    case .weight: false
    case .horizon, .input, .lossTarget: true
    }
  }

  /// The value that an experiment has; of several neurons that of the first.
  func value(in experiment: Experiment) -> Double {
    switch self {
    case .parameter(let field, let neurons):
      let place = experiment.network.place(of: neurons[0])
      return experiment.network.layers[place.layer].parameters[place.index][field]
    case .weight(let synapse): return Edit.weight(synapse, in: experiment)
    case .horizon: return experiment.horizon
    case .input(let position): return experiment.inputSpikes[position].time
    case .lossTarget(let position): return Edit.lossTarget(position, in: experiment) ?? 0
    }
  }

  /// The value that an experiment has; nil for several neurons whose values differ.
  func sharedValue(in experiment: Experiment) -> Double? {
    let value = value(in: experiment)
    guard case .parameter(let field, let neurons) = self else { return value }
    let isShared = neurons.allSatisfy {
      Self.parameter(field, neurons: [$0]).value(in: experiment) == value
    }
    return isShared ? value : nil
  }

  /// dL by the value, in loss per second or per potential; nil for the horizon, by which the gradient has no derivative.
  func derivative(in adjoint: AdjointTrajectory) -> Double? {
    let gradient = adjoint.gradient
    let experiment = adjoint.trajectory.experiment
    switch self {
    case .parameter(let field, let neurons):
      return neurons.reduce(0) { sum, neuron in
        let place = experiment.network.place(of: neuron)
        return sum + gradient.layers[place.layer].parameters[place.index][field]
      }
    case .weight(let synapse):
      let layer = gradient.layers[synapse.layer]
      return (synapse.isRecurrent ? layer.recurrent : layer.weights)?.weights[synapse.entry]
    case .horizon: return nil
    case .input(let position): return gradient.inputTimes[position]
    case .lossTarget(let position): return Self.derivative(byTarget: position, in: adjoint)
    }
  }

  /// A loss depends on the differences t - target alone, so the two derivatives are opposite.
  private static func derivative(
    byTarget position: Int, in adjoint: AdjointTrajectory
  ) -> Double? {
    let trajectory = adjoint.trajectory
    guard let loss = trajectory.experiment.loss else { return nil }
    let offset = trajectory.experiment.network.offsets[loss.layer]
    switch loss.rule {
    case .firstSpikeMSE(let neurons, let targets, let tau, let clip):
      let first = trajectory.event(ofSpike: 0, of: offset + neurons[position])
      // A silent neuron counts as clip, which the target can still come nearer to.
      let time = min(first.map { trajectory.events[$0].time } ?? clip, clip)
      return -2 * (time - targets[position]) / (tau * tau)
    case .targetTime(let neurons, _, _):
      return trajectory.event(ofSpike: 0, of: offset + neurons[position]).map {
        -adjoint.evaluation.spikeTimeGradients[$0]
      } ?? 0
    default: return nil
    }
  }
}
