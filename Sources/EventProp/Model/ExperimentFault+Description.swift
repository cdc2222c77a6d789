extension ExperimentFault: CustomStringConvertible {
  /// The fault in plain English: the place, the value found there, and the values allowed.
  public var description: String { "\(subject) \(violation.words)" }

  /// The place, with the number concerned where the violation names one.
  private var subject: String {
    switch (place, violation) {
    case (.network, .tooSmall), (.network, .outOfRange): "the number of inputs of the network"
    case (.layer(let layer), .tooSmall): "the number of neurons of layer \(layer)"
    case (.layer(let layer), .wrongCount): "a list of values for the neurons of layer \(layer)"
    case (.matrix, .outOfRange): "the row or column of a synapse in \(place.words)"
    case (.matrix, .wrongCount): "the list of weights or delays of \(place.words)"
    case (.loss, .outOfRange): "the layer or the label of the loss"
    case (.loss, .wrongCount): "the list of targets or coefficients of the loss"
    case (.loss, _): "tau or clip of the loss"
    case (.lossItem, .outOfRange): "the neuron of \(place.words)"
    case (.lossItem, .tooSmall): "the spike of \(place.words)"
    case (.lossItem, .wrongCount): "the list of targets of \(place.words)"
    case (.lossItem, _): "the coefficient of \(place.words)"
    default: place.words
    }
  }
}

extension ExperimentFault.Place {
  fileprivate var words: String {
    switch self {
    case .network: "the network"
    case .horizon: "the horizon"
    case .maxEvents(nil): "the event limit of the run"
    case .maxEvents(let layer?): "the event limit of layer \(layer)"
    case .parameter(let parameter): parameter.words
    case .inputChannel(let position): "the channel of input spike \(position)"
    case .layer(let layer): "layer \(layer)"
    case .matrix(let layer, false): "the matrix into layer \(layer)"
    case .matrix(let layer, true): "the recurrent matrix of layer \(layer)"
    case .imposedSpike(let layer, let neuron, let spike):
      "imposed spike \(spike) of neuron \(neuron) in layer \(layer)"
    case .loss(let value): "\(value) of the loss"
    case .lossItem(let item): "item \(item) of the loss"
    }
  }
}

extension Parameter {
  var words: String {
    func matrix(_ synapse: SynapseIndex) -> String {
      ExperimentFault.Place.matrix(layer: synapse.layer, isRecurrent: synapse.isRecurrent).words
    }
    return switch self {
    case .weight(let synapse): "weight \(synapse.entry) of \(matrix(synapse))"
    case .delay(let synapse): "delay \(synapse.entry) of \(matrix(synapse))"
    case .field(let field, let layer, let neuron):
      "\(field.rawValue) of neuron \(neuron) in layer \(layer)"
    case .initialPotential(let layer, let neuron):
      "the initial potential of neuron \(neuron) in layer \(layer)"
    case .initialCurrent(let layer, let neuron):
      "the initial current of neuron \(neuron) in layer \(layer)"
    case .inputTime(let position): "the time of input spike \(position)"
    case .target(let item, let spike): "target \(spike) of item \(item) of the loss"
    }
  }
}

extension ExperimentFault.Violation {
  fileprivate var words: String {
    switch self {
    case .notFinite: "is not a finite number"
    case .tooNearZero(let value):
      "is \(value), but must be at least \(Double.leastNormalMagnitude)"
    case .notPositive(let value): "is \(value), but must be greater than 0"
    case .negative(let value): "is \(value), but must not be negative"
    case .tooSmall(let value, let least): "is \(value), but must be at least \(least)"
    case .outOfRange(let index, let count) where count <= 0: "is \(index), but there is none"
    case .outOfRange(let index, 1): "is \(index), but the only one is 0"
    case .outOfRange(let index, let count): "is \(index), but must be from 0 to \(count - 1)"
    case .wrongCount(let found, let expected): "has length \(found), but must have \(expected)"
    case .wrongShape(let rows, let columns, let expectedRows, let expectedColumns):
      "is [\(rows) × \(columns)], but must be [\(expectedRows) × \(expectedColumns)], [before × this layer]"
    case .resetNotBelowThreshold(let reset, let threshold):
      "is \(reset), but must be below v_th, which is \(threshold)"
    case .startsAtThreshold(let potential, let threshold):
      "is \(potential), but must be below v_th, which is \(threshold)"
    case .notAfter(let time, let previous):
      "is at \(time) s, but must not be before the one in front of it, at \(previous) s"
    case .spikeOfIntegrator: "belongs to a leaky integrator, which cannot spike"
    case .noLayers: "has no layers, but must have at least one"
    }
  }
}
