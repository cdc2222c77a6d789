import Columns
package import EventProp
package import Foundation
import Language

/// The cost of a pass, with the keys of the public format and as text.
package struct BenchReport: Encodable, Sendable {
  /// Processor time of one pass, in nanoseconds.
  package struct Cost: Encodable, Sendable {
    let min: Double
    let median: Double

    /// The smallest value and the median of several measurements, in nanoseconds per pass.
    package init(of measurements: [Double]) {
      let sorted = measurements.sorted()
      min = sorted.first ?? 0
      median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    fileprivate var text: String {
      "\(Quantity.display(median / 1e3)) µs (least \(Quantity.display(min / 1e3)) µs)"
    }
  }

  /// The kinds of pass.
  package enum Kind: String, CaseIterable, Sendable {
    /// Events and loss.
    case forward = "forward_ns"
    /// In addition the gradients of weights and input times, cleared and computed: a step of
    /// training.
    case forwardBackward = "forward_backward_ns"
    /// Every event recorded for steps, and every gradient of the report.
    case allGradients = "all_gradients_ns"
  }

  let version = 1
  let title: String
  let loss: Double?
  let events: Int
  let threads = 1
  let `repeat`: Int
  /// Why the run is simulated one event at a time; nil where it is simulated layer by layer.
  let obstacle: String?
  private let costs: [Kind: Cost]

  /// Combines the measurements of one preset.
  package init(
    title: String, loss: Double?, events: Int, repeats: Int, obstacle: String?,
    costs: [Kind: Cost]
  ) {
    self.obstacle = obstacle
    self.title = title
    self.loss = loss
    self.events = events
    self.repeat = repeats
    self.costs = costs
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Writes the keys of the public format; a pass without measurement has none.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(version, forKey: Key(stringValue: "version"))
    try container.encode(title, forKey: Key(stringValue: "title"))
    try container.encodeIfPresent(loss, forKey: Key(stringValue: "loss"))
    try container.encode(events, forKey: Key(stringValue: "events"))
    try container.encode(threads, forKey: Key(stringValue: "threads"))
    try container.encodeIfPresent(obstacle, forKey: Key(stringValue: "one_event_at_a_time"))
    try container.encode(self.repeat, forKey: Key(stringValue: "repeat"))
    for (kind, cost) in costs {
      try container.encode(cost, forKey: Key(stringValue: kind.rawValue))
    }
  }

  /// The report as JSON, UTF-8.
  package func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// The report for people.
  package var text: String {
    let names: [(Kind, String)] = [
      (.forward, "forward"), (.forwardBackward, "forward + backward"),
      (.allGradients, "every gradient, every event kept"),
    ]
    var lines = ["\(title): \(events) events"]
    for case (let kind, let name) in names {
      guard let cost = costs[kind] else { continue }
      lines.append("\(name.padded(to: 34))\(cost.text)")
    }
    if let obstacle { lines.append("simulated one event at a time: \(obstacle)") }
    lines.append("processor time of one pass on one thread, median of \(self.repeat) measurements")
    return lines.joined(separator: "\n")
  }
}

extension LayerwiseEngine.Obstacle {
  /// The obstacle in words.
  package func sentence(in experiment: Experiment) -> String {
    func name(_ layer: Int) -> String { "layer '\(experiment.network.layers[layer].name)'" }
    let tail =
      "; that is fast in a feed-forward layer with v_th > v_leak, without max_events, dense or small"
    return switch self {
    case .delays(let layer): "synapses of \(name(layer)) have delays\(tail)"
    case .givenSpikes(let layer): "the spikes of \(name(layer)) are given\(tail)"
    case .unequalTimeConstants(let layer):
      "neurons of \(name(layer)) differ in tau_mem or tau_syn\(tail)"
    case .longHorizon(let layer): "t_max is more than 10⁹ time constants of \(name(layer))"
    case .potentials(let layer):
      "the loss reads V of \(name(layer)), which is sparse, recurrent, has delays or unequal tau, or spikes"
    }
  }
}
