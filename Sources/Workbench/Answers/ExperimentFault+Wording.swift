import EventProp
import Language
import Study

extension Names {
  /// A fault of an experiment in a sentence.
  ///
  /// - Parameters:
  ///   - fault: The fault.
  ///   - named: The parameter or limit that was just set; nil where nothing was set.
  /// - Returns: The sentence, without a capital or a full stop.
  func sentence(for fault: ExperimentFault, afterSetting named: Named? = nil) -> String {
    switch fault.violation {
    case .notFinite: "\(subject(of: fault.place)) must be finite"
    case .tooNearZero(let value):
      "\(subject(of: fault.place)) must be at least 2.3e-308: it would be \(Quantity.display(value))"
    case .notPositive where fault.isAboutNeuron: "a time constant must be greater than 0"
    case .notPositive: "\(subject(of: fault.place)) must be greater than 0"
    case .negative where fault.quantity == .inputTimes: "an input spike comes at t >= 0"
    case .negative: "a delay is at least 0"
    case .resetNotBelowThreshold(let reset, let threshold):
      "v_reset must lie below v_th: v_reset is \(Quantity.display(reset)), "
        + "v_th \(Quantity.display(threshold))"
    case .startsAtThreshold(let potential, let threshold):
      "the initial V must lie below v_th: it is "
        + Quantity.display(named?.quantity == .initialV ? threshold : potential)
    case .tooSmall(let found, _): ExperimentFault.notALimit("\(found)")
    case .outOfRange, .wrongCount, .wrongShape, .notAfter, .spikeOfIntegrator, .noLayers:
      "\(subject(of: fault.place)) does not fit the experiment"
    }
  }

  private func subject(of place: ExperimentFault.Place) -> String {
    switch place {
    case .parameter(let parameter) where parameter.neuron(in: network) != nil:
      parameter.quantity.rawValue
    case .parameter(let parameter): name(of: parameter)
    case .horizon: "t_max"
    case .loss(let value): "\(value) of the loss"
    case .lossItem: "the loss"
    case .layer(let layer), .matrix(let layer, _), .imposedSpike(let layer, _, _):
      "layer \(network.layers[layer].name)"
    case .inputChannel(let position): name(ofInput: position)
    case .maxEvents(let layer): name(of: .maxEvents(layer: layer))
    case .network: "the network"
    }
  }
}

extension ExperimentFault {
  /// The values that may be set instead.
  func remedy(afterSetting named: Named) -> String {
    switch violation {
    case .notFinite: "a finite number, such as 0.6 or 1e-05"
    case .notPositive, .tooNearZero, .negative:
      "a time such as 20ms, or *0.5 for half of what it is"
    case .resetNotBelowThreshold(_, let threshold) where named.quantity == .vReset:
      "a value below \(Quantity.display(threshold)), or set v_th first"
    case .resetNotBelowThreshold(let reset, _):
      "a value above \(Quantity.display(reset)), or set v_reset first"
    case .startsAtThreshold: named.quantity == .initialV ? "a value below it" : "a value above it"
    case .tooSmall: Self.remedyForLimit
    case .outOfRange, .wrongCount, .wrongShape, .notAfter, .spikeOfIntegrator, .noLayers:
      "nothing was changed"
    }
  }

  /// The complaint about a limit of events.
  static func notALimit(_ text: String) -> String {
    "max_events is a whole number from 1, found '\(text)'"
  }

  /// The remedy for a wrong limit of events.
  static let remedyForLimit = "none takes the limit away"

  fileprivate var quantity: Parameter.Quantity? {
    if case .parameter(let parameter) = place { parameter.quantity } else { nil }
  }

  fileprivate var isAboutNeuron: Bool { quantity?.field != nil }
}

extension Named {
  fileprivate var quantity: Parameter.Quantity? { parameters.first?.quantity }
}
