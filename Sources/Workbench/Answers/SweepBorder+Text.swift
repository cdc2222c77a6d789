import EventProp
package import Language
package import Study

extension SweepBorder.Change {
  /// The change of the spikes in a phrase.
  package func text(_ names: Names) -> String {
    switch self {
    case .count(let all):
      let changes = all.map { (time: $0.time, text: $0.text) }
        .sorted { ($0.time, $0.text) < ($1.time, $1.text) }
      let others = changes.count - 1
      let second = others == 1 ? ", with it \(changes[1].text)" : ""
      return changes[0].text + (others > 1 ? ", with \(others) neurons after it" : second)
    case .order(let source, let neuron, let spike):
      let arrival =
        switch source {
        case .input(let position): names.name(ofInput: position)
        case .spike(let neuron, let ordinal): "spike n\(neuron) \(ordinal)"
        }
      return "\(arrival) and spike n\(neuron) \(spike) change places"
    case .orders: return "arrivals and spikes change places"
    }
  }
}

extension SweepBorder.CountChange {
  fileprivate var text: String {
    let appears = difference > 0
    guard let spike else {
      return "\(abs(difference)) spikes of n\(neuron) \(appears ? "appear" : "vanish")"
    }
    return "spike n\(neuron) \(spike) \(appears ? "appears" : "vanishes") at "
      + Quantity.displayTime(time)
  }
}
