import Files
import Testing

struct ArrayTests {
  /// What `m` of the fixtures holds.
  private let quarters = [-0.5, -0.25, 0, 0.25, 0.5, 0.75]

  @Test(arguments: [
    "f4-little", "f4-big", "f8-little", "f8-big", "fortran", "version2", "version3",
  ])
  func `every type, order and version gives the same numbers`(name: String) throws {
    let array = try NpyReader.read(try ArrayFixture.bytes("\(name).npy"))
    #expect(array.shape == [3, 2])
    #expect(array.values == quarters)
    #expect(array.element == (name.hasPrefix("f4") ? .float32 : .float64))
  }

  @Test func `any number of axes`() throws {
    let cube = try NpyReader.read(try ArrayFixture.bytes("rank3-fortran.npy"))
    #expect(cube.shape == [2, 3, 4] && cube.values == (0..<24).map(Double.init))
    let scalar = try NpyReader.read(try ArrayFixture.bytes("scalar.npy"))
    #expect(scalar.shape == [] && scalar.values == [2.5])
    let empty = try NpyReader.read(try ArrayFixture.bytes("empty.npy"))
    #expect(empty.shape == [0, 3] && empty.values == [])
  }

  @Test func `integers of every size`() throws {
    let archive = try NpzArchive(try ArrayFixture.bytes("integers.npz"))
    #expect(archive.names == ["i1", "u1", "<i2", ">i2", "<i4", ">u4", "<i8", ">i8", "<u8"])
    for name in archive.names {
      let array = try archive.array(named: name)
      #expect(array.element.isInteger && array.values == [0, 1, 100], "\(name)")
    }
  }

  @Test(arguments: ["stored.npz", "deflated.npz"])
  func `an archive gives its arrays by name`(file: String) throws {
    let archive = try NpzArchive(try ArrayFixture.bytes(file))
    #expect(archive.names == ["w0", "w1", "bad", "delays", "list"])
    #expect(try archive.array(named: "w0").values == [0, 0.25, 0.5, 0.75, 1, 1.25])
    #expect(try archive.array(named: "w1").values == [1, 2, 3, 4])
    #expect(try archive.array(named: "bad").values[1].isNaN)
  }

  @Test func `every kind of deflated block`() throws {
    let archive = try NpzArchive(try ArrayFixture.bytes("blocks.npz"))
    let near = try archive.array(named: "dynamic")
    #expect(near.values.count == 800 && near.values[0] == 0.1 && near.values[799] == 1.5)
    for name in ["fixed", "huffman", "rle"] {
      #expect(try archive.array(named: name) == near, "\(name)")
    }
    #expect(try archive.array(named: "stored").values == Array(near.values[..<30]))
    let far = try archive.array(named: "far").values
    #expect(far.count == 12288 && Array(far[..<8192]) == Array(far[4096...]))
  }

