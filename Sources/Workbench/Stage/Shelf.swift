package import EventProp

/// The files around a session: a disk, or what a test remembers.
package protocol Shelf {
  /// The experiment that a preset or a file has, and whether it is there for good.
  mutating func experiment(named name: String) throws -> (experiment: Experiment, isSaved: Bool)
  /// The bytes of a file.
  func read(_ path: String) throws -> [UInt8]
  /// The text of a file with commands.
  func script(_ path: String) throws -> String
  /// Writes a file atomically; over an existing one only where the output says so.
  mutating func write(_ bytes: [UInt8], to output: Output) throws
  /// The same for a file that `body` makes a piece at a time.
  mutating func write(
    to output: Output, _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws
}
