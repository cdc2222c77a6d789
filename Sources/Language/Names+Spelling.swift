package import EventProp
package import Study

extension Names {
  /// The short name of a parameter, for answers at the prompt.
  ///
  /// `n0<-in2`, `delay n0<-in2`, `n0.tau_mem`, `n0.initial_v`, `in.2` or `in.2.1`, `target.0`.
  package func short(_ parameter: Parameter) -> String { text(parameter, .short) }

  /// The full name of a parameter, for files and for reports in the shell.
  ///
  /// `hidden.0<-in.2`, `delay hidden.0<-in.2`, `hidden.0.tau_mem`, `hidden.0.initial_v`, `time of input 3`, `target.0`.
  package func full(_ parameter: Parameter) -> String { text(parameter, .full) }

  /// The name of a parameter in the spelling of these names.
  package func name(of parameter: Parameter) -> String { text(parameter, spelling) }

  /// The name of a synapse in the spelling of these names.
  package func name(of synapse: SynapseIndex) -> String { text(.weight(synapse), spelling) }

  /// `hidden.0` for a neuron counted across layers.
  package func full(_ neuron: Int) -> String { text(neuron, .full) }

  /// The name of a neuron counted across layers, in the spelling of these names.
  package func name(ofNeuron neuron: Int) -> String { text(neuron, spelling) }

  /// The name of an input spike by its position in the experiment's list: `in.2.1`, or `input spike 3` in full.
  package func name(ofInput position: Int) -> String {
    spelling == .short ? text(.inputTime(position), .short) : "input spike \(position)"
  }

  /// The short name of a row of a layer's matrix: `in2` or `n0`.
  package func source(row: Int, of layer: Int, isRecurrent: Bool) -> String {
    source(row, layer, isRecurrent, .short)
  }

  /// The name in its standard spelling: of one parameter, or of several parameters with one name.
  ///
  /// `tau_mem`, `out.tau_mem`, `n0.v_th`, `n0<-in2`, `t_max`, `hidden.max_events`.
  package func name(of named: Named) -> String {
    switch named {
    case .horizon: return "t_max"
    case .rate: return SweepPhrase.rate
    case .maxEvents(let layer):
      return (layer.map { network.layers[$0].name + "." } ?? "") + "max_events"
    case .parameters(let all):
      let key = all[0].quantity.rawValue
      guard let neuron = all[0].neuron(in: network) else { return name(of: all[0]) }
      if all.count == network.neuronCount { return key }
      let layer = network.layers[network.place(of: neuron).layer]
      return all.count == layer.size ? "\(layer.name).\(key)" : name(of: all[0])
    }
  }

  private func text(_ neuron: Int, _ spelling: Spelling) -> String {
    guard spelling == .full else { return "n\(neuron)" }
    let place = network.place(of: neuron)
    return "\(network.layers[place.layer].name).\(place.index)"
  }

  private func source(
    _ row: Int, _ layer: Int, _ isRecurrent: Bool, _ spelling: Spelling
  ) -> String {
    guard isRecurrent || layer > 0 else { return spelling == .short ? "in\(row)" : "in.\(row)" }
    return text(offsets[isRecurrent ? layer : layer - 1] + row, spelling)
  }

  private func text(_ parameter: Parameter, _ spelling: Spelling) -> String {
    switch parameter {
    case .weight(let synapse):
      let (row, column) = network.ends(of: synapse)
      return text(offsets[synapse.layer] + column, spelling) + "<-"
        + source(row, synapse.layer, synapse.isRecurrent, spelling)
    case .delay(let synapse): return "delay " + text(.weight(synapse), spelling)
    case .field, .initialPotential, .initialCurrent:
      let owner = parameter.neuron(in: network).map { text($0, spelling) + "." } ?? ""
      return owner + parameter.quantity.rawValue
    case .inputTime(let position):
      guard spelling == .short else { return "time of input \(position)" }
      let channel = experiment.inputSpikes[position].channel
      let number = experiment.inputSpikes(ofChannel: channel).firstIndex(of: position) ?? 0
      return "in.\(channel)" + (number == 0 ? "" : ".\(number)")
    case .target(let position, let spike):
      guard experiment.loss?.rule.kind.required.contains(.targets) ?? false else {
        return "target.\(position)"
      }
      return "target.\(position).\(spike)"
    }
  }
}

extension Experiment {
  /// The positions of the spikes of a channel in order of time.
  package func inputSpikes(ofChannel channel: Int) -> [Int] {
    inputSpikes.indices.filter { inputSpikes[$0].channel == channel }
      .sorted { (inputSpikes[$0].time, $0) < (inputSpikes[$1].time, $1) }
  }
}
