import Files
import Foundation
import TestSupport
import Testing

/// The one-sided gradients at ties, on the command line and at the prompt.
@Suite struct TiesTests {
  private static let network = """
    title: Two spikes at once
    t_max: 20 ms
    inputs: { size: 2, spikes: [[1 ms, 0], [1 ms, 1]] }
    layers:
      - name: pair
        size: 2
        weights: [[5.03, 0], [0, 5.03]]
        recurrent: [[0, 0.8], [0, 0]]
    loss:
      kind: linear_spike_times
      terms: [{ neuron: 0, spike: 0, coefficient: 1.32 }, { neuron: 1, spike: 0, coefficient: 10.08 }]
    """

  private func withPreset(_ body: (String) throws -> Void) throws {
    try withFile(Self.network.utf8, named: "ties.yaml", body)
  }

  private struct Report: Decodable {
    var ties: [Tie]?
    var warnings: [Warning]

    struct Tie: Decodable {
      var events: [Int]
      var jumps: Bool
      var orders: [Order]
      var differences: [Difference]
    }
    struct Order: Decodable {
      var order: [String]
      var gradient: Shared
      var layers: [Layer]
    }
    struct Shared: Decodable { var input_times: [Double] }
    struct Layer: Decodable { var name: String }
    struct Difference: Decodable {
      var parameter: String
      var values: [Double]
    }
    struct Warning: Decodable {
      var kind: String
      var message: String
    }
  }

  private func report(_ arguments: String...) throws -> Report {
    let result = try run([Program.path(), "run"] + arguments + ["--format", "json"])
    #expect(result.status == 0)
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  @Test func `the report has both gradients when they are asked for`() throws {
    try withPreset { path in
      #expect(try report(path).ties == nil)
      let report = try report(path, "--ties")
      let tie = try #require(report.ties?.first)
      #expect(report.ties?.count == 1)
      #expect(tie.events == [2, 3] && !tie.jumps)
      #expect(tie.orders.map(\.order) == [["e2", "e3"], ["e3", "e2"]])
      #expect(tie.orders[1].gradient.input_times.map { ($0 * 100).rounded() } == [132, 1008])
      #expect(tie.orders[0].gradient.input_times.map { ($0 * 100).rounded() } == [337, 803])
      #expect(tie.differences.first?.parameter == "time of input 0")
      #expect(tie.differences.first?.values.count == 2)
      let warning = try #require(report.warnings.first { $0.kind == "tie" })
      #expect(warning.message.contains("for the order e2 then e3"))
    }
    #expect(try report("identical-twins", "--ties").ties?.isEmpty ?? false)
  }

  @Test func `the prompt shows them side by side`() throws {
    try withPreset { path in
      let result = try run([Program.path(), path, "--batch", "-e", "ties"])
      #expect(result.status == 0)
      let lines = result.output.split(separator: "\n")
      #expect(
        lines.first
          == "e2 and e3 come at one instant, 2.490265 ms: one reaches n1, which spikes in the other"
      )
      #expect(
        lines.contains { $0.hasPrefix("  in.0 ") && $0.hasSuffix("  3.370042      1.32") })
      let text = try run([Program.path(), "run", path, "--ties"])
      // The shell has the same table with full names.
      #expect(text.output.contains("one reaches pair.1, which spikes in the other"))
      #expect(text.output.contains("  time of input 0   3.370042      1.32"))
    }
    let none = try run([Program.path(), preset, "--batch", "-e", "ties"])
    #expect(none.output == "no ties: no event reaches a neuron at the instant of its spike\n")
  }
}
