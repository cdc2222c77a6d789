/// Numbers in a rectangular shape, as in a `.npy` file.
package struct NumberArray: Equatable, Sendable {
  /// How a file stores one number.
  package enum Element: String, CaseIterable, Sendable {
    /// Floating point.
    case float16, bfloat16, float32, float64
    /// Signed integers.
    case int8, int16, int32, int64
    /// Unsigned integers.
    case uint8, uint16, uint32, uint64

    /// Whether it holds whole numbers only.
    package var isInteger: Bool {
      switch self {
      case .float16, .bfloat16, .float32, .float64: false
      case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: true
      }
    }

    /// Whether negative numbers are among its whole numbers.
    var isSigned: Bool { [.int8, .int16, .int32, .int64].contains(self) }

    /// The number of bytes.
    package var size: Int {
      switch self {
      case .int8, .uint8: 1
      case .float16, .bfloat16, .int16, .uint16: 2
      case .float32, .int32, .uint32: 4
      case .float64, .int64, .uint64: 8
      }
    }
  }

  /// The length along each axis; empty for a single number.
  package let shape: [Int]
  /// The type of the numbers in the file.
  package let element: Element
  /// The numbers with the last axis running fastest (C order), whatever the order in the file.
  ///
  /// All of them are exact.
  package let values: [Double]

  /// Creates an array; the number of values must fit the shape.
  package init(shape: [Int], values: [Double], element: Element = .float64) {
    // One axis of length 0 makes an empty array, however long the other axes are.
    let count = shape.contains(0) ? 0 : shape.reduce(1, *)
    precondition(
      shape.allSatisfy { $0 >= 0 } && count == values.count,
      "an array has a value for every place of its shape")
    self.shape = shape
    self.values = values
    self.element = element
  }

  /// The array with its two axes exchanged; an array of another number of axes stays as it is.
  var transposed: NumberArray {
    guard shape.count == 2 else { return self }
    let (rows, columns) = (shape[0], shape[1])
    return NumberArray(
      shape: [columns, rows],
      values: values.indices.map { values[$0 % rows * columns + $0 / rows] }, element: element)
  }

  /// The place of a value along each axis.
  func place(of index: Int) -> [Int] {
    var rest = index
    var place: [Int] = []
    for length in shape.reversed() {
      place.append(rest % length)
      rest /= length
    }
    return place.reversed()
  }
}
