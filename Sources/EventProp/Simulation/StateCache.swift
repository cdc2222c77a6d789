import Synchronization

/// The states of one neuron along a run: the events that touched it, and its state just after each.
package struct NeuronHistory: Sendable {
  /// The numbers of the events, ascending.
  fileprivate(set) var events: [Int32] = []
  fileprivate(set) var states: [LIFState] = []

  /// The place of the first event that satisfies a condition, or the number of events if none does.
  ///
  /// The condition must also hold for all later events.
  package func place(where isLater: (Int) -> Bool) -> Int {
    events.firstPlace { isLater(Int($0)) }
  }
}

/// The states of all neurons along a few events: the touched neurons and their states just after
/// each event.
struct Segment: Sendable {
  /// The numbers of the events.
  let events: Range<Int>
  private let neurons: [Int32]
  private let states: [LIFState]
  private let starts: [Int]

  /// A neuron that an event touched, and its state just after.
  typealias Touch = (neuron: Int, state: LIFState)

  fileprivate init(_ replay: inout Replay, of all: [Event], atLeast touches: Int) {
    let first = replay.position
    var neurons: [Int32] = []
    var states: [LIFState] = []
    var starts = [0]
    while replay.position < all.count, neurons.count < touches {
      replay.advance(through: all[replay.position])
      neurons += replay.touched
      for neuron in replay.touched { states.append(replay.state(of: Int(neuron))) }
      starts.append(neurons.count)
    }
    events = first..<replay.position
    self.neurons = neurons
    self.states = states
    self.starts = starts
  }

  /// The number of touches.
  fileprivate var touchCount: Int { neurons.count }

  /// The numbers of the touches of an event.
  func touches(of event: Int) -> Range<Int> {
    starts[event - events.lowerBound]..<starts[event - events.lowerBound + 1]
  }

  subscript(touch: Int) -> Touch { (Int(neurons[touch]), states[touch]) }
}

