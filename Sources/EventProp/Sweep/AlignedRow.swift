/// Numbers of one row of neurons, rounded up to whole vectors and kept for the life of a sweep.
final class AlignedRow {
  let values: UnsafeMutablePointer<Double>
  /// The number of values, a multiple of ``lanes``.
  let count: Int

  /// How many neurons a vector holds.
  static let lanes = 8

  /// The next multiple of ``lanes``.
  static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

  init(count: Int, repeating value: Double = 0) {
    self.count = Self.padded(count)
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, self.count) * MemoryLayout<Double>.stride, alignment: 64)
    values = raw.bindMemory(to: Double.self, capacity: max(1, self.count))
    values.initialize(repeating: value, count: self.count)
  }

  deinit { UnsafeMutableRawPointer(values).deallocate() }

  func set(to value: Double) { values.update(repeating: value, count: count) }
}

/// A matrix `[before × this]` whose rows are whole vectors.
struct PaddedMatrix {
  let storage: AlignedRow
  let width: Int
  let columns: Int

  /// A matrix of zeros.
  init(rows: Int, columns: Int) {
    self.columns = columns
    width = AlignedRow.padded(columns)
    storage = AlignedRow(count: rows * width)
  }

  /// The weights of a dense matrix.
  init(_ synapses: Synapses) {
    self.init(rows: synapses.rows, columns: synapses.columns)
    for row in 0..<synapses.rows {
      for column in 0..<columns {
        storage.values[row * width + column] = synapses.weights[row * columns + column]
      }
    }
  }

  @inline(__always)
  subscript(row row: Int) -> UnsafeMutablePointer<Double> { storage.values + row * width }

  /// The values row by row, without the padding.
  var entries: [Double] {
    let rows = width == 0 ? 0 : storage.count / width
    return Array(unsafeUninitializedCapacity: rows * columns) { buffer, count in
      for row in 0..<rows {
        (buffer.baseAddress.map { $0 + row * columns })?
          .initialize(from: self[row: row], count: columns)
      }
      count = rows * columns
    }
  }
}
