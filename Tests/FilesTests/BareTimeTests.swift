import EventProp
import Files
import Language
import Study
import Testing

/// A time without a unit is in seconds; from 1 s on it is worth a question.
@Suite struct BareTimeTests {
  private func document(
    _ horizon: String, _ spike: String, loss: String = ""
  ) throws -> PresetDocument {
    try PresetReader.read(
      """
      title: T
      t_max: \(horizon)
      inputs: {size: 1, spikes: [[\(spike), 0]]}
      layers: [{name: o, size: 1, weights: [[1.0]]}]
      \(loss)
      """, named: "t.yaml")
  }

  private func doubt(_ horizon: String, _ spike: String) throws -> String? {
    let document = try document(horizon, spike)
    return document.doubt?.rendered(in: document.source, severity: "warning")
  }

  @Test func `the first bare time from 1 s on is named with its place`() throws {
    #expect(
      try doubt("40", "20") == """
        t.yaml:2:8: warning: 40 s: were ms meant?
        2 | t_max: 40
          |        ^~ '40 ms' or '40 s' makes it clear
        """)
    #expect(try doubt("40 s", "1")?.hasPrefix("t.yaml:3:29: warning: 1 s") == true)
  }

  @Test func `a time with a unit and a bare one below 1 s are not`() throws {
    #expect(try doubt("40 s", "20 ms") == nil)
    #expect(try doubt("0.04", "0.999") == nil)
    #expect(try document("0.04", "0.999").remarks.isEmpty)
  }

  @Test func `bare times are one warning that counts them`() throws {
    let document = try document("40", "20")
    #expect(document.remarks == [.units(count: 2, first: 40)])
    #expect(
      document.remarks[0].line(Names(document.experiment))
        == "units: 40 s: were ms meant? A time without a unit is in seconds; the preset has 2 such times of 1 s or more"
    )
  }

  @Test(
    arguments: [
      ("first_spike_mse, targets: [5 ms]", true),
      ("first_spike_mse, targets: [5 ms], tau: 1 s", false),
      ("all_spikes_mse, targets: [[5 ms]]", true), ("voltage_integral, coefficients: [1]", false),
    ])
  func `a loss that divides by tau says that tau was left out`(
    loss: String, isTold: Bool
  ) throws {
    let document = try document("40 ms", "2 ms", loss: "loss: {kind: \(loss)}")
    let name = String(loss.prefix { $0 != "," })
    #expect(document.remarks == (isTold ? [.defaultTau(loss: name)] : []))
  }

  @Test func `delays and targets that the run never reaches are counted`() throws {
    let document = try PresetReader.read(
      """
      title: T
      t_max: 40 ms
      inputs: {size: 2, spikes: [[1 ms, 0], [40 ms, 1], [50 ms, 1]]}
      layers: [{name: o, size: 1, weights: [[1.0], [1.0]], delays: [[0.1 ms], [40 ms]]}]
      loss: {kind: all_spikes_mse, tau: 1 ms, targets: [[5 ms, 40 ms, 41 ms]]}
      """, named: "t.yaml")
    let late = Warning.all(in: try Trajectory(of: document.experiment))
      .filter { $0.kind == .late }
    #expect(
      late == [
        .late(.inputs, count: 2, total: 3), .late(.delays, count: 1, total: 2),
        .late(.targets, count: 1, total: 3),
      ])
    #expect(late[1].sentence.hasPrefix("1 of 2 delays is as long as the run or longer"))
  }
}
