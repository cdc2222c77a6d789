import EventProp
import Language

extension PresetFault.Subject {
  /// The broken rule, with the value that breaks it.
  func message(_ violation: ExperimentFault.Violation) -> String {
    switch (violation, self) {
    case (.negative(let time), .spike), (.negative(let time), .imposedSpike),
      (.negative(let time), .filedSpike):
      "a spike at \(Quantity.exactTime(time)) comes before t = 0"
    case (.notAfter(let time, _), .filedSpike(let neuron)):
      "neuron \(neuron) spikes twice at \(Quantity.exactTime(time))"
    case (.notAfter(let time, let previous), _):
      "a spike at \(Quantity.exactTime(time)) comes after one at \(Quantity.exactTime(previous))"
    case (.spikeOfIntegrator, .imposedSpike(let neuron)),
      (.spikeOfIntegrator, .filedSpike(let neuron)):
      "neuron \(neuron) is a leaky integrator and cannot spike"
    case (.outOfRange(let index, _), .channel): "no input channel \(index)"
    case (.outOfRange(let index, _), .neuron(let layer)): "no neuron \(index) in layer '\(layer)'"
    case (.outOfRange(let index, _), .label): "no position \(index) in 'neurons'"
    case (.outOfRange(let index, let count), _): "\(name) \(index) does not exist among \(count)"
    case (.tooNearZero(let value), _):
      "\(name) must be at least 2.3e-308, found \(Quantity.display(value))"
    case (.notPositive, _): "\(name) must be greater than 0"
    case (.negative, _): "\(name) must not be negative"
    case (.tooSmall(_, let least), _): "\(name) must be at least \(least)"
    case (.notFinite, _): "\(name) is not a finite number"
    case (.spikeOfIntegrator, _): "\(name) belongs to a leaky integrator, which cannot spike"
    case (.resetNotBelowThreshold(let reset, let threshold), _):
      "v_reset \(Quantity.exact(reset)) is not below v_th \(Quantity.exact(threshold))"
    case (.startsAtThreshold(let potential, let threshold), _):
      "V = \(Quantity.exact(potential)) at t = 0 is not below v_th \(Quantity.exact(threshold))"
    case (.wrongCount(let found, let expected), _): "\(name) has \(found) values, not \(expected)"
    case (.wrongShape(let rows, let columns, let expectedRows, let expectedColumns), _):
      "expected [\(expectedRows) × \(expectedColumns)], found [\(rows) × \(columns)]"
    case (.noLayers, _): "a preset needs at least one layer"
    }
  }

  /// The allowed values.
  func remedy(_ violation: ExperimentFault.Violation) -> String? {
    switch (violation, self) {
    case (.negative, .spike), (.negative, .imposedSpike), (.negative, .filedSpike):
      "the run begins at t = 0"
    case (.notAfter, .filedSpike): "each spike of a neuron is given once"
    case (.notAfter, _): "given spikes of a neuron are written in order of time, each once"
    case (.spikeOfIntegrator, _): "no spikes for it, or neurons: lif"
    case (.outOfRange(_, let count), _): Self.range(noun, count)
    case (.resetNotBelowThreshold, _): "a neuron restarts below its threshold"
    case (.startsAtThreshold, _): "a neuron starts below its threshold"
    default: nil
    }
  }

  private var name: String {
    if case .value(let name) = self { name } else { "the \(noun)" }
  }

  private var noun: String {
    switch self {
    case .value(let name): name
    case .spike, .imposedSpike, .filedSpike: "spike"
    case .channel: "channel"
    case .neuron: "neuron"
    case .label: "position"
    }
  }

  private static func range(_ noun: String, _ count: Int) -> String {
    switch count {
    case 0: "there is no \(noun)"
    case 1: "the only \(noun) is 0"
    default: "the \(noun)s are 0 to \(count - 1)"
    }
  }
}
