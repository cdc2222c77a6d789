import EventProp
import Files
import Language
import Testing

/// Arrays without values, and arrays of types that are not read.
struct EmptyArrayTests {
  /// A `.npy` file with a header and some bytes after it.
  private static func npy(_ type: String, shape: String, _ rest: [UInt8] = []) -> [UInt8] {
    let header = "{'descr': \(type), 'fortran_order': False, 'shape': \(shape), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
      + Array(header.utf8) + rest
  }

  private static let pickle: [UInt8] = [0x80, 4, 0x5D, 0x94, 0x2E]

  private static let types = [
    "'<f8'", "'>f4'", "'<f16'", "'|b1'", "'|u1'", "'<i8'", "'<c16'", "'<U1'", "'|S1'", "'<M8[ns]'",
    "[('a', '<f8'), ('b', '<i4')]", "'|V8'",
  ]

  @Test(arguments: types) func `an empty array of any type has no values`(type: String) throws {
    for shape in ["(0,)", "(0, 3)", "(2, 0)"] {
      #expect(try NpyReader.read(Self.npy(type, shape: shape)).values.isEmpty)
    }
  }

  @Test func `an empty array of objects has no values either`() throws {
    #expect(try NpyReader.read(Self.npy("'|O'", shape: "(0,)", Self.pickle)).shape == [0])
  }

  @Test func `advice about a type can be followed`() {
    func fault(_ type: String) -> ArrayFault? {
      do throws(ArrayFault) {
        _ = try NpyReader.read(Self.npy(type, shape: "(2,)", Self.pickle))
        return nil
      } catch { return error }
    }
    #expect(fault("'|O'")?.remedy?.contains("astype") == false)
    #expect(fault("[('a', '<f8')]")?.remedy?.contains("astype") == false)
    #expect(fault("'<f16'")?.remedy?.contains(".astype('float64')") ?? false)
  }
}
