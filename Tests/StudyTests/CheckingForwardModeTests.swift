import EventProp
import Study
import ReferenceCases
import Testing

@Suite("Forward mode") struct CheckingForwardModeTests {
  @Test(arguments: try GoldenCase.all())
  func `forward mode agrees with the reference in every parameter`(golden: GoldenCase) throws {
    let experiment = golden.experiment
    let forwardMode = try ForwardMode(of: Trajectory(of: experiment))
    #expect(
      abs(forwardMode.value - golden.expected.loss)
        <= 1e-12 * max(1e-3, abs(golden.expected.loss)))
    let parameters = Parameter.all(of: experiment)
    let derivatives = try forwardMode.derivatives(parameters)
    let references = parameters.map { golden.expected.gradients[$0, of: golden] }
    for (kind, members) in Dictionary(grouping: parameters.indices, by: { parameters[$0].kind }) {
      let scale = members.map { abs(references[$0]) }.max() ?? 0
      // A crossing that grazes the threshold has a time error of u theta / |dV/dt|, which its slope inherits.
      let allowed = (golden.isGrazing ? 2e-9 : 1e-10) * scale
      for member in members {
        #expect(
          abs(derivatives[member] - references[member]) <= allowed,
          "\(kind) \(parameters[member]): \(derivatives[member]), reference \(references[member])")
      }
    }
  }

  @Test func `the work can be stopped`() throws {
    let experiment = Experiment.random(seed: 1)
    let forwardMode = try ForwardMode(
      of: Trajectory(of: experiment))
    var asked = 0
    let pace = Pace { time in
      asked += 1
      return asked < 2
    }
    #expect(throws: SimulationError.self) {
      try forwardMode.derivatives(Parameter.all(of: experiment), pace: pace)
    }
    #expect(asked == 2)
  }
}

extension GoldenCase.GoldenGradients {
  /// The reference of one parameter of a golden case, whose network is one layer.
  subscript(parameter: Parameter, of golden: GoldenCase) -> Double {
    let columns = golden.network.nNeurons
    switch parameter {
    case .weight(let synapse):
      let (row, column) = synapse.entry.quotientAndRemainder(dividingBy: columns)
      return (synapse.isRecurrent ? wRec : wIn)[row][column]
    case .delay(let synapse):
      let (row, column) = synapse.entry.quotientAndRemainder(dividingBy: columns)
      return (synapse.isRecurrent ? delaysRec : delaysIn)[row][column]
    case .inputTime(let position): return inputTimes[position]
    case .field(.tauMem, _, let neuron): return tauMem[neuron]
    case .field(.tauSyn, _, let neuron): return tauSyn[neuron]
    case .field(.vThreshold, _, let neuron): return vTh[neuron]
    case .field(.vLeak, _, let neuron): return vLeak[neuron]
    case .field(.vReset, _, let neuron): return vReset[neuron]
    case .initialPotential(_, let neuron): return initialV[neuron]
    case .initialCurrent(_, let neuron): return initialI[neuron]
    case .target: return .nan
    }
  }
}
