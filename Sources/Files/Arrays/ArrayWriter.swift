import EventProp

/// Writes numbers as a `.npy` file, or several arrays as a `.npz` file, for numpy.
package enum ArrayWriter {
  /// The bytes of a `.npy` file: version 1, little-endian, C order.
  ///
  /// The type is int64 for an array of integers that fit into it, and float64 for all others.
  package static func npy(_ array: NumberArray) -> [UInt8] {
    let lengths = array.shape.map(String.init).joined(separator: ", ")
    let shape = array.shape.count == 1 ? "(\(lengths),)" : "(\(lengths))"
    let integers = array.element.isInteger ? array.values.map { Int64(exactly: $0) } : [nil]
    let areIntegers = !integers.contains(nil)
    let type = areIntegers ? "<i8" : "<f8"
    var header = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }".utf8)
    // The values begin at a multiple of 64 bytes; 10 bytes stand before the header.
    header += repeatElement(UInt8(ascii: " "), count: (64 - (11 + header.count) % 64) % 64)
    header.append(UInt8(ascii: "\n"))
    precondition(header.count <= 0xFFFF, "an array has a few axes")
    var bytes = NpyHeader.magic + [1, 0] + LittleEndian.bytes(header.count, size: 2) + header
    bytes.reserveCapacity(bytes.count + 8 * array.values.count)
    let words =
      areIntegers
      ? integers.map { UInt64(bitPattern: $0 ?? 0) } : array.values.map(\.bitPattern)
    for word in words {
      for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place))) }
    }
    return bytes
  }

  /// The bytes of a `.npz` file whose members are not compressed.
  ///
  /// Names must differ from each other. The archive must stay below 4 GiB and have fewer than 65535
  /// members, because its directory has the short form.
  package static func npz(_ arrays: [(name: String, array: NumberArray)]) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for (name, array) in arrays {
      let content = npy(array)
      let name = Array("\(name).npy".utf8)
      // Version 2.0, names in UTF-8, stored, at the first moment of 1980.
      let common =
        [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]
        + LittleEndian.bytes(Int(Checksum.crc32(content)), size: 4)
        + LittleEndian.bytes(content.count, size: 4) + LittleEndian.bytes(content.count, size: 4)
        + LittleEndian.bytes(name.count, size: 2) + [0, 0]
      directory += ZipSignature.entry + [20, 0] + common + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
      directory += LittleEndian.bytes(bytes.count, size: 4) + name
      bytes += ZipSignature.member + common + name + content
    }
    let end = bytes.count
    precondition(end <= 0xFFFF_FFFE && arrays.count <= 0xFFFE, "an archive of the short form")
    let count = LittleEndian.bytes(arrays.count, size: 2)
    bytes += directory + ZipSignature.end + [0, 0, 0, 0] + count + count
    bytes += LittleEndian.bytes(directory.count, size: 4) + LittleEndian.bytes(end, size: 4)
    return bytes + [0, 0]
  }
}
