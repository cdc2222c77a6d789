import EventProp
import Testing

@Suite("Runs that are stopped") struct StoppingTests {
  /// One neuron that 10 000 inputs reach, in three forms that three engines run.
  static func experiment(_ form: Form) -> Experiment {
    let parameters = LIFParameters(
      tauMem: 10e-3, tauSyn: 5e-3, vThreshold: 1, vLeak: 0, vReset: 0)
    var weights = Synapses(rows: 1, columns: 2, weights: [0.1, 0.12])
    switch form {
    case .dense: break
    case .sparse: weights = Synapses(rows: 1, columns: 2, sparse: [(0, 0, 0.1), (0, 1, 0.12)])
    case .delayed: weights.delays = [1e-3, 2e-3]
    }
    return Experiment(
      title: "long",
      network: Network(
        inputs: 1,
        layers: [
          Layer(name: "a", parameters: [parameters, parameters], weights: weights)
        ]),
      inputSpikes: (0..<10_000).map { InputSpike(time: Double($0) * 1e-4, channel: 0) },
      horizon: 1)
  }

  enum Form: CaseIterable, Sendable { case dense, sparse, delayed }

  @Test(arguments: Form.allCases) func `a run asks whether to go on, and stops where it is told to`(
    form: Form
  ) throws {
    let experiment = Self.experiment(form)
    var times: [Double] = []
    let whole = try Trajectory(
      of: experiment,
      pace: Pace {
        times.append($0)
        return true
      })
    #expect(whole.events.count > 10_000)
    #expect(times.count >= 2 && times == times.sorted())
    #expect(throws: SimulationError.stopped(time: times[1])) {
      var asked = 0
      _ = try Trajectory(
        of: experiment,
        pace: Pace { _ in
          asked += 1
          return asked < 2
        })
    }
  }
}
