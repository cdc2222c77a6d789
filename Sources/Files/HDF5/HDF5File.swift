internal import CHDF5
import EventProp

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An HDF5 file, read from its bytes in memory.
///
/// A path is a list of names with '/' between them, such as `node/nodes/hidden/tau_mem`. A damaged
/// file gives faults, however it is damaged: libhdf5 reads in a child process.
package struct HDF5File: ~Copyable {
  private let file: OpaquePointer

  /// Opens a file.
  ///
  /// - Throws: An `ArrayFault` for bytes that are no HDF5 file.
  package init(_ bytes: [UInt8]) throws(ArrayFault) {
    guard Self.isHDF5(bytes),
      let file = bytes.withUnsafeBytes({ ch_open($0.baseAddress, $0.count) })
    else { throw .notArrays(.hdf5) }
    self.file = file
  }

  deinit { ch_close(file) }

  /// Whether bytes begin as an HDF5 file does.
  package static func isHDF5(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
  }

  /// What a path leads to, or nil if there is nothing.
  ///
  /// - Throws: An `ArrayFault` for a link or damage.
  package func kind(_ path: String) throws(ArrayFault) -> ArrayFault.MemberKind? {
    do throws(ArrayFault) {
      return Self.kind(try description(path))
    } catch .noArray {
      return nil
    }
  }

  /// The names in a group, in the order of the alphabet.
  package func members(_ path: String = "") throws(ArrayFault) -> [String] {
    _ = try description(path, as: .group)
    return try texts(in: try read(path), at: path)
  }

  /// The numbers of a dataset.
  ///
  /// - Throws: An `ArrayFault` for another kind of member, for a type whose numbers a Double cannot
  ///   hold, and for whole numbers beyond 2⁵³.
  package func numbers(_ path: String) throws(ArrayFault) -> NumberArray {
    let description = try description(path, as: .numbers)
    let element = try Self.element(description)
    let shape = Self.shape(description)
    let words = try read(path)
    guard words.bytes.count == Int(description.count) * 8 else { throw .damagedMember(path) }
    let values = try Self.values(words.bytes, element)
    return NumberArray(shape: shape, values: values, element: element)
  }

  /// The texts of a dataset.
  package func texts(_ path: String) throws(ArrayFault) -> TextArray {
    let description = try description(path, as: .text)
    let values = try texts(in: try read(path), at: path)
    guard values.count == Int(description.count) else { throw .damagedMember(path) }
    return TextArray(shape: Self.shape(description), values: values)
  }

  /// The number of lists in a dataset of lists.
  package func listCount(_ path: String) throws(ArrayFault) -> Int {
    Int(try description(path, as: .lists).count)
  }

  /// Some of the lists of a dataset whose values are lists of numbers.
  ///
  /// The range of their places lies inside `0..<listCount(path)`.
  package func lists(_ path: String, _ range: Range<Int>) throws(ArrayFault) -> NumberLists {
    let description = try description(path, as: .lists)
    let element = try Self.element(description)
    precondition(range.lowerBound >= 0 && range.upperBound <= Int(description.count))
    let read = try read(path, first: range.lowerBound, count: range.count)
    let lengths = read.listLengths
    guard lengths.count == range.count, lengths.allSatisfy({ $0 >= 0 }),
      lengths.reduce(0, { $0 &+ $1 }) == read.bytes.count / 8
    else { throw .damagedMember(path) }
    let values = try Self.values(read.bytes, element)
    var start = 0
    let lists = lengths.map { length in
      defer { start += length }
      return Array(values[start..<start + length])
    }
    return NumberLists(lists: lists, element: element)
  }

  // MARK: Asking

  private func description(_ path: String) throws(ArrayFault) -> ch_description {
    var description = ch_description()
    try check(ch_describe(file, "/" + path, &description), path)
    return description
  }

  private func description(
    _ path: String, as expected: ArrayFault.MemberKind
  ) throws(ArrayFault) -> ch_description {
    let description = try description(path)
    let found = Self.kind(description)
    guard found == expected else {
      throw .wrongMember(path, expected: expected, found: found)
    }
    return description
  }

  private func read(
    _ path: String, first: Int = 0, count: Int = 0
  ) throws(ArrayFault) -> (bytes: [UInt8], listLengths: [Int]) {
    var values = ch_values()
    try check(ch_read(file, "/" + path, Int64(first), Int64(count), &values), path)
    defer {
      free(values.bytes)
      free(values.list_lengths)
    }
    let bytes = [UInt8](UnsafeRawBufferPointer(start: values.bytes, count: values.size))
    let lengths = UnsafeBufferPointer(start: values.list_lengths, count: values.lists)
    return (bytes, lengths.map(Int.init))
  }

  private func check(_ status: CHStatus, _ path: String) throws(ArrayFault) {
    switch status {
    case .done: return
    case .noMember: throw .noArray(path, present: neighbours(of: path))
    case .link: throw .link(path)
    case .tooLarge, .noMemory: throw .tooLarge(path, most: 1 << 30)
    case .damaged, .wrongKind: throw .damagedMember(path)
    }
  }

  /// The members beside a path that does not exist, for a suggestion.
  private func neighbours(of path: String) -> [String] {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    guard let names = try? members(folder) else { return [] }
    return names.map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
  }

  private func texts(
    in read: (bytes: [UInt8], listLengths: [Int]), at path: String
  ) throws(ArrayFault) -> [String] {
    var texts: [String] = []
    for bytes in read.bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast() {
      guard let text = String(validating: bytes, as: UTF8.self) else { throw .damagedMember(path) }
      texts.append(text)
    }
    return texts
  }

  // MARK: Types

  private static func kind(_ description: ch_description) -> ArrayFault.MemberKind {
    switch description.kind {
    case .group: .group
    case .numbers: .numbers
    case .text: .text
    case .lists: .lists
    case .other: .other
    }
  }

  private static func shape(_ description: ch_description) -> [Int] {
    withUnsafeBytes(of: description.lengths) { bytes in
      bytes.bindMemory(to: Int64.self).prefix(Int(description.axes)).map(Int.init)
    }
  }

  private static func element(
    _ description: ch_description
  ) throws(ArrayFault) -> NumberArray.Element {
    let signed: [Int32: NumberArray.Element] = [1: .int8, 2: .int16, 4: .int32, 8: .int64]
    let unsigned: [Int32: NumberArray.Element] = [1: .uint8, 2: .uint16, 4: .uint32, 8: .uint64]
    let element: NumberArray.Element? =
      switch description.element {
      case .float16: .float16
      case .bFloat16: .bfloat16
      case .float32: .float32
      case .float64: .float64
      case .signed: signed[description.bytes]
      case .unsigned: unsigned[description.bytes]
      case .other: nil
      }
    guard let element else { throw .unknownType("'\(8 * description.bytes) bits'") }
    return element
  }

  private static func values(
    _ bytes: [UInt8], _ element: NumberArray.Element
  ) throws(ArrayFault) -> [Double] {
    let words = bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
    guard element.isInteger else { return words.map { Double(bitPattern: $0) } }
    var values: [Double] = []
    values.reserveCapacity(words.count)
    for word in words {
      values.append(try ExactInteger.double(word, isSigned: element.isSigned))
    }
    return values
  }
}

/// Texts in a rectangular shape.
package struct TextArray: Equatable, Sendable {
  /// The length along each axis; empty for a single text.
  package let shape: [Int]
  /// The texts with the last axis running fastest.
  package let values: [String]

  /// Creates an array; it has a text for every place of its shape.
  package init(shape: [Int], values: [String]) {
    self.shape = shape
    self.values = values
  }
}

/// Lists of numbers, of any length each.
package struct NumberLists: Equatable, Sendable {
  /// The numbers of each list, all of them exact.
  package let lists: [[Double]]
  /// The type of the numbers in the file.
  package let element: NumberArray.Element
}
