import EventProp

/// The gradients by all weights of several peaks of V, from one walk back.
///
/// λ of each peak flows through the same stretches, so the decays, which take most of the time, are
/// computed once for all. The walk collects only the derivatives by weights, which need no state of
/// the run. Each derivative equals, bit for bit, the result of a ``BackwardPass`` for its peak
/// alone.
///
/// - Complexity: O(k) per event for k neurons reached, once for each ``Lanes`` of peaks.
struct PeakGradients {
  /// Derivatives of two peaks side by side, which fill a register of every processor.
  typealias Lanes = SIMD2<Double>

  /// A peak of V, and where its λ starts.
  struct Start {
    /// The neuron, counted across layers.
    var neuron: Int
    /// The time of the peak, in seconds.
    var time: Double
    var place: Place

    /// The place where λ starts.
    enum Place: Equatable {
      /// In the stretch after an event.
      case after(event: Int)
      /// At an event that stops a rise of V with this slope, per second.
      case kink(event: Int, slope: Double)
      /// Just before a spike of the neuron, which is taken away; the peak lies after it.
      case without(spike: Int)
      /// Before anything has reached the neuron, so that no weight matters.
      case beginning
    }
  }

  private let trajectory: Trajectory
  private let circuit: Circuit
  private let starts: [Start]
  /// The number of ``Lanes`` for all peaks.
  private let width: Int
  /// The peaks in the order of the walk, the latest first; the first of them has the first lane.
  private let order: [Int]
  /// The lane of each peak.
  private let lanes: [Int]
  /// The number of peaks that the walk has met.
  private var met = 0

  private var lambdaV: [Lanes]
  private var lambdaI: [Lanes]
  /// The time of each neuron's current λ.
  private var times: [Double]
  /// ∂L/∂t collected at the delayed arrivals of each event.
  private var carried: [Lanes]
  /// The derivatives by weights, for each matrix of the circuit and each entry.
  private var slopes: [[Lanes]]
  /// Σ w (λ_V − λ_I) of the event that is being walked.
  private var received: [Lanes]

  /// Prepares the walk for peaks of a run.
  init(of starts: [Start], on trajectory: Trajectory) {
    self.trajectory = trajectory
    self.starts = starts
    circuit = trajectory.circuit
    let width = Self.width(of: starts.count)
    self.width = width
    let order = starts.indices.sorted {
      (starts[$0].event, starts[$0].isBeforeJump ? 1 : 0)
        > (starts[$1].event, starts[$1].isBeforeJump ? 1 : 0)
    }
    self.order = order
    var lanes = [Int](repeating: 0, count: order.count)
    for (lane, peak) in order.enumerated() { lanes[peak] = lane }
    self.lanes = lanes
    received = Array(repeating: Lanes(), count: width)
    lambdaV = Array(repeating: Lanes(), count: width * circuit.neuronCount)
    lambdaI = lambdaV
    times = Array(repeating: trajectory.experiment.horizon, count: circuit.neuronCount)
    carried = Array(
      repeating: Lanes(), count: circuit.hasDelays ? width * trajectory.events.count : 0)
    slopes = circuit.projections.map {
      Array(repeating: Lanes(), count: width * $0.synapses.weights.count)
    }
  }

  private static func width(of peaks: Int) -> Int {
    (peaks + Lanes.scalarCount - 1) / Lanes.scalarCount
  }

  /// The number of peaks for one walk, at most `most`, so that the sums at each synapse do not fill
  /// the memory.
  static func atOnce(_ most: Int, on circuit: Circuit) -> Int {
    let synapses = circuit.projections.reduce(1) { $0 + $1.synapses.weights.count }
    return max(1, min(most, (1 << 23) / synapses))
  }

  /// The derivative of a peak by a weight.
  func slope(_ peak: Int, projection: Int, entry: Int) -> Double {
    slopes[projection][entry * width + lanes[peak] / Lanes.scalarCount][
      lanes[peak] % Lanes.scalarCount]
  }

