import EventProp
import Language
import Study

extension GradientPart {
  /// Puts the array of a file for this part into our order.
  ///
  /// A matrix may be [before × this] or, where the sizes differ, [this × before]. A sparse matrix
  /// may also be `[[before, this, value], …]`, or its values alone.
  func arranged(
    _ values: [Double], shape: [Int], in experiment: Experiment
  ) throws(GradientFault) -> ForeignGradient.Part {
    let expected = self.shape(in: experiment)
    let wrong = GradientFault.wrongShape(
      name: Names(experiment, .full).name(of: self), expected: expected, found: shape)
    guard let synapses = synapses(in: experiment) else {
      let count = expected.first ?? 1
      // Axes of length 1 do not matter.
      guard values.count == count, shape.count(where: { $0 != 1 }) <= 1 else { throw wrong }
      return ForeignGradient.Part(self, values)
    }
    if !synapses.isDense {
      if shape.count == 2, shape[1] == 3,
        shape != expected || isListed(values, synapses)
      {
        return ForeignGradient.Part(self, try listed(values, synapses))
      }
      if shape == [synapses.weights.count] { return ForeignGradient.Part(self, values) }
    }
    let isVector =
      shape.count <= 1 && expected.contains(1) && values.count == expected[0] * expected[1]
    if shape == expected || isVector {
      return ForeignGradient.Part(self, entries(of: synapses) { values[$0 * expected[1] + $1] })
    }
    guard shape == expected.reversed() else { throw wrong }
    return ForeignGradient.Part(
      self, entries(of: synapses) { values[$1 * expected[0] + $0] }, isTransposed: true)
  }

  private func entries(
    of synapses: Synapses, _ value: (_ row: Int, _ column: Int) -> Double
  ) -> [Double] {
    (0..<synapses.rows).flatMap { row in
      synapses.entries(ofRow: row).map { value(row, synapses.column(ofEntry: $0, row: row)) }
    }
  }

  /// Whether rows of three numbers are the synapses with their values, all synapses included.
  private func isListed(_ values: [Double], _ synapses: Synapses) -> Bool {
    (try? listed(values, synapses)) != nil
  }

  private func listed(
    _ values: [Double], _ synapses: Synapses
  ) throws(GradientFault) -> [Double] {
    var found = [Double?](repeating: nil, count: synapses.weights.count)
    for start in stride(from: 0, to: values.count, by: 3) {
      let before = Int(exactly: values[start]) ?? -1
      let this = Int(exactly: values[start + 1]) ?? -1
      guard let entry = synapses.entry(row: before, column: this) else {
        throw .noSuchSynapse(before, this)
      }
      guard found[entry] == nil else { throw .synapseTwice(before, this) }
      found[entry] = values[start + 2]
    }
    if let entry = found.firstIndex(of: nil) {
      let row = synapses.row(ofEntry: entry)
      throw .synapseMissing(row, synapses.column(ofEntry: entry, row: row))
    }
    return found.compactMap { $0 }
  }
}
