/// The derivatives by the parameters and initial states of a layer's neurons, as a sweep adds them up.
struct NeuronSums {
  let tauMem: AlignedRow
  let tauSyn: AlignedRow
  /// The derivatives by the other parameters; those by the time constants stay in their rows.
  let others: UnsafeMutablePointer<ParameterGradient>
  let initial: UnsafeMutablePointer<LIFState>
  private let size: Int

  init(_ slab: Slab, size: Int) {
    self.size = size
    tauMem = AlignedRow(slab, count: size)
    tauSyn = AlignedRow(slab, count: size)
    others = slab.take(size, repeating: ParameterGradient())
    initial = slab.take(size, repeating: LIFState())
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

  /// The sums for each neuron.
  var parameters: [ParameterGradient] {
    (0..<size).map { neuron in
      var sum = others[neuron]
      sum.tauMem = tauMem.values[neuron]
      sum.tauSyn = tauSyn.values[neuron]
      return sum
    }
  }

  /// The derivatives by each neuron's initial state.
  var initialStates: [LIFState] { Array(UnsafeBufferPointer(start: initial, count: size)) }
}
