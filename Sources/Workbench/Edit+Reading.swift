import EventProp
import Notation

extension Edit.Target {
  /// Whether its values are times.
  var isTime: Bool {
    switch self {
    case .parameter(let field, _): field.isTime
    case .weight, .maxEvents: false
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
    case .maxEvents(let layer):
      return Edit.limit(ofLayer: layer, in: experiment).map(Double.init) ?? .infinity
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

  /// dL by the value, in loss per second or per potential; nil where the gradient has no derivative: by the horizon, and
  /// by a number of events.
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
    case .horizon, .maxEvents: return nil
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

extension Names {
  /// The name by which `set` knows what it changes: `tau_mem`, `out.tau_mem`, `hidden.0.v_th`, `n0<-in2`, `target.0`.
  func canonical(_ target: Edit.Target, in experiment: Experiment) -> String {
    switch target {
    case .parameter(let field, let neurons):
      if neurons.count == network.neuronCount { return field.rawValue }
      let layer = network.layers[network.place(of: neurons[0]).layer]
      let owner = neurons.count == layer.size ? layer.name : full(neurons[0])
      return "\(owner).\(field.rawValue)"
    case .weight(let synapse): return canonical(synapse)
    case .horizon: return "t_max"
    case .input(let position): return "in.\(experiment.inputSpikes[position].channel)"
    case .lossTarget(let position): return "target.\(position)"
    case .maxEvents(let layer):
      return (layer.map { network.layers[$0].name + "." } ?? "") + "max_events"
    }
  }
}
