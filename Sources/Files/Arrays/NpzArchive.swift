import EventProp

/// The arrays of a `.npz` file: a zip archive with one `.npy` file for each, stored or deflated.
///
/// Names and places come from the directory at the end of the archive, in its short or its long
/// (zip64) form: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. A member is unpacked
/// at a request.
package struct NpzArchive: ArrayArchive {
  /// The largest member, in bytes: no preset can use more than 128 million numbers of 8 bytes.
  private static let mostBytes = 1 << 30

  private struct Member {
    /// The name in the archive, with `.npy`.
    var name: String
    var nameBytes: ArraySlice<UInt8>
    var isEncrypted: Bool
    var method: Int
    var checksum: Int
    var packed: Int
    var size: Int
    /// The position of its own header.
    var offset: Int
  }

  private let bytes: [UInt8]
  private let members: [Member]

  /// Reads the directory of an archive.
  ///
  /// - Throws: An `ArrayFault` for another format or damage.
  package init(_ bytes: [UInt8]) throws(ArrayFault) {
    guard Self.isArchive(bytes) else { throw .notArrays(.either) }
    self.bytes = bytes
    members = try Self.directory(bytes)
  }

  /// Whether bytes begin as a zip archive does.
  static func isArchive(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: ZipSignature.member) || bytes.starts(with: ZipSignature.end)
  }

  /// The names of the arrays, in the order of the archive.
  package var names: [String] {
    members.map { $0.name.hasSuffix(".npy") ? String($0.name.dropLast(4)) : $0.name }
  }

  /// Unpacks an array.
  ///
  /// - Throws: An `ArrayFault` if there is no such name, or for a fault of the array.
  package func array(named name: String) throws(ArrayFault) -> NumberArray {
    // Of two members with one name the later one counts, as in Python.
    guard let index = names.lastIndex(of: name) else { throw .noArray(name, present: names) }
    let unpacked = try unpack(members[index])
    guard unpacked.starts(with: NpyHeader.magic) else { throw .notArrays(.member(name)) }
    return try NpyReader.read(unpacked)
  }

  private func unpack(_ member: Member) throws(ArrayFault) -> [UInt8] {
    guard !member.isEncrypted else { throw .encrypted(member.name) }
    guard member.method == 0 || member.method == 8 else {
      let method = Self.methods[member.method] ?? "method \(member.method)"
      throw .unknownCompression(member.name, method: method)
    }
    guard member.size <= Self.mostBytes else {
      throw .tooLarge(member.name, most: Self.mostBytes)
    }
    let range = try place(of: member)
    let unpacked: [UInt8]
    if member.method == 8 {
      unpacked = try Inflate.unpack(bytes, range, size: member.size)
    } else {
      guard member.size == member.packed else { throw .damaged("the size of a member") }
      unpacked = Array(bytes[range])
    }
    guard Int(Checksum.crc32(unpacked)) == member.checksum else {
      throw .damaged("the checksum of a member does not match")
    }
    return unpacked
  }

  /// The bytes of a member, after its own header.
  private func place(of member: Member) throws(ArrayFault) -> Range<Int> {
    let start = member.offset
    guard start <= bytes.count - 30, bytes[start...].starts(with: ZipSignature.member),
      let name = LittleEndian.integer(bytes, start + 26, size: 2),
      let extra = LittleEndian.integer(bytes, start + 28, size: 2),
      bytes[(start + 30)...].prefix(name).elementsEqual(member.nameBytes)
    else { throw .damaged("a member is not where the directory says") }
    let first = start + 30 + name + extra
    guard first <= bytes.count, member.packed <= bytes.count - first else {
      throw .damaged("a member goes beyond the end")
    }
    return first..<first + member.packed
  }

  private static let methods = [
    1: "shrink", 6: "implode", 9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard",
    95: "xz", 98: "PPMd",
  ]
}

/// The four bytes at the start of each part of an archive.
enum ZipSignature {
  static let member: [UInt8] = [0x50, 0x4B, 3, 4]
  static let entry: [UInt8] = [0x50, 0x4B, 1, 2]
  static let end: [UInt8] = [0x50, 0x4B, 5, 6]
  static let longEnd: [UInt8] = [0x50, 0x4B, 6, 6]
  static let longEndPlace: [UInt8] = [0x50, 0x4B, 6, 7]
}

