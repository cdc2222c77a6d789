/// A file of arrays with names.
protocol ArrayArchive: Sendable {
  /// The names of the arrays, in the order of the file.
  var names: [String] { get }
  /// Reads an array.
  ///
  /// - Throws: An `ArrayFault` if there is no such name, or for a fault of the array.
  func array(named name: String) throws(ArrayFault) -> NumberArray
}
