/// The derivatives by the parameters and initial states of a layer's neurons, as a pass adds them up.
struct NeuronSums {
  let tauMem: AlignedRow
  let tauSyn: AlignedRow
  /// The derivatives by the other parameters; the derivatives by the time constants stay in their
  /// rows.
  let others: UnsafeMutableBufferPointer<ParameterGradient>
  let initial: UnsafeMutableBufferPointer<LIFState>
  private let size: Int

  init(_ arena: Arena, size: Int) {
    self.size = size
    tauMem = AlignedRow(arena, count: size)
    tauSyn = AlignedRow(arena, count: size)
    others = arena.take(size, repeating: ParameterGradient())
    initial = arena.take(size, repeating: LIFState())
  }

  func clear() {
    tauMem.set(to: 0)
    tauSyn.set(to: 0)
    others.update(repeating: ParameterGradient())
    initial.update(repeating: LIFState())
  }

  @inline(__always)
  func add(_ times: ParameterTerms.Times, to neuron: Int) {
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
  var initialStates: [LIFState] { Array(initial) }
}
