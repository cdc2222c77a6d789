internal import CHDF5
import EventProp

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes an HDF5 file in memory.
///
/// Equal contents make equal bytes.
package struct HDF5Writer: ~Copyable {
  private let file: OpaquePointer

  /// Begins a file without members.
  package init() {
    guard let file = ch_create() else { preconditionFailure("libhdf5 cannot begin a file") }
    self.file = file
  }

  deinit { ch_discard(file) }

  /// Adds a group; the groups around it must exist.
  package func addGroup(_ path: String) { check(ch_add_group(file, "/" + path), path) }

  /// Adds numbers as int64 if their element is one of integers, and as float64 otherwise.
  package func add(_ array: NumberArray, at path: String) {
    let lengths = array.shape.map(Int64.init)
    check(
      ch_add_numbers(
        file, "/" + path, Int32(lengths.count), lengths, array.values, array.element.isInteger),
      path)
  }

  /// Adds a text without an axis.
  package func add(_ text: String, at path: String) {
    add(TextArray(shape: [], values: [text]), at: path)
  }

  /// Adds texts; they have no zero in them.
  package func add(_ texts: TextArray, at path: String) {
    let packed = texts.values.flatMap { $0.utf8CString }
    let lengths = texts.shape.map(Int64.init)
    check(ch_add_texts(file, "/" + path, Int32(lengths.count), lengths, packed), path)
  }

  /// The bytes of the file.
  package func bytes() -> [UInt8] {
    var start: UnsafeMutableRawPointer?
    var count = 0
    check(ch_image(file, &start, &count), "")
    defer { free(start) }
    return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  private func check(_ status: CHStatus, _ path: String) {
    precondition(status == .done, "libhdf5 cannot write '\(path)'")
  }
}
