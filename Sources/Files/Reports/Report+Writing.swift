import EventProp
import Foundation

extension Report {
  /// Writes the report as JSON, UTF-8, a piece at a time: byte for byte that of ``json()``, which needs memory for all of it.
  ///
  /// `goesOn` is asked at each event of the way back, with its time, and now and then on the list of events; where it answers false,
  /// `SimulationError.stopped` is thrown. Throws
  /// what ``json()`` throws, and what `write` does.
  package func write(
    goesOn: (Double) -> Bool = { _ in true }, to write: ([UInt8]) throws -> Void
  ) throws {
    var rest = self
    rest.adjoint = nil
    var text = AdjointText()
    if let adjoint {
      // Of all keys this is the first in the alphabet.
      text.append("{\"adjoint\":[")
      let layers = try AdjointText.Layers(of: adjoint.adjoint.trajectory.experiment.network)
      let events = adjoint.adjoint.trajectory.events
      try adjoint.adjoint.forEachEventBackwards { event, states in
        let time = events[event].time
        guard goesOn(time) else { throw SimulationError.stopped(time: time) }
        if event < events.count - 1 { text.append(",") }
        try text.append(event, at: time, states, layers)
        try text.flush(to: write)
      }
      text.append("],")
    } else {
      text.append("{")
    }
    try text.flush(to: write, all: true)
    // The encoder says what stands around the events; no layer's name comes with the key before them.
    rest.events.range = 0..<0
    let around = try rest.json().dropFirst()
    let start = Data("\"complete\":\(complete),\"events\":[".utf8)
    guard let place = around.firstRange(of: start) else {
      preconditionFailure("a report has events")
    }
    try write(Array(around[..<place.upperBound]))
    try writeEvents(goesOn, to: write)
    try write(Array(around[place.upperBound...]))
  }

  /// Writes the list of events without its brackets.
  private func writeEvents(
    _ goesOn: (Double) -> Bool, to write: ([UInt8]) throws -> Void
  ) throws {
    let encoder = Self.encoder
    for first in stride(from: 0, to: events.range.upperBound, by: Self.eventsAtOnce) {
      let time = events.maker.trajectory.events[first].time
      guard goesOn(time) else { throw SimulationError.stopped(time: time) }
      var some = events
      some.range = first..<min(first + Self.eventsAtOnce, events.range.upperBound)
      var bytes = Array(try encoder.encode(some).dropLast())
      if first == 0 { bytes.removeFirst() } else { bytes[0] = UInt8(ascii: ",") }
      try write(bytes)
    }
  }

  private static let eventsAtOnce = 500
}

/// The bytes of λ at one event after another.
private struct AdjointText {
  private var bytes: [UInt8] = []

  /// How much is kept before it is written.
  private static let piece = 1 << 16

  /// The layers in the order of their keys.
  struct Layers {
    var parts: [(key: [UInt8], neurons: Range<Int>)]

    init(of network: Network) throws {
      // Which name comes first, and how each is quoted, is for the encoder to say.
      let encoder = Report.encoder
      let offsets = network.offsets
      let names = network.layers.map(\.name)
      let all = try encoder.encode(
        Dictionary(zip(names, names.indices), uniquingKeysWith: { $1 }))
      var parts: [(key: Data, neurons: Range<Int>)] = []
      for (layer, name) in names.enumerated() {
        let key = try encoder.encode([name]).dropFirst().dropLast() + Data(":".utf8)
        parts.append((key, offsets[layer]..<offsets[layer + 1]))
      }
      func place(_ key: Data) -> Int { all.firstRange(of: key)?.lowerBound ?? 0 }
      parts.sort { place($0.key) < place($1.key) }
      self.parts = parts.map { (Array($0.key), $0.neurons) }
    }
  }

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes += $0 }
  }

  mutating func append(
    _ event: Int, at time: Double, _ states: [AdjointState], _ layers: Layers
  ) throws {
    append("{\"event\":")
    bytes += "\(event)".utf8
    append(",\"lambda_i\":{")
    try append(states, layers) { $0.lambdaI }
    append("},\"lambda_v\":{")
    try append(states, layers) { $0.lambdaV }
    append("},\"time\":")
    try append(time)
    append("}")
  }

  @inline(__always)
  private mutating func append(
    _ states: [AdjointState], _ layers: Layers, _ part: (AdjointState) -> Double
  ) throws {
    for (number, layer) in layers.parts.enumerated() {
      if number > 0 { append(",") }
      bytes += layer.key
      bytes.append(UInt8(ascii: "["))
      for neuron in layer.neurons {
        if neuron > layer.neurons.lowerBound { bytes.append(UInt8(ascii: ",")) }
        try append(part(states[neuron]))
      }
      bytes.append(UInt8(ascii: "]"))
    }
  }

  /// Appends a number as the encoder writes it: the shortest digits, without `.0`.
  private mutating func append(_ value: Double) throws {
    if value == 0, value.sign == .plus { return bytes.append(UInt8(ascii: "0")) }
    guard value.isFinite else {
      throw EncodingError.invalidValue(
        value, EncodingError.Context(codingPath: [Report.CodingKeys.adjoint], debugDescription: ""))
    }
    var text = value.description
    text.withUTF8 { digits in
      let isWhole =
        digits.count > 2 && digits[digits.count - 1] == UInt8(ascii: "0")
        && digits[digits.count - 2] == UInt8(ascii: ".")
      bytes += isWhole ? digits[..<(digits.count - 2)] : digits[...]
    }
  }

  mutating func flush(to write: ([UInt8]) throws -> Void, all: Bool = false) throws {
    guard all || bytes.count >= Self.piece else { return }
    try write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
