package import EventProp
package import Language

/// The samples of a preset, and where they come from.
package struct FiledSamples: Equatable, Sendable {
  /// The samples.
  package let samples: Samples
  /// Where they come from.
  package let source: SampleSource

  /// Joins samples with their source.
  package init(samples: Samples, source: SampleSource) {
    self.samples = samples
    self.source = source
  }

  /// The same samples, as a preset in another folder names them.
  package var moved: FiledSamples {
    var source = source
    source.file = source.wholePath
    return FiledSamples(samples: samples, source: source)
  }
}

/// Where the samples of a preset come from: the values of its key `samples`.
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
