import CLayer

/// The adjoint of a layer's neurons in a pass, and what the pass adds up for each of them.
final class LayerAdjoint {
  /// The constants P and Q of each neuron.
  let p: AlignedRow
  let q: AlignedRow
  let sums: NeuronSums
  let ends: ParameterTerms
  private let scale: TimeScale
  private let parameters: [LIFParameters]
  private let initial: [LIFState]

  init(_ arena: Arena, _ layer: borrowing Layer, _ scale: TimeScale) {
    p = AlignedRow(arena, count: layer.size)
    q = AlignedRow(arena, count: layer.size)
    sums = NeuronSums(arena, size: layer.size)
    ends = ParameterTerms(scale: scale)
    self.scale = scale
    parameters = layer.parameters
    initial = layer.initial
  }

  /// Sets λ to zero.
  func start() {
    p.set(to: 0)
    q.set(to: 0)
  }

  /// Counts λ of some neurons from an earlier epoch; their number is a multiple of four.
  func rebase(_ neurons: Range<Int>, over epochs: Int) {
    let change = scale.rebase(over: epochs)
    clayer_rebase(
      q.values.start + neurons.lowerBound, p.values.start + neurons.lowerBound,
      Int64(neurons.count), change.syn, change.toQ, change.mem)
  }

  /// Lets λ_V of a spiking neuron jump.
  @inline(__always)
  func jump(by jump: Double, at spike: SpikeTrain.Spike, of neuron: Int) {
    p.values[neuron] += jump * spike.ym
    q.values[neuron] += jump * scale.adjointRatio * spike.c
  }

  /// Adds the terms of a spike that has jumped to the derivatives by the parameters; `after` is P and Q
  /// of its later side.
  func addSpike(_ spike: SpikeTrain.Spike, of neuron: Int, after: ParameterTerms.Constants) {
    let times = ends.addSpike(
      spike, of: parameters[neuron], before: (p.values[neuron], q.values[neuron]), after: after,
      to: &sums.others[neuron])
    sums.add(times, to: neuron)
  }

  /// Adds the ends of the two stretches that meet at the start of an epoch; `a` and `b` are the
  /// states there, as the earlier epoch counts them.
  func addBoundary(_ a: AlignedRow, _ b: AlignedRow, of neurons: Range<Int>, over epochs: Int) {
    let factors = ends.boundary(over: epochs)
    for neuron in neurons.clamped(to: parameters.indices) {
      let (p, q) = (p.values[neuron], q.values[neuron])
      guard p != 0 || q != 0 else { continue }
      let times = ends.atBoundary(factors, a: a.values[neuron], b: b.values[neuron], (p, q))
      sums.add(times, to: neuron)
    }
  }

  /// Adds the terms that remain at t = 0.
  func addStart() {
    let start = ends.start
    for neuron in parameters.indices {
      let (p, q) = (p.values[neuron], q.values[neuron])
      guard p != 0 || q != 0 else { continue }
      let times = ends.addStart(
        initial[neuron], of: parameters[neuron], (p, q), start, to: &sums.others[neuron],
        and: &sums.initial[neuron])
      sums.add(times, to: neuron)
    }
  }

  /// Adds λ of each neuron at t = 0 to a list.
  func appendAtZero(to states: inout [AdjointState]) {
    let start = scale.instant(at: 0)
    for neuron in parameters.indices {
      states.append(scale.adjoint(p.values[neuron], q.values[neuron], at: start))
    }
  }
}
