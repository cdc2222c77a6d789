/// The derivatives by the parameters and initial states of a layer's neurons, as a sweep adds them up.
final class NeuronSums {
  let tauMem: AlignedRow
  let tauSyn: AlignedRow
  /// The derivatives by the other parameters; those by the time constants stay in their rows.
  var others: [ParameterGradient]
  var initial: [LIFState]

  init(size: Int) {
    tauMem = AlignedRow(count: size)
    tauSyn = AlignedRow(count: size)
    others = Array(repeating: ParameterGradient(), count: size)
    initial = Array(repeating: LIFState(), count: size)
  }

  func clear() {
    tauMem.set(to: 0)
    tauSyn.set(to: 0)
    for neuron in others.indices {
      others[neuron] = ParameterGradient()
      initial[neuron] = LIFState()
    }
  }

  @inline(__always)
  func add(_ times: StretchEnds.Times, to neuron: Int) {
    tauMem.values[neuron] += times.mem
    tauSyn.values[neuron] += times.syn
  }

  /// Puts the sums into a layer's gradient.
  func write(into gradient: inout LayerGradient) {
    gradient.parameters = others
    for neuron in others.indices {
      gradient.parameters[neuron].tauMem = tauMem.values[neuron]
      gradient.parameters[neuron].tauSyn = tauSyn.values[neuron]
    }
    gradient.initial = initial
  }
}
