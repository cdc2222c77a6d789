import EventProp

extension Run {
  /// An event in two or three words: `in0`, `spike n1`, `arrival of e3`.
  package func describe(_ event: Int) -> String {
    switch trajectory.events[event].kind {
    case .input(let channel, _): "in\(channel)"
    case .spike(let neuron, _, _): "spike n\(neuron)"
    case .arrival(let emitter, _): "arrival of e\(emitter)"
    }
  }
}
