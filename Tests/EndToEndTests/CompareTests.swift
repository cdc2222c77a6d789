import Files
import Foundation
import TestSupport
import Testing

/// `backspike compare`: another implementation's gradient on the command line and at the prompt.
@Suite struct CompareTests {
  /// Writes a file of somebody's gradient, hands over its path, and removes it.
  private func withFile<Result>(
    _ bytes: [UInt8], named name: String = "theirs.json", _ body: (String) throws -> Result
  ) throws -> Result {
    try TestSupport.withFile(bytes, named: name, body)
  }

  private func report(_ preset: String, rule: String = "exact") throws -> String {
    let result = try backspike(["run", preset, "--rule", rule, "--format", "json"])
    #expect(result.status == 0)
    return result.output
  }

  private struct Answer: Decodable {
    var verdict: String
    var parts: [Part]
    var explanations: [Reason]

    struct Part: Decodable {
      var name: String
      var verdict: String
    }

    struct Reason: Decodable {
      var name: String
      var rule: String
      var residual: Double
    }
  }

  private func compare(
    _ preset: String, _ bytes: [UInt8], named name: String = "theirs.json", _ more: String...
  ) throws -> (status: Int32, answer: Answer) {
    try withFile(bytes, named: name) { path in
      let result = try backspike(["compare", preset, path, "--format", "json"] + more)
      return (
        result.status, try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
      )
    }
  }

  /// A recurrent network in which leak, reset and self-connections matter, as somebody's file.
  private static let network = """
    title: Everything matters
    t_max: 25 ms
    parameters: { tau_mem: 10 ms, tau_syn: 4 ms, v_leak: 0.1, v_reset: -0.2 }
    inputs: { size: 2, spikes: [[1 ms, 0], [3 ms, 1], [9 ms, 0], [14 ms, 1]] }
    layers:
      - name: pair
        size: 2
        weights: [[3.4, 0.8], [1.6, 2.4]]
        recurrent: [[0.3, 1.5], [-0.7, -0.2]]
      - name: out
        size: 1
        weights: [[1.5], [1.2]]
    loss:
      kind: linear_spike_times
      layer: out
      terms: [{ neuron: 0, spike: 0, coefficient: 1 }, { neuron: 0, spike: 2, coefficient: 2 }]
    """

  @Test func `a difference that nothing explains asks about V(0), where it is not at rest`() throws
  {
    let gradient = Array(
      #"{"layers": [{"name": "pair", "gradient": {"weights": [[1, 2], [3, 5]]}}]}"#.utf8)
    try withFile(Array(Self.network.utf8), named: "net.yaml") { preset in
      try withFile(gradient) { path in
        let result = try backspike(["compare", preset, path])
        #expect(result.status == 1)
        #expect(
          result.output.contains(
            "here V(0) of pair is 0 and v_leak is 0.1: does the other program start at v_leak?"))
      }
      let own = try report(preset)
      try withFile(Array(own.utf8)) { path in
        let result = try backspike(["compare", preset, path])
        #expect(result.status == 0 && !result.output.contains("V(0)"))
      }
    }
  }

  @Test func `the program's own report agrees, and ends with 0`() throws {
    for preset in ["reference", "xor", "delays", "readout"] {
      let (status, answer) = try compare(preset, Array(try report(preset).utf8))
      #expect(status == 0)
      #expect(answer.verdict == "agrees")
      #expect(answer.explanations.isEmpty)
      #expect(!answer.parts.contains { $0.verdict != "agrees" })
    }
  }

