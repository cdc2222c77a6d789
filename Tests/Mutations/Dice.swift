/// Numbers that look random and are the same every time: SplitMix64, https://doi.org/10.1145/2660193.2660195.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0xd134_2543_de82_ef95 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number of the range.
  mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }

  /// Whether something happens that happens once in `count` times.
  mutating func once(in count: Int) -> Bool { number(1...count) == 1 }

  /// One of a few things; the list is not empty.
  mutating func one<Element>(of things: [Element]) -> Element {
    things[number(0...things.count - 1)]
  }
}

extension Dice {
  /// The ends of the range of numbers, what is beyond them, and ordinary values.
  static let numbers = [
    "0", "-0", "1", "-1", "2", "0.5", "1e-3", "1.8e308", "-1.8e308", "1.7976931348623157e308",
    "5e-324", "1e-300", "1e300",
    "-1e300", "1e154", "1e-154", "2.2250738585072014e-308", "1e-308", "nan", "-nan", ".nan", "inf",
    "-inf", ".inf", "1e9",
    "1e999", "1e-999", "1e99999999999999999999", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616", "4294967296", "1e16", "0x10", "1_000", "1,5", "1.", ".5", "+3", "--1",
    "1e", "٣", "½", "1.0000000000000002",
    "3.14159265358979323846264338327950288419716939937510", "999999", "-1000", "100",
  ]

  /// Units of time, right and wrong.
  static let units = [
    " ms", "ms", " s", "s", " us", "us", " µs", " ns", " ps", " min", " h", " mV", " ", "", "", "",
    " MS", " m s",
  ]

  /// Texts of a type that is seldom the one expected.
  static let others = [
    "", "~", "null", "true", "[]", "{}", "[[]]", "[1]", "[1, 2, 3]", "[[1, 2], [3]]", "{ a: 1 }",
    "text", "\"\"", "''", "[1, [2]]", "[nan]",
    "{ file: a.npz, array: w }", "{ file: a.npy }", "{ file: none.npy }",
    "{ file: a.npz, times: t, channels: c }",
    "{ file: a.npz, times: t, neurons: c }", "{ normal: { mean: 1, std: 0.5 } }",
    "{ normal: { mean: 1e308, std: 1e308, seed: 3 } }",
    "{ sparse: [[0, 0, 1.5]] }", "{ sparse: [] }", "{ fan_out: { count: 1, mean: 2, std: 0 } }",
    "li", "[li, lif]", "*a", "&a 1", "<<",
    "!!binary x", "|", ">", "- 1", "@", "`", "%", "[", "]", "{", "}", "\"", "'", "#", ",", ":",
    "? ",
  ]

  /// Characters that cannot be seen, or that are wide, combining or of control.
  static let characters = [
    "\u{A0}", "\u{200B}", "\u{FEFF}", "\0", "\t", "\r", "\u{202E}", "\u{301}", "漢",
    "\u{1F469}\u{200D}\u{1F52C}", "\u{1B}[31m", "\u{7F}", "\u{85}",
    "\u{2028}", "\u{AD}", "λ", "ß", "\u{E000}", "\u{10FFFF}", "\n", "\n\n", "\r\n", " ", "\u{3000}",
    "−", "’", "“",
  ]

  /// A number at the end of the range, often with a unit.
  mutating func wildNumber() -> String { one(of: Self.numbers) + one(of: Self.units) }
}
