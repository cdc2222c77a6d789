import EventProp
import RealModule
import ReferenceCases
import Testing

@Suite("The first threshold crossing") struct ThresholdCrossingTests {
  /// The first crossing by looking at many points, refined by halving; blind to peaks between two points.
  private func search(
    _ flow: LIFFlow, _ state: LIFState, within horizon: Double
  ) -> Double? {
    let threshold = flow.parameters.vThreshold
    let points = 600
    var low = 0.0
    for point in 1...points {
      var high = horizon * Double(point) / Double(points)
      guard flow.advanced(state, by: high).potential >= threshold else {
        low = high
        continue
      }
      for _ in 0..<80 {
        let middle = low + (high - low) / 2
        if flow.advanced(state, by: middle).potential >= threshold {
          high = middle
        } else {
          low = middle
        }
      }
      return high
    }
    return nil
  }

  @Test(arguments: [0.01, 0.3, 1, 1 + 1e-9, 2, 3.7, 30, 100])
  func `random states cross where a fine search finds it, and only there`(ratio: Double) {
    var random = SeededGenerator(seed: UInt64(ratio * 1000))
    var crossings = 0
    for sample in 0..<400 {
      let leak = [-0.5, 0, 0.3, 1, 1.4][sample % 5]
      let parameters = LIFParameters(
        tauMem: 4e-3 * ratio, tauSyn: 4e-3, vThreshold: 1, vLeak: leak, vReset: -1)
      let flow = LIFFlow(parameters)
      let state = LIFState(
        potential: Double.random(in: -1..<1, using: &random),
        current: Double.random(in: -3...6 + 2 * ratio, using: &random))
      let horizon = Double.random(in: 0.2...4, using: &random) * max(4e-3, 4e-3 * ratio)
      let found = ThresholdCrossing(flow).first(from: state, within: horizon)
      let searched = search(flow, state, within: horizon)
      if let searched, let found {
        crossings += 1
        let slope = abs(flow.slope(state, after: found))
        let allowed = 1e-13 * horizon + 1e-14 * (10 + abs(state.current)) / slope
        #expect(abs(found - searched) <= allowed, "ratio \(ratio), sample \(sample)")
      } else if let found {
        // A peak between two points of the search: V there must reach the threshold.
        #expect(
          found > horizon
            || abs(flow.advanced(state, by: found).potential - 1) < 1e-12
              * (1 + abs(state.current)),
          "ratio \(ratio), sample \(sample): invented")
      } else {
        #expect(searched == nil, "ratio \(ratio), sample \(sample): missed")
      }
    }
    #expect(crossings > 40)
  }

  @Test(arguments: [0.1, 1, 2, 3.7, 20], [1e-4, 1e-6, 1e-8, 1e-10, 1e-12])
  func `a peak just above the threshold is found, just below it is not`(
    ratio: Double, margin: Double
  ) throws {
    let tauMem = 5e-3 * ratio
    let start = LIFState(potential: 0, current: 1)
    let peak = try #require(
      LIFFlow(LIFParameters(tauMem: tauMem, tauSyn: 5e-3, vThreshold: 10))
        .turningPoint(from: start))
    let height = Double.exp(-peak / 5e-3)
    for sign in [1.0, -1] {
      let threshold = height * (1 - sign * margin)
      let flow = LIFFlow(
        LIFParameters(tauMem: tauMem, tauSyn: 5e-3, vThreshold: threshold, vReset: -1))
      let found = ThresholdCrossing(flow).first(from: start, within: 1)
      guard sign > 0 else {
        #expect(found == nil)
        continue
      }
      let x = try #require(found)
      // To leading order the crossing lies √(2 m tau_mem tau_syn) before the peak.
      let lead = Double.sqrt(2 * margin * tauMem * 5e-3)
      #expect(x < peak)
      #expect(abs((peak - x) / lead - 1) < 0.02 + 2e-3 / .sqrt(margin * 1e12) * 10)
    }
  }

  @Test func `a neuron at its threshold spikes at once when V rises and not when it falls`() {
    let crossing = ThresholdCrossing(LIFFlow(LIFParameters(vThreshold: 1)))
    #expect(crossing.first(from: LIFState(potential: 1, current: 3), within: 1) == 0)
    #expect(crossing.first(from: LIFState(potential: 1, current: 0.5), within: 1) == nil)
  }

  @Test func `a leak above the threshold fires without input at the closed form`() throws {
    let parameters = LIFParameters(tauMem: 10e-3, vThreshold: 1, vLeak: 1.5)
    let crossing = ThresholdCrossing(LIFFlow(parameters))
    let x = try #require(crossing.first(from: LIFState(), within: 1))
    #expect(abs(x - 10e-3 * .log(3)) < 1e-16)
    #expect(crossing.first(from: LIFState(), within: 10e-3) == nil)
  }
}
