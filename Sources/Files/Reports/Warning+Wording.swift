import EventProp
package import Language
package import Study

extension Warning {
  /// The warning in one line, for a report and for the prompt: `grazing hidden.0: V only just …`.
  package func line(_ names: Names) -> String {
    let place =
      neuron.map { names.name(ofNeuron: $0) } ?? layer.map { names.network.layers[$0].name }
    return "\(kind.rawValue)\(place.map { " " + $0 } ?? ""): \(sentence)"
  }

  /// The layer that the warning is about; nil for a neuron or the whole run.
  fileprivate var layer: Int? {
    switch self {
    case .truncated(let cut): cut.layer
    case .unweighted(let layer), .reading(.arrivals(let layer, _, _, _)): layer
    default: nil
    }
  }

  /// The effect on the gradient, in one sentence.
  package var sentence: String {
    switch self {
    case .grazing(_, _, _, let overshoot):
      "V only just reaches the threshold (\(Quantity.display(overshoot.height)) above it without the reset): "
        + "the gradient through this spike is exact but explodes, and a small change deletes the spike"
    case .approximate(_, _, let distance):
      "V is \(Quantity.display(abs(distance))) \(distance < 0 ? "below" : "above") the threshold at this given spike: "
        + "the gradient through it is approximate"
    case .tie(let tie, _):
      Self.sentence(tie)
    case .nearMiss(_, let peak, let margin, let change):
      "V comes within \(Quantity.display(margin)) of the threshold at \(Quantity.displayTime(peak.time)) "
        + "without a spike: the gradient does not see the spike that a small change would create"
        + (change.map {
          " (about +\(Quantity.display($0.amount, digits: 2)) on the weight of e\($0.event))"
        } ?? "")
    case .silent:
      "this neuron never spikes: no gradient of a loss on spikes goes through it, and none can make it spike"
    case .truncated(let cut) where cut.layer == nil:
      "max_events cut the run at \(cut.limit) events, with at least \(cut.missing) more to come: there is no "
        + "gradient of it"
    case .truncated(let cut):
      "the layer's max_events cut it at \(cut.limit) events, at least \(cut.missing) are missing: "
        + "the gradient belongs to the cut run"
    case .overflow(_, let time):
      "λ of this neuron is no finite number at \(Quantity.displayTime(time)): what is known of the way back ends there, and there is "
        + "no gradient"
    case .runaway(let limit):
      "the network was still active after \(limit) events: if its recurrent weights keep it firing, a "
        + "higher limit only moves the cut"
    case .late(let subject, let count, let total):
      Self.sentence(subject, count, total)
        + "; times in a preset are seconds unless a unit stands behind them"
    case .units(let count, let first):
      "\(Quantity.displayTime(first)): were ms meant? A time without a unit is in seconds"
        + (count == 1 ? "" : "; the preset has \(count) such times of 1 s or more")
    case .defaultTau(let loss):
      "\(loss) has no tau, so tau is 1 s and L counts squared or whole seconds: was a tau such as 1 ms meant?"
    case .loss(_, let remark): Self.sentence(remark)
    case .unweighted:
      "all weights into this layer are 0: no gradient passes it on the way back, and that of everything before it is 0"
    case .reading(let reading): reading.sentence
    }
  }

  private static func sentence(_ subject: Late, _ count: Int, _ total: Int) -> String {
    let isOne = count == 1
    return switch subject {
    case .inputs:
      "\(count) of \(total) input spikes \(isOne ? "comes at t_max or later and takes" : "come at t_max or later and take") no part"
    case .samples:
      "\(count) of the \(total) input spikes of all samples \(isOne ? "comes at t_max or later and takes" : "come at t_max or later and take") no part"
    case .delays:
      "\(count) of \(total) delays \(isOne ? "is" : "are") as long as the run or longer, so that nothing arrives there"
    case .targets:
      "\(count) of \(total) targets \(isOne ? "lies" : "lie") after t_max, where no spike can be"
    }
  }

  private static func sentence(_ remark: LossRemark) -> String {
    switch remark {
    case .neverPositive:
      "V of this readout is never above 0, where the loss reads 0: its part of the gradient is 0"
    case .clipped(let time, let clip):
      "its first spike comes at \(Quantity.displayTime(time)), not before clip (\(Quantity.displayTime(clip))), and counts as clip: "
        + "its part of the gradient is 0"
    case .equalMaxima(let times):
      "V reaches its maximum \(times.count) times (\(times.prefix(3).map { Quantity.displayTime($0) }.joined(separator: ", "))"
        + "\(times.count > 3 ? ", …" : "")): the gradient does not exist, and the one shown is that of the first maximum"
    case .met(let spike, true):
      "spike \(spike) is exactly at its target, where the loss has a cusp: the gradient does not exist, and the one shown is 0, "
        + "the middle of its two sides"
    case .met(let spike, false):
      "spike \(spike) is exactly at its target: its part of the gradient is 0"
    }
  }

  private static func sentence(_ tie: Tie) -> String {
    guard let spike = tie.spike else {
      return
        "e\(tie.delivering) cancels a spike of this neuron at the very instant of its crossing: the loss jumps "
        + "here, and the gradient is that without the spike; see ties"
    }
    return
      "e\(tie.delivering) reaches this neuron at the very instant of its spike e\(spike): the gradient does not "
      + "exist, and the one shown is one-sided, for the order e\(min(tie.delivering, spike)) then "
      + "e\(max(tie.delivering, spike)); see ties"
  }
}

/// A warning in a JSON report.
struct WarningReport: Encodable, Sendable {
  let kind: String
  /// The layer concerned, or nil.
  let layer: String?
  /// The neuron in the layer.
  let neuron: Int?
  /// The spike of the neuron.
  let spike: Int?
  let message: String

  init(_ warning: Warning, in network: Network) {
    let place = warning.neuron.map { network.place(of: $0) }
    kind = warning.kind.rawValue
    layer = (warning.layer ?? place?.layer).map { network.layers[$0].name }
    neuron = place?.index
    spike = warning.spike
    message = warning.sentence
  }
}
