internal import EventProp

extension PresetReading {
  /// A time is not negative; infinity and NaN stand for no spike.
  static func timeRule(_ time: Double) -> ExperimentFault.Violation? {
    time < 0 ? .negative(time) : nil
  }

  /// A number is whole, and there is a channel or a position of this number.
  static func indexRule(_ count: Int) -> (Double) -> ExperimentFault.Violation? {
    { value in
      // A value beyond 2⁶³ is no Int, so it is out of range.
      Int(exactly: value).map { Rules.index($0, of: count) }
        ?? (value.rounded() == value && value.isFinite
          ? .outOfRange(.max, count: count) : .notFinite)
    }
  }

  /// The fault of a value in a file of samples.
  static func fault(
    _ value: Double, _ violation: ExperimentFault.Violation, _ subject: PresetFault.Subject,
    _ table: SampleTable
  ) -> PresetFault {
    switch (violation, subject) {
    case (.notFinite, .channel), (.notFinite, .label): .expected(.integer, found: "\(value)")
    case (.negative, _) where value.isFinite: .rule(.negative(table.seconds(value)), subject)
    case (.negative, _), (.notFinite, .spike): .rule(.notFinite, .value("the time"))
    default: .rule(violation, subject)
    }
  }

  /// Complains about the first value of a selected sample that violates a rule, with the number of
  /// the sample.
  mutating func allEntries(
    of array: NamedArray, _ table: SampleTable, _ rule: (Double) -> ExperimentFault.Violation?,
    _ subject: PresetFault.Subject, except isPadding: (Int) -> Bool = { _ in false }
  ) -> Bool {
    allEntries(of: array, table, except: isPadding, obey: { rule($0) == nil }) { value in
      rule(value).map { Self.fault(value, $0, subject, table) }
    }
  }

  /// Complains about the first value of a selected sample that does not obey, with the number of the
  /// sample.
  mutating func allEntries(
    of array: NamedArray, _ table: SampleTable, except isPadding: (Int) -> Bool = { _ in false },
    obey: (Double) -> Bool, fault: (Double) -> PresetFault?
  ) -> Bool {
    let width = array.values.count / array.array.shape[0]
    var first: (number: Int, place: Int)?
    var others = 0
    for number in table.numbers {
      for place in number * width..<(number + 1) * width
      where !isPadding(place) && !obey(array.values[place]) {
        if first == nil { first = (number, place) } else { others += 1 }
      }
    }
    guard let first, let fault = fault(array.values[first.place]) else { return true }
    let index = array.array.place(of: first.place).map(String.init).joined(separator: ", ")
    complain(
      .entry("sample \(first.number), \(array.name)[\(index)]", fault, others: others),
      at: array.node)
    return false
  }
}
