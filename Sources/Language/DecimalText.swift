import EventProp

/// A decimal number as text: sign, digits, and a power of ten.
///
/// Units and significant digits change this text and never multiply, so that `10 ms` and `0.01` are
/// one Double bit for bit. The value is `0.d₀d₁d₂… · 10^exponent`; without digits it is zero.
struct DecimalText: Equatable {
  var isNegative: Bool
  /// The digits, 0 to 9, without leading or trailing zeros.
  private(set) var digits: [UInt8]
  /// The power of ten before the first digit.
  var exponent: Int

  private init(isNegative: Bool, digits: [UInt8], exponent: Int) {
    self.isNegative = isNegative
    let leading = digits.prefix { $0 == 0 }.count
    let last = digits.lastIndex { $0 != 0 }
    self.digits = last.map { Array(digits[leading...$0]) } ?? []
    self.exponent = self.digits.isEmpty ? 0 : exponent - leading
  }

  /// The shortest decimal that reads back to a finite value.
  init(_ value: Double) {
    precondition(value.isFinite, "only finite numbers are written")
    var text = Substring("\(value)")
    guard let parsed = DecimalText(readingPrefixOf: &text) else {
      preconditionFailure("a finite number prints as a decimal")
    }
    self = parsed
  }

  /// Reads `[+-] digits [. digits] [e [+-] digits]` and leaves the rest of the text; nil for
  /// another beginning.
  init?(readingPrefixOf text: inout Substring) {
    var rest = text
    var isNegative = false
    if let sign = rest.first, sign == "-" || sign == "+" {
      isNegative = sign == "-"
      rest.removeFirst()
    }
    let whole = Self.takeDigits(from: &rest)
    var fraction: [UInt8] = []
    if rest.first == "." {
      rest.removeFirst()
      fraction = Self.takeDigits(from: &rest)
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    let power = Self.takeExponent(from: &rest)
    text = rest
    self.init(isNegative: isNegative, digits: whole + fraction, exponent: whole.count + power)
  }

  private static func takeDigits(from text: inout Substring) -> [UInt8] {
    let run = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let digits = run.map { $0 - UInt8(ascii: "0") }
    text = text[run.endIndex...]
    return digits
  }

  /// Takes `e-05`; an `e` without digits is no exponent and stays.
  private static func takeExponent(from text: inout Substring) -> Int {
    guard let mark = text.first, mark == "e" || mark == "E" else { return 0 }
    var rest = text.dropFirst()
    var isNegative = false
    if let sign = rest.first, sign == "-" || sign == "+" {
      isNegative = sign == "-"
      rest.removeFirst()
    }
    let digits = takeDigits(from: &rest)
    guard !digits.isEmpty else { return 0 }
    text = rest
    // Far beyond the range of a Double the exact power no longer matters.
    let limit = 1_000_000_000
    let power = digits.reduce(0) { min($0 * 10 + Int($1), limit) }
    return isNegative ? -power : power
  }

  /// The nearest Double; infinite where the number is too large.
  var value: Double {
    guard !digits.isEmpty else { return isNegative ? -0.0 : 0.0 }
    let mantissa = String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    let power = exponent - digits.count
    // On some platforms strtod reports a range error for subnormals, so both ends are handled here.
    if exponent > 310 { return isNegative ? -.infinity : .infinity }
    if exponent < -330 { return isNegative ? -0.0 : 0.0 }
    return Double((isNegative ? "-" : "") + mantissa + "e\(power)") ?? .nan
  }

  /// The number with at most `count` digits; ties are rounded away from zero.
  func rounded(toSignificant count: Int) -> DecimalText {
    guard digits.count > count else { return self }
    var kept = [0] + digits.prefix(count)
    if digits[count] >= 5 {
      var place = kept.count - 1
      while kept[place] == 9 {
        kept[place] = 0
        place -= 1
      }
      kept[place] += 1
    }
    return DecimalText(isNegative: isNegative, digits: kept, exponent: exponent + 1)
  }

  /// The number without a unit: plain digits if they are short, else with an exponent of at least
  /// two digits.
  var text: String {
    guard !digits.isEmpty else { return "0" }
    let zero = UInt8(ascii: "0")
    let point = UInt8(ascii: ".")
    var text: [UInt8] = []
    text.reserveCapacity(digits.count + 8)
    if isNegative { text.append(UInt8(ascii: "-")) }
    if (-3...6).contains(exponent) {
      if exponent <= 0 {
        text.append(zero)
        text.append(point)
        for _ in exponent..<0 { text.append(zero) }
      }
      for (place, digit) in digits.enumerated() {
        if place == exponent, place > 0 { text.append(point) }
        text.append(zero + digit)
      }
      for _ in 0..<max(exponent - digits.count, 0) { text.append(zero) }
    } else {
      text.append(zero + digits[0])
      if digits.count > 1 { text.append(point) }
      for digit in digits.dropFirst() { text.append(zero + digit) }
      let power = exponent - 1
      text += (power < 0 ? "e-" : "e+").utf8
      if abs(power) < 10 { text.append(zero) }
      text += "\(abs(power))".utf8
    }
    return String(decoding: text, as: UTF8.self)
  }
}
