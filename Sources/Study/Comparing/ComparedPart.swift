import EventProp
import RealModule

/// One part of a foreign gradient, prepared for the comparison with many candidates.
struct ComparedPart: Sendable {
  let part: GradientPart
  let theirs: [Double]
  /// Whether a matrix that is not square came transposed: only transposed candidates fit it.
  let isTransposed: Bool
  /// The position of each foreign value after a transposition; nil for a matrix that is not square.
  let exchanged: [Int]?
  /// The time constants of the neuron of each value; nil where values belong to no neuron.
  let tauSyn: [Double]?
  let tauMem: [Double]?
  /// The positions of the largest foreign values, the largest first: most wrong candidates fail
  /// there at once.
  let probes: [Int]
  /// The entries of each row and of each column of a matrix; nil for a list.
  let matrix: (rows: [[Int]], columns: [[Int]])?
  /// The size below which our values are only rounding of larger values of the same unit.
  let floor: Double
  private(set) var tolerance: Double
  /// The number of samples of the run; 1 for a single run, which may be a mean of unknown length.
  private(set) var sampleCount = 1

  init(
    _ foreign: ForeignGradient.Part, of experiment: Experiment, tolerance: Double, floor: Double
  ) {
    part = foreign.part
    theirs = foreign.values
    isTransposed = foreign.isTransposed
    self.floor = floor
    self.tolerance = tolerance
    let synapses = foreign.part.synapses(in: experiment)
    matrix = synapses.map { synapses in
      var columns = [[Int]](repeating: [], count: synapses.columns)
      let rows = (0..<synapses.rows).map { row in
        let entries = Array(synapses.entries(ofRow: row))
        for entry in entries { columns[synapses.column(ofEntry: entry, row: row)].append(entry) }
        return entries
      }
      return (rows, columns)
    }
    if let synapses, synapses.isDense, synapses.rows == synapses.columns, synapses.rows > 1 {
      let n = synapses.rows
      exchanged = (0..<n * n).map { $0 % n * n + $0 / n }
    } else {
      exchanged = nil
    }
    let neurons = foreign.part.neurons(in: experiment)
    tauSyn = neurons?.map(\.tauSyn)
    tauMem = neurons?.map(\.tauMem)
    let values = foreign.values
    probes = Array(
      values.indices.sorted { abs(values[$0]) > abs(values[$1]) }.prefix(Self.mostProbes))
  }

  private static let mostProbes = 6

  /// The same part of a gradient of several samples.
  func with(sampleCount: Int) -> Self {
    var changed = self
    changed.sampleCount = sampleCount
    return changed
  }

  /// The same part with another tolerance.
  func with(tolerance: Double) -> Self {
    var changed = self
    changed.tolerance = tolerance
    return changed
  }

  /// The number of probes that are not zero.
  var nonzeros: Int { probes.count { theirs[$0] != 0 } }

  /// The largest difference from candidate values, relative to the largest of these.
  ///
  /// `scale` is the size of the candidate values relative to ours.
  func residual(_ ours: [Double], scale: Double = 1) -> Double {
    let floor = floor * scale
    var largest = 0.0
    var difference = 0.0
    for (one, other) in zip(theirs, ours) {
      largest = max(largest, abs(other))
      difference = max(difference, abs(one - other))
    }
    // An overflow is no agreement.
    guard difference.isFinite else { return difference == 0 ? 0 : .infinity }
    return difference == 0 ? 0 : difference / max(largest, floor)
  }

  /// The size of values relative to ours.
  private func scale(of values: [Double], to ours: [Double]) -> Double {
    let largest = ours.reduce(0) { max($0, abs($1)) }
    return largest == 0 ? 1 : values.reduce(0) { max($0, abs($1)) } / largest
  }

  /// The size of a difference that counts as rounding.
  func scale(_ ours: [Double]) -> Double {
    tolerance * max(ours.map { abs($0) }.max() ?? 0, floor)
  }

  /// Our values after a scaling, in the order of the foreign values; nil where it does not apply.
  func applying(_ scaling: Scaling, to ours: [Double]) -> [Double]? {
    guard fits(scaling) else { return nil }
    let uniform = scaling.uniform
    return theirs.indices.map { value($0, scaling, ours) * uniform }
  }

  private func fits(_ scaling: Scaling) -> Bool {
    (scaling.tauSyn == 0 || tauSyn != nil) && (scaling.tauMem == 0 || tauMem != nil)
      && (!scaling.isTransposed || isTransposed || exchanged != nil)
  }

  /// Our value for a position among the foreign values, after the part of a scaling that is not
  /// uniform.
  private func value(_ place: Int, _ scaling: Scaling, _ ours: [Double]) -> Double {
    let source = scaling.isTransposed && !isTransposed ? exchanged?[place] ?? place : place
    var value = ours[source]
    if scaling.tauSyn != 0, let tau = tauSyn?[source] {
      value = scaling.tauSyn > 0 ? value * tau : value / tau
    }
    if scaling.tauMem != 0, let tau = tauMem?[source] {
      value = scaling.tauMem > 0 ? value * tau : value / tau
    }
    return value
  }

