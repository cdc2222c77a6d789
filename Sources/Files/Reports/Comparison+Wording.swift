import EventProp
import Language
import Study

extension Names {
  /// A model that differs from ours, in a few words.
  func phrase(_ variant: ModelVariant) -> String {
    switch variant {
    case .noLeak: "v_leak = 0"
    case .startsAtLeak: "V(0) = v_leak"
    case .resetsToZero: "v_reset = 0"
    case .once: "one spike for each neuron"
    case .tauRatio(let ratio):
      ratio == 1 ? "tau_syn = tau_mem" : "tau_syn = \(Quantity.display(ratio)) tau_mem"
    case .exchangedTaus: "tau_mem and tau_syn exchanged"
    case .noRecurrence: "no recurrent synapses"
    case .noSelf: "no synapse of a neuron to itself"
    case .noDelays: "no delays"
    case .noInitialCurrent: "I(0) = 0"
    case .missingChannel(let channel): "the spikes of in\(channel) left out"
    case .transposed(let layer):
      "the square matrices of \(network.layers[layer].name) transposed"
    case .scaledWeights(let mem, let syn):
      "all weights "
        + [(mem, "tau_mem"), (syn, "tau_syn")].filter { $0.0 != 0 }
        .map { ($0.0 > 0 ? "times " : "divided by ") + $0.1 }.joined(separator: " and ")
    case .maxEvents(let layer, let range):
      "\(network.layers[layer].name) stops after "
        + (range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)")
        + " events (max_events, n_spikes)"
    case .grid(let width): "a grid of \(Quantity.displayTime(width))"
    }
  }

  /// What a user can write into the preset to get the model; nil where nothing does.
  func remedy(_ variant: ModelVariant) -> String? {
    switch variant {
    case .noLeak: "set v_leak 0"
    case .resetsToZero: "set v_reset 0"
    case .maxEvents(let layer, let range):
      "set \(network.layers[layer].name).max_events \(range.lowerBound)"
    default: nil
    }
  }

  /// The spike of a neuron: `n3 spike 1`.
  func phrase(_ difference: ForwardComparison.Difference) -> String {
    "\(name(ofNeuron: difference.neuron)) spike \(difference.spike)"
  }

  func phrase(_ cause: AdjointComparison.Cause) -> String {
    switch cause {
    case .rule(let rule): "WRONG rule \(rule.fullName): \(rule.story)"
    case .missing(let summand): phrase(summand) + " is missing there"
    case .negated(let summand): phrase(summand) + " has the wrong sign there"
    }
  }

  private func phrase(_ summand: AdjointComparison.Summand) -> String {
    switch summand {
    case .reset: "the reset term (v_th - v_reset) λV⁺"
    case .synapses: "the sum over the synapses"
    case .synapse(let synapse): "the share of the synapse \(name(of: synapse))"
    case .arrivals: "the share of its delayed arrivals"
    case .loss: "the term ∂l/∂t of the loss"
    }
  }

  /// The neuron of a column of a part.
  private func neuron(_ column: Int, of part: GradientPart) -> String {
    name(ofNeuron: part.layer.map { network.offsets[$0] + column } ?? column)
  }

  /// A fact about a gradient that nothing explains, as a sentence without a full stop.
  func sentence(_ evidence: Evidence) -> String {
    func list(_ numbers: [Int]) -> String {
      numbers.prefix(8).map(String.init).joined(separator: ", ")
        + (numbers.count > 8 ? ", … (\(numbers.count) in all)" : "")
    }
    switch evidence {
    case .ratio(let part, let factor):
      return "\(name(of: part)): all are ours times \(Quantity.display(factor, digits: 6))"
    case .ratioOfNeurons(let part, let factors):
      let known = factors.enumerated().compactMap { neuron, factor in
        factor.map { "\(neuron): \(Quantity.display($0, digits: 5))" }
      }
      return
        "\(name(of: part)): one factor for each neuron: \(known.prefix(6).joined(separator: ", "))"
        + (known.count > 6 ? ", …" : "")
    case .zeroRow(let part, let row):
      return "\(name(of: part)): row \(row) (one source) is zero there, and not here"
    case .zeroColumn(let part, let column):
      return part.quantity.isSynaptic
        ? "\(name(of: part)): all that reaches \(neuron(column, of: part)) is zero there, and not here"
        : "\(name(of: part)): value \(column) is zero there, and not here"
    case .wrongColumns(let part, let columns):
      return
        "\(name(of: part)): only what reaches neuron\(columns.count == 1 ? "" : "s") \(list(columns)) of the layer differs"
    case .brokenLaw(let law, let neuron, let residual):
      return "it breaks the law of \(law.name)"
        + (neuron.map { " at \(name(ofNeuron: $0))" } ?? "")
        + " (residual \(Quantity.display(residual, digits: 2))), which every right gradient obeys"
    }
  }
}

extension AdjointComparison.Convention {
  /// The unit of the other λ, after `their λ is `.
  var phrase: String {
    switch self {
    case .ours: "λ"
    case .negative: "-λ"
    case .derivative: "∂L/∂V = -tau_mem λV and ∂L/∂I = -tau_syn λI"
    case .negativeDerivative: "tau_mem λV and tau_syn λI"
    }
  }
}

extension AdjointRule {
  /// The names of its alterations with all values.
  var fullName: String {
    alterations.isEmpty ? "exact" : alterations.map(\.fullName).joined(separator: "+")
  }
}