// The directory.
extension NpzArchive {
  private static func directory(_ bytes: [UInt8]) throws(ArrayFault) -> [Member] {
    guard let end = end(of: bytes), var count = LittleEndian.integer(bytes, end + 10, size: 2),
      var position = LittleEndian.integer(bytes, end + 16, size: 4)
    else { throw .damaged("its directory is missing") }
    if count == 0xFFFF || position == 0xFFFF_FFFF, let long = try longEnd(bytes, before: end) {
      (count, position) = long
    }
    var members: [Member] = []
    for _ in 0..<count {
      guard position <= end - 46, bytes[position...].starts(with: ZipSignature.entry) else {
        throw .damaged("its directory is incomplete")
      }
      members.append(try member(bytes, &position, end: end))
    }
    return members
  }

  /// The start of the record at the end; a comment of up to 65535 bytes may follow it.
  private static func end(of bytes: [UInt8]) -> Int? {
    var start = bytes.count - 22
    while start >= max(0, bytes.count - 22 - 0xFFFF) {
      if bytes[start...].starts(with: ZipSignature.end),
        LittleEndian.integer(bytes, start + 20, size: 2) == bytes.count - start - 22
      {
        return start
      }
      start -= 1
    }
    return nil
  }

  private static func longEnd(
    _ bytes: [UInt8], before end: Int
  ) throws(ArrayFault) -> (count: Int, position: Int)? {
    guard end >= 20, bytes[(end - 20)...].starts(with: ZipSignature.longEndPlace) else {
      return nil
    }
    guard let start = LittleEndian.integer(bytes, end - 12, size: 8), start <= end - 56,
      bytes[start...].starts(with: ZipSignature.longEnd),
      let count = LittleEndian.integer(bytes, start + 32, size: 8),
      let position = LittleEndian.integer(bytes, start + 48, size: 8)
    else { throw .damaged("its directory is missing") }
    return (count, position)
  }

  /// Reads an entry of the directory and moves to the next one; its first 46 bytes must exist.
  private static func member(
    _ bytes: [UInt8], _ position: inout Int, end: Int
  ) throws(ArrayFault) -> Member {
    let start = position
    func field(_ offset: Int, _ size: Int) throws(ArrayFault) -> Int {
      guard let value = LittleEndian.integer(bytes, start + offset, size: size) else {
        throw .damaged("its directory is incomplete")
      }
      return value
    }
    let nameStart = start + 46
    let nameEnd = nameStart + (try field(28, 2))
    let extraEnd = nameEnd + (try field(30, 2))
    position = extraEnd + (try field(32, 2))
    guard position <= end else { throw .damaged("its directory is incomplete") }
    let name = bytes[nameStart..<nameEnd]
    var member = Member(
      name: String(decoding: name, as: UTF8.self), nameBytes: name,
      isEncrypted: try field(8, 2) & 1 == 1, method: try field(10, 2),
      checksum: try field(16, 4), packed: try field(20, 4), size: try field(24, 4),
      offset: try field(42, 4))
    try lengthen(&member, bytes, nameEnd..<extraEnd)
    return member
  }

  /// Replaces sizes that do not fit into 32 bits by the long ones in the extra fields.
  private static func lengthen(
    _ member: inout Member, _ bytes: [UInt8], _ extra: Range<Int>
  ) throws(ArrayFault) {
    var position = extra.lowerBound
    while position + 4 <= extra.upperBound,
      let kind = LittleEndian.integer(bytes, position, size: 2),
      let size = LittleEndian.integer(bytes, position + 2, size: 2)
    {
      var place = position + 4
      position = place + size
      guard position <= extra.upperBound else { throw .damaged("its directory is incomplete") }
      guard kind == 1 else { continue }
      for path in [\Member.size, \Member.packed, \Member.offset]
      where member[keyPath: path] == 0xFFFF_FFFF {
        guard place + 8 <= position, let value = LittleEndian.integer(bytes, place, size: 8) else {
          throw .damaged("its directory is incomplete")
        }
        member[keyPath: path] = value
        place += 8
      }
    }
  }
}
