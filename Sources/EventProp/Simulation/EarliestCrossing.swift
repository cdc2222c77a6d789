/// The earliest of many predicted spike times; of equal times, the one of the lowest neuron.
///
/// A tournament tree: each node holds the winner of its two halves. A change of one prediction
/// climbs only while the neuron wins or has won. That is one or two levels for most neurons, O(log
/// n) at worst.
struct EarliestCrossing: Sendable {
  private var times: [Double]
  private var winners: [Int32]
  private let leaves: Int

  /// No neuron is predicted to spike.
  init(count: Int) {
    var leaves = 1
    while leaves < count { leaves *= 2 }
    self.leaves = leaves
    times = Array(repeating: .infinity, count: leaves)
    winners = Array(repeating: 0, count: 2 * leaves)
    for leaf in 0..<leaves { winners[leaves + leaf] = Int32(leaf) }
    for node in stride(from: leaves - 1, to: 0, by: -1) { winners[node] = winners[2 * node] }
  }

  /// The predicted time of a neuron in seconds, infinite when it is not predicted to spike.
  subscript(neuron: Int) -> Double {
    @inline(__always) get { times[neuron] }
    @inline(__always) set {
      if newValue == times[neuron] { return }
      times[neuron] = newValue
      climb(from: neuron)
    }
  }

  private mutating func climb(from neuron: Int) {
    let changed = Int32(truncatingIfNeeded: neuron)
    times.withUnsafeBufferPointer { times in
      winners.withUnsafeMutableBufferPointer { winners in
        var node = (leaves + neuron) / 2
        while node > 0 {
          let left = winners[2 * node]
          let right = winners[2 * node + 1]
          let winner = times[Int(right)] < times[Int(left)] ? right : left
          let before = winners[node]
          winners[node] = winner
          // A node that another neuron won before and wins now ends the climb: nothing changes
          // above it.
          if winner == before, winner != changed { return }
          node /= 2
        }
      }
    }
  }

  /// The next neuron to spike and its time, or nil when no neuron is predicted to spike.
  var first: (neuron: Int, time: Double)? {
    let neuron = leaves == 1 ? 0 : Int(winners[1])
    return times[neuron] < .infinity ? (neuron, times[neuron]) : nil
  }
}
