/// The states of a range of neurons along the known events of a run, without a search.
///
/// A replay repeats the arithmetic of ``ForwardPass`` step by step, so its states are the same bit
/// for bit. It is a value: a copy can go on by itself.
package struct Replay: Sendable {
  private let circuit: Circuit
  private let closedAfter: [Int?]
  private let range: Range<Int>
  private var cells: [Cell]
  private var decays: RecentDecays
  /// The number of the event that comes next.
  private(set) var position = 0
  /// The neurons of the range that the last event touched, each once, in the order of the touches.
  package private(set) var touched: [Int32] = []

  /// A neuron at its last touch.
  private struct Cell: Sendable {
    var state: LIFState
    var time = 0.0
    var event: Int32 = -1
  }

  /// Starts at t = 0; `closedAfter` is the last event of each layer that an event limit closed, nil
  /// for other layers.
  package init(_ circuit: Circuit, closedAfter: [Int?], neurons range: Range<Int>) {
    self.circuit = circuit
    self.closedAfter = closedAfter
    self.range = range
    decays = RecentDecays(circuit.flows)
    cells = range.map { Cell(state: circuit.initialState(of: $0)) }
  }

  /// The state of a neuron just after the last event that touched it.
  package func state(of neuron: Int) -> LIFState { cells[neuron - range.lowerBound].state }

  /// Lets the next event happen.
  ///
  /// - Complexity: O(k) for k synapses that deliver in it.
  package mutating func advance(through event: Event) {
    touched.removeAll(keepingCapacity: true)
    if let neuron = event.spikingNeuron, range.contains(neuron) {
      touch(neuron, at: event.time)
      cells[neuron - range.lowerBound].state.potential = circuit.flows[neuron].parameters.vReset
    }
    circuit.forEachDelivery(of: event.kind) { delivery in
      guard
        closedAfter[circuit.projections[delivery.projection].target].map({ position <= $0 }) ?? true
      else { return }
      receive(delivery, at: event.time)
    }
    position += 1
  }

  /// Lets the synapses of a delivery change the currents of the neurons that they reach.
  private mutating func receive(_ delivery: Delivery, at time: Double) {
    let projection = circuit.projections[delivery.projection]
    let synapses = projection.synapses
    let offset = projection.targetOffset
    guard projection.groups == nil, let pattern = synapses.pattern,
      range.lowerBound <= offset, offset + synapses.columns <= range.upperBound
    else {
      circuit.forEachSynapse(of: delivery, within: range) { entry, neuron in
        touch(neuron, at: time)
        self.cells[neuron - range.lowerBound].state.current += synapses.weights[entry]
      }
      return
    }
    // Most of the time of a large run goes into this loop. Its arrays are taken out and come back, so
    // that nobody shares them and no border is checked.
    let first = range.lowerBound
    let number = Int32(truncatingIfNeeded: position)
    let flows = circuit.flows
    var (cells, touched, decays) = (cells, touched, decays)
    (self.cells, self.touched, self.decays) = ([], [], RecentDecays())
    cells.withUnsafeMutableBufferPointer { cells in
      synapses.weights.withUnsafeBufferPointer { weights in
        pattern.columns.withUnsafeBufferPointer { columns in
          for entry in synapses.entries(ofRow: delivery.row) {
            let neuron = offset + columns[entry]
            let place = neuron - first
            if cells[place].event != number {
              cells[place].event = number
              touched.append(Int32(truncatingIfNeeded: neuron))
              let length = time - cells[place].time
              cells[place].time = time
              decays.advance(
                &cells[place].state, flows.number(of: neuron), flows[neuron], by: length)
            }
            cells[place].state.current += weights[entry]
          }
        }
      }
    }
    (self.cells, self.touched, self.decays) = (cells, touched, decays)
  }

  /// Brings a neuron to the present event, once.
  @inline(__always)
  private mutating func touch(_ neuron: Int, at time: Double) {
    let number = Int32(truncatingIfNeeded: position)
    let place = neuron - range.lowerBound
    guard cells[place].event != number else { return }
    cells[place].event = number
    touched.append(Int32(truncatingIfNeeded: neuron))
    let length = time - cells[place].time
    cells[place].time = time
    decays.advance(
      &cells[place].state, circuit.flows.number(of: neuron), circuit.flows[neuron], by: length)
  }
}

/// The last length and its decays for each kind of neuron: neurons that are touched together share
/// them.
struct RecentDecays: Sendable {
  private var recent: [(length: Double, decays: (mem: Double, syn: Double, phi: Double))] = []

  /// Decays of no neuron.
  init() {}

  package init(_ flows: Shared<LIFFlow>) {
    recent = Array(
      repeating: (.nan, flows[0].kernel.decays(over: 0)), count: flows.distinct)
  }

  /// Carries a state of a kind of neuron over a length in seconds.
  @inline(__always)
  mutating func advance(
    _ state: inout LIFState, _ kind: Int, _ flow: LIFFlow, by length: Double
  ) {
    guard length != 0 else { return }
    if recent[kind].length != length { recent[kind] = (length, flow.kernel.decays(over: length)) }
    state = flow.advanced(state, over: recent[kind].decays)
  }
}
