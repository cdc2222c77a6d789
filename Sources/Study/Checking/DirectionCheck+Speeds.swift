import EventProp

extension DirectionCheck {
  /// The ranges of parameters of one part of the gradient.
  static func parts(of parameters: [Parameter]) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    for position in parameters.indices
    where position + 1 == parameters.count
      || parameters[position + 1].part != parameters[start].part
    {
      parts.append(start..<position + 1)
      start = position + 1
    }
    return parts
  }

  /// 1 over the tolerance of each derivative.
  ///
  /// A kind without any derivative has no tolerance to speak of, and an infinite speed would spoil all sums. So no
  /// tolerance is below 2⁻⁴⁰ of the largest one, each times the change of its parameter.
  static func speeds(
    of parts: [Range<Int>], in check: GradientCheck, _ experiment: Experiment,
    rounding: [GradientPart: Double] = [:]
  ) -> [Double] {
    let tolerances = parts.map { part in
      let parameter = check.parameters[part.lowerBound]
      return check.tolerance(of: parameter, rounding: rounding[parameter.kind] ?? 0)
    }
    let largest = zip(parts, tolerances).reduce(0.0) { largest, part in
      max(largest, part.1 * experiment.change(of: check.parameters[part.0.lowerBound]))
    }
    return zip(parts, tolerances).flatMap { part, tolerance in
      part.map { position in
        let change = experiment.change(of: check.parameters[position])
        return 1 / max(tolerance, 0x1p-40 * largest / change)
      }
    }
  }

  /// The smallest error of a single derivative that would have been seen, relative to the largest derivative of its kind;
  /// kinds without any derivative do not count.
  package var visibleError: Double {
    let tolerances = parts.compactMap { part -> Double? in
      let parameter = check.parameters[part.lowerBound]
      let scale = check.scale(of: parameter)
      let rounding = rounding[parameter.kind] ?? 0
      return scale > 0 ? check.tolerance(of: parameter, rounding: rounding) / scale : nil
    }
    return RandomDirections.visible(from: max(allowed, unexplained)) * (tolerances.max() ?? 0)
  }
}
