import EventProp

extension GradientCheck {
  /// The largest disagreement with forward mode that rounding explains, relative to the largest
  /// derivative of the kind.
  ///
  /// A spike that grazes the threshold divides by a slope with a rounding error of u θ/|tau_mem
  /// dV/dt|. The next grazing spike multiplies by this error again, so 2·10⁻⁹ is allowed.
  package static func tolerance(grazing: Bool) -> Double { grazing ? 2e-9 : 1e-10 }

  /// A disagreement may be this many times as large as the effect of rounding.
  static let roundingFactor = 16.0

  /// The largest derivative of the kind of a parameter.
  func scale(of parameter: Parameter) -> Double { scales[parameter.kind] ?? 0 }

  /// The rounding of the terms of a derivative.
  private func lastPlace(of parameter: Parameter) -> Double {
    // Rounding errors of all events may add up.
    .ulpOfOne * (terms[parameter.quantity.dimension] ?? 0)
      * (1 + Double(forwardMode.trajectory.events.count) / 8)
  }

  /// The largest disagreement of a derivative with forward mode that rounding may explain, where rounding is known to move
  /// the derivative by `rounding`.
  func tolerance(of parameter: Parameter, rounding: Double = 0) -> Double {
    Self.tolerance(grazing: grazing != nil) * scale(of: parameter)
      + allowance(of: parameter, rounding: rounding)
  }

  /// The part of a tolerance that does not depend on the largest derivative of the kind.
  func allowance(of parameter: Parameter, rounding: Double = 0) -> Double {
    // Below the normal numbers digits are lost.
    Self.roundingFactor
      * Swift.max(rounding, lastPlace(of: parameter), .leastNormalMagnitude)
  }
}
