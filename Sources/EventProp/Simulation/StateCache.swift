import Synchronization

/// The states of one neuron along a run: the events that touched it, and its state just after each.
package struct NeuronHistory: Sendable {
  /// The numbers of the events, ascending.
  fileprivate(set) var events: [Int32] = []
  fileprivate(set) var states: [LIFState] = []

  /// The place of the first event that satisfies a condition which, once true, stays true; the number of events if none does.
  package func place(where isLater: (Int) -> Bool) -> Int {
    events.firstPlace { isLater(Int($0)) }
  }
}

/// The states of all neurons along a few events: whom each event touched, and the states just after it.
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

  /// The numbers of the touches of an event.
  func touches(of event: Int) -> Range<Int> {
    starts[event - events.lowerBound]..<starts[event - events.lowerBound + 1]
  }

  subscript(touch: Int) -> Touch { (Int(neurons[touch]), states[touch]) }
}

/// The states of a run, recomputed where somebody asks for them, and kept as long as there is room.
///
/// A run is known by its events; states follow from them. Histories serve who looks at a few neurons for a long time, segments who looks at all
/// neurons for a short time.
package final class StateCache: Sendable {
  /// Whether a pass found the events.
  package let isLayerwise: Bool
  private let contents: Mutex<Contents>

  private struct Contents {
    /// Where there is an index of what reaches whom, the history of each neuron is made by itself; nil before it is known.
    var index: TouchIndex??
    var histories: [Int: NeuronHistory] = [:]
    /// How many states they keep.
    var kept = 0
    /// The neuron whose history was made last, and how many were made before it in order.
    var last = -1
    var row = 0
    /// Where to start each segment from.
    var checkpoints: [Replay] = []
    var segment: Segment?
    var engine: Unshared?
  }

  /// A pass that only one owner has at a time.
  private struct Unshared: @unchecked Sendable {
    let engine: LayerwiseEngine
  }

  /// Without an index histories are made for so many neurons at once, since looking through the events takes longer than noting a state.
  private static let blockSize = 32
  /// How many neurons in order are given histories of their own.
  private static let rowOfSingles = 8
  /// How many states histories may keep: 20 bytes each.
  private static let most = 4 << 20

  init(_ engine: LayerwiseEngine? = nil) {
    isLayerwise = engine != nil
    let unshared = engine.map { Unshared(engine: $0) }
    contents = Mutex(Contents(engine: unshared))
  }

  /// The pass that found the events, for who asks first.
  func takeEngine() -> LayerwiseEngine? {
    contents.withLock { contents in
      let engine = contents.engine
      contents.engine = nil
      return engine
    }?.engine
  }

  /// The history of a neuron.
  ///
  /// - Complexity: O(1) where it is known; else O(k log k) in its touches, or in a network that has no ``TouchIndex`` O(synapses that deliver
  ///   in the run) for it and its neighbours.
  func history(of neuron: Int, in trajectory: Trajectory) -> NeuronHistory {
    contents.withLock { contents in
      if let history = contents.histories[neuron] { return history }
      let index: TouchIndex?
      if let known = contents.index {
        index = known
      } else {
        index = TouchIndex(trajectory)
        contents.index = .some(index)
      }
      contents.row = neuron == contents.last + 1 ? contents.row + 1 : 0
      let first: Int
      let histories: [NeuronHistory]
      if let index, contents.row < Self.rowOfSingles {
        first = neuron
        histories = [Self.history(of: neuron, by: index, in: trajectory)]
      } else {
        // Who asks for one neuron after the other asks for all of them, and together they cost less.
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

  /// The history of one neuron, from the events that may touch it.
  private static func history(
    of neuron: Int, by index: TouchIndex, in trajectory: Trajectory
  ) -> NeuronHistory {
    let events = index.events(of: neuron, in: trajectory)
    var replay = Replay(
      trajectory.circuit, closedAfter: trajectory.closedAfter, neurons: neuron..<neuron + 1)
    var history = NeuronHistory()
    history.events.reserveCapacity(events.count)
    history.states.reserveCapacity(events.count)
    // A row that has two entries for the neuron is there twice.
    for event in events where event >= replay.position {
      replay.skip(to: Int(event))
      replay.advance(through: trajectory.events[Int(event)])
      guard !replay.touched.isEmpty else { continue }
      history.events.append(event)
      history.states.append(replay.state(of: neuron))
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
  /// Segments hold some sixteen touches for each neuron, so that what is kept to start them from is small beside them.
  ///
  /// - Complexity: O(touches of the segment), after once O(touches of the run up to it).
  func segment(
    of event: Int, in trajectory: Trajectory, _ pace: Pace
  ) throws(SimulationError) -> Segment {
    try contents.withLock { (contents) throws(SimulationError) -> Segment in
      if let segment = contents.segment, segment.events.contains(event) { return segment }
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
      // Beyond the last place that is kept the way leads through all segments.
      while !found.events.contains(event) {
        let time = all[replay.position].time
        try pace.reach(time)
        contents.checkpoints.append(replay)
        found = Segment(&replay, of: all, atLeast: length)
      }
      contents.segment = found
      return found
    }
  }
}
