import EventProp
import RealModule
import Testing

@Suite("Flows") struct FlowTests {
  static let ratios: [Double] = [0.01, 0.5, 1 - 1e-9, 1, 1 + 1e-12, 2, 3.7, 100]

  private func flow(_ ratio: Double, leak: Double = 0.2) -> LIFFlow {
    LIFFlow(LIFParameters(tauMem: 5e-3 * ratio, tauSyn: 5e-3, vThreshold: 1, vLeak: leak))
  }

  @Test(arguments: ratios)
  func `advancing twice is advancing by the sum`(ratio: Double) {
    let flow = flow(ratio)
    let start = LIFState(potential: 0.3, current: 1.7)
    for (a, b) in [(1e-3, 2e-3), (1e-6, 7e-3), (4e-3, 1e-5)] {
      let once = flow.advanced(start, by: a + b)
      let twice = flow.advanced(flow.advanced(start, by: a), by: b)
      #expect(abs(once.potential - twice.potential) < 1e-14)
      #expect(abs(once.current - twice.current) < 1e-14)
    }
  }

  @Test(arguments: ratios)
  func `the adjoint flow is the transpose of the forward flow`(ratio: Double) {
    // p·x is constant along the flow of the linear equations, p = (−tau_mem λ_V, −tau_syn λ_I).
    let flow = flow(ratio, leak: 0)
    let adjoint = AdjointFlow(flow.kernel)
    let tauMem = flow.parameters.tauMem
    let tauSyn = flow.parameters.tauSyn
    let start = LIFState(potential: 0.3, current: 1.7)
    let end = AdjointState(lambdaV: 0.7, lambdaI: -0.4)
    for x in [1e-6, 1e-4, 2e-3, 9e-3] {
      let later = flow.advanced(start, by: x)
      let earlier = adjoint.advanced(end, by: x)
      let there = tauMem * end.lambdaV * later.potential + tauSyn * end.lambdaI * later.current
      let here =
        tauMem * earlier.lambdaV * start.potential + tauSyn * earlier.lambdaI * start.current
      #expect(abs(there - here) <= 1e-15 * max(abs(there), tauMem))
    }
  }

  @Test func `the flow at a ratio of two has the closed form`() {
    let flow = flow(2, leak: 0)
    let start = LIFState(potential: 0.3, current: 1.7)
    let x = 3e-3
    let y = Double.exp(-x / 10e-3)
    let state = flow.advanced(start, by: x)
    #expect(abs(state.potential - (0.3 * y + 1.7 * (y - y * y))) < 1e-15)
    #expect(abs(state.current - 1.7 * y * y) < 1e-15)
  }

  @Test func `equal time constants are an ordinary value`() {
    let flow = flow(1, leak: 0)
    let x = 3e-3
    let state = flow.advanced(LIFState(potential: 0.3, current: 1.7), by: x)
    let decay = Double.exp(-x / 5e-3)
    #expect(abs(state.potential - (0.3 * decay + 1.7 * x / 5e-3 * decay)) < 1e-15)
    let adjoint = AdjointFlow(flow.kernel).advanced(
      AdjointState(lambdaV: 0.7, lambdaI: -0.4), by: x)
    #expect(abs(adjoint.lambdaI - (-0.4 * decay + 0.7 * x / 5e-3 * decay)) < 1e-15)
  }

  @Test func `lambda_I decays with tau_syn and lambda_V with tau_mem`() {
    let adjoint = AdjointFlow(flow(2).kernel)
    let lonely = adjoint.advanced(AdjointState(lambdaV: 0, lambdaI: 1), by: 4e-3)
    #expect(lonely.lambdaV == 0)
    #expect(abs(lonely.lambdaI - .exp(-0.8)) < 1e-15)
    let other = adjoint.advanced(AdjointState(lambdaV: 1, lambdaI: 0), by: 4e-3)
    #expect(abs(other.lambdaV - .exp(-0.4)) < 1e-15)
  }

  @Test(arguments: ratios)
  func `the slope vanishes at the turning point and nowhere else`(ratio: Double) throws {
    let flow = flow(ratio, leak: 0)
    let state = LIFState(potential: 0.2, current: 1.7)
    let peak = try #require(flow.turningPoint(from: state))
    #expect(abs(flow.slope(state, after: peak)) < 1e-10 * flow.slope(state))
    #expect(flow.slope(state, after: peak * 0.9) > 0)
    #expect(flow.slope(state, after: peak * 1.1) < 0)
  }

  @Test(arguments: ratios)
  func `a turn is expected in every length that reaches it, and in none far below`(
    ratio: Double
  ) throws {
    let flow = flow(ratio, leak: 0)
    for potential in [-3, -0.2, 0, 0.2, 0.9] {
      for current in [0.95, 1, 1.7, 40] {
        let state = LIFState(potential: potential, current: current)
        guard let turn = flow.turningPoint(from: state) else { continue }
        #expect(flow.mayTurn(from: state, within: turn))
        #expect(flow.mayTurn(from: state, within: turn * 3))
        #expect(!flow.mayTurn(from: state, within: turn * 0.01))
      }
    }
  }