  /// Walks back to t = 0.
  ///
  /// Throws a `SimulationError` where λ is no finite number, and `SimulationError.stopped` where `pace` stops
  /// it.
  mutating func walk(pace: Pace) throws(SimulationError) {
    guard let latest = order.first.map({ starts[$0].event }) else { return }
    for number in stride(from: latest, through: 0, by: -1) {
      let event = trajectory.events[number]
      try pace.reach(step: number - 1, every: 256, event.time)
      let known = met
      meet(number, isBeforeJump: true)
      if met > 0 {
        collect(event, number)
        for lane in known..<met {
          if case .kink(_, let slope) = start(lane).place { received[lane: lane] += slope }
        }
        try jump(event, number)
        for lane in known..<met where start(lane).isKink {
          let neuron = start(lane).neuron
          let tauMem = circuit.flows[neuron].parameters.tauMem
          lambdaV[lane: lane, from: neuron * width] -= 1 / tauMem
        }
      }
      meet(number, isBeforeJump: false)
    }
  }

  private func start(_ lane: Int) -> Start { starts[order[lane]] }

  /// Starts λ of the peaks at an event: those before its jump, or the others.
  private mutating func meet(_ number: Int, isBeforeJump: Bool) {
    while met < order.count, start(met).event == number, start(met).isBeforeJump == isBeforeJump {
      let peak = start(met)
      let time = trajectory.events[number].time
      carry(peak.neuron, to: time, chunks)
      if !peak.isKink {
        let flow = circuit.flows[peak.neuron]
        let state = AdjointFlow(flow.kernel).advanced(
          AdjointState(lambdaV: -1 / flow.parameters.tauMem), by: peak.time - time)
        lambdaV[lane: met, from: peak.neuron * width] = state.lambdaV
        lambdaI[lane: met, from: peak.neuron * width] = state.lambdaI
      }
      met += 1
    }
  }

  /// How many ``Lanes`` are in use.
  private var chunks: Int { Self.width(of: met) }

  /// Carries λ of a neuron back to a time.
  private mutating func carry(_ neuron: Int, to time: Double, _ chunks: Int) {
    let kernel = circuit.flows[neuron].kernel
    let first = neuron * width
    let length = times[neuron] - time
    times[neuron] = time
    var (lambdaV, lambdaI) = takeLambda()
    lambdaV.withUnsafeMutableBufferPointer { lambdaV in
      lambdaI.withUnsafeMutableBufferPointer { lambdaI in
        Self.carry(&lambdaV, &lambdaI, first..<first + chunks, kernel, over: length)
      }
    }
    (self.lambdaV, self.lambdaI) = (lambdaV, lambdaI)
  }

  /// Takes λ out, so that it can be changed without a copy; it must be put back.
  private mutating func takeLambda() -> (v: [Lanes], i: [Lanes]) {
    defer { (lambdaV, lambdaI) = ([], []) }
    return (lambdaV, lambdaI)
  }

  /// Carries the λ at some places over a stretch of a length in seconds.
  @inline(__always)
  private static func carry(
    _ lambdaV: inout UnsafeMutableBufferPointer<Lanes>,
    _ lambdaI: inout UnsafeMutableBufferPointer<Lanes>, _ places: Range<Int>,
    _ kernel: SynapticKernel, over length: Double
  ) {
    guard length != 0 else { return }
    let decay = kernel.decays(over: length)
    for place in places {
      let before = lambdaV[place]
      lambdaV[place] = before * decay.mem
      lambdaI[place] = lambdaI[place] * decay.syn + kernel.b * before * decay.phi
    }
  }

  /// Collects the derivatives by the weights through which an event delivers, and its Σ w (λ_V − λ_I).
  private mutating func collect(_ event: Event, _ number: Int) {
    let chunks = chunks
    let circuit = circuit
    let closedAfter = trajectory.closedAfter
    if let neuron = event.spikingNeuron { carry(neuron, to: event.time, chunks) }
    for chunk in 0..<chunks { received[chunk] = Lanes() }
    circuit.forEachDelivery(of: event.kind) { delivery in
      guard
        closedAfter[circuit.projections[delivery.projection].target].map({ number <= $0 }) ?? true
      else { return }
      let sums = collect(delivery, at: event.time, chunks)
      for chunk in 0..<chunks { received[chunk] += sums[chunk] }
    }
  }

