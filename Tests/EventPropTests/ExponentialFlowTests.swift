import EventProp
import RealModule
import Testing

@Suite("The flow of any 2×2 kernel") struct ExponentialFlowTests {
  /// exp(K t) by scaling, a Taylor series and squaring: slow and general.
  private func series(_ kernel: [[Double]], _ t: Double) -> [[Double]] {
    func times(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
      (0..<2).map { row in
        (0..<2).map { column in a[row][0] * b[0][column] + a[row][1] * b[1][column] }
      }
    }
    let small = kernel.map { $0.map { $0 * t / 1024 } }
    var sum = [[1.0, 0], [0, 1.0]]
    var term = sum
    for order in 1...20 {
      term = times(term, small).map { $0.map { $0 / Double(order) } }
      sum = (0..<2).map { row in (0..<2).map { sum[row][$0] + term[row][$0] } }
    }
    for _ in 0..<10 { sum = times(sum, sum) }
    return sum
  }

  @Test(arguments: [
    [[-100.0, 100], [0, -200]], [[-100, 100], [0, -100]], [[-100, 100], [0, -100.0001]],
    [[-50, 300], [-300, -80]], [[0, 0], [0, 0]], [[0, 1], [-1, 0]], [[3, 1], [2, -4]],
    [[-200, 0], [200, -100]],
  ]) func `distinct, equal and complex eigenvalues agree with the series`(kernel: [[Double]]) {
    let flow = ExponentialFlow(kernel)
    for t in [0.0, 1e-6, 1e-3, 8e-3, -2e-3] {
      let reference = series(kernel, t)
      let matrix = flow.propagator(after: t)
      let scale = reference.joined().map { abs($0) }.max() ?? 1
      for (value, expected) in zip(matrix.joined(), reference.joined()) {
        #expect(abs(value - expected) < 3e-13 * scale, "t = \(t)")
      }
    }
  }

  @Test func `a neuron's kernel gives the neuron's flow`() {
    let flow = LIFFlow(LIFParameters(tauMem: 7e-3, tauSyn: 3e-3, vLeak: 0))
    let general = ExponentialFlow([[-1 / 7e-3, 1 / 7e-3], [0, -1 / 3e-3]])
    let state = flow.advanced(LIFState(potential: 0.3, current: 1.7), by: 2e-3)
    let (potential, current) = general.advanced((0.3, 1.7), by: 2e-3)
    #expect(abs(state.potential - potential) < 1e-15)
    #expect(abs(state.current - current) < 1e-15)
  }
}
