/// The synapses from one population to another: a weight matrix `[presynaptic × postsynaptic]`, dense or
/// sparse, with an optional delay per synapse.
///
/// A synapse that is not listed in a sparse matrix does not exist and has no gradient; a listed weight of
/// zero exists and has one. Values that belong to synapses (weights, delays, gradients) are arrays in
/// *entry* order: row by row, and within a row by position.
///
/// jaxsnn: WeightInput, WeightRecurrent.
public struct Synapses: Equatable, Sendable {
  /// The number of presynaptic neurons or input channels.
  public let rows: Int
  /// The number of postsynaptic neurons.
  public let columns: Int
  /// The weight of each entry.
  public var weights: [Double]
  /// The delay of each entry in seconds (≥ 0); nil for a matrix without delays.
  public var delays: [Double]?
  /// The existing synapses; nil for a dense matrix.
  package let pattern: Pattern?

  /// The synapses that a sparse matrix has.
  package struct Pattern: Equatable, Sendable {
    /// Entries of row r are `rowStarts[r] ..< rowStarts[r + 1]`.
    package let rowStarts: [Int]
    /// The postsynaptic neuron of each entry.
    package let columns: [Int]
    /// Whether the columns of every row ascend, so that a binary search finds a neuron.
    package let isAscending: Bool
    /// Synapses outside the matrix; an experiment with such synapses is not run.
    let strays: [Stray]

    /// A place outside a matrix.
    struct Stray: Equatable, Sendable {
      var row: Int
      var column: Int
    }

    init(rowStarts: [Int], columns: [Int], strays: [Stray]) {
      self.rowStarts = rowStarts
      self.columns = columns
      self.strays = strays
      isAscending = zip(rowStarts, rowStarts.dropFirst()).allSatisfy { start, end in
        columns[start..<end].indices.dropFirst().allSatisfy { columns[$0 - 1] < columns[$0] }
      }
    }

    /// The first entry of a row whose column is not before another.
    @inline(__always)
    func firstEntry(ofRow row: Int, from column: Int) -> Int {
      columns.withUnsafeBufferPointer {
        $0[rowStarts[row]..<rowStarts[row + 1]].firstPlace { $0 >= column }
      }
    }
  }

  /// Creates a dense matrix; `weights` has `rows · columns` values, row by row, and so has
  /// `delays`.
  ///
  /// Nothing is checked here: a matrix of another size is one of the ``Experiment/faults``.
  public init(rows: Int, columns: Int, weights: [Double], delays: [Double]? = nil) {
    self.rows = rows
    self.columns = columns
    self.weights = weights
    self.delays = delays
    pattern = nil
  }

  /// Creates a sparse matrix from `(row, column, weight)` triples, kept in the order given within a row.
  ///
  /// A triple outside the matrix is one of the ``Experiment/faults``, and so are more rows than 2 147 483 647.
  ///
  /// - Complexity: O(rows + triples).
  public init(
    rows: Int, columns: Int, sparse triples: [(row: Int, column: Int, weight: Double)]
  ) {
    // A matrix that no network has gets no memory for its rows: no triple is inside it.
    let usableRows = (0...Network.mostInputs).contains(rows) ? rows : 0
    let isInside = { (triple: (row: Int, column: Int, weight: Double)) in
      (0..<usableRows).contains(triple.row) && (0..<max(0, columns)).contains(triple.column)
    }
    let inside = triples.filter(isInside)
    var starts = [Int](repeating: 0, count: usableRows + 1)
    for triple in inside { starts[triple.row + 1] += 1 }
    for row in starts.indices.dropLast() { starts[row + 1] += starts[row] }
    var next = starts
    var targets = [Int](repeating: 0, count: inside.count)
    var weights = [Double](repeating: 0, count: inside.count)
    for triple in inside {
      let entry = next[triple.row]
      next[triple.row] += 1
      targets[entry] = triple.column
      weights[entry] = triple.weight
    }
    self.rows = rows
    self.columns = columns
    self.weights = weights
    pattern = Pattern(
      rowStarts: starts, columns: targets,
      strays: triples.filter { !isInside($0) }.map { Pattern.Stray(row: $0.row, column: $0.column) }
    )
  }

  /// Whether every pair of neurons has a synapse.
  package var isDense: Bool { pattern == nil }

  /// The number of values that a dense matrix of this shape has.
  package var entryCount: Int {
    if let pattern { return pattern.columns.count }
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    return overflow ? .max : count
  }

  /// The entries of a row.
  package func entries(ofRow row: Int) -> Range<Int> {
    guard let pattern else { return row * columns..<(row + 1) * columns }
    return pattern.rowStarts[row]..<pattern.rowStarts[row + 1]
  }

  /// The presynaptic neuron or input channel of an entry.
  ///
  /// - Complexity: O(1) when dense, O(log rows) when sparse.
  package func row(ofEntry entry: Int) -> Int {
    guard let pattern else { return entry / columns }
    return pattern.rowStarts.firstPlace { $0 > entry } - 1
  }

  /// The postsynaptic neuron of an entry in a row.
  package func column(ofEntry entry: Int, row: Int) -> Int {
    pattern.map { $0.columns[entry] } ?? entry - row * columns
  }

  /// The entry of a synapse, or nil when the synapse does not exist or has no weight.
  ///
  /// - Complexity: O(1) when dense, O(entries of the row) when sparse, O(log of them) where columns ascend.
  public func entry(row: Int, column: Int) -> Int? {
    guard row >= 0, row < rows, column >= 0, column < columns else { return nil }
    guard let pattern else {
      let (start, isOverflow) = row.multipliedReportingOverflow(by: columns)
      return isOverflow || start > weights.count - columns ? nil : start + column
    }
    guard row + 1 < pattern.rowStarts.count else { return nil }
    guard pattern.isAscending else {
      return entries(ofRow: row).first { pattern.columns[$0] == column }
    }
    let entry = pattern.firstEntry(ofRow: row, from: column)
    return entry < pattern.rowStarts[row + 1] && pattern.columns[entry] == column ? entry : nil
  }
}
