import Study

extension Warning.Kind {
  /// What a kind of warning says about the gradient, for the help.
  var meaning: String {
    switch self {
    case .grazing: "V only just reaches the threshold: the gradient is exact, but explodes"
    case .tie: "two events share an instant: only one-sided gradients exist; see ties"
    case .nearMiss: "V comes near the threshold without a spike, which the gradient does not see"
    case .silent: "a neuron never spikes: no gradient of a loss on spikes goes through it"
    case .flat:
      "the gradient is 0 for a reason: a dead readout, a time after clip, weights of 0, a target met"
    case .kink: "the loss has no derivative here: equal maxima, or the cusp at a target"
    case .late: "input spikes, delays or targets lie at t_max or later, and take no part"
    case .units: "a preset's times may be meant in another unit: no unit, or a loss without tau"
    case .approximate: "V is not at the threshold at a given spike: the gradient is approximate"
    case .truncated: "max_events cut the run"
    case .runaway: "the run was still active at a high limit of events"
    case .overflow: "λ leaves the range of numbers on the way back: there is no gradient"
    }
  }
}
