/// The derivatives by the parameters and initial states of a layer's neurons, as a sweep adds them up.
final class NeuronSums {
  let tauMem: AlignedRow
  let tauSyn: AlignedRow
  /// The derivatives by the other parameters; those by the time constants stay in their rows.
  let others: UnsafeMutablePointer<ParameterGradient>
  let initial: UnsafeMutablePointer<LIFState>
  private let size: Int

  init(size: Int) {
    self.size = size
    tauMem = AlignedRow(count: size)
    tauSyn = AlignedRow(count: size)
    others = .allocate(capacity: size)
    others.initialize(repeating: ParameterGradient(), count: size)
    initial = .allocate(capacity: size)
    initial.initialize(repeating: LIFState(), count: size)
  }

  deinit {
    others.deallocate()
    initial.deallocate()
  }

  func clear() {
    tauMem.set(to: 0)
    tauSyn.set(to: 0)
    others.update(repeating: ParameterGradient(), count: size)
    initial.update(repeating: LIFState(), count: size)
  }

  @inline(__always)
  func add(_ times: StretchEnds.Times, to neuron: Int) {
    tauMem.values[neuron] += times.mem
    tauSyn.values[neuron] += times.syn
  }

  /// Puts the sums into a layer's gradient.
  func write(into gradient: inout LayerGradient) {
    gradient.parameters = (0..<size).map { neuron in
      var sum = others[neuron]
      sum.tauMem = tauMem.values[neuron]
      sum.tauSyn = tauSyn.values[neuron]
      return sum
    }
    gradient.initial = Array(UnsafeBufferPointer(start: initial, count: size))
  }
}
