package import EventProp
package import Language
package import Learning

/// The samples of a preset, and where they come from.
package struct FiledSamples: Equatable, Sendable {
  /// The samples.
  package let samples: Samples
  /// Where they come from.
  package let source: Source

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
  package init(samples: Samples, source: Source) {
    self.samples = samples
    self.source = source
  }

  /// The same samples, as a preset in another folder names them.
  package var moved: FiledSamples {
    guard case .file(var source) = source else { return self }
    source.file = source.wholePath
    return FiledSamples(samples: samples, source: .file(source))
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

  /// Names a file, without the names of its arrays.
  package init(file: String, wholePath: String) {
    self.file = file
    self.wholePath = wholePath
  }
}
