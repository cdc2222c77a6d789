import EventProp

/// What a network makes of the plane of a data set with two features, on a grid of points.
///
/// Each value is that of an exact forward pass. The map is filled in pieces: the rows come in an order
/// from coarse to fine, round and round. With another network a new round begins at the row where the
/// last one stopped, so that a map of a network that keeps changing is nowhere older than a round. The
/// old values stay until the new ones come.
package struct DecisionMap: Sendable {
  /// The data set and its encoder.
  package let data: DataSettings
  /// The points that the network learns, in the order of their numbers.
  package let samples: [DataPoint]
  /// The number of points along the first feature, which runs from left to right.
  package private(set) var columns = 0
  /// The number of points along the second feature, which runs from the lowest row up.
  package private(set) var rows = 0
  /// The values, row by row from the lowest; nil where none is known yet.
  package private(set) var points: [Point?] = []
  /// The rows from coarse to fine.
  private var order: [Int] = []
  /// The place of the next point, counted along the order.
  private var next = 0
  /// The points that do not have the values of the latest network.
  private var left = 0
  /// The learnt numbers of the latest network.
  private var numbers: [Double]?

  /// The answer of a network to a point.
  package struct Point: Equatable, Sendable {
    /// The score of each neuron that the loss reads; empty where the run has no loss.
    ///
    /// It is minus the time of the first spike in seconds, or the greatest V; −∞ without.
    package let scores: [Double]
    /// The position of the neuron with the greatest score: the class found; nil for none, and where two
    /// are equal.
    package var chosen: Int? { Outcome.winner(of: scores) }
  }

  /// An empty map of a set; nil for a set without two features and a label.
  ///
  /// - Complexity: that of the points of the set.
  package init?(_ data: DataSettings) {
    guard data.set.features == 2, case .label = data.set.answer else { return nil }
    self.data = data
    samples = data.set.points(data.size(of: .train), seed: data.seed(of: .train))
  }

  /// Sets the number of points; another number empties the map.
  package mutating func resize(columns: Int, rows: Int) {
    guard (columns, rows) != (self.columns, self.rows) else { return }
    (self.columns, self.rows) = (max(0, columns), max(0, rows))
    points = Array(repeating: nil, count: self.columns * self.rows)
    order = Self.order(self.rows)
    (next, left, numbers) = (0, 0, nil)
  }

  /// The places of some rows, first the middle, then the middles of the halves, and so on.
  private static func order(_ rows: Int) -> [Int] {
    var distance = 1
    while distance < rows { distance *= 2 }
    var order: [Int] = []
    var isTaken = [Bool](repeating: false, count: rows)
    while distance > 0 {
      for row in stride(from: distance / 2, to: rows, by: distance) where !isTaken[row] {
        isTaken[row] = true
        order.append(row)
      }
      distance /= 2
    }
    return order
  }

  /// The features of a point of the grid; the points lie in the middles of equal cells.
  package func features(column: Int, row: Int) -> [Double] {
    [(Double(column) + 0.5) / Double(columns), (Double(row) + 0.5) / Double(rows)]
  }

  /// The cell of a point of the plane.
  package func cell(of features: [Double]) -> (column: Int, row: Int) {
    func place(_ value: Double, _ count: Int) -> Int {
      min(max(0, Int(value * Double(count))), count - 1)
    }
    return (place(features[0], columns), place(features[1], rows))
  }

  /// The value at a place of the grid; nil where none is known yet.
  package subscript(column: Int, row: Int) -> Point? { points[row * columns + column] }

  /// Whether all values are those of the present network of a training.
  package func isComplete(for training: Training) -> Bool {
    points.isEmpty || left == 0 && numbers == training.state.numbers
  }

  /// The part of the values that are those of the latest network, from 0 to 1.
  package var share: Double {
    points.isEmpty ? 1 : Double(points.count - left) / Double(points.count)
  }

  /// Computes up to `count` values with the present network of a training.
  ///
  /// - Complexity: that of as many forward passes, shared by the threads of the training.
  package mutating func fill(_ count: Int, with training: Training) {
    if numbers != training.state.numbers {
      numbers = training.state.numbers
      left = points.count
    }
    let count = min(count, left)
    guard count > 0, let loss = training.data.samples.first?.loss else { return }
    let places = (next..<next + count).map { place -> Int in
      let place = place % points.count
      return order[place / columns] * columns + place % columns
    }
    let samples = places.map { place in
      Sample(
        inputSpikes: data.encoder.spikes(
          of: features(column: place % columns, row: place / columns)), loss: loss)
    }
    for (place, scores) in zip(places, Self.scores(of: samples[...], training.batch)) {
      points[place] = Point(scores: scores)
    }
    next = (next + count) % points.count
    left -= count
  }

  /// The scores of some points; none for a point whose run has no loss.
  private static func scores(of samples: ArraySlice<Sample>, _ batch: Batch) -> [[Double]] {
    do throws(Batch.Failure) {
      return try batch.scores(of: Array(samples))
    } catch {
      let failed = samples.startIndex + error.sample
      return scores(of: samples[..<failed], batch) + [[]]
        + scores(of: samples[(failed + 1)...], batch)
    }
  }

  /// The number of the sample nearest to a point of the plane.
  ///
  /// - Complexity: O(samples).
  package func sample(nearest features: [Double]) -> Int? {
    func distance(_ sample: Int) -> Double {
      zip(samples[sample].features, features).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    return samples.indices.map { ($0, distance($0)) }.min { $0.1 < $1.1 }?.0
  }
}
