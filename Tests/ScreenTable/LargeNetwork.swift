/// A recurrent network that keeps itself busy: 1000 neurons, fan-out 100.
enum LargeNetwork {
  static var preset: String {
    var state: UInt64 = 1
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    let spikes = (0..<4300).map { _ in "[\(next(1_000_000)) us, \(next(100))]" }
    return """
      title: One thousand neurons
      t_max: 1 s
      parameters: { tau_mem: 10 ms, tau_syn: 5 ms, v_th: 1 }
      inputs: { size: 100, spikes: [\(spikes.joined(separator: ", "))] }
      layers:
        - name: net
          size: 1000
          weights: { fan_out: { count: 100, mean: 1.1, std: 0.5, seed: 1 } }
          recurrent: { fan_out: { count: 100, mean: -0.03, std: 0.15, seed: 2 } }
      loss: { kind: first_spike_mse, targets: [\(repeatElement("20 ms", count: 1000).joined(separator: ", "))] }
      """
  }
}
