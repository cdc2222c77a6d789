package import EventProp

/// A fact about a foreign gradient that no known mistake explains.
package enum Evidence: Equatable, Sendable {
  /// All values of a part are ours times one factor.
  case ratio(GradientPart, Double)
  /// In each column of a matrix, which belongs to one neuron, all values are ours times one factor;
  /// nil for a neuron without a value.
  case ratioOfNeurons(GradientPart, [Double?])
  /// A row of a matrix is zero, and ours is not: a channel or neuron before the synapses.
  case zeroRow(GradientPart, Int)
  /// A column of a matrix, or a value of a list, is zero, and ours is not: a neuron.
  case zeroColumn(GradientPart, Int)
  /// Only these neurons have wrong values in their columns of a matrix; the others agree.
  case wrongColumns(GradientPart, [Int])
  /// The gradient breaks a law that every right gradient obeys, whatever ours is.
  ///
  /// The neuron is counted across layers, and is nil for the whole network. The residual is
  /// relative to the largest term of the law.
  case brokenLaw(Identities.Law, neuron: Int?, residual: Double)

  /// Everything that is known, the facts about one part together.
  ///
  /// The laws need the run; nil where the gradient is a sum over several runs.
  static func all(
    of parts: [ComparedPart], _ ours: [[Double]], _ trajectory: Trajectory?
  ) -> [Evidence] {
    var found = zip(parts, ours).flatMap { part, ours in
      part.residual(ours) > part.tolerance ? facts(about: part, ours) : []
    }
    if let trajectory { found += brokenLaws(parts, trajectory) }
    return found
  }

  // MARK: - Parts

  private static func facts(about part: ComparedPart, _ ours: [Double]) -> [Evidence] {
    let theirs = part.theirs
    let scale = part.scale(ours)
    let everything = Array(theirs.indices)
    if let factor = factor(everything, theirs, ours, scale) {
      return factor == 0 ? [] : [.ratio(part.part, factor)]
    }
    guard let matrix = part.matrix else {
      return everything.filter { theirs[$0] == 0 && abs(ours[$0]) > scale }
        .map { .zeroColumn(part.part, $0) }
    }
    let isZero = { (entries: [Int]) in
      !entries.isEmpty && entries.allSatisfy { theirs[$0] == 0 }
        && entries.contains { abs(ours[$0]) > scale }
    }
    var found: [Evidence] = matrix.rows.indices.filter { isZero(matrix.rows[$0]) }
      .map { .zeroRow(part.part, $0) }
    found += matrix.columns.indices.filter { isZero(matrix.columns[$0]) }
      .map { .zeroColumn(part.part, $0) }
    let factors = matrix.columns.map { factor($0, theirs, ours, scale) }
    let isKnown = zip(matrix.columns, factors).allSatisfy { entries, factor in
      factor != nil || entries.allSatisfy { abs(ours[$0]) <= scale }
    }
    if found.isEmpty, isKnown, Set(factors.compactMap { $0 }).count > 1,
      matrix.columns.contains(where: { $0.count > 1 })
    {
      return [.ratioOfNeurons(part.part, factors)]
    }
    let wrong = matrix.columns.indices.filter { column in
      matrix.columns[column].contains { abs(theirs[$0] - ours[$0]) > scale }
    }
    if found.isEmpty, wrong.count < matrix.columns.count {
      found = [.wrongColumns(part.part, wrong)]
    }
    return found
  }

  /// The one factor between values; nil if there is none, or no value that is not rounding.
  private static func factor(
    _ entries: [Int], _ theirs: [Double], _ ours: [Double], _ scale: Double
  ) -> Double? {
    guard let largest = entries.max(by: { abs(ours[$0]) < abs(ours[$1]) }),
      abs(ours[largest]) > scale, entries.count > 1
    else { return nil }
    let factor = theirs[largest] / ours[largest]
    let limit = scale * max(1, abs(factor))
    return entries.allSatisfy { abs(theirs[$0] - factor * ours[$0]) <= limit } ? factor : nil
  }

  // MARK: - Laws

  /// The laws of ``Identities`` that the foreign values alone break; a law is left out where a part
  /// that it needs was not given.
  private static func brokenLaws(
    _ parts: [ComparedPart], _ trajectory: Trajectory
  ) -> [Evidence] {
    let experiment = trajectory.experiment
    // A loss on potentials adds terms of its own.
    guard experiment.loss?.readsSpikes ?? false else { return [] }
    func values(_ layer: Int?, _ quantity: Parameter.Quantity) -> [Double]? {
      parts.first { $0.part == GradientPart(layer: layer, quantity) }?.theirs
    }
    let tolerance = max(1e-9, parts.map(\.tolerance).max() ?? 0)
    var found: [Evidence] = []
    func weigh(_ law: Identities.Law, _ terms: [Double], neuron: Int?) {
      let size = terms.map(abs).max() ?? 0
      let residual = size == 0 ? 0 : abs(terms.reduce(0, +)) / size
      if residual > tolerance { found.append(.brokenLaw(law, neuron: neuron, residual: residual)) }
    }
    var times: [Double]? = []
    for (layer, members) in experiment.network.layers.enumerated() {
      let offset = trajectory.circuit.offsets[layer]
      let v = [Parameter.Quantity.vThreshold, .vReset, .vLeak, .initialV].map { values(layer, $0) }
      if case let (vth?, reset?, leak?, initial?) = (v[0], v[1], v[2], v[3]) {
        for neuron in 0..<members.size {
          weigh(
            .shift, [vth[neuron], reset[neuron], leak[neuron], initial[neuron]],
            neuron: offset + neuron)
        }
        if let current = values(layer, .initialI), let weights = values(layer, .weights),
          let recurrent = members.recurrent == nil ? [] : values(layer, .recurrent)
        {
          let incoming = incoming(members.weights, weights, members.recurrent, recurrent)
          for neuron in 0..<members.size {
            let parameters = members.parameters[neuron]
            let state = members.initial[neuron]
            let own = [
              parameters.vThreshold * vth[neuron], parameters.vReset * reset[neuron],
              parameters.vLeak * leak[neuron], state.potential * initial[neuron],
              state.current * current[neuron],
            ]
            weigh(.voltageScale, own + incoming[neuron], neuron: offset + neuron)
          }
        }
      }
      if let mem = values(layer, .tauMem), let syn = values(layer, .tauSyn), times != nil {
        for (neuron, parameters) in members.parameters.enumerated() {
          times? += [parameters.tauMem * mem[neuron], parameters.tauSyn * syn[neuron]]
        }
      } else {
        times = nil
      }
      for (synapses, quantity) in [
        (members.weights, Parameter.Quantity.delays), (members.recurrent, .recurrentDelays),
      ] {
        guard let delays = synapses?.delays else { continue }
        guard let derived = values(layer, quantity) else {
          times = nil
          continue
        }
        times? += zip(delays, derived).map { $0 * $1 }
      }
    }
    if let inputs = values(nil, .inputTimes), var times,
      let evaluation = try? trajectory.evaluateLoss()
    {
      times += zip(experiment.inputSpikes, inputs).map { $0.time * $1 }
      for (event, gradient) in evaluation.spikeTimeGradients.enumerated() where gradient != 0 {
        times.append(-trajectory.events[event].time * gradient)
      }
      weigh(.timeDilation, times, neuron: nil)
    }
    return found
  }

  /// The products w ∂L/∂w of the synapses that reach each neuron of a layer.
  private static func incoming(
    _ weights: Synapses, _ derived: [Double], _ recurrent: Synapses?, _ others: [Double]
  ) -> [[Double]] {
    var terms = [[Double]](repeating: [], count: weights.columns)
    for case (let synapses?, let values) in [(weights, derived), (recurrent, others)] {
      for row in 0..<synapses.rows {
        for entry in synapses.entries(ofRow: row) {
          terms[synapses.column(ofEntry: entry, row: row)]
            .append(synapses.weights[entry] * values[entry])
        }
      }
    }
    return terms
  }
}
