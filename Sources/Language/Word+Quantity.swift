extension Word {
  /// The number in the word, or the seconds if it is a time.
  ///
  /// Throws a `Diagnostic` at the word; `remedy` replaces the usual one.
  package func quantity(isTime: Bool = false, remedy: String? = nil) throws(Diagnostic) -> Double {
    do throws(Quantity.Failure) {
      return isTime ? try Quantity.time(text) : try Quantity.number(text)
    } catch {
      throw complaint(error.message, remedy: remedy ?? error.remedy)
    }
  }

  /// The number or the seconds in the word; `+10%` and `*0.5` change an old value.
  ///
  /// Throws a `Diagnostic` at the word.
  package func quantity(from old: Double, isTime: Bool) throws(Diagnostic) -> Double {
    func factor(_ text: some StringProtocol) throws(Diagnostic) -> Double {
      var part = self
      part.text = String(text)
      return try part.quantity()
    }
    let value: Double
    if text.hasSuffix("%") {
      value = old * (1 + (try factor(text.dropLast())) / 100)
    } else {
      value =
        text.hasPrefix("*") ? old * (try factor(text.dropFirst())) : try quantity(isTime: isTime)
    }
    guard value.isFinite else {
      throw complaint(
        "'\(text)' of \(Quantity.display(old, isTime: isTime, digits: 6)) is too large for a number",
        remedy: "a smaller part, such as +10% or *2")
    }
    return value
  }
}