  @Test(arguments: [
    "no-reset-term", "reset-to-zero", "no-leak", "tau-mem-kernel", "clamped-slope:2",
    "no-recurrence", "no-self", "unscaled", "truncated:7", "no-leak+reset-to-zero",
    "tau-mem-kernel+no-self",
  ]) func `every wrong rule of its own is recognised by name, and ends with 1`(rule: String) throws
  {
    try withFile(Array(Self.network.utf8), named: "net.yaml") { path in
      let (status, answer) = try compare(path, Array(try report(path, rule: rule).utf8))
      #expect(status == 1)
      #expect(answer.verdict == "explained")
      #expect(answer.explanations.first?.name == rule || rule.contains("+"))
      let terms = (answer.explanations.first?.rule ?? "").split(separator: "+")
      #expect(Set(terms) == Set(rule.split(separator: "+")))
      #expect(answer.explanations.first.map { $0.residual < 1e-13 } ?? false)
    }
  }

  @Test func `arrays without the reset potential, as from jaxsnn, are recognised`() throws {
    try withFile(Array(Self.network.utf8), named: "net.yaml") { path in
      struct Report: Decodable {
        var layers: [Layer]
        struct Layer: Decodable {
          var gradient: Gradient
        }
        struct Gradient: Decodable {
          var weights: [[Double]]
          var recurrent: [[Double]]?
        }
      }
      let report = try JSONDecoder().decode(
        Report.self, from: Data(try report(path, rule: "reset-to-zero").utf8))
      func array(_ matrix: [[Double]], _ change: (Double) -> Double) -> NumberArray {
        NumberArray(
          shape: [matrix.count, matrix[0].count], values: matrix.flatMap { $0 }.map(change))
      }
      for change in [{ $0 }, { Double(Float($0)) }, { -$0 / 64 }] as [(Double) -> Double] {
        let bytes = ArrayWriter.npz([
          ("layer0/weights", array(report.layers[0].gradient.weights, change)),
          ("pair.recurrent", array(try #require(report.layers[0].gradient.recurrent), change)),
          ("out_w", array(report.layers[1].gradient.weights, change)),
        ])
        let (status, answer) = try compare(path, bytes, named: "theirs.npz")
        #expect(status == 1)
        #expect(answer.explanations.first?.rule == "reset-to-zero")
        #expect(answer.explanations.count == 1)
      }
      let single = ArrayWriter.npy(array(report.layers[0].gradient.weights) { $0 })
      let (_, answer) = try compare(path, single, named: "pair.weights.npy")
      #expect(answer.explanations.first?.rule == "reset-to-zero")
    }
  }

  @Test func `the text has a line for each part, and the mistake labelled as wrong`() throws {
    try withFile(Array(try report("reference", rule: "no-reset-term").utf8)) { path in
      let result = try backspike(["compare", "reference", path])
      #expect(result.status == 1)
      let lines = result.output.split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("out.weights       agrees") })
      #expect(
        lines.contains {
          $0.hasPrefix("hidden.weights    differs  by 0.14, most at hidden.1<-in.1: ours -4.8399")
        })
      #expect(
        lines.contains {
          $0.hasPrefix("reproduced by WRONG rule no-reset-term (residual 0): the jump forgets")
        })
      // The spikes come first, then λ, and at the end what to do next.
      #expect(lines.contains { $0.hasPrefix("the spikes agree (5 spikes") })
      #expect(
        lines.contains {
          $0.hasPrefix("λ differs, on the way back first at e5: λV hidden.0 just before it is 982")
        })
      #expect(lines.contains { $0.hasPrefix("  the reset term (v_th - v_reset) λV⁺ is missing") })
      #expect(
        lines.last?.hasPrefix(
          "next: bwd; goto e5; equation long; contrib hidden.1<-in.1; rule no-reset-term") ?? false)
    }
  }

  @Test func `random numbers differ, with no explanation`() throws {
    let (status, answer) = try compare(
      "reference", Array(#"{"hidden.weights": [[1, -2], [3, 7], [0.4, 5], [2, 9]]}"#.utf8))
    #expect(status == 1)
    #expect(answer.verdict == "differs")
    #expect(answer.explanations.isEmpty)
  }

  @Test func `what is not a number is named with its place`() throws {
    try withFile(Array(#"{"out.weights": [[1], [NaN]]}"#.utf8)) { path in
      let text = try backspike(["compare", "reference", path])
      #expect(text.status == 1)
      #expect(text.output.contains("out.weights  differs  out.0<-hidden.1 is nan"))
      let json = try backspike(["compare", "reference", path, "--format", "json"])
      #expect(json.output.contains(#""not_finite":[{"ours":"#))
    }
  }

  @Test func `an edit comes before the comparison`() throws {
    let report = try backspike([
      "run", "reference", "--set", "tau_mem=25ms", "--format", "json",
    ]).output
    #expect(try compare("reference", Array(report.utf8)).status == 1)
    let (status, answer) = try compare(
      "reference", Array(report.utf8), named: "theirs.json", "--set", "tau_mem=25ms")
    #expect(status == 0 && answer.verdict == "agrees")
  }

  @Test func `files that cannot be read or used end with 66 and 65`() throws {
    #expect(try backspike(["compare", "reference", "/no/such/file.npz"]).status == 66)
    #expect(try backspike(["compare", "referense", "/no/such/file.npz"]).status == 66)
    #expect(try backspike(["compare", "reference"]).status == 64)
    for (text, complaint) in [
      (#"{"hidden.wieghts": [[1]]}"#, ":1:2: error: no part 'hidden.wieghts' of this gradient"),
      (#"{"out.weights": [[1]]}"#, ":1:17: error: out.weights is [2 × 1], found [1 × 1]"),
      ("", ": error: the file is empty"),
    ] {
      try withFile(Array(text.utf8)) { path in
        let result = try backspike(["compare", "reference", path])
        #expect(result.status == 65)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix(path + complaint))
      }
    }
    let silentLoss =
      "{title: t, t_max: 1 ms, inputs: {size: 1, spikes: []}, layers: [{size: 1, weights: [[1]]}]}"
    try withFile(Array(silentLoss.utf8), named: "net.yaml") { path in
      let result = try backspike(["compare", path, path])
      #expect(result.status == 65)
      #expect(result.errors.contains("has no loss"))
    }
  }

  // MARK: - At the prompt

  @Test func `at the prompt it is one command`() throws {
    try withFile(Array(try report("reference", rule: "no-recurrence").utf8)) { path in
      let result = try backspike(["reference", "--batch", "-e", "compare \(path)"])
      #expect(result.status == 0)
      #expect(result.output.hasPrefix("the spikes agree (5 spikes"))
      #expect(result.output.contains("\nreproduced by WRONG rule no-recurrence (residual 0): "))
      #expect(result.output.contains("\nhidden.recurrent  differs  by 0.057, most at "))
    }
    let missing = try backspike(["reference", "--batch", "-e", "compare /no/such/file"])
    #expect(missing.status == 1)
    #expect(missing.errors == "-e:1: /no/such/file: no such file\n")
    let nothing = try backspike(["reference", "--batch", "-e", "compare"])
    #expect(nothing.status == 1)
    #expect(
      nothing.errors
        == "-e:1: compare needs a file with a gradient; usage: compare [batch] FILE... [tolerance X] [map THEIRS=OURS]...\n"
    )
  }

  @Test func `on the screen the verdict comes first, and Esc closes it`() throws {
    try withFile(Array(try report("reference", rule: "no-reset-term").utf8)) { path in
      let tmux = try open()
      try tmux.say("compare \(path)")
      try tmux.wait(forText: "reproduced by WRONG rule no-reset-term")
      try tmux.wait(forText: "hidden.weights")
      try tmux.wait(forText: "compare theirs.json  (")
      try tmux.send(keys: "Escape")
      try tmux.wait(for: "a closed panel") { rows in
        !rows.contains { $0.contains("hidden.weights") }
      }
      try tmux.type("comp")
      try tmux.send(keys: "Tab")
      try tmux.wait(forText: "(fwd start) compare")
    }
  }
}
