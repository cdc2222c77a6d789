import EventProp
package import Foundation

/// The results of a run, with the keys of the public format.
///
/// The report is one JSON object. Numbers are in SI units and read back to the same Double. A
/// number that is not finite makes the encoder throw, with the path of the number.
package struct Report: Encodable, Sendable {
  var adjoint: AdjointRows?
  let beforeEvents: BeforeEvents
  let events: EventList
  let afterEvents: AfterEvents

  enum CodingKeys: CodingKey {
    case adjoint, events
  }

  /// The keys before the events in alphabetical order.
  struct BeforeEvents: Encodable, Sendable {
    let adjointAtZero: LambdaReport?
    let complete: Bool

    enum CodingKeys: String, CodingKey {
      case complete
      case adjointAtZero = "adjoint_at_zero"
    }
  }

  /// The keys after the events.
  struct AfterEvents: Encodable, Sendable {
    let version = 1
    let title: String
    let tMax: Double
    let loss: Double?
    let layers: [LayerReport]
    let gradient: GradientReport?
    let warnings: [WarningReport]
    /// The one-sided gradients at ties; nil without a request.
    let ties: [TieReport]?
    /// The number of the sample; nil for an experiment with input spikes of its own.
    let sample: Int?
    /// `WRONG: name` for a wrong rule; absent from every exact report.
    let rule: String?

    enum CodingKeys: String, CodingKey {
      case version, title, loss, layers, gradient, warnings, ties, rule, sample
      case tMax = "t_max"
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(adjoint, forKey: .adjoint)
    try container.encode(events, forKey: .events)
    try beforeEvents.encode(to: encoder)
    try afterEvents.encode(to: encoder)
  }

  /// The report as JSON, UTF-8.
  package func json() throws -> Data { try Self.encoder.encode(self) }

  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}

/// Some events of a run, each one made during the output.
struct EventList: Encodable, Sendable {
  let maker: ReportMaker
  var range: Range<Int>

  func encode(to encoder: any Encoder) throws {
    var events = encoder.unkeyedContainer()
    for event in range { try events.encode(maker.event(event)) }
  }
}

struct EventReport: Encodable, Sendable {
  var time: Double
  var kind: String
  var channel: Int?
  var input: Int?
  var layer: String?
  var neuron: Int?
  var spike: Int?
  var current: Double?
  var slope: Double?
  /// V − v_th at a given spike.
  var thresholdDistance: Double?
  var from: Origin?
  var to: String?
  var dlossDt: Double?

  enum CodingKeys: String, CodingKey {
    case time, kind, channel, input, layer, neuron, spike, current, slope, from, to
    case dlossDt = "dloss_dt"
    case thresholdDistance = "threshold_distance"
  }

  struct Origin: Encodable, Sendable {
    var channel: Int?
    var input: Int?
    var layer: String?
    var neuron: Int?
    var spike: Int?
  }
}

struct LayerReport: Encodable, Sendable {
  var name: String
  var spikes: [[Double]]
  var final: Final
  var gradient: GradientReport?

  struct Final: Encodable, Sendable {
    var v: [Double]
    var i: [Double]
  }
}

extension Parameter.Quantity: CodingKey {}

/// The parts of a gradient for one layer or for no layer, by the names of their quantities.
struct GradientReport: Encodable, Sendable {
  var gradient: Gradient
  var experiment: Experiment
  var layer: Int?
  /// Whether it is of a batch, whose samples have input times of their own.
  var isOfBatch = false

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Parameter.Quantity.self)
    for part in GradientPart.all(of: experiment)
    where part.layer == layer && !(isOfBatch && part.quantity == .inputTimes) {
      let values = part.values(in: gradient)
      if let synapses = part.synapses(in: experiment) {
        try container.encode(
          SynapseReport(synapses: synapses, values: values), forKey: part.quantity)
      } else if part.shape(in: experiment).isEmpty {
        try container.encode(values[0], forKey: part.quantity)
      } else {
        try container.encode(values, forKey: part.quantity)
      }
    }
  }
}

/// Values of synapses: a matrix if it is dense, else `[[before, this, value], …]`.
struct SynapseReport: Encodable, Sendable {
  var synapses: Synapses
  var values: [Double]

  func encode(to encoder: any Encoder) throws {
    var rows = encoder.unkeyedContainer()
    for row in 0..<synapses.rows {
      if synapses.isDense {
        try rows.encode(Array(values[synapses.entries(ofRow: row)]))
      } else {
        for entry in synapses.entries(ofRow: row) {
          var triple = rows.nestedUnkeyedContainer()
          try triple.encode(row)
          try triple.encode(synapses.column(ofEntry: entry, row: row))
          try triple.encode(values[entry])
        }
      }
    }
  }
}

struct LambdaReport: Encodable, Sendable {
  var lambdaV: [String: [Double]]
  var lambdaI: [String: [Double]]

  enum CodingKeys: String, CodingKey {
    case lambdaV = "lambda_v"
    case lambdaI = "lambda_i"
  }
}

/// λ at each event, from the last one back.
///
/// The values are made during the output, because in a large network they are far longer than the
/// rest.
struct AdjointRows: Encodable, Sendable {
  let adjoint: AdjointTrajectory
  let maker: ReportMaker

  func encode(to encoder: any Encoder) throws {
    var events = encoder.unkeyedContainer()
    try adjoint.forEachEventBackwards { event, states in
      try events.encode(
        AdjointReport(
          event: event, time: adjoint.trajectory.events[event].time,
          lambda: maker.lambda(states)))
    }
  }
}

struct AdjointReport: Encodable, Sendable {
  var event: Int
  var time: Double
  var lambda: LambdaReport

  enum CodingKeys: CodingKey {
    case event, time
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(event, forKey: .event)
    try container.encode(time, forKey: .time)
    try lambda.encode(to: encoder)
  }
}

extension Report {
  /// Leaves λ at the events out of the report.
  package mutating func leaveOutAdjoint() { adjoint = nil }

  /// About how many bytes λ at the events takes in the report; nil without λ.
  package var adjointBytes: Int? {
    adjoint.map { rows in
      let trajectory = rows.adjoint.trajectory
      let (values, overflows) = trajectory.events.count
        .multipliedReportingOverflow(by: 2 * trajectory.circuit.neuronCount)
      let (bytes, alsoOverflows) = values.multipliedReportingOverflow(by: Self.bytesOfValue)
      return overflows || alsoOverflows ? .max : bytes
    }
  }

  /// About how many bytes a value of λ takes, zeros included.
  private static let bytesOfValue = 12
}
