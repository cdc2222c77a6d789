package import EventProp
import Foundation

extension Report {
  /// Writes the report as JSON, UTF-8, a piece at a time.
  ///
  /// The bytes equal the result of ``json()``, which needs memory for the whole report.
  ///
  /// `pace` hears now and then which time is reached, and may stop the work. Throws the errors of
  /// ``json()`` and of `write`.
  package func write(
    pace: Pace = .free, to write: ([UInt8]) throws -> Void
  ) throws {
    var text = AdjointText()
    if let adjoint {
      // This key is the first one in the alphabet.
      text.append("{\"adjoint\":[")
      let layers = try AdjointText.Layers(of: adjoint.adjoint.trajectory.experiment.network)
      let events = adjoint.adjoint.trajectory.events
      try adjoint.adjoint.forEachEventBackwards { event, states in
        let time = events[event].time
        try pace.reach(time)
        if event < events.count - 1 { text.append(",") }
        try text.append(event, at: time, states, layers)
        try text.flush(to: write)
      }
      text.append("],")
    } else {
      text.append("{")
    }
    try text.flush(to: write, all: true)
    // Each part is an object of its own; two adjacent parts lose the braces between them.
    try write(Array(try Self.encoder.encode(beforeEvents).dropFirst().dropLast()))
    try write(Array(",\"events\":[".utf8))
    try writeEvents(pace, to: write)
    try write(Array("],".utf8) + (try Self.encoder.encode(afterEvents).dropFirst()))
  }

  /// Writes the list of events without its brackets.
  private func writeEvents(
    _ pace: Pace, to write: ([UInt8]) throws -> Void
  ) throws {
    let encoder = Self.encoder
    for first in stride(from: 0, to: events.range.upperBound, by: Self.eventsAtOnce) {
      let time = events.maker.trajectory.events[first].time
      try pace.reach(time)
      var some = events
      some.range = first..<min(first + Self.eventsAtOnce, events.range.upperBound)
      var bytes = Array(try encoder.encode(some).dropLast())
      if first == 0 { bytes.removeFirst() } else { bytes[0] = UInt8(ascii: ",") }
      try write(bytes)
    }
  }

  private static let eventsAtOnce = 500
}

/// The bytes of λ, one event after another.
private struct AdjointText {
  private var bytes: [UInt8] = []

  /// The number of bytes that are collected before a write.
  private static let piece = 1 << 16

  /// The layers in the order of their keys in JSON.
  struct Layers {
    var parts: [(key: [UInt8], neurons: Range<Int>)]

    init(of network: Network) throws {
      let encoder = Report.encoder
      let offsets = network.offsets
      parts = try network.layers.enumerated().map { number, layer in
        let key = try encoder.encode([layer.name]).dropFirst().dropLast() + Data(":".utf8)
        return (Array(key), offsets[number]..<offsets[number + 1])
      }
      // The encoder decides which name comes first; it compares two names at a time.
      let keys = Dictionary(zip(network.layers.map(\.name), parts.map(\.key))) { $1 }
      let names = try network.layers.map(\.name).sorted { one, other in
        let both = try encoder.encode([one: 0, other: 0])
        return Array(both) == Array("{".utf8) + (keys[one] ?? []) + Array("0,".utf8)
          + (keys[other] ?? []) + Array("0}".utf8)
      }
      let places = Dictionary(zip(names, names.indices)) { $1 }
      let order = network.layers.map { places[$0.name] ?? 0 }
      parts = zip(order, parts).sorted { $0.0 < $1.0 }.map(\.1)
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
