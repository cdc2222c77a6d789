import Files
import Testing

struct HDF5Tests {
  private static func fault(_ read: () throws(ArrayFault) -> Void) -> String? {
    do {
      try read()
      return nil
    } catch {
      return error.message
    }
  }

  @Test func `numbers of every type are exact`() throws {
    let file = try HDF5File(ArrayFixture.bytes("kinds.h5"))
    let types: [(String, NumberArray.Element)] = [
      ("f2", .float16), (">f4", .float32), ("f8", .float64), ("i1", .int8), ("u1", .uint8),
      ("i2", .int16), (">u4", .uint32), ("i8", .int64), ("u8", .uint64),
    ]
    for (name, element) in types {
      let array = try file.numbers("numbers/\(name)")
      #expect(array == NumberArray(shape: [2, 2], values: [0, 1, 100, 3], element: element))
    }
    #expect(try file.numbers("numbers/packed").values == (0..<1000).map(Double.init))
    #expect(try file.numbers("scalar") == NumberArray(shape: [], values: [-2.5]))
    #expect(try file.numbers("none") == NumberArray(shape: [0, 3], values: []))
  }

  @Test func `texts of variable and of fixed length`() throws {
    let file = try HDF5File(ArrayFixture.bytes("kinds.h5"))
    let text = try file.texts("text")
    #expect(text.shape == [] && text.values == ["α"])
    let texts = try file.texts("texts")
    #expect(texts.shape == [2, 2] && texts.values == ["in", "w", "w", ""])
    #expect(try file.texts("fixed").values == ["ab", "cde"])
  }

  @Test func `lists of numbers, as in the spikes of SHD`() throws {
    let file = try HDF5File(ArrayFixture.bytes("lists.h5"))
    #expect(try file.members() == ["labels", "spikes"])
    #expect(try file.members("spikes") == ["times", "units"])
    #expect(try file.listCount("spikes/times") == 3)
    let times = try file.lists("spikes/times", 0..<3)
    #expect(times.lists == [[0.125, 0.5, 0.5], [], [0.333251953125]])
    #expect(times.element == .float16)
    let units = try file.lists("spikes/units", 0..<1)
    #expect(units.lists == [[7, 699, 0]] && units.element == .uint16)
    #expect(try file.lists("spikes/units", 1..<3).lists == [[], [4]])
    #expect(try file.numbers("labels").values == [3, 0, 19])
  }

  @Test func `the kind of a member is known before it is read`() throws {
    let file = try HDF5File(ArrayFixture.bytes("kinds.h5"))
    #expect(try file.kind("numbers") == .group)
    #expect(try file.kind("numbers/f2") == .numbers)
    #expect(try file.kind("text") == .text)
    #expect(try file.kind("complex") == .other)
    #expect(try file.kind("flag") == .other)
    #expect(try file.kind("nothing") == nil)
    #expect(try file.kind("scalar/nothing") == nil)
  }

  @Test(arguments: [
    ("scaler", "there is no array 'scaler' in this file"),
    ("text", "expected numbers at 'text', found text"),
    ("beyond", "the whole number 9007199254740993 is beyond 2⁵³ and would be rounded"),
    ("long", "arrays of type '128 bits' are not read"),
    ("soft", "'soft' is a link to another place or another file"),
    ("external", "'external' is a link to another place or another file"),
    ("outside", "'outside' is a link to another place or another file"),
    ("huge", "'huge' unpacks to more than 1024 MiB"),
    // 800 MB would be given for a few bytes of a file.
    ("unwritten", "'unwritten' unpacks to more than 1024 MiB"),
  ])
  func `what cannot be read is refused with its reason`(path: String, reason: String) throws {
    let file = try HDF5File(ArrayFixture.bytes("kinds.h5"))
    let fault = Self.fault { () throws(ArrayFault) in _ = try file.numbers(path) }
    #expect(fault == reason)
    // A refusal does not end the reading.
    #expect(try file.numbers("scalar").values == [-2.5])
  }

  @Test func `bytes that are no HDF5 file`() throws {
    let bytes = try ArrayFixture.bytes("lists.h5")
    for bytes in [[], Array("title: x".utf8), Array(bytes[..<8]), Array(bytes[..<500])] {
      let fault = Self.fault { () throws(ArrayFault) in _ = try HDF5File(bytes) }
      #expect(fault == "not an HDF5 file, or a damaged one", "\(bytes.count) bytes")
    }
  }

  /// Reads all there is below a path; returns the number of faults.
  private static func faults(in file: borrowing HDF5File, _ path: String, _ depth: Int) -> Int {
    do throws(ArrayFault) {
      switch try file.kind(path) {
      case .group where depth < 5:
        var faults = 0
        for name in try file.members(path).prefix(20) {
          faults += Self.faults(in: file, path.isEmpty ? name : "\(path)/\(name)", depth + 1)
        }
        return faults
      case .numbers: _ = try file.numbers(path)
      case .text: _ = try file.texts(path)
      case .lists: _ = try file.lists(path, 0..<(try file.listCount(path)))
      case .group, .other, nil: break
      }
      return 0
    } catch {
      return 1
    }
  }

  // Of 2000 such files 434 ended the process when libhdf5 1.10.8 read them inside it.
  @Test(arguments: ["kinds.h5", "lists.h5"])
  func `a damaged file gives faults, and never ends the program`(name: String) throws {
    let bytes = try ArrayFixture.bytes(name)
    var draw = ArrayFixture.Draw()
    var isDamaged = 0
    for _ in 0..<60 {
      var damaged = bytes
      for _ in 0...draw(6) { damaged[draw(damaged.count)] = UInt8(draw(256)) }
      if draw(10) == 0 { damaged.removeLast(draw(damaged.count)) }
      do throws(ArrayFault) {
        let file = try HDF5File(damaged)
        if Self.faults(in: file, "", 0) > 0 { isDamaged += 1 }
      } catch {
        isDamaged += 1
      }
    }
    #expect(isDamaged > 5)
  }

  @Test func `what is written reads back, and equal contents make equal bytes`() throws {
    func write() -> [UInt8] {
      let writer = HDF5Writer()
      writer.addGroup("node")
      writer.add(NumberArray(shape: [2, 1], values: [0.1, -1e300]), at: "node/weight")
      writer.add(NumberArray(shape: [], values: [3]), at: "node/one")
      writer.add("α b", at: "version")
      writer.add(TextArray(shape: [1, 2], values: ["in", "lif1.lif"]), at: "node/edges")
      return writer.bytes()
    }
    let bytes = write()
    #expect(bytes == write())
    let file = try HDF5File(bytes)
    #expect(try file.members("node") == ["edges", "one", "weight"])
    #expect(
      try file.numbers("node/weight") == NumberArray(shape: [2, 1], values: [0.1, -1e300]))
    #expect(try file.numbers("node/one") == NumberArray(shape: [], values: [3]))
    #expect(try file.texts("version").values == ["α b"])
    #expect(try file.texts("node/edges") == TextArray(shape: [1, 2], values: ["in", "lif1.lif"]))
  }
}
