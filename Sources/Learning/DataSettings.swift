package import EventProp

/// A data set with the sizes and seeds of its parts, and with its encoder: the keys `data` and
/// `encode` of a preset.
package struct DataSettings: Sendable {
  /// Every set, in the order in which help lists them.
  package static let sets: [any DataSet.Type] = [
    YinYang.self, Circle.self, Linear.self, Constant.self, XOR.self,
  ]

  /// A part of the points of a set.
  package enum Part: String, CaseIterable, Sendable {
    case train, validation, test

    /// The usual number of points of a random set: that of the published yin-yang set.
    package var usualSize: Int { self == .train ? 5000 : 1000 }

    /// The usual seed: that of the published yin-yang set.
    package var usualSeed: UInt32 {
      switch self {
      case .train: 42
      case .validation: 41
      case .test: 40
      }
    }
  }

  /// The set.
  package var set: any DataSet.Type
  /// How a point becomes input spikes.
  package var encoder: Encoder
  /// The sizes that are not the usual ones, at least 1.
  package var sizes: [Part: Int] = [:]
  /// The seeds that are not the usual ones.
  package var seeds: [Part: UInt32] = [:]

  /// Creates settings with the usual sizes and seeds.
  package init(_ set: any DataSet.Type, _ encoder: Encoder) {
    self.set = set
    self.encoder = encoder
  }

  /// The number of points of a part; by default each point once in a set without random points.
  package func size(of part: Part) -> Int { sizes[part] ?? set.different ?? part.usualSize }

  /// The seed of a part.
  package func seed(of part: Part) -> UInt32 { seeds[part] ?? part.usualSeed }

  /// The number of channels that the encoder needs.
  package var channels: Int { encoder.channels(ofFeatures: set.features) }

  /// The number of input spikes of a part.
  package func spikeCount(of part: Part) -> Int { size(of: part) * channels * encoder.repeats }
}

extension DataSettings: Equatable {
  /// Whether two settings have the same set, encoder, sizes and seeds.
  package static func == (one: Self, other: Self) -> Bool {
    one.set == other.set && one.encoder == other.encoder
      && Part.allCases.allSatisfy {
        one.size(of: $0) == other.size(of: $0) && one.seed(of: $0) == other.seed(of: $0)
      }
  }
}

extension DataSettings {
  /// The samples of a part with what a loss needs of them: labels or targets.
  ///
  /// A set of labels has targets where the encoder has them. A loss that reads neither, and none,
  /// get no answers.
  ///
  /// - Complexity: O(spikes), on average.
  package func samples(
    _ part: Part, for loss: Loss?, together: Samples.Together = .mean
  ) -> Samples {
    let points = set.points(size(of: part), seed: seed(of: part))
    var starts = [0]
    var times: [Double] = []
    var channels: [Int32] = []
    for point in points {
      for spike in encoder.spikes(of: point.features) {
        times.append(spike.time)
        channels.append(Int32(spike.channel))
      }
      starts.append(times.count)
    }
    let fields = loss.map { $0.rule.kind.required + $0.rule.kind.optional } ?? []
    var labels: [Int]?
    var targets: Samples.Targets?
    if fields.contains(.label), case .label = set.answer {
      labels = points.map(\.label)
    } else if fields.contains(.target) || fields.contains(.targets) {
      targets = self.targets(of: points, neurons: loss?.rule.values.neurons.count ?? 0)
    }
    return Samples(
      numbers: Array(points.indices), countInFile: points.count, starts: starts, times: times,
      channels: channels, labels: labels, targets: targets, together: together)
  }

  /// The targets of some neurons; nil for a set of labels without them.
  private func targets(of points: [DataPoint], neurons: Int) -> Samples.Targets? {
    switch set.answer {
    case .label:
      encoder.targets.map { $0.targets(of: points.map(\.label), neurons: neurons) }
    case .targets(let count):
      Samples.Targets(
        values: points.flatMap { $0.targets.map { encoder.time(of: $0) } }, neurons: count,
        longest: 1)
    }
  }
}
