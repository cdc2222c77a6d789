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

  /// Skips events up to `event`; none of them may reach a neuron of the range.
  mutating func skip(to event: Int) { position = event }

  /// Lets the next event happen.
  ///
  /// - Complexity: O(k) for k synapses that deliver in it.
  package mutating func advance(through event: Event) {
    let number = position
    position += 1
    touched.removeAll(keepingCapacity: true)
    if let neuron = event.spikingNeuron, range.contains(neuron) {
      touch(neuron, in: number, at: event.time)
      cells[neuron - range.lowerBound].state.potential =
        circuit.flows[neuron].parameters.vReset
    }
    circuit.forEachDelivery(of: event.kind) { delivery in
      let projection = circuit.projections[delivery.projection]
      guard closedAfter[projection.target].map({ number <= $0 }) ?? true else { return }
      projection.synapses.weights.withUnsafeBufferPointer { weights in
        circuit.forEachSynapse(of: delivery, within: range) { entry, neuron in
          touch(neuron, in: number, at: event.time)
          cells[neuron - range.lowerBound].state.current += weights[entry]
        }
      }
    }
  }

  @inline(__always)
  private mutating func touch(_ neuron: Int, in event: Int, at time: Double) {
    let number = Int32(truncatingIfNeeded: event)
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
  private var recent: [(length: Double, decay: SynapticKernel.Decay)]

  package init(_ flows: Shared<LIFFlow>) {
    recent = Array(
      repeating: (.nan, flows[0].kernel.decay(over: 0)), count: flows.distinct)
  }

  /// Carries a state of a kind of neuron over a length in seconds.
  @inline(__always)
  mutating func advance(
    _ state: inout LIFState, _ kind: Int, _ flow: LIFFlow, by length: Double
  ) {
    guard length != 0 else { return }
    if recent[kind].length != length { recent[kind] = (length, flow.kernel.decay(over: length)) }
    state = flow.advanced(state, over: recent[kind].decay)
  }
}