  /// A scaling that turns our values into the foreign ones, and the remaining difference.
  struct Solution: Sendable {
    var scaling: Scaling
    var residual: Double
  }

  /// Every scaling of at most `most` changes that turns our values into the foreign ones; the
  /// identity comes first if it does.
  func solutions(_ ours: [Double], most: Int) -> [Solution] {
    var found: [Solution] = []
    let plain = residual(ours)
    if !isTransposed, plain <= tolerance {
      found.append(Solution(scaling: Scaling(), residual: plain))
    }
    for base in Self.bases where base.isTransposed || !isTransposed {
      guard base.count <= most, let factor = factor(base, ours),
        let values = applying(base, to: ours)
      else { continue }
      let scale = scale(of: values, to: ours)
      let free = residual(values.map { $0 * factor }, scale: scale * abs(factor))
      guard free <= 4 * tolerance else { continue }
      for uniform in names(of: factor, within: max(4 * tolerance, 1e-12), fit: free) {
        var scaling = uniform
        scaling.isTransposed = base.isTransposed
        scaling.tauSyn = base.tauSyn
        scaling.tauMem = base.tauMem
        guard scaling.count <= most, !scaling.isIdentity else { continue }
        let remaining = residual(
          values.map { $0 * uniform.uniform }, scale: scale * abs(uniform.uniform))
        if remaining <= tolerance {
          found.append(Solution(scaling: scaling, residual: remaining))
        }
      }
    }
    return found
  }

  /// The factor without a name that turns our values into the foreign ones; nil if there is none.
  func freeFactor(_ ours: [Double]) -> Double? {
    guard !isTransposed, let factor = factor(Scaling(), ours),
      residual(ours.map { $0 * factor }, scale: abs(factor)) <= tolerance
    else { return nil }
    return factor
  }

  /// The factor between the largest values; nil if the other large values have another factor.
  private func factor(_ base: Scaling, _ ours: [Double]) -> Double? {
    guard fits(base) else { return nil }
    guard let first = probes.first, theirs[first] != 0 else { return nil }
    let factor = theirs[first] / value(first, base, ours)
    guard factor.isFinite, factor != 0 else { return nil }
    let scale = max(abs(theirs[first]), floor) * 4 * tolerance
    for probe in probes.dropFirst() {
      guard abs(theirs[probe] - factor * value(probe, base, ours)) <= scale else { return nil }
    }
    return factor
  }

  /// Scalings that are not uniform: the transposition, and powers of the time constants.
  private static let bases: [Scaling] = [false, true].flatMap { isTransposed in
    [0, -1, 1].flatMap { tauSyn in
      [0, -1, 1].map { tauMem in
        var scaling = Scaling()
        scaling.isTransposed = isTransposed
        scaling.tauSyn = tauSyn
        scaling.tauMem = tauMem
        return scaling
      }
    }
  }

  private static let mostSamples = 10_000.0

  /// The scalings with a given uniform factor.
  private func names(of factor: Double, within tolerance: Double, fit: Double) -> [Scaling] {
    var names: [Scaling] = []
    for thousands in [0, 1, 2, -1] {
      var scaling = Scaling()
      scaling.isNegative = factor < 0
      scaling.thousands = thousands
      let rest = abs(factor) / .pow(1000, thousands)
      if abs(rest - 1) <= tolerance {
        names.append(scaling)
        continue
      }
      if sampleCount > 1, abs(rest - Double(sampleCount)) <= tolerance * rest {
        scaling.summed = sampleCount
        names.append(scaling)
        continue
      }
      let samples = (1 / rest).rounded()
      // Where the number of samples is known, no other one is a mean.
      guard sampleCount == 1 || Int(exactly: samples) == sampleCount else { continue }
      // Every factor is near some large number of samples, so it must be known well enough.
      guard samples >= 2, samples <= Self.mostSamples,
        thousands <= 0 || samples.remainder(dividingBy: 1000) != 0,
        samples * max(4 * fit, 1e-15) < 0.01,
        abs(1 / rest - samples) <= samples * max(4 * fit, 1e-14)
      else { continue }
      scaling.samples = Int(samples)
      names.append(scaling)
    }
    return names
  }
}

extension GradientPart {
  /// The parameters of the neuron of each value; for a synapse the receiving neuron.
  ///
  /// Input times and shared parameters belong to no neuron; they get the constants that all neurons
  /// share.
  func neurons(in experiment: Experiment) -> [LIFParameters]? {
    guard let layer else {
      let all = experiment.network.layers.flatMap(\.parameters)
      guard let first = all.first,
        all.allSatisfy({ $0.tauMem == first.tauMem && $0.tauSyn == first.tauSyn })
      else { return nil }
      return Array(repeating: first, count: shape(in: experiment).first ?? 1)
    }
    let members = experiment.network.layers[layer].parameters
    guard let synapses = synapses(in: experiment) else { return members }
    return (0..<synapses.rows).flatMap { row in
      synapses.entries(ofRow: row).map { members[synapses.column(ofEntry: $0, row: row)] }
    }
  }
}
