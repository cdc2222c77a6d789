import EventProp

/// Reads the numbers of a `.npy` file.
///
/// The versions 1 to 3 of the format differ only in the size of the header:
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
package enum NpyReader {
  /// Reads the bytes of a `.npy` file.
  ///
  /// - Throws: An `ArrayFault` for another format, an unsupported type, or damage.
  package static func read(_ bytes: [UInt8]) throws(ArrayFault) -> NumberArray {
    guard bytes.starts(with: NpyHeader.magic) else { throw .notArrays(.either) }
    let header = try NpyHeader(bytes)
    // An empty array of Python objects still has their list after its header.
    guard header.count > 0 else { return NumberArray(shape: header.shape, values: []) }
    let (size, overflow) = header.count.multipliedReportingOverflow(by: header.element.size)
    let found = bytes.count - header.start
    guard !overflow, size == found else {
      throw .damaged(
        "its shape needs \(overflow ? "far more" : "\(size)") bytes, and there are \(found)")
    }
    let values = try values(bytes, header)
    return NumberArray(
      shape: header.shape,
      values: header.isFortranOrder ? cOrder(values, header.shape) : values,
      element: header.element)
  }

  /// The values in the order of the file.
  private static func values(
    _ bytes: [UInt8], _ header: NpyHeader
  ) throws(ArrayFault) -> [Double] {
    let size = header.element.size
    var values: [Double] = []
    values.reserveCapacity(header.count)
    for start in stride(from: header.start, to: header.start + header.count * size, by: size) {
      var word: UInt64 = 0
      if header.isBigEndian {
        for place in 0..<size { word = word << 8 | UInt64(bytes[start + place]) }
      } else {
        for place in 0..<size { word |= UInt64(bytes[start + place]) << UInt64(8 * place) }
      }
      values.append(try header.element.value(word))
    }
    return values
  }

  /// Reorders values so that the last axis runs fastest; in the input the first axis does.
  private static func cOrder(_ values: [Double], _ shape: [Int]) -> [Double] {
    guard shape.count > 1, !values.isEmpty else { return values }
    var strides = [1]
    for length in shape.dropLast() { strides.append((strides.last ?? 1) * length) }
    var place = [Int](repeating: 0, count: shape.count)
    var source = 0
    return values.indices.map { _ in
      defer {
        var axis = shape.count - 1
        while axis >= 0 {
          place[axis] += 1
          source += strides[axis]
          if place[axis] < shape[axis] { break }
          source -= strides[axis] * shape[axis]
          place[axis] = 0
          axis -= 1
        }
      }
      return values[source]
    }
  }
}
