import EventProp

/// The spelling of numbers and times, the same in presets and at the prompt.
///
/// A time is a number with a unit, `10 ms` or `10ms`, or a bare number of seconds. `10ms`, `10 ms`,
/// `0.01s`, `0.01` and `10000us` are one value bit for bit: a unit shifts the decimal exponent of
/// the text before the conversion to a Double.
package enum Quantity {
  /// The units of a time.
  package enum TimeUnit: String, CaseIterable, Sendable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"

    /// Reads a unit; `µs` with either Greek letter is `us`.
    package init?(_ text: some StringProtocol) {
      switch text {
      case "\u{B5}s", "\u{3BC}s": self = .microseconds
      default: self.init(rawValue: String(text))
      }
    }

    /// The power of ten that turns the unit into seconds.
    var power: Int {
      switch self {
      case .seconds: 0
      case .milliseconds: -3
      case .microseconds: -6
      case .nanoseconds: -9
      }
    }
  }

  /// Why a text is no quantity.
  package enum Failure: Error, Equatable, Sendable {
    /// The text does not begin with a number, or something follows it.
    case notANumber(String)
    /// The text says NaN or infinity.
    case notFinite(String)
    /// The number is too large for a Double.
    case tooLarge(String)
    /// The unit is no unit of time.
    case unknownUnit(String)
    /// A plain number has a unit.
    case unexpectedUnit(String)
  }

  /// The seconds of a text such as `10 ms`, `250us` or `0.01`.
  package static func time(_ text: String) throws(Failure) -> Double {
    try timeAndUnit(text).seconds
  }

  /// The seconds of a text and its unit, which is nil for a bare number.
  package static func timeAndUnit(_ text: String) throws(Failure) -> (
    seconds: Double, unit: TimeUnit?
  ) {
    var (decimal, suffix) = try split(text)
    guard !suffix.isEmpty else { return (try finite(decimal, text), nil) }
    guard let unit = TimeUnit(suffix) else { throw .unknownUnit(String(suffix)) }
    decimal.exponent += unit.power
    return (try finite(decimal, text), unit)
  }

  /// The number of a text such as `0.6` or `1e-05`.
  package static func number(_ text: String) throws(Failure) -> Double {
    let (decimal, suffix) = try split(text)
    guard suffix.isEmpty else { throw .unexpectedUnit(String(suffix)) }
    return try finite(decimal, text)
  }

  private static func finite(_ decimal: DecimalText, _ text: String) throws(Failure) -> Double {
    let value = decimal.value
    guard value.isFinite else { throw .tooLarge(text) }
    return value
  }

  /// The number in front and the word behind it.
  private static func split(_ text: String) throws(Failure) -> (DecimalText, Substring) {
    var rest = trimmed(text[...])
    guard let decimal = DecimalText(readingPrefixOf: &rest) else {
      throw isNonFinite(rest) ? .notFinite(text) : .notANumber(text)
    }
    let suffix = trimmed(rest)
    // A letter starts a unit; anything else, as in `1.2.3` or `5-3`, means that the text is no
    // number.
    guard suffix.first.map({ $0.isLetter }) ?? true,
      suffix.allSatisfy({ $0.isLetter || $0.isNumber })
    else { throw .notANumber(text) }
    return (decimal, suffix)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return text
  }

  /// Whether a text is a spelling of NaN or infinity, YAML's `.inf` and `.nan` included.
  private static func isNonFinite(_ text: Substring) -> Bool {
    let word = text.drop { $0 == "+" || $0 == "-" }.drop { $0 == "." }.lowercased()
    return ["nan", "inf", "infinity"].contains(word)
  }
}

extension Quantity.Failure {
  /// The fact, in a sentence without a capital or a full stop.
  package var message: String {
    switch self {
    case .notANumber(let text): text.isEmpty ? "expected a number" : "'\(text)' is not a number"
    case .notFinite(let text): "'\(text)' is not a finite number"
    case .tooLarge(let text): "'\(text)' is too large for a number"
    case .unknownUnit(let unit): "unknown unit '\(unit)'"
    case .unexpectedUnit(let unit): "a plain number takes no unit, found '\(unit)'"
    }
  }

  /// The remedy.
  package var remedy: String {
    switch self {
    case .unknownUnit: "the units of a time are s, ms, us and ns"
    case .unexpectedUnit: "leave the unit out"
    case .notANumber, .notFinite, .tooLarge: "a finite number, such as 0.6 or 1e-05"
    }
  }
}
