import Foundation

/// The arrays of a `.safetensors` file.
///
/// The length of a header in JSON, the header, and the numbers in C order follow each other:
/// https://github.com/huggingface/safetensors
struct SafetensorsArchive: ArrayArchive {
  private struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
  }

  /// A value of the header.
  private enum Value: Decodable {
    case entry(Entry)
    /// Texts that a writer adds.
    case metadata([String: String])

    init(from decoder: any Decoder) throws {
      if let entry = try? Entry(from: decoder) {
        self = .entry(entry)
      } else {
        self = .metadata(try [String: String](from: decoder))
      }
    }
  }

  private let bytes: [UInt8]
  private let entries: [String: Entry]
  /// The place of the first number.
  private let start: Int
  let names: [String]
  /// Whether the writer says that the arrays come from numpy.
  let isFromNumpy: Bool

  /// The longest header that the format allows, in bytes.
  private static let mostHeader = 100_000_000

  /// Whether bytes begin as such a file does.
  static func isArchive(_ bytes: [UInt8]) -> Bool {
    bytes.count > 8 && bytes[8] == UInt8(ascii: "{") && header(of: bytes) != nil
  }

  private static func header(of bytes: [UInt8]) -> Range<Int>? {
    guard let length = LittleEndian.integer(bytes, 0, size: 8), length <= mostHeader,
      length <= bytes.count - 8
    else { return nil }
    return 8..<8 + length
  }

  /// Reads the header.
  ///
  /// - Throws: An `ArrayFault` for damage.
  init(_ bytes: [UInt8]) throws(ArrayFault) {
    guard let header = Self.header(of: bytes),
      let values = try? JSONDecoder().decode(
        [String: Value].self, from: Data(bytes[header]))
    else { throw .damaged("its header cannot be read") }
    self.bytes = bytes
    start = header.upperBound
    isFromNumpy = values.values.contains {
      if case .metadata(let texts) = $0 {
        ["np", "numpy"].contains(texts["format"])
      } else {
        false
      }
    }
    entries = values.compactMapValues { if case .entry(let entry) = $0 { entry } else { nil } }
    let order = entries.sorted {
      ($0.value.data_offsets.first ?? 0, $0.key) < ($1.value.data_offsets.first ?? 0, $1.key)
    }
    names = order.map(\.key)
  }

  func array(named name: String) throws(ArrayFault) -> NumberArray {
    guard let entry = entries[name] else { throw .noArray(name, present: names) }
    guard let element = Self.types[entry.dtype] else { throw .unknownType("'\(entry.dtype)'") }
    var size = element.size
    for length in entry.shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      guard !overflow, length >= 0 else { throw .damaged("the shape of an array") }
      size = product
    }
    guard entry.data_offsets.count == 2, entry.data_offsets[0] >= 0,
      entry.data_offsets[0] <= entry.data_offsets[1],
      entry.data_offsets[1] <= bytes.count - start,
      entry.data_offsets[1] - entry.data_offsets[0] == size
    else { throw .damaged("the place of an array") }
    var values: [Double] = []
    values.reserveCapacity(size / element.size)
    let first = start + entry.data_offsets[0]
    for place in stride(from: first, to: first + size, by: element.size) {
      var word: UInt64 = 0
      for byte in 0..<element.size { word |= UInt64(bytes[place + byte]) << UInt64(8 * byte) }
      values.append(try element.value(word))
    }
    return NumberArray(shape: entry.shape, values: values, element: element)
  }

  private static let types: [String: NumberArray.Element] = [
    "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64, "I8": .int8,
    "I16": .int16, "I32": .int32, "I64": .int64, "U8": .uint8, "U16": .uint16, "U32": .uint32,
    "U64": .uint64,
  ]
}
