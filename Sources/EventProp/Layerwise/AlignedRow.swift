/// Numbers of one row of neurons, rounded up to whole vectors.
struct AlignedRow {
  let values: UnsafeMutablePointer<Double>
  /// The number of values, a multiple of ``lanes``.
  let count: Int

  /// How many neurons a vector holds.
  static let lanes = 8

  /// The next multiple of ``lanes``.
  static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

  init(_ slab: Slab, count: Int, repeating value: Double = 0) {
    self.count = Self.padded(count)
    values = slab.take(self.count, repeating: value)
  }

  func set(to value: Double) { values.update(repeating: value, count: count) }
}

/// A matrix `[before × this]` whose rows are whole vectors.
struct PaddedMatrix {
  let storage: AlignedRow
  let rows: Int
  let width: Int
  let columns: Int

  /// A matrix of zeros.
  init(_ slab: Slab, rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    width = AlignedRow.padded(columns)
    storage = AlignedRow(slab, count: rows * width)
  }

  /// The weights of a dense matrix.
  init(_ slab: Slab, _ synapses: borrowing Synapses) {
    self.init(slab, rows: synapses.rows, columns: synapses.columns)
    synapses.weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return }
      for row in 0..<rows { self[row: row].update(from: weights + row * columns, count: columns) }
    }
  }

  @inline(__always)
  subscript(row row: Int) -> UnsafeMutablePointer<Double> { storage.values + row * width }

  /// The values row by row, without the padding.
  var entries: [Double] {
    Array(unsafeUninitializedCapacity: rows * columns) { buffer, count in
      for row in 0..<rows {
        (buffer.baseAddress.map { $0 + row * columns })?
          .initialize(from: self[row: row], count: columns)
      }
      count = rows * columns
    }
  }
}