  @Test(arguments: ratios)
  func `the integral of V agrees with Simpson's rule`(ratio: Double) {
    let flow = flow(ratio)
    let start = LIFState(potential: 0.3, current: 1.7)
    let x = 4e-3
    let steps = 4000
    var sum = 0.0
    for step in 0...steps {
      let factor: Double = step == 0 || step == steps ? 1 : step % 2 == 1 ? 4 : 2
      sum += factor * flow.advanced(start, by: x * Double(step) / Double(steps)).potential
    }
    let simpson = sum * x / Double(steps) / 3
    let exact = flow.integral(from: start, over: x)
    #expect(abs(simpson - exact) < 1e-8 * abs(exact))
  }

  /// tau_mem and tau_syn in units of the length, and (0)∗(a), (0)∗(0)∗(a), (0)∗(a)∗(b), (0)∗(a)∗(a), (0)∗(a)∗(a)∗(b), (0)∗(a)∗(b)∗(b),
  /// from 200 digits.
  static let stepped: [(Double, Double, [Double])] = [
    (
      1, 1,
      [
        0.6321205588285577, 0.36787944117144233, 0.26424111765711533, 0.26424111765711533,
        0.08030139707139419, 0.08030139707139419,
      ]
    ),
    (
      1, 0.5,
      [
        0.6321205588285577, 0.36787944117144233, 0.19978820044686402, 0.26424111765711533,
        0.06445291721025133, 0.051289662874323544,
      ]
    ),
    (
      0.5, 1,
      [
        0.43233235838169365, 0.28383382080915315, 0.19978820044686402, 0.14849853757254047,
        0.051289662874323544, 0.06445291721025133,
      ]
    ),
    (
      10000000000.0, 0.005,
      [
        0.99999999995, 0.49999999998333333, 0.004974999999752487, 0.49999999996666666,
        0.0024751249998358083, 2.4749999998774813e-05,
      ]
    ),
    (
      1000000000.0, 1000000000.0,
      [
        0.9999999995, 0.4999999998333333, 0.49999999966666664, 0.49999999966666664,
        0.16666666654166667, 0.16666666654166667,
      ]
    ),
    (
      1e-09, 1,
      [
        1e-09, 9.999999990000001e-10, 6.321205584606783e-10, 1e-18, 6.321205580927989e-19,
        2.6424111728923596e-10,
      ]
    ),
    (
      1, 1e-09,
      [
        0.6321205588285577, 0.36787944117144233, 6.321205584606783e-10, 0.26424111765711533,
        2.6424111728923596e-10, 6.321205580927989e-19,
      ]
    ),
    (
      1000000000.0, 1e-09,
      [
        0.9999999995, 0.4999999998333333, 9.999999985e-10, 0.49999999966666664,
        4.999999986666667e-10, 9.999999975000001e-19,
      ]
    ),
    (
      0.25, 0.2500001,
      [
        0.24542109027781644, 0.1886447274305459, 0.05677638189468598, 0.05677636284727057,
        0.011904639391537129, 0.011904642932349316,
      ]
    ),
    (
      4, 3,
      [
        0.8847968677143805, 0.4608125291424779, 0.41268959322897936, 0.42398433857190265,
        0.13553694411507955, 0.13278384137340413,
      ]
    ),
    (
      0.0001, 0.01,
      [0.0001, 9.999000000000001e-05, 1.0000000000000002e-06, 1e-08, 1.0000000000000002e-10, 1e-08]
    ),
    (
      10, 0.9999,
      [
        0.9516258196404043, 0.4837418035959573, 0.354995759596511, 0.46788401604444696,
        0.12541745938633037, 0.10084513081513417,
      ]
    ),
  ]

  @Test(arguments: stepped.indices)
  func `kernels with a step are right at every ratio of length and time constants`(row: Int) {
    let (tauMem, tauSyn, exact) = Self.stepped[row]
    let kernel = SteppedKernel(SynapticKernel(tauMem: tauMem, tauSyn: tauSyn), over: 1)
    let found = [kernel.a, kernel.stepA, kernel.ab, kernel.aa, kernel.aab, kernel.abb]
    for (found, exact) in zip(found, exact) {
      #expect(abs(found - exact) < 4e-15 * exact, "\(tauMem) \(tauSyn)")
    }
  }

  @Test func `the integral of a neuron without leak has all its derivatives`() throws {
    // From a simulation with 90 digits and its central differences; the true derivatives are 10⁻¹² of the terms that used to cancel.
    let neuron = LIFParameters(tauMem: 1e10, tauSyn: 5e-3, vThreshold: 0.6)
    let layer = Layer(
      name: "o", parameters: [neuron], weights: Synapses(rows: 1, columns: 1, weights: [2e12]))
    let run = try Trajectory(
      of: Experiment(
        title: "integral", network: Network(inputs: 1, layers: [layer]),
        inputSpikes: [InputSpike(time: 1e-3, channel: 0), InputSpike(time: 4e-3, channel: 0)],
        horizon: 0.04, loss: Loss(layer: 0, rule: .voltageIntegral([1]))))
    let adjoint = try AdjointTrajectory(of: run)
    let gradient = adjoint.gradient
    let values = [
      (adjoint.loss, 0.008631500839680133),
      (gradient.layers[0].weights.weights[0], 1.6110033659052727e-14),
      (gradient.layers[0].parameters[0].tauSyn, 6.52157617149412),
      (gradient.layers[0].parameters[0].tauMem, -3.2220067318094542e-12),
      (gradient.inputTimes[0], -0.3617716162266581),
    ]
    for (found, exact) in values { #expect(abs(found - exact) < 1e-9 * abs(exact)) }
  }
}