  @Test func `halves of a Float, and whole numbers that no Double equals`() throws {
    #expect(try NpyReader.read(Self.npy("<f2", [0x00, 0x3C, 0x01, 0x00])).values == [1, 0x1p-24])
    #expect(
      try NpyReader.read(Self.npy("<f2", [0xFF, 0xFB, 0x00, 0x7C])).values == [-65504, .infinity])
    let even = UInt64(1 << 53)
    #expect(try NpyReader.read(Self.npy("<u8", Self.bytes(even))).values == [0x1p53])
    #expect(throws: ArrayFault.inexact("9007199254740993")) {
      try NpyReader.read(Self.npy("<u8", Self.bytes(even + 1)))
    }
    #expect(throws: ArrayFault.inexact("-9007199254740993")) {
      try NpyReader.read(Self.npy("<i8", Self.bytes(0 &- even - 1)))
    }
  }

  private static func bytes(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }

  /// A file of one axis with these bytes as its numbers.
  private static func npy(_ type: String, _ numbers: [UInt8]) -> [UInt8] {
    let size = Int(type.suffix(1)) ?? 1
    let header =
      "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(numbers.count / size),)}\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + numbers
  }

  @Test func `the long form of a directory`() throws {
    let archive = try NpzArchive(try ArrayFixture.bytes("zip64.npz"))
    #expect(try archive.array(named: "w").values == quarters)
  }

  @Test func `what is written reads back`() throws {
    let values = [0.1, -0.0, .infinity, .leastNonzeroMagnitude, 1.7976931348623157e308, 1.0 / 3]
    for shape in [[6], [2, 3], [3, 2, 1], [1, 1, 6]] {
      let array = NumberArray(shape: shape, values: values)
      let bytes = ArrayWriter.npy(array)
      #expect(bytes.count == 128 + 48)
      #expect(try NpyReader.read(bytes) == array)
    }
    let one = NumberArray(shape: [], values: [7])
    let none = NumberArray(shape: [0, .max, 4], values: [])
    let archive = try NpzArchive(
      ArrayWriter.npz([
        ("einz", one), ("größe", none), ("w", NumberArray(shape: [6], values: values)),
      ]))
    #expect(archive.names == ["einz", "größe", "w"])
    #expect(try archive.array(named: "einz") == one)
    #expect(try archive.array(named: "größe") == none)
    #expect(try archive.array(named: "w").values == values)
    #expect(try NpzArchive(ArrayWriter.npz([])).names == [])
  }

  @Test func `what numpy writes is what is written here`() throws {
    let array = NumberArray(shape: [3, 2], values: quarters)
    #expect(ArrayWriter.npy(array) == (try ArrayFixture.bytes("f8-little.npy")))
  }
}

struct ArrayFaultTests {
  private func fault(_ body: () throws(ArrayFault) -> NumberArray) -> String {
    do throws(ArrayFault) {
      return "none: \(try body())"
    } catch {
      return error.message + (error.remedy.map { " | " + $0 } ?? "")
    }
  }

