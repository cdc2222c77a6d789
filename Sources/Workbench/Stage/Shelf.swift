package import EventProp
package import Files
package import Study

/// An experiment from a shelf.
package struct Opened {
  /// The experiment.
  package let experiment: Experiment
  /// Whether the disk keeps it.
  package let isSaved: Bool
  /// The warnings about its text.
  package let remarks: [Warning]
  /// Its samples; nil where it has input spikes of its own.
  package let samples: FiledSamples?

  /// An experiment; by default the disk keeps it.
  package init(
    _ experiment: Experiment, isSaved: Bool = true, remarks: [Warning] = [],
    samples: FiledSamples? = nil
  ) {
    self.experiment = experiment
    self.isSaved = isSaved
    self.remarks = remarks
    self.samples = samples
  }
}

/// The files around a session: a disk, or the memory of a test.
package protocol Shelf {
  /// The experiment of a preset or a file.
  mutating func experiment(named name: String) throws -> Opened
  /// The bytes of a file.
  func read(_ path: String) throws -> [UInt8]
  /// The text of a command file.
  func script(_ path: String) throws -> String
  /// Makes sure that a file can be written: a new one is made, empty, and an old one stays as it is.
  mutating func reserve(_ output: Output) throws
  /// Writes a file atomically; only some outputs may replace an existing file.
  mutating func write(_ bytes: [UInt8], to output: Output) throws
  /// Writes a file atomically that `body` makes a piece at a time.
  mutating func write(
    to output: Output, _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws
}
