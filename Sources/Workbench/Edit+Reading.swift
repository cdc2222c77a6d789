import EventProp
import Language
import Study

extension Edit.Target {
  /// Whether its values are times.
  var isTime: Bool {
    switch self {
    case .parameter(let field, _): field.isTime
    case .weight, .initial, .maxEvents: false
    case .delay, .horizon, .input, .lossTarget: true
    }
  }

  /// The numbers that it means of those that have a derivative in every gradient.
  func numbers(in network: Network) -> [CheckedParameter] {
    func each(
      _ neurons: [Int], _ number: (_ layer: Int, _ neuron: Int) -> CheckedParameter
    ) -> [CheckedParameter] {
      neurons.map { neuron in
        let place = network.place(of: neuron)
        return number(place.layer, place.index)
      }
    }
    switch self {
    case .parameter(let field, let neurons):
      return each(neurons) { .parameter(layer: $0, neuron: $1, field: field) }
    case .weight(let synapse):
      return [
        synapse.isRecurrent
          ? .recurrent(layer: synapse.layer, entry: synapse.entry)
          : .weight(layer: synapse.layer, entry: synapse.entry)
      ]
    case .delay(let synapse):
      return [
        synapse.isRecurrent
          ? .recurrentDelay(layer: synapse.layer, entry: synapse.entry)
          : .delay(layer: synapse.layer, entry: synapse.entry)
      ]
    case .initial(.potential, let neurons):
      return each(neurons) { .initialPotential(layer: $0, neuron: $1) }
    case .initial(.current, let neurons):
      return each(neurons) { .initialCurrent(layer: $0, neuron: $1) }
    case .input(let position): return [.inputTime(position)]
    case .horizon, .lossTarget, .maxEvents: return []
    }
  }

  /// The value that an experiment has; of several neurons that of the first.
  func value(in experiment: Experiment) -> Double {
    switch self {
    case .parameter, .weight, .delay, .initial, .input:
      experiment[numbers(in: experiment.network)[0]]
    case .horizon: experiment.horizon
    case .lossTarget(let position, let spike):
      Edit.lossTarget(position, spike, in: experiment) ?? 0
    case .maxEvents(let layer):
      Edit.limit(ofLayer: layer, in: experiment).map(Double.init) ?? .infinity
    }
  }

  /// The value that an experiment has; nil for several neurons whose values differ.
  func sharedValue(in experiment: Experiment) -> Double? {
    let value = value(in: experiment)
    return numbers(in: experiment.network).allSatisfy { experiment[$0] == value } ? value : nil
  }

  /// dL by the value, in loss per second or per potential; nil where the gradient has no derivative: by the horizon, and
  /// by a number of events.
  func derivative(in adjoint: AdjointTrajectory) -> Double? {
    switch self {
    case .parameter, .weight, .delay, .initial, .input:
      numbers(in: adjoint.trajectory.experiment.network).reduce(0) { $0 + adjoint.gradient[$1] }
    case .horizon, .maxEvents: nil
    case .lossTarget(let position, let spike):
      Self.derivative(byTarget: position, spike, in: adjoint)
    }
  }

  /// A loss depends on the differences t - target alone, so the two derivatives are opposite.
  private static func derivative(
    byTarget position: Int, _ spike: Int, in adjoint: AdjointTrajectory
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
    case .targetTime(let neurons, _, _), .allSpikesMSE(let neurons, _, _):
      return trajectory.event(ofSpike: spike, of: offset + neurons[position]).map {
        -adjoint.evaluation.spikeTimeGradients[$0]
      } ?? 0
    default: return nil
    }
  }
}

extension Names {
  /// How an echo calls what a name means: synapses by their canonical names, the rest as it was typed.
  func echoed(_ target: Edit.Target, as name: Word) -> String {
    switch target {
    case .weight(let synapse): "w \(canonical(synapse))"
    case .delay(let synapse): "delay \(canonical(synapse))"
    default: name.text
    }
  }

  /// The name by which `set` knows what it changes: `tau_mem`, `out.tau_mem`, `hidden.0.v_th`, `n0<-in2`, `delay n0<-in2`,
  /// `n0.initial_v`, `in.2`, `in.2.1`, `target.0`.
  func canonical(_ target: Edit.Target, in experiment: Experiment) -> String {
    switch target {
    case .parameter(let field, let neurons): return owned(field.rawValue, by: neurons)
    case .initial(let state, let neurons): return owned(state.rawValue, by: neurons)
    case .weight(let synapse): return canonical(synapse)
    case .delay(let synapse): return "delay \(canonical(synapse))"
    case .horizon: return "t_max"
    case .input(let position):
      let channel = experiment.inputSpikes[position].channel
      let number = experiment.inputSpikes(ofChannel: channel).firstIndex(of: position) ?? 0
      return "in.\(channel)" + (number == 0 ? "" : ".\(number)")
    case .lossTarget(let position, let spike):
      guard case .allSpikesMSE = experiment.loss?.rule else { return "target.\(position)" }
      return "target.\(position).\(spike)"
    case .maxEvents(let layer):
      return (layer.map { network.layers[$0].name + "." } ?? "") + "max_events"
    }
  }

  /// A parameter of all neurons, of a layer, or of one neuron.
  private func owned(_ field: String, by neurons: [Int]) -> String {
    if neurons.count == network.neuronCount { return field }
    let layer = network.layers[network.place(of: neurons[0]).layer]
    return "\(neurons.count == layer.size ? layer.name : full(neurons[0])).\(field)"
  }
}

extension Word {
  /// What stands behind a beginning of the word, whatever its case; nil where it begins otherwise.
  func after(_ beginning: String) -> Word? {
    guard text.lowercased().hasPrefix(beginning) else { return nil }
    return Word(
      String(text.dropFirst(beginning.count)), column: span.start.column + beginning.count)
  }
}