/// The states of a run, recomputed on request and kept while there is room.
///
/// The events determine a run, and the states follow from them. A history is the fast way to a few
/// neurons over a long time, a segment the fast way to all neurons over a short time.
package final class StateCache: Sendable {
  /// Whether a pass found the events.
  package let isLayerwise: Bool
  private let contents: Mutex<Contents>

  private struct Contents {
    /// The index of the events that may touch each neuron, which lets each history be made alone;
    /// nil before it is known.
    var index: TouchIndex??
    var histories: [Int: NeuronHistory] = [:]
    /// The number of states in the histories.
    var kept = 0
    /// The neuron whose history was made last, and the number of neurons in order before it.
    var last = -1
    var row = 0
    /// The states at which each segment starts.
    var checkpoints: [Replay] = []
    /// The segments used last, the oldest first.
    var segments: [Segment] = []
    var engine: Unshared?
  }

  /// A pass that has only one owner at a time.
  private struct Unshared: @unchecked Sendable {
    let engine: LayerwiseEngine
  }

  /// The number of neurons whose histories are made together without an index.
  ///
  /// A pass through the events costs more than the note of a state.
  private static let blockSize = 32
  /// How many neurons asked for in order get a history of their own.
  private static let rowOfSingles = 8
  /// The most states that histories keep, 20 bytes each.
  private static let most = 4 << 20
  /// The most touches that segments keep, 20 bytes each: a small run is walked many times.
  private static let mostTouches = 1 << 18

  init(_ engine: LayerwiseEngine? = nil) {
    isLayerwise = engine != nil
    let unshared = engine.map { Unshared(engine: $0) }
    contents = Mutex(Contents(engine: unshared))
  }

  /// The engine that found the events; the first caller gets it, later callers get nil.
  func takeEngine() -> LayerwiseEngine? {
    contents.withLock { contents in
      let engine = contents.engine
      contents.engine = nil
      return engine
    }?.engine
  }

  /// The history of a neuron.
  ///
  /// - Complexity: O(1) where it is known, else O(k + events / 64) in its touches. Without a
  ///   ``TouchIndex`` it is O(synapses that deliver in the run), for the neuron and its neighbours.
  func history(of neuron: Int, in trajectory: Trajectory) -> NeuronHistory {
    contents.withLock { contents in
      if let history = contents.histories[neuron] { return history }
      let index = Self.index(of: trajectory, in: &contents)
      contents.row = neuron == contents.last + 1 ? contents.row + 1 : 0
      let first: Int
      let histories: [NeuronHistory]
      if let index, contents.row < Self.rowOfSingles {
        first = neuron
        histories = [Self.history(of: neuron, by: index, in: trajectory)]
      } else {
        // A caller that asks for one neuron after another wants all of them, and together they cost
        // less.
        first = index == nil ? neuron / Self.blockSize * Self.blockSize : neuron
        histories = Self.histories(from: first, in: trajectory)
      }
      contents.last = first + histories.count - 1
      let states = histories.reduce(0) { $0 + $1.events.count }
      if contents.kept + states > Self.most {
        contents.histories.removeAll()
        contents.kept = 0
      }
      for (place, history) in histories.enumerated() { contents.histories[first + place] = history }
      contents.kept += states
      return histories[neuron - first]
    }
  }

  /// The states of a neuron on both sides of an event, from its touches up to there, which nobody
  /// keeps; nil where its history is known or is the only way.
  ///
  /// - Complexity: O(k + events / 64) for k touches up to the event.
  func sides(
    of neuron: Int, atEvent event: Int, in trajectory: Trajectory
  ) -> (before: LIFState, after: LIFState)? {
    let index = contents.withLock { contents -> TouchIndex? in
      contents.histories[neuron] == nil ? Self.index(of: trajectory, in: &contents) : nil
    }
    guard let index else { return nil }
    let circuit = trajectory.circuit
    let time = trajectory.events[event].time
    var last = (time: 0.0, state: circuit.initialState(of: neuron))
    var after: LIFState?
    index.forEachTouch(of: neuron, through: event, in: trajectory) { number, state in
      if number == event { after = state } else { last = (trajectory.events[number].time, state) }
    }
    let before = circuit.flows[neuron].advanced(last.state, by: time - last.time)
    return (before, after ?? before)
  }

  /// The index of a run, made at the first request.
  private static func index(of trajectory: Trajectory, in contents: inout Contents) -> TouchIndex? {
    if let known = contents.index { return known }
    let index = TouchIndex(trajectory)
    contents.index = .some(index)
    return index
  }

  /// The history of one neuron, made from the events that may touch it.
  private static func history(
    of neuron: Int, by index: TouchIndex, in trajectory: Trajectory
  ) -> NeuronHistory {
    var history = NeuronHistory()
    index.forEachTouch(of: neuron, through: .max, in: trajectory) { event, state in
      history.events.append(Int32(truncatingIfNeeded: event))
      history.states.append(state)
    }
    return history
  }

  private static func histories(from first: Int, in trajectory: Trajectory) -> [NeuronHistory] {
    let range = first..<min(first + blockSize, trajectory.circuit.neuronCount)
    var replay = Replay(trajectory.circuit, closedAfter: trajectory.closedAfter, neurons: range)
    var histories = [NeuronHistory](repeating: NeuronHistory(), count: range.count)
    for (event, happened) in trajectory.events.enumerated() {
      replay.advance(through: happened)
      for neuron in replay.touched {
        histories[Int(neuron) - first].events.append(Int32(truncatingIfNeeded: event))
        histories[Int(neuron) - first].states.append(replay.state(of: Int(neuron)))
      }
    }
    return histories
  }

  /// The segment in which an event lies.
  ///
  /// A segment holds some sixteen touches for each neuron, so that the kept start states are small
  /// beside it.
  ///
  /// - Complexity: O(touches of the segment); the first time O(touches of the run up to it).
  func segment(
    of event: Int, in trajectory: Trajectory, _ pace: Pace
  ) throws(SimulationError) -> Segment {
    try contents.withLock { (contents) throws(SimulationError) -> Segment in
      if let segment = contents.segments.last(where: { $0.events.contains(event) }) {
        return segment
      }
      let length = max(16 * trajectory.circuit.neuronCount, 1 << 14)
      let all = trajectory.events
      if contents.checkpoints.isEmpty {
        contents.checkpoints.append(
          Replay(
            trajectory.circuit, closedAfter: trajectory.closedAfter,
            neurons: 0..<trajectory.circuit.neuronCount))
      }
      let next =
        contents.checkpoints.firstIndex { $0.position > event } ?? contents.checkpoints.count
      var replay = contents.checkpoints[next - 1]
      var found = Segment(&replay, of: all, atLeast: length)
      // Beyond the last kept place, the way leads through all segments.
      while !found.events.contains(event) {
        let time = all[replay.position].time
        try pace.reach(time)
        contents.checkpoints.append(replay)
        found = Segment(&replay, of: all, atLeast: length)
      }
      contents.segments.append(found)
      var touches = contents.segments.reduce(0) { $0 + $1.touchCount }
      while touches > Self.mostTouches, contents.segments.count > 1 {
        touches -= contents.segments.removeFirst().touchCount
      }
      return found
    }
  }
}
