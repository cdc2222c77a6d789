import EventProp

/// The header of a `.npy` file: type, order and shape, written as a Python dictionary.
struct NpyHeader {
  var element: NumberArray.Element
  var isBigEndian: Bool
  var isFortranOrder: Bool
  var shape: [Int]
  /// The number of values.
  var count: Int
  /// The position of the first value.
  var start: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the header of a file that begins with the magic bytes.
  init(_ bytes: [UInt8]) throws(ArrayFault) {
    guard bytes.count >= 10 else { throw .damaged("it ends in its header") }
    let version = Int(bytes[6])
    guard (1...3).contains(version) else { throw .unknownVersion(version) }
    let size = version == 1 ? 2 : 4
    guard let length = LittleEndian.integer(bytes, 8, size: size),
      length <= bytes.count - 8 - size
    else { throw .damaged("it ends in its header") }
    start = 8 + size + length
    var text = PythonText(bytes[8 + size..<start])
    guard let values = text.dictionary(), let descr = values["descr"],
      case .flag(let order) = values["fortran_order"], case .tuple(let lengths) = values["shape"],
      values.count == 3
    else { throw .damaged("its header cannot be read") }

    isFortranOrder = order
    shape = lengths
    // One axis of length 0 makes an empty array, however long the other axes are.
    var product = 1
    for length in lengths where !lengths.contains(0) {
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard !overflow else { throw .damaged("its shape is beyond all numbers") }
      product = next
    }
    count = lengths.contains(0) ? 0 : product
    // An empty array has no values, so its type does not matter.
    (element, isBigEndian) = count == 0 ? (.float64, false) : try Self.type(descr)
  }

  private static func type(
    _ descr: PythonText.Value
  ) throws(ArrayFault) -> (NumberArray.Element, isBigEndian: Bool) {
    switch descr {
    case .text(let text):
      let codes: [Substring: NumberArray.Element] = [
        "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32,
        "i8": .int64,
        "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64,
      ]
      guard let order = text.first, "<>|=".contains(order), let element = codes[text.dropFirst()],
        order != "|" || element.size == 1
      else { throw .unknownType("'\(text)'") }
      return (element, order == ">")
    case .list: throw .unknownType("record")
    case .flag, .tuple: throw .damaged("its header cannot be read")
    }
  }
}

/// The subset of Python's literals that headers use.
private struct PythonText {
  enum Value {
    case text(String)
    case flag(Bool)
    case tuple([Int])
    /// A list, as for a record type; its content does not matter.
    case list
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// A dictionary with nothing after it, or nil.
  mutating func dictionary() -> [String: Value]? {
    guard accept("{") else { return nil }
    var values: [String: Value] = [:]
    while !accept("}") {
      guard let key = text(), accept(":"), let value = value(), values[key] == nil else {
        return nil
      }
      values[key] = value
      guard accept(",") || next == UInt8(ascii: "}") else { return nil }
    }
    return next == nil ? values : nil
  }

  /// The next byte that is not blank.
  private var next: UInt8? {
    mutating get {
      while position < bytes.endIndex, bytes[position] == 0x20 || bytes[position] == 0x0A {
        position += 1
      }
      return position < bytes.endIndex ? bytes[position] : nil
    }
  }

  private mutating func accept(_ sign: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: sign) else { return false }
    position += 1
    return true
  }

  private mutating func value() -> Value? {
    switch next {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return text().map { .text($0) }
    case UInt8(ascii: "("): return tuple()
    case UInt8(ascii: "["): return list()
    default:
      if word("True") { return .flag(true) }
      return word("False") ? .flag(false) : nil
    }
  }

  private mutating func word(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func text() -> String? {
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
      let end = bytes[(position + 1)...].firstIndex(of: quote)
    else { return nil }
    defer { position = end + 1 }
    return String(decoding: bytes[position + 1..<end], as: UTF8.self)
  }

  private mutating func tuple() -> Value? {
    guard accept("(") else { return nil }
    var numbers: [Int] = []
    while !accept(")") {
      guard let first = next, isDigit(first) else { return nil }
      let digits = bytes[position...].prefix(while: isDigit)
      guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
      numbers.append(number)
      position = digits.endIndex
      // Python 2 wrote long integers as 3L.
      _ = accept("L")
      guard accept(",") || next == UInt8(ascii: ")") else { return nil }
    }
    return .tuple(numbers)
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func list() -> Value? {
    var depth = 0
    while let byte = next {
      if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        guard text() != nil else { return nil }
        continue
      }
      position += 1
      if byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: "]") { depth -= 1 }
      if depth == 0 { return .list }
    }
    return nil
  }
}
