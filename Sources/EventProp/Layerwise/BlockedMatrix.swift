/// A matrix `[before × this]`, in blocks of eight neurons: `[block][row][8]`; a synapse that does
/// not exist has weight 0 in it.
///
/// One more row at the end holds zeros. It serves the start of a run, which brings no arrival.
struct BlockedMatrix {
  private let storage: AlignedRow
  let rows: Int
  let columns: Int
  /// The synapses that exist; nil where all do.
  private let pattern: Synapses.Pattern?

  /// The number of values from one block to the next.
  var stride: Int { (rows + 1) * AlignedRow.lanes }

  /// A matrix of zeros.
  init(_ arena: Arena, shapedLike synapses: borrowing Synapses) {
    rows = synapses.rows
    columns = synapses.columns
    pattern = synapses.pattern
    storage = AlignedRow(arena, count: (synapses.rows + 1) * AlignedRow.padded(synapses.columns))
  }

  /// The weights of a matrix, or other values in entry order.
  init(_ arena: Arena, _ synapses: borrowing Synapses, values: [Double]? = nil) {
    self.init(arena, shapedLike: synapses)
    let weights = values ?? synapses.weights
    for row in 0..<rows {
      for entry in synapses.entries(ofRow: row) {
        self[row, synapses.column(ofEntry: entry, row: row)] = weights[entry]
      }
    }
  }

  func clear() { storage.set(to: 0) }

  @inline(__always)
  private subscript(row: Int, column: Int) -> Double {
    get { storage.values[place(row, column)] }
    nonmutating set { storage.values[place(row, column)] = newValue }
  }

  @inline(__always)
  private func place(_ row: Int, _ column: Int) -> Int {
    column / AlignedRow.lanes * stride + row * AlignedRow.lanes + column % AlignedRow.lanes
  }

  /// The first value of the block of a neuron whose number is a multiple of eight.
  func start(of neuron: Int) -> UnsafeMutablePointer<Double> {
    storage.values.start + place(0, neuron)
  }

  /// The values of the synapses that exist, in entry order.
  var entries: [Double] {
    Array(unsafeUninitializedCapacity: pattern?.columns.count ?? rows * columns) { buffer, count in
      for row in 0..<rows {
        if let pattern {
          for entry in pattern.rowStarts[row]..<pattern.rowStarts[row + 1] {
            buffer.initializeElement(at: entry, to: self[row, pattern.columns[entry]])
          }
        } else {
          for column in 0..<columns {
            buffer.initializeElement(at: row * columns + column, to: self[row, column])
          }
        }
      }
      count = buffer.count
    }
  }
}