  /// Collects the derivatives of one delivery; returns its Σ w (λ_V − λ_I).
  private mutating func collect(_ delivery: Delivery, at time: Double, _ chunks: Int) -> [Lanes] {
    let circuit = circuit
    let width = width
    // The arrays go back to their places below, so that nothing is copied.
    var collected = slopes[delivery.projection]
    slopes[delivery.projection] = []
    var times = times
    self.times = []
    var (lambdaV, lambdaI) = takeLambda()
    var sums = [Lanes](repeating: Lanes(), count: chunks)
    // No border is checked in the innermost loop, where most of the time goes.
    collected.withUnsafeMutableBufferPointer { collected in
      lambdaV.withUnsafeMutableBufferPointer { lambdaV in
        lambdaI.withUnsafeMutableBufferPointer { lambdaI in
          times.withUnsafeMutableBufferPointer { times in
            sums.withUnsafeMutableBufferPointer { sums in
              circuit.projections[delivery.projection].synapses.weights.withUnsafeBufferPointer {
                weights in
                circuit.forEachSynapse(of: delivery) { entry, neuron in
                  let flow = circuit.flows[neuron]
                  let first = neuron * width
                  Self.carry(
                    &lambdaV, &lambdaI, first..<first + chunks, flow.kernel,
                    over: times[neuron] - time)
                  times[neuron] = time
                  let tauSyn = flow.parameters.tauSyn
                  let weight = weights[entry]
                  for chunk in 0..<chunks {
                    let current = lambdaI[first + chunk]
                    collected[entry * width + chunk] -= tauSyn * current
                    sums[chunk] += weight * (lambdaV[first + chunk] - current)
                  }
                }
              }
            }
          }
        }
      }
    }
    slopes[delivery.projection] = collected
    self.times = times
    (self.lambdaV, self.lambdaI) = (lambdaV, lambdaI)
    return sums
  }

  /// The jump of an event, where it has one.
  private mutating func jump(_ event: Event, _ number: Int) throws(SimulationError) {
    switch event.kind {
    case .spike(let neuron, _, let current):
      let parameters = circuit.flows[neuron].parameters
      let first = neuron * width
      for lane in 0..<met {
        let transition = AdjointTransition(
          lambdaVAfter: lambdaV[lane: lane, from: first],
          resetHeight: parameters.vThreshold - parameters.vReset,
          transmitted: received[lane: lane],
          delayed: carried.isEmpty ? 0 : carried[lane: lane, from: number * width], lossTerm: 0,
          runningLossTerm: 0, denominator: current + parameters.vLeak - parameters.vThreshold)
        lambdaV[lane: lane, from: first] = transition.lambdaVBefore
        guard transition.lambdaVBefore.isFinite, lambdaI[lane: lane, from: first].isFinite else {
          throw .nonFiniteAdjoint(neuron: neuron, time: event.time)
        }
      }
    case .arrival(let emitter, _):
      for chunk in 0..<chunks { carried[emitter * width + chunk] += received[chunk] }
    case .input: break
    }
    // A λ that is not finite has made the sum not finite.
    guard !(0..<met).allSatisfy({ received[lane: $0].isFinite }) else { return }
    for delivery in trajectory.deliveries(of: number) {
      for (_, neuron) in circuit.synapses(of: delivery) {
        for lane in 0..<met {
          guard lambdaV[lane: lane, from: neuron * width].isFinite,
            lambdaI[lane: lane, from: neuron * width].isFinite
          else { throw .nonFiniteAdjoint(neuron: neuron, time: event.time) }
        }
      }
    }
  }
}

extension PeakGradients.Start {
  /// The event at which λ starts; negative where λ meets no event.
  fileprivate var event: Int {
    switch place {
    case .after(let event), .kink(let event, _), .without(let event): event
    case .beginning: -1
    }
  }

  fileprivate var isKink: Bool { if case .kink = place { true } else { false } }

  /// Whether λ starts after the event, so that the jump of the event applies to it.
  fileprivate var isBeforeJump: Bool { if case .without = place { false } else { true } }
}

extension [PeakGradients.Lanes] {
  /// One number of the lanes that start at a place.
  fileprivate subscript(lane lane: Int, from first: Int = 0) -> Double {
    get {
      self[first + lane / PeakGradients.Lanes.scalarCount][lane % PeakGradients.Lanes.scalarCount]
    }
    set {
      self[first + lane / PeakGradients.Lanes.scalarCount][lane % PeakGradients.Lanes.scalarCount] =
        newValue
    }
  }
}
