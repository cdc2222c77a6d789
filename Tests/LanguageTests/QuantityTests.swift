import Language
import Testing

struct QuantityTests {
  @Test(arguments: [
    "10ms", "10 ms", "0.01s", "0.01", "10000us", "10000 µs", "10000 μs", "1e-2", "+.01 s", "1e7ns",
  ])
  func `one time is one value, bit for bit`(text: String) throws {
    #expect(try Quantity.time(text).bitPattern == (0.01).bitPattern)
  }

  @Test func `a unit shifts the text and never multiplies`() throws {
    // 4.35 · 1e-3 is not the Double nearest to 0.00435.
    #expect(try Quantity.time("4.35 ms") == 0.00435)
    #expect(try Quantity.time("1.4142135623730951 ms") == 0.0014142135623730951)
  }

  @Test func `the unit is reported, so that a bare number can be questioned`() throws {
    #expect(try Quantity.timeAndUnit("10").unit == nil)
    #expect(try Quantity.timeAndUnit("10 ms").unit == .milliseconds)
  }

  @Test(arguments: [
    ("0.6", 0.6), ("1e-05", 1e-5), ("-1000", -1000), ("1E3", 1000), ("5.", 5), (".5", 0.5),
    (" 7 ", 7), ("1e-400", 0),
    ("0e999999999999999999999", 0), ("4.9406564584124654e-324", .leastNonzeroMagnitude),
    ("1.7976931348623157e308", .greatestFiniteMagnitude),
  ])
  func `plain numbers`(text: String, value: Double) throws {
    #expect(try Quantity.number(text) == value)
  }

  @Test(arguments: [
    ("10mv", Quantity.Failure.unknownUnit("mv")), ("10 MS", .unknownUnit("MS")),
    ("nan", .notFinite("nan")),
    ("-.inf", .notFinite("-.inf")), ("inf ms", .notANumber("inf ms")),
    ("slow", .notANumber("slow")), ("", .notANumber("")),
    ("1e999", .tooLarge("1e999")), ("1.2.3", .notANumber("1.2.3")), ("5-3", .notANumber("5-3")),
    ("1_000", .notANumber("1_000")), ("1e", .unknownUnit("e")), ("5 m s", .notANumber("5 m s")),
    (".", .notANumber(".")),
  ])
  func `what is not a time, with the reason`(text: String, failure: Quantity.Failure) {
    #expect(throws: failure) { try Quantity.time(text) }
  }

  @Test func `a plain number takes no unit`() {
    #expect(throws: Quantity.Failure.unexpectedUnit("ms")) { try Quantity.number("10 ms") }
    #expect(
      Quantity.Failure.unexpectedUnit("ms").message == "a plain number takes no unit, found 'ms'")
    #expect(Quantity.Failure.unknownUnit("mv").message == "unknown unit 'mv'")
  }

  @Test(arguments: [
    (0.01, "10 ms"), (0.0130831, "13.08 ms"), (0.00025, "250 us"), (1.5, "1.5 s"), (0, "0 ms"),
    (0.99999, "1 s"), (-0.005, "-5 ms"),
    (3e-8, "30 ns"), (1e-12, "0.001 ns"), (12345678, "1.235e+07 s"), (0.0009999999, "1 ms"),
  ])
  func `times for the eye`(seconds: Double, text: String) {
    #expect(Quantity.displayTime(seconds) == text)
  }

  @Test(arguments: [
    (0.6, "0.6"), (-7.137109, "-7.137"), (80.742698, "80.74"), (1234.56, "1235"),
    (123456, "123500"), (1234567, "1.235e+06"),
    (0.00012345, "0.0001235"), (1.5e-7, "1.5e-07"), (-0.0, "0"), (99999, "100000"),
    (1e100, "1e+100"), (.infinity, "inf"),
  ])
  func `numbers for the eye`(value: Double, text: String) {
    #expect(Quantity.display(value) == text)
  }

  @Test func `saved texts read back to the same value`() throws {
    var generator = SystemRandomNumberGenerator()
    let edges = [
      0.01, 0.1 + 0.2, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -1e22, 1e-9,
      (2e-3).squareRoot(),
    ]
    let drawn = (0..<2000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
    for value in edges + drawn {
      #expect(try Quantity.number(Quantity.exact(value)) == value)
      #expect(try Quantity.time(Quantity.exactTime(value)) == value)
    }
    #expect(Quantity.exactTime(0.01) == "10 ms")
    #expect(Quantity.exact(1e-5) == "1e-05")
  }
}
