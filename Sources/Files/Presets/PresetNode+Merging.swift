internal import Yams

extension PresetNode {
  /// The key that takes over the pairs of another mapping: https://yaml.org/type/merge.html.
  static let merge = "<<"

  /// The most pairs that one mapping takes over, so that multiplying aliases do not stop the reader.
  private static let mostPairs = 100_000

  /// The pairs of a mapping, with those that it takes over behind its own.
  ///
  /// Its own keys win, then the mappings of a list in their order. A merge key that has no mapping stays
  /// a key.
  func pairs(of mapping: Yams.Node.Mapping) -> [(key: PresetNode, value: PresetNode)] {
    guard mapping.contains(where: { child($0.key).isMerge }) else {
      return mapping.map { (child($0.key), child($0.value)) }
    }
    var taken: Set<Yams.Node> = []
    var pairs: [(key: PresetNode, value: PresetNode)] = []
    var budget = Self.mostPairs
    var waiting = [mapping]
    while let next = waiting.popLast() {
      var sources: [Yams.Node.Mapping] = []
      for (key, value) in next {
        let found = child(key).isMerge ? Self.sources(value) : nil
        budget -= found?.reduce(0) { $0 + $1.count + 1 } ?? 0
        if let found, budget >= 0 {
          sources += found
        } else if taken.insert(key).inserted {
          pairs.append((child(key), child(value)))
        }
      }
      waiting += sources.reversed()
    }
    return pairs
  }

  /// Whether the node is a merge key; in quotes it is an ordinary key.
  var isMerge: Bool {
    if case .scalar(Self.merge, isQuoted: false) = content { true } else { false }
  }

  /// The mappings that a merge key takes over; nil for anything else.
  private static func sources(_ value: Yams.Node) -> [Yams.Node.Mapping]? {
    switch value {
    case .mapping(let mapping): return [mapping]
    case .sequence(let sequence):
      let mappings = sequence.compactMap(\.mapping)
      return mappings.count == sequence.count ? mappings : nil
    case .scalar, .alias: return nil
    }
  }
}
