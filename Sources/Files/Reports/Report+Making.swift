package import EventProp
package import Study

extension Report {
  /// Creates the report of a run; without `adjoint` it has no gradient and nothing computed from
  /// one.
  ///
  /// `ties` are the one-sided gradients; nil without a request. Throws `SimulationError.stopped`
  /// where `pace` stops it.
  package init(
    _ trajectory: Trajectory, adjoint: AdjointTrajectory?, loss: Double?, warnings: [Warning],
    ties: [TieReport]? = nil, pace: Pace = .free
  ) throws(SimulationError) {
    let experiment = trajectory.experiment
    let maker = ReportMaker(trajectory: trajectory, adjoint: adjoint)
    self.adjoint = adjoint.map { AdjointRows(adjoint: $0, maker: maker) }
    beforeEvents = BeforeEvents(
      adjointAtZero: adjoint.map { maker.lambda($0.atZero) }, complete: trajectory.isComplete)
    events = EventList(maker: maker, range: trajectory.events.indices)
    afterEvents = AfterEvents(
      title: experiment.title, tMax: experiment.horizon, loss: loss,
      layers: maker.layers(final: try trajectory.finalStates(pace: pace)),
      gradient: adjoint.map { maker.report($0.gradient) },
      warnings: warnings.map { WarningReport($0, in: experiment.network) }, ties: ties,
      sample: experiment.sample,
      rule: adjoint.flatMap { $0.rule == .exact ? nil : "WRONG: \($0.rule.name)" })
  }
}

/// Makes the parts of a report.
struct ReportMaker: Sendable {
  let trajectory: Trajectory
  let adjoint: AdjointTrajectory?
  private var network: Network { trajectory.experiment.network }
  private var circuit: Circuit { trajectory.circuit }

  func event(_ number: Int) -> EventReport {
    let event = trajectory.events[number]
    var report = EventReport(time: event.time, kind: "")
    report.dlossDt = adjoint?.timeGradients[number]
    switch event.kind {
    case .input(let channel, let position):
      report.kind = "input"
      report.channel = channel
      report.input = position
    case .spike(let neuron, let ordinal, let current):
      let place = network.place(of: neuron)
      report.kind = "spike"
      report.layer = network.layers[place.layer].name
      report.neuron = place.index
      report.spike = ordinal
      report.current = current
      report.thresholdDistance = trajectory.distanceFromThreshold(of: number)
      report.slope = trajectory.slopeAtThreshold(of: number)
    case .arrival(let emitter, let delivery):
      let source = self.event(emitter)
      report.kind = "arrival"
      report.from = EventReport.Origin(
        channel: source.channel, input: source.input, layer: source.layer, neuron: source.neuron,
        spike: source.spike)
      report.to = network.layers[circuit.projections[delivery.projection].target].name
    }
    return report
  }

  func layers(final: [LIFState]) -> [LayerReport] {
    let spikes = trajectory.spikeTimes
    return network.layers.enumerated().map { number, layer in
      let range = circuit.offsets[number]..<circuit.offsets[number + 1]
      return LayerReport(
        name: layer.name, spikes: Array(spikes[range]),
        final: LayerReport.Final(
          v: final[range].map(\.potential), i: final[range].map(\.current)),
        gradient: adjoint.map { report($0.gradient, ofLayer: number) })
    }
  }

  func report(_ gradient: Gradient, ofLayer layer: Int? = nil) -> GradientReport {
    GradientReport(gradient: gradient, experiment: trajectory.experiment, layer: layer)
  }

  func lambda(_ states: [AdjointState]) -> LambdaReport {
    var report = LambdaReport(lambdaV: [:], lambdaI: [:])
    for (number, layer) in network.layers.enumerated() {
      let range = circuit.offsets[number]..<circuit.offsets[number + 1]
      report.lambdaV[layer.name] = states[range].map(\.lambdaV)
      report.lambdaI[layer.name] = states[range].map(\.lambdaI)
    }
    return report
  }
}
