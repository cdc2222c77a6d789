import EventProp
import Study
import Testing

@Suite("Forward mode") struct CheckingForwardModeTests {
  @Test(arguments: try GoldenCase.all())
  func `forward mode agrees with the reference in every parameter`(golden: GoldenCase) throws {
    let experiment = golden.experiment
    let loss = try #require(experiment.loss)
    let forwardMode = try ForwardMode(of: Trajectory(of: experiment), loss: loss)
    #expect(
      abs(forwardMode.value - golden.expected.loss)
        <= 1e-12 * max(1e-3, abs(golden.expected.loss)))
    let parameters = CheckedParameter.all(of: experiment)
    let derivatives = try #require(forwardMode.derivatives(parameters))
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
    let experiment = PassTests.experiment(seed: 1)
    let forwardMode = try ForwardMode(
      of: Trajectory(of: experiment), loss: try #require(experiment.loss))
    var asked = 0
    let derivatives = forwardMode.derivatives(CheckedParameter.all(of: experiment)) { time in
      asked += 1
      return asked < 2
    }
    #expect(derivatives == nil)
    #expect(asked == 2)
  }
}

extension GoldenCase.GoldenGradients {
  /// The reference of one parameter of a golden case, whose network is one layer.
  subscript(parameter: CheckedParameter, of golden: GoldenCase) -> Double {
    let columns = golden.network.nNeurons
    switch parameter {
    case .weight(_, let entry): return wIn[entry / columns][entry % columns]
    case .recurrent(_, let entry): return wRec[entry / columns][entry % columns]
    case .delay(_, let entry): return delaysIn[entry / columns][entry % columns]
    case .recurrentDelay(_, let entry): return delaysRec[entry / columns][entry % columns]
    case .inputTime(let position): return inputTimes[position]
    case .parameter(_, let neuron, .tauMem): return tauMem[neuron]
    case .parameter(_, let neuron, .tauSyn): return tauSyn[neuron]
    case .parameter(_, let neuron, .vThreshold): return vTh[neuron]
    case .parameter(_, let neuron, .vLeak): return vLeak[neuron]
    case .parameter(_, let neuron, .vReset): return vReset[neuron]
    case .initialPotential(_, let neuron): return initialV[neuron]
    case .initialCurrent(_, let neuron): return initialI[neuron]
    }
  }
}
