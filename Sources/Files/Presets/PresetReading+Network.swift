internal import EventProp
import Language

extension PresetReading {
  /// Checks that the layers are given once, and that a network from a file stands alone.
  mutating func checkNetworkForm(_ fields: PresetFields) {
    guard let key = fields.keys["network"] else { return }
    if fields["layers"] != nil { complain(.layersTwice, at: key) }
    if let parameters = fields.keys["parameters"] {
      complain(.besideNetwork("parameters"), at: parameters)
    }
  }

  /// The network of `{ file: net.nir, weights: step, dt: 100 us, time_unit: s }`.
  mutating func network(
    _ node: PresetNode, _ outlines: inout [LayerOutline], _ places: inout PresetDocument.Places
  ) -> Network? {
    let fields = fields(
      of: node, in: "network", allowed: PresetKeys.network, required: ["file"])
    guard let fields, let place = fields["file"], let path = text(place) else { return nil }
    var choice = NIRChoice()
    let before = complaints.count
    choice.weights = fields["weights"].flatMap { self.choice($0, of: "meaning of weights") }
    choice.timeUnit = fields["time_unit"].flatMap { self.choice($0, of: "unit of time") }
    choice.dt = fields["dt"].flatMap { positiveTime($0, "dt") }
    let bytes: [UInt8]
    switch self.bytes(of: path) {
    case .success(let found): bytes = found
    case .failure(let fault):
      complain(fault, at: place)
      return nil
    }
    guard complaints.count == before else { return nil }
    switch NIRNetworkReader.read(bytes, choice) {
    case .success(let read):
      outlines = read.network.layers.map { LayerOutline(name: $0.name, size: $0.size) }
      places.layers = outlines.map { _ in node.span(in: source) }
      readings += read.readings(of: path)
      return read.network
    case .failure(let faults):
      for fault in faults.faults { complain(.network(fault), at: place) }
      return nil
    }
  }
}
