import Foundation
import TestSupport
import Testing

/// What the whole program promises, through its own door.
@Suite struct CriteriaTests {
  private struct Check: Decodable {
    var verdict: String
    var rows: [Row]

    struct Row: Decodable {
      var parameter: String
      var adjoint: Double
      var forward_mode: Double
      var difference: Double?
      var uncertainty: Double?
      var verdict: String
      var reason: String?
    }
  }

  /// All presets but the one whose whole check takes minutes without optimisation.
  static let presets = [
    "reference", "single-neuron", "race", "silent", "grazing", "recurrent-pair", "xor", "leaky",
    "identical-twins", "delays", "readout", "integral",
  ]

  @Test(arguments: presets)
  func `criterion 14: every derivative of a preset is verified, or has a named reason why not`(
    name: String
  ) throws {
    let result = try run([Program.path(), "check", name, "--format", "json"], within: 120)
    let check = try JSONDecoder().decode(Check.self, from: Data(result.output.utf8))
    #expect(check.verdict != "differs" && !check.rows.isEmpty)
    #expect(result.status == 0)
    let scale = check.rows.map { abs($0.adjoint) }.max() ?? 0
    for row in check.rows {
      guard row.verdict == "agrees" else {
        #expect(row.verdict == "not-comparable", "\(row.parameter)")
        #expect(row.reason?.isEmpty == false, "\(row.parameter)")
        continue
      }
      let size = max(abs(row.adjoint), 1e-9 * scale)
      #expect(abs(row.adjoint - row.forward_mode) <= 1e-6 * size, "\(row.parameter)")
      let difference = try #require(row.difference, "\(row.parameter)")
      let uncertainty = row.uncertainty ?? 0
      #expect(
        abs(row.adjoint - difference) <= max(1e-6 * size, 10 * uncertainty), "\(row.parameter)")
    }
  }

  @Test func `criterion 14: the list of presets that are verified is complete`() throws {
    let listed = try run([Program.path(), "presets"]).output.split(separator: "\n")
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    let trainings = ["digits", "exploding", "yin-yang-100", "yin-yang-200", "yin-yang-delays"]
    #expect(Set(listed) == Set(Self.presets + ["yin-yang"] + trainings))
    for name in trainings {
      let check = try run([Program.path(), "check", name, "--sample", "7"], within: 120)
      #expect(check.status == 0 && check.output.contains("verdict: agrees"), "\(check)")
    }
    let part = try run(
      [Program.path(), "yin-yang", "--batch", "-e"] + ["check n0<-in0; check in.0"], within: 120)
    #expect(part.status == 0)
    #expect(part.output.split(separator: "\n").count { $0 == "agrees" } == 2)
  }

  @Test(arguments: ["C", "C.UTF-8", "de_DE.UTF-8", "fr_FR"])
  func `criterion 19: numbers have a point whatever the locale, and a wrong unit its reason`(
    locale: String
  ) throws {
    var environment = ProcessInfo.processInfo.environment
    environment["LC_ALL"] = locale
    environment["LC_NUMERIC"] = locale
    let result = try run(
      [Program.path(), preset, "--batch", "--keep-going", "-e", "set tau_mem 10.5 ms"]
        + ["-e", "set tau_mem 10mv", "-e", "set tau_mem 10,5ms"],
      environment: environment)
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("tau_mem = 10.5 ms (was 20 ms)\nrun 2: L = "))
    #expect(
      result.errors.hasPrefix(
        "-e:2: unknown unit 'mv'; the units of a time are s, ms, us and ns\n-e:3: '10,5ms' is not a number"
      ))
  }
}