  private func npy(_ header: String, values: Int = 0, version: UInt8 = 1) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + [UInt8](repeating: 0, count: values)
  }

  @Test(arguments: [
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 16, nil),
    ("{\"shape\":(2L,),\"descr\":\"=f8\",\"fortran_order\":True}  \n", 16, nil),
    (
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 15,
      "the file is damaged: its shape needs 16 bytes, and there are 15 | write it again"
    ),
    (
      "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 0,
      "the file is damaged: its shape is beyond all numbers | write it again"
    ),
    (
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,), }", 0,
      "the file is damaged: its shape needs far more bytes, and there are 0 | write it again"
    ),
    (
      "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", 0,
      "the file is damaged: its header cannot be read | write it again"
    ),
    ("{'descr': '<f8'}", 0, "the file is damaged: its header cannot be read | write it again"),
    (
      "{'descr': '<f16', 'fortran_order': False, 'shape': (2,), }", 4,
      "arrays of type '<f16' are not read | convert with .astype('float64')"
    ),
    (
      "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", 4,
      "arrays of type '|O' are not read | lists of different lengths and dictionaries become such; save each array of numbers under a name of its own: numpy.savez(FILE, w0=…, w1=…)"
    ),
  ])
  func `headers`(header: String, values: Int, expected: String?) {
    let found = fault { () throws(ArrayFault) in try NpyReader.read(npy(header, values: values)) }
    if let expected { #expect(found == expected) } else { #expect(found.hasPrefix("none")) }
  }

  @Test func `other formats`() throws {
    #expect(
      fault { () throws(ArrayFault) in try NpyReader.read(Array("hello".utf8)) }
        == "not a .npy, .npz or .safetensors file | numpy.save and numpy.savez write such files")
    #expect(
      fault { () throws(ArrayFault) in try NpyReader.read(npy("", version: 9)) }
        == "version 9 of the .npy format is not known | versions 1 to 3 are read")
    for (file, type, remedy) in [
      ("complex.npy", "'<c16'", "convert with .astype('float64')"),
      (
        "record.npy", "record",
        "save each field as an array of its own: numpy.savez(FILE, t=a['t'])"
      ),
    ] {
      let bytes = try ArrayFixture.bytes(file)
      #expect(
        fault { () throws(ArrayFault) in try NpyReader.read(bytes) }
          == "arrays of type \(type) are not read | \(remedy)")
    }
  }

  @Test func `archives`() throws {
    let bzip2 = try NpzArchive(try ArrayFixture.bytes("bzip2.npz"))
    #expect(
      fault { () throws(ArrayFault) in try bzip2.array(named: "w") }
        == "'w.npy' is compressed with bzip2 | numpy.savez and numpy.savez_compressed write what is read here"
    )
    let stored = try NpzArchive(try ArrayFixture.bytes("stored.npz"))
    #expect(
      fault { () throws(ArrayFault) in try stored.array(named: "w2") }
        == "there is no array 'w2' in this file | did you mean 'w0'?")
    #expect(
      fault { () throws(ArrayFault) in try stored.array(named: "weights") }
        == "there is no array 'weights' in this file | it has w0, w1, bad, delays, list")
    // The flag of encryption stands in the directory.
    var bytes = try ArrayFixture.bytes("zip64.npz")
    let entry = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    bytes[entry + 8] = 1
    let encrypted = try NpzArchive(bytes)
    #expect(
      fault { () throws(ArrayFault) in try encrypted.array(named: "w") }
        == "'w.npy' is encrypted | save it without a password")
  }

  @Test func `a changed number fails its checksum`() throws {
    var bytes = try ArrayFixture.bytes("stored.npz")
    bytes[200] ^= 1
    let archive = try NpzArchive(bytes)
    #expect(
      fault { () throws(ArrayFault) in try archive.array(named: "w0") }
        == "the file is damaged: the checksum of a member does not match | write it again")
  }

  @Test(arguments: [
    "blocks.npz", "deflated.npz", "stored.npz", "zip64.npz", "bzip2.npz", "fortran.npy",
    "rank3-fortran.npy", "version2.npy", "record.npy", "scalar.npy",
  ])
  func `no damage stops the reader`(file: String) throws {
    let bytes = try ArrayFixture.bytes(file)
    var draw = ArrayFixture.Draw()
    var refused = 0
    func read(_ bytes: [UInt8]) {
      do throws(ArrayFault) {
        if file.hasSuffix(".npy") {
          _ = try NpyReader.read(bytes)
        } else {
          let archive = try NpzArchive(bytes)
          for name in archive.names { _ = try archive.array(named: name) }
        }
      } catch {
        #expect(!error.message.isEmpty)
        refused += 1
      }
    }
    for end in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 500)) {
      read(Array(bytes[..<end]))
    }
    #expect(refused >= min(500, bytes.count))
    for _ in 0..<500 {
      var damaged = bytes
      for _ in 0...draw(3) {
        damaged[draw(bytes.count)] = [0, 0xFF, 0x7F, 0x80, UInt8(draw(256))][draw(5)]
      }
      read(damaged)
    }
    // The headers and the directory stand at the ends.
    for _ in 0..<500 {
      var damaged = bytes
      let place = draw(min(160, bytes.count))
      damaged[draw(2) == 0 ? place : bytes.count - 1 - place] ^= 1 << UInt8(draw(8))
      read(damaged)
    }
  }

  @Test func `no stream of bits stops the inflater`() throws {
    // Random bytes as the deflated content of a member that is sound otherwise.
    let sound = ArrayWriter.npz([
      ("w", NumberArray(shape: [40], values: Array(repeating: 1, count: 40)))
    ])
    let entry = try #require(sound.indices.last { sound[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    var draw = ArrayFixture.Draw(state: 7)
    for _ in 0..<3000 {
      var bytes = sound
      bytes[entry + 10] = 8
      for place in 35..<entry { bytes[place] = UInt8(draw(256)) }
      // A first block of each kind.
      bytes[35] = bytes[35] & 0xF8 | [1, 2, 4, 5][draw(4)]
      let archive = try NpzArchive(bytes)
      #expect(throws: ArrayFault.self) { try archive.array(named: "w") }
    }
  }
}
