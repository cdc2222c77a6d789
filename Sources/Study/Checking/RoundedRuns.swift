import EventProp

/// Runs of one experiment whose weights and input times differ by two units in the last place, and weights by as
/// much as moves a spike by two units in the last place of t_max.
///
/// Rounding inside a run has that size and takes the same ways, through every ill-conditioned spike and
/// every sum that cancels. So the differences between these runs show what rounding may do.
struct RoundedRuns: Sendable {
  /// The unchanged run.
  let trajectory: Trajectory
  /// The moved runs that have as many spikes of every neuron.
  let moved: [Trajectory]

  /// Makes four runs; throws `SimulationError.stopped` where `pace` stops it, and nothing else.
  init(of trajectory: Trajectory, pace: Pace) throws(SimulationError) {
    self.trajectory = trajectory
    var moved: [Trajectory] = []
    for trial in 1...4 {
      let experiment = trajectory.experiment.rounded(trial)
      if let run = try Trajectory.ifRuns(experiment, pace),
        run.spikeCounts == trajectory.spikeCounts
      {
        moved.append(run)
      }
    }
    self.moved = moved
  }

  /// How far rounding may move L, whose value is known.
  func noise(ofLoss value: Double) -> Double {
    let least = max(.ulpOfOne * abs(value), 4 * .leastNonzeroMagnitude)
    return moved.reduce(least) { noise, run in
      (try? run.evaluateLoss().value).map { max(noise, abs($0 - value)) } ?? noise
    }
  }

  /// The exact gradient and forward mode of each moved run in which every event keeps its place among
  /// the spikes of a neuron; elsewhere another gradient holds.
  func derivatives(
    _ loss: Loss, pace: Pace
  ) throws(SimulationError) -> [(adjoint: Gradient, forwardMode: ForwardMode)] {
    let carriers = Carriers(trajectory.circuit)
    func signature(_ run: Trajectory) throws(SimulationError) -> CausalSignature {
      try CausalSignature(
        run, through: carriers, loss: loss, evaluation: try run.evaluateLoss(), pace: pace)
    }
    let own = try signature(trajectory)
    var all: [(Gradient, ForwardMode)] = []
    for run in moved where try signature(run) == own {
      all.append((try AdjointTrajectory(of: run, pace: pace).gradient, try ForwardMode(of: run)))
    }
    return all
  }
}

extension Trajectory {
  /// A run; nil where it cannot be made.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it, and nothing else.
  static func ifRuns(
    _ experiment: Experiment, _ pace: Pace
  ) throws(SimulationError) -> Trajectory? {
    do throws(SimulationError) {
      return try Trajectory(of: experiment, pace: pace)
    } catch {
      if case .stopped = error { throw error }
      return nil
    }
  }
}

extension Experiment {
  /// The same up to rounding; the signs of a trial are the same at every run.
  fileprivate func rounded(_ trial: Int) -> Experiment {
    var bits = UInt64(trial) &* 0x9E37_79B9_7F4A_7C15
    func rounded(_ value: Double, _ share: Double = .ulpOfOne) -> Double {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return value * (bits >> 63 == 0 ? 1 + 2 * share : 1 - 2 * share)
    }
    var experiment = self
    // A spike is as far from the threshold as the last place of its time allows.
    let shortest =
      network.layers.flatMap(\.parameters).map { min($0.tauMem, $0.tauSyn) }.min() ?? horizon
    let share = max(.ulpOfOne, horizon.ulp / shortest)
    for layer in experiment.network.layers.indices {
      for entry in experiment.network.layers[layer].weights.weights.indices {
        experiment.network.layers[layer].weights.weights[entry] =
          rounded(experiment.network.layers[layer].weights.weights[entry], share)
      }
    }
    for position in experiment.inputSpikes.indices {
      experiment.inputSpikes[position].time = rounded(experiment.inputSpikes[position].time)
    }
    return experiment
  }
}
