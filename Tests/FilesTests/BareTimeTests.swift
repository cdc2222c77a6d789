import Files
import Language
import Testing

/// A time without a unit is in seconds; from 1 s on it is worth a question.
@Suite struct BareTimeTests {
  private func doubt(_ horizon: String, _ spike: String) throws -> String? {
    let document = try PresetReader.read(
      """
      title: T
      t_max: \(horizon)
      inputs: {size: 1, spikes: [[\(spike), 0]]}
      layers: [{name: o, size: 1, weights: [[1.0]]}]
      """, named: "t.yaml")
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
  }
}
