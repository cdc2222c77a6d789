/// The sources that reach each neuron, so that its touches are found without a pass through the
/// whole run.
///
/// The index helps where an event reaches few neurons. A network with dense matrices or delays has
/// none: a dense matrix reaches all neurons, and a delayed arrival is an event of its own.
struct TouchIndex: Sendable {
  private let circuit: Circuit
  /// For each matrix and column, the rows with an entry there.
  private let rows: [Rows]
  /// The events of each input channel.
  private let inputs: [[Int32]]

  private struct Rows: Sendable {
    var starts: [Int]
    var rows: [Int32]
  }

  /// - Complexity: O(synapses + events).
  init?(_ trajectory: Trajectory) {
    circuit = trajectory.circuit
    guard !circuit.hasDelays,
      circuit.projections.allSatisfy({ $0.groups == nil && $0.synapses.pattern != nil })
    else { return nil }
    rows = circuit.projections.map { projection in
      let synapses = projection.synapses
      var starts = [Int](repeating: 0, count: synapses.columns + 1)
      for row in 0..<synapses.rows {
        for entry in synapses.entries(ofRow: row) {
          starts[synapses.column(ofEntry: entry, row: row) + 1] += 1
        }
      }
      for column in 0..<synapses.columns { starts[column + 1] += starts[column] }
      var places = starts
      var rows = [Int32](repeating: 0, count: synapses.weights.count)
      for row in 0..<synapses.rows {
        for entry in synapses.entries(ofRow: row) {
          let column = synapses.column(ofEntry: entry, row: row)
          rows[places[column]] = Int32(truncatingIfNeeded: row)
          places[column] += 1
        }
      }
      return Rows(starts: starts, rows: rows)
    }
    var inputs = [[Int32]](repeating: [], count: circuit.experiment.network.inputs)
    for (number, event) in trajectory.events.enumerated() {
      if case .input(let channel, _) = event.kind {
        inputs[channel].append(Int32(truncatingIfNeeded: number))
      }
    }
    self.inputs = inputs
  }

  /// The events that may touch a neuron, ascending: its own spikes, and every event that a matrix
  /// sends to it.
  ///
  /// - Complexity: O(k log k) for k of them.
  func events(of neuron: Int, in trajectory: Trajectory) -> [Int32] {
    var found = trajectory.spikes(of: neuron).map { Int32(truncatingIfNeeded: $0) }
    let layer = circuit.layerOf[neuron]
    for (projection, rows) in zip(circuit.projections, rows) where projection.target == layer {
      let column = neuron - projection.targetOffset
      for row in rows.rows[rows.starts[column]..<rows.starts[column + 1]] {
        switch projection.source {
        case .inputs: found += inputs[Int(row)]
        case .layer(let source):
          found += trajectory.spikes(of: circuit.offsets[source] + Int(row)).map {
            Int32(truncatingIfNeeded: $0)
          }
        }
      }
    }
    found.sort()
    return found
  }
}
