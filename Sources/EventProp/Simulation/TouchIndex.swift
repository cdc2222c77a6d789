/// The sources that reach each neuron, so that its touches are found without a pass through the
/// whole run.
///
/// The index helps where an event reaches few neurons. A network with dense matrices or delays has
/// none: a dense matrix reaches all neurons, and a delayed arrival is an event of its own.
struct TouchIndex: Sendable {
  private let circuit: Circuit
  /// For each matrix and column, the rows with an entry there, and their weights.
  private let rows: [Rows]
  /// The events of each input channel.
  private let inputs: [[Int32]]

  private struct Rows: Sendable {
    var starts: [Int]
    var rows: [Int32]
    var weights: [Double]
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
      var weights = [Double](repeating: 0, count: synapses.weights.count)
      for row in 0..<synapses.rows {
        for entry in synapses.entries(ofRow: row) {
          let column = synapses.column(ofEntry: entry, row: row)
          rows[places[column]] = Int32(truncatingIfNeeded: row)
          weights[places[column]] = synapses.weights[entry]
          places[column] += 1
        }
      }
      return Rows(starts: starts, rows: rows, weights: weights)
    }
    var inputs = [[Int32]](repeating: [], count: circuit.experiment.network.inputs)
    for (number, event) in trajectory.events.enumerated() {
      if case .input(let channel, _) = event.kind {
        inputs[channel].append(Int32(truncatingIfNeeded: number))
      }
    }
    self.inputs = inputs
  }

  /// Calls `body` with each event up to `last` that touches a neuron, and its state just after.
  ///
  /// It repeats the arithmetic of ``Replay`` step by step, so the states are the same bit for bit.
  ///
  /// - Complexity: O(k + events / 64) for k touches.
  func forEachTouch(
    of neuron: Int, through last: Int, in trajectory: Trajectory,
    _ body: (_ event: Int, _ state: LIFState) -> Void
  ) {
    let layer = circuit.layerOf[neuron]
    let flow = circuit.flows[neuron]
    let closed = trajectory.closedAfter[layer] ?? .max
    let sources = sources(of: neuron)
    var state = circuit.initialState(of: neuron)
    var time = 0.0
    for event in events(of: neuron, from: sources, in: trajectory) {
      guard event <= last else { return }
      let happened = trajectory.events[event]
      let isOwn = happened.spikingNeuron == neuron
      guard isOwn || event <= closed else { continue }
      let length = happened.time - time
      if length != 0 { state = flow.advanced(state, over: flow.kernel.decays(over: length)) }
      time = happened.time
      if isOwn { state.potential = flow.parameters.vReset }
      if event <= closed {
        for source in sources {
          guard let row = source.row(of: happened.kind, in: circuit), source.first[row] >= 0
          else { continue }
          let rows = rows[source.matrix]
          var place = Int(source.first[row])
          while place < source.end, rows.rows[place] == row {
            state.current += rows.weights[place]
            place += 1
          }
        }
      }
      body(event, state)
    }
  }

  /// A matrix that reaches a neuron.
  private struct Source {
    var matrix: Int
    var kind: Circuit.Projection.Source
    /// For each row, the place of its first entry for the neuron; −1 where there is none.
    var first: [Int32]
    /// The place after the last entry for the neuron.
    var end: Int

    /// The row through which an event would deliver; nil where it does not belong to the source.
    @inline(__always)
    func row(of event: Event.Kind, in circuit: Circuit) -> Int? {
      switch (event, kind) {
      case (.input(let channel, _), .inputs): channel
      case (.spike(let neuron, _, _), .layer(let layer)) where circuit.layerOf[neuron] == layer:
        neuron - circuit.offsets[layer]
      default: nil
      }
    }
  }

  /// The matrices that reach a neuron.
  private func sources(of neuron: Int) -> [Source] {
    circuit.projections.indices.filter {
      circuit.projections[$0].target == circuit.layerOf[neuron]
    }.map { matrix in
      let projection = circuit.projections[matrix]
      let column = neuron - projection.targetOffset
      let places = rows[matrix].starts[column]..<rows[matrix].starts[column + 1]
      var first = [Int32](repeating: -1, count: projection.synapses.rows)
      for place in places.reversed() {
        first[Int(rows[matrix].rows[place])] = Int32(truncatingIfNeeded: place)
      }
      return Source(
        matrix: matrix, kind: projection.source, first: first, end: places.upperBound)
    }
  }

  /// The events that may touch a neuron, ascending and each once: its own spikes, and every event
  /// that a matrix sends to it.
  ///
  /// Each event has a bit, which costs less than a sort.
  private func events(
    of neuron: Int, from sources: [Source], in trajectory: Trajectory
  ) -> [Int] {
    var words = [UInt64](repeating: 0, count: trajectory.events.count / 64 + 1)
    var count = 0
    func note(_ event: Int) {
      words[event / 64] |= 1 << UInt64(event % 64)
      count += 1
    }
    for spike in trajectory.spikes(of: neuron) { note(spike) }
    for source in sources {
      for row in source.first.indices where source.first[row] >= 0 {
        switch source.kind {
        case .inputs: for event in inputs[row] { note(Int(event)) }
        case .layer(let layer):
          for spike in trajectory.spikes(of: circuit.offsets[layer] + row) { note(spike) }
        }
      }
    }
    var found: [Int] = []
    found.reserveCapacity(count)
    for (place, word) in words.enumerated() {
      var left = word
      while left != 0 {
        found.append(64 * place + left.trailingZeroBitCount)
        left &= left - 1
      }
    }
    return found
  }
}
