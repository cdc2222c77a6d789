import EventProp
import Files
import Language
import Presets
import Study
import Testing

/// How a text may be written: merge keys, marks, and characters that cannot be seen.
struct TextFormTests {
  private func preset(_ layers: String, extra: String = "") -> String {
    """
    title: T
    t_max: 40 ms
    inputs: { size: 1, spikes: [[1 ms, 0]] }
    \(extra)layers:
    \(layers)
    """
  }

  private func read(_ text: String) throws(PresetComplaints) -> Experiment {
    try PresetReader.read(text, named: "p").experiment
  }

  private func complaint(_ text: String) -> String {
    do throws(PresetComplaints) {
      _ = try read(text)
      return ""
    } catch {
      return error.rendered
    }
  }

  // MARK: - Merge keys

  @Test(arguments: [
    "{ <<: *p, v_th: 0.5 }", "{ v_th: 0.5, <<: *p }", "{ <<: [{ v_th: 0.5 }, *p] }",
    "{ <<: { <<: *p, v_th: 0.5 } }", "{ <<: [*p], v_th: 0.5 }", "{ <<: { v_th: 0.5 }, <<: *p }",
  ]) func `a merge key takes over what is not written`(parameters: String) throws {
    let experiment = try read(
      preset(
        """
          - { size: 1, weights: [[3]], parameters: &p { tau_mem: 12 ms, v_th: 0.7 } }
          - { size: 1, weights: [[2.5]], parameters: \(parameters) }
        """))
    let neuron = experiment.network.layers[1].parameters[0]
    #expect(neuron.tauMem == 0.012 && neuron.vThreshold == 0.5)
    #expect(experiment.network.layers[0].parameters[0].vThreshold == 0.7)
  }

  @Test func `a whole layer is taken over`() throws {
    let experiment = try read(
      preset(
        """
          - &first
            name: hidden
            size: 1
            weights: [[3]]
          - <<: *first
            name: out
        """))
    #expect(experiment.network.layers.map(\.name) == ["hidden", "out"])
    #expect(experiment.network.layers[1].weights.weights == [3])
  }

  @Test(arguments: [
    ("{ <<: 3 }", "6:46: error: '<<' takes over a mapping or a list of mappings, found '3'"),
    (
      "{ <<: [*p, 3] }",
      "6:46: error: '<<' takes over a mapping or a list of mappings, found a list"
    ),
    ("{ \"<<\": *p }", "6:46: error: unknown key '<<' in parameters"),
    ("{ <<: { tau: 3 } }", "6:52: error: unknown key 'tau' in parameters"),
  ]) func `a merge that is none is told`(parameters: String, complaint expected: String) {
    let text = complaint(
      preset(
        """
          - { size: 1, weights: [[3]], parameters: &p { v_th: 0.7 } }
          - { size: 1, weights: [[2]], parameters: \(parameters) }
        """))
    #expect(text.hasPrefix("p:" + expected + "\n"), "\(text)")
  }

  @Test func `merges that multiply are refused quickly`() {
    var text = "x0: &a0 { v_th: 0.5 }\n"
    for level in 1...40 {
      let alias = "*a\(level - 1)"
      text += "x\(level): &a\(level) { <<: [\(alias), \(alias), \(alias)] }\n"
    }
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(
        !complaint(preset("  - { size: 1, weights: [[3]], parameters: *a40 }", extra: text)).isEmpty
      )
    }
    #expect(time < .seconds(5))
  }

  @Test(arguments: ["[*a@]", "{ <<: *a@ }"])
  func `a chain of many anchors is refused`(link: String) {
    var chain = "x0: &a0 { v_th: 1 }\n"
    for number in 1..<20_000 {
      chain += "x\(number): &a\(number) \(link.replacing("@", with: "\(number - 1)"))\n"
    }
    #expect(complaint(chain).hasPrefix("p:1001:8: error: there are more than 1000 anchors"))
  }

  // MARK: - Characters

  @Test(arguments: ["reference", "xor", "yin-yang"])
  func `one byte-order mark before a preset is skipped`(name: String) throws {
    let text = try #require(Preset.named(name)).text
    #expect(try read("\u{FEFF}" + text) == read(text))
    #expect(try read("\u{FEFF}\r\n" + text) == read(text))
    #expect(
      complaint("\u{FEFF}\u{FEFF}" + text).contains("p:1:1: error: the control character U+FEFF"))
    #expect(complaint("\u{FEFF}titel: x").contains("p:1:1: error: unknown key 'titel'"))
  }

  @Test func `a JSON gradient with a mark is read`() throws {
    let experiment = try read(preset("  - { size: 1, weights: [[3]] }"))
    let foreign = try RecordReader.read(
      Array("\u{FEFF}{\"tau_mem\": 3}".utf8), named: "g", of: experiment
    ).gradient
    #expect(foreign.parts.map(\.values) == [[3]])
  }

  @Test(arguments: ["40\u{A0}ms", "\u{2009}40 ms", "40 ms\u{3000}"])
  func `blanks that are no ASCII blanks are taken in a value`(time: String) throws {
    let text = preset("  - { size: 1, weights: [[3]] }")
    #expect(try read(text.replacing("40 ms", with: time)) == read(text))
  }

  @Test(arguments: [
    ("t_max: 40 ms", "t_max\u{200B}: 40 ms"), ("t_max: 40 ms", "t_max: 40 ms\u{200B}"),
    ("t_max: 40 ms", "t_max:\u{A0}40 ms"), ("t_max: 40 ms", "\u{A0}t_max: 40 ms"),
    ("[[3]]", "[[\u{2212}3]]"), ("[[3]]", "[[\u{2013}3]]"), ("[[3]]", "[[3\u{AD}]]"),
    ("name: out", "name: o\u{200B}ut"), ("name: out", "name: o\u{200D}ut"),
    ("lif", "li\u{2060}f"), ("first_spike_mse", "first_spike\u{200B}_mse"),
    ("layer: out", "layer: out\u{200B}"), ("size: 1", "si\u{AD}ze: 1"), ("  - {", "\u{A0} - {"),
  ]) func `a hidden character in a preset is named`(right: String, wrong: String) {
    let text =
      preset("  - { name: out, size: 1, weights: [[3]], neurons: lif }")
      + "\nloss: { kind: first_spike_mse, layer: out, targets: [9 ms] }\n"
    #expect(complaint(text).isEmpty)
    let said = complaint(text.replacing(right, with: wrong, maxReplacements: 1))
    #expect(said.contains("<U+"), "\(said)")
  }
}
