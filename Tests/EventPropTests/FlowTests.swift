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
    let exact = flow.integral(from: start, to: flow.advanced(start, by: x), over: x)
    #expect(abs(simpson - exact) < 1e-8 * abs(exact))
  }
}
