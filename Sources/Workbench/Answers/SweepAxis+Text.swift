import Language
package import Study

extension SweepAxis {
  /// A value with its unit.
  package func text(_ value: Double, digits: Int = 6) -> String {
    Quantity.display(value, isTime: isTime, digits: digits)
  }

  /// Whether the values are rates of one step down the gradient.
  package var isRate: Bool { if case .rate = named { true } else { false } }

  /// The line that sets a value exactly.
  package func settingLine(_ value: Double) -> String {
    if case .rate = named { return "descend 1 \(Quantity.exact(value))" }
    return "set \(name) \(Quantity.exact(value, isTime: isTime))"
  }
}
