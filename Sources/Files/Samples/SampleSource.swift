package import EventProp
package import Language
package import Learning

/// The samples of a preset, and where they come from.
package struct FiledSamples: Equatable, Sendable {
  /// The samples.
  package let samples: Samples
  /// Where they come from.
  package let source: Source
  /// The samples of a file that take no part in a training, by their part.
  let heldOut: [DataSettings.Part: Samples]
  /// The rules of a training on them; nil where the preset has none.
  package var training: TrainingSettings?

  /// Where the samples of a preset come from.
  package enum Source: Equatable, Sendable {
    /// A file: the key `samples`.
    case file(SampleSource)
    /// A data set that is generated: the keys `data` and `encode`.
    case data(DataSettings)

    /// The file or the set, for a sentence.
    package var name: String {
      switch self {
      case .file(let source): source.file
      case .data(let settings): "the set \(settings.set.name)"
      }
    }
  }

  /// Joins samples with their source.
  package init(
    samples: Samples, source: Source, heldOut: [DataSettings.Part: Samples] = [:],
    training: TrainingSettings? = nil
  ) {
    self.samples = samples
    self.source = source
    self.heldOut = heldOut
    self.training = training
  }

  /// Other samples on which a training is tested; nil for a file without them.
  ///
  /// - Complexity: O(spikes) for a data set, which is generated.
  package func testSamples(for loss: Loss?) -> Samples? { samples(.test, for: loss) }

  /// The samples of a part; nil for a file without it.
  ///
  /// - Complexity: O(spikes) for a data set, which is generated.
  package func samples(_ part: DataSettings.Part, for loss: Loss?) -> Samples? {
    switch source {
    case .data(let settings): settings.samples(part, for: loss, together: samples.together)
    case .file: part == .train ? samples : heldOut[part]
    }
  }

  /// The same samples, as a preset in another folder names them.
  package var moved: FiledSamples {
    guard case .file(let source) = source else { return self }
    return FiledSamples(
      samples: samples, source: .file(source.moved), heldOut: heldOut, training: training)
  }
}

/// A file of samples: the values of the key `samples` of a preset.
package struct SampleSource: Equatable, Sendable {
  /// The file as the preset names it.
  package var file: String
  /// The file by a path that holds in every folder.
  package var wholePath: String
  /// The names of the arrays by their keys, such as `times`; the keys that are left out are missing.
  package var arrays: [String: String] = [:]
  /// The unit of the times; nil where it is left out and the times are in seconds.
  package var timeUnit: Quantity.TimeUnit?
  /// The selected numbers, as ranges in the order of the file; nil for all of them.
  package var selected: [ClosedRange<Int>]?

  /// How values become spikes; nil where the file has spikes.
  package var encoder: Encoder?
  /// The parts that are held out of a training.
  package var parts: [DataSettings.Part: Part] = [:]

  /// Where a part comes from that is held out of a training.
  package enum Part: Equatable, Sendable {
    /// The last ones of the samples.
    case last(Int)
    /// Some of the samples, drawn by a seed.
    case drawn(Int, seed: UInt64)
    /// Other arrays; their unit and encoder are those of the samples.
    case own(SampleSource)
  }

  /// The same source, as a preset in another folder names it.
  fileprivate var moved: SampleSource {
    var source = self
    source.file = wholePath
    source.parts = parts.mapValues {
      if case .own(let own) = $0 { .own(own.moved) } else { $0 }
    }
    return source
  }

  /// Names a file, without the names of its arrays.
  package init(file: String, wholePath: String) {
    self.file = file
    self.wholePath = wholePath
  }
}
