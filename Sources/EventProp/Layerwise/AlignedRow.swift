/// A row of numbers, one per neuron, padded to whole vectors.
struct AlignedRow {
  let values: UnsafeMutableBufferPointer<Double>
  /// The number of values, a multiple of ``lanes``.
  var count: Int { values.count }

  /// How many neurons a vector holds.
  static let lanes = 8

  /// The next multiple of ``lanes``.
  static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

  init(_ arena: Arena, count: Int, repeating value: Double = 0) {
    values = arena.take(Self.padded(count), repeating: value)
  }

  func set(to value: Double) { values.update(repeating: value) }
}

/// A matrix `[before × this]` with rows of whole vectors; a synapse that does not exist has weight
/// 0 in it.
struct PaddedMatrix {
  let storage: AlignedRow
  let rows: Int
  let width: Int
  let columns: Int
  /// The synapses that exist; nil where all do.
  private let pattern: Synapses.Pattern?

  /// A matrix of zeros.
  init(_ arena: Arena, shapedLike synapses: borrowing Synapses) {
    rows = synapses.rows
    columns = synapses.columns
    pattern = synapses.pattern
    width = AlignedRow.padded(columns)
    storage = AlignedRow(arena, count: rows * width)
  }

  /// The weights of a matrix.
  init(_ arena: Arena, _ synapses: borrowing Synapses) {
    self.init(arena, shapedLike: synapses)
    let weights = synapses.weights
    for row in 0..<rows {
      for entry in synapses.entries(ofRow: row) {
        self[row: row][synapses.column(ofEntry: entry, row: row)] = weights[entry]
      }
    }
  }

  @inline(__always)
  subscript(row row: Int) -> UnsafeMutablePointer<Double> {
    assert((0..<rows).contains(row), "row \(row) of a matrix of \(rows)")
    return storage.values.start + row * width
  }

  /// The values of the synapses that exist, in entry order.
  var entries: [Double] {
    Array(unsafeUninitializedCapacity: pattern?.columns.count ?? rows * columns) { buffer, count in
      for row in 0..<rows {
        guard let pattern else {
          (buffer.baseAddress.map { $0 + row * columns })?
            .initialize(from: self[row: row], count: columns)
          continue
        }
        for entry in pattern.rowStarts[row]..<pattern.rowStarts[row + 1] {
          buffer.initializeElement(at: entry, to: self[row: row][pattern.columns[entry]])
        }
      }
      count = buffer.count
    }
  }
}
