import EventProp

/// The events of a run on which its loss depends: the spikes that it reads, everything that reached
/// their neurons before them, and so on back to the inputs.
///
/// A spike outside the cone may move or vanish, and L does not change.
struct LossCone {
  /// For each neuron the number of its first spikes in the cone.
  let spikes: [Int]
  /// For each neuron the number of the event before which arrivals are in the cone; 0 for none.
  let ends: [Int]
  /// For each neuron the time, in seconds, before which a new spike of it may reach the loss; 0
  /// where none can.
  let watched: [Double]
  /// The neurons whose potential the loss reads, counted across layers.
  let readouts: [Int]

  /// Finds the cone of a loss; only synapses in `carriers` count.
  ///
  /// - Complexity: O(synapses that deliver in the run), and O(synapses) for each layer of a chain.
  init(of loss: Loss, on trajectory: Trajectory, through carriers: Carriers, pace: Pace)
    throws(SimulationError)
  {
    let circuit = trajectory.circuit
    let events = trajectory.events
    let offset = circuit.offsets[loss.layer]
    let horizon = trajectory.experiment.horizon
    var ends = [Int](repeating: 0, count: circuit.neuronCount)
    var watched = [Double](repeating: 0, count: circuit.neuronCount)
    var isRead = [Bool](repeating: false, count: events.count)
    var readouts: Set<Int> = []
    for term in loss.terms(on: trajectory) {
      let neuron = offset + term.neuron
      switch term.reading {
      case .spike(let event?, _), .share(let event?, _), .early(let event?):
        isRead[event] = true
        watched[neuron] = max(watched[neuron], events[event].time)
      case .spike(nil, _), .share(nil, _), .early(nil):
        watched[neuron] = max(watched[neuron], min(loss.rule.values.clip, horizon))
      case .maximum(let maximum, _):
        watched[neuron] = horizon
        // At each of its spikes a neuron has the maximum v_th; rounding chooses one, and the first
        // one stands for all.
        if case .kink(let event) = maximum.place, events[event].spikingNeuron == neuron,
          let first = trajectory.event(ofSpike: 0, of: neuron)
        {
          isRead[first] = true
          watched[neuron] = events[first].time
          continue
        }
        readouts.insert(neuron)
        switch maximum.place {
        case .start, .interior(nil): break
        case .interior(let event?): ends[neuron] = event + 1
        case .kink(let event): ends[neuron] = event + 1
        case .horizon: ends[neuron] = events.count
        }
      case .integral:
        guard loss.rule.values.coefficients[term.neuron] != 0 else { continue }
        readouts.insert(neuron)
        watched[neuron] = horizon
        ends[neuron] = events.count
      }
    }
    for event in events.indices.reversed() {
      try pace.reach(step: event, events[event].time)
      if let neuron = events[event].spikingNeuron, isRead[event] || event < ends[neuron] {
        isRead[event] = true
        ends[neuron] = max(ends[neuron], event)
        watched[neuron] = max(watched[neuron], events[event].time)
      }
      var emitter = event
      if case .arrival(let earlier, _) = events[event].kind { emitter = earlier }
      for delivery in trajectory.deliveries(of: event) where !isRead[emitter] {
        let carries = carriers.entries[delivery.projection]
        circuit.forEachSynapse(of: delivery) { entry, neuron in
          if carries[entry], event < ends[neuron] { isRead[emitter] = true }
        }
      }
      // A spike without a delay has delivered in its own event.
      if emitter == event, let neuron = events[event].spikingNeuron, isRead[event] {
        ends[neuron] = max(ends[neuron], event)
        watched[neuron] = max(watched[neuron], events[event].time)
      }
    }
    self.ends = ends
    spikes = (0..<circuit.neuronCount).map { neuron in
      trajectory.spikes(of: neuron).count { isRead[$0] }
    }
    self.readouts = readouts.sorted()
    // What a neuron could send in time is watched too.
    var grows = true
    while grows {
      grows = false
      for (number, projection) in circuit.projections.enumerated() {
        guard case .layer(let layer) = projection.source else { continue }
        let synapses = projection.synapses
        for row in 0..<synapses.rows {
          let source = circuit.offsets[layer] + row
          for entry in synapses.entries(ofRow: row) where carriers.entries[number][entry] {
            let target = projection.targetOffset + synapses.column(ofEntry: entry, row: row)
            let time = watched[target] - synapses[delay: entry]
            if time > watched[source] {
              watched[source] = time
              grows = true
            }
          }
        }
      }
    }
    self.watched = watched
  }

  /// Whether a spike, by the ordinal in its neuron, is in the cone.
  func contains(spike: Int, of neuron: Int) -> Bool { spike < spikes[neuron] }
}

/// The facts about a run on which the formula of its loss depends.
///
/// It is the ``CausalSignature`` without the events on which the loss does not depend. While it
/// stays the same, the loss is one smooth function of the parameters.
struct LossSignature: Equatable {
  /// For each neuron, a hash of the arrivals before each of its spikes in the cone.
  let causes: [ArraySlice<UInt64>]
  /// The branch of the loss.
  let pieces: [Int]
  /// For each neuron whose potential the loss reads, a hash of the arrivals in the cone.
  let arrivals: [UInt64]

  /// Reads the facts of a run; throws where the run has no loss.
  init(_ trajectory: Trajectory, through carriers: Carriers, pace: Pace) throws(SimulationError) {
    guard let loss = trajectory.experiment.loss else { throw .noLoss }
    let evaluation = try trajectory.evaluateLoss()
    try self.init(
      trajectory, through: carriers, loss: loss, evaluation: evaluation,
      cone: LossCone(of: loss, on: trajectory, through: carriers, pace: pace), pace: pace)
  }

  /// Reads the facts of a run with a known cone.
  init(
    _ trajectory: Trajectory, through carriers: Carriers, loss: Loss, evaluation: LossEvaluation,
    cone: LossCone, pace: Pace
  ) throws(SimulationError) {
    let all = try CausalSignature(trajectory, through: carriers, pace: pace).causes
    causes = zip(all, cone.spikes).map { $0.prefix($1) }
    pieces = loss.rule.kind.pieces(loss.rule.values, of: loss.layer, on: trajectory, evaluation)
    arrivals = try cone.readouts.map { (neuron) throws(SimulationError) in
      var sum: UInt64 = 0
      for event in trajectory.events(touching: neuron) where event < cone.ends[neuron] {
        try pace.reach(step: event, trajectory.events[event].time)
        let source = trajectory.source(of: event)
        for delivery in trajectory.deliveries(of: event) {
          let mark = CausalSignature.hash(source, through: delivery.projection)
          trajectory.circuit.forEachSynapse(of: delivery) { entry, reached in
            if reached == neuron, carriers.entries[delivery.projection][entry] { sum &+= mark }
          }
        }
      }
      return sum
    }
  }
}
