import EventProp
import Files
import Language
import Testing

struct PresetReaderTests {
  private func read(_ text: String) throws -> Experiment {
    try PresetReader.read(text, named: "p").experiment
  }

  private func weights(_ matrix: String, rows: Int, columns: Int, delays: String? = nil) throws
    -> Synapses
  {
    let experiment = try read(
      """
      { "title": "t", "t_max": 1, "inputs": { "size": \(rows) },
        "layers": [{ "size": \(columns), \(delays.map { "delays: \($0)," } ?? "") "weights": \(matrix) }] }
      """)
    return experiment.network.layers[0].weights
  }

  @Test func `everything the format has`() throws {
    let experiment = try read(
      """
      title: Two layers, one target
      about: One or two sentences.
      t_max: 40 ms
      max_events: 100000
      parameters: { tau_mem: 10 ms, tau_syn: 5ms, v_th: 0.7, v_leak: 0, v_reset: -1 }
      inputs:
        size: 3
        spikes:
          - [2 ms, 0]
          - [0.0055, 2]
          - [250 us, 1]
      layers:
        - name: hidden
          size: 2
          neurons: [lif, li]
          parameters: { tau_mem: 20 ms, v_th: [0.6, 0.75] }
          initial: { v: [0, 0.9], i: 0.5 }
          weights: [[3.2, 1.2], [1.4, 3.0], [2.2, 2.8]]
          recurrent: [[0, 0.4], [0, 0]]
          delays: 1 ms
          recurrent_delays: [[0, 1e-05], [2 ms, 0]]
          max_events: 50
        - size: 1
          weights: [[2.1], [2.6]]
      loss:
        kind: all_spikes_mse
        layer: hidden
        neurons: [1]
        targets: [[14 ms, 20 ms]]
      """)
    let first = LIFParameters(
      tauMem: 0.02, tauSyn: 0.005, vThreshold: 0.6, vLeak: 0, vReset: -1)
    var second = first
    second.vThreshold = 0.75
    let out = LIFParameters(tauMem: 0.01, tauSyn: 0.005, vThreshold: 0.7, vLeak: 0, vReset: -1)
    #expect(
      experiment
        == Experiment(
          title: "Two layers, one target", about: "One or two sentences.",
          network: Network(
            inputs: 3,
            layers: [
              Layer(
                name: "hidden", parameters: [first, second],
                weights: Synapses(
                  rows: 3, columns: 2, weights: [3.2, 1.2, 1.4, 3.0, 2.2, 2.8],
                  delays: Array(repeating: 0.001, count: 6)),
                recurrent: Synapses(
                  rows: 2, columns: 2, weights: [0, 0.4, 0, 0], delays: [0, 1e-5, 0.002, 0]),
                kinds: [.lif, .li],
                initial: [
                  LIFState(potential: 0, current: 0.5), LIFState(potential: 0.9, current: 0.5),
                ], maxEvents: 50),
              Layer(
                name: "layer1", parameters: [out],
                weights: Synapses(rows: 2, columns: 1, weights: [2.1, 2.6])),
            ]),
          inputSpikes: [
            InputSpike(time: 0.002, channel: 0), InputSpike(time: 0.0055, channel: 2),
            InputSpike(time: 0.00025, channel: 1),
          ], horizon: 0.04, maxEvents: 100_000,
          loss: Loss(
            layer: 0, rule: .allSpikesMSE(neurons: [1], targets: [[0.014, 0.02]], tau: 1))))
  }

  @Test func `losses have defaults`() throws {
    let head = """
      title: t
      t_max: 40 ms
      inputs: { size: 1 }
      layers: [{ size: 1, weights: [[1]] }, { size: 2, weights: [[1, 1]] }]
      loss:
        kind:
      """
    func rule(_ text: String) throws -> Loss {
      try #require(try read("\(head) \(text)").loss)
    }
    #expect(
      try rule("first_spike_mse\n  targets: [1 ms, 2 ms]")
        == Loss(
          layer: 1,
          rule: .firstSpikeMSE(neurons: [0, 1], targets: [0.001, 0.002], tau: 1, clip: 0.04)))
    #expect(
      try rule("ttfs_cross_entropy\n  label: 1\n  tau: 2 ms").rule
        == .ttfsCrossEntropy(neurons: [0, 1], label: 1, tau: 0.002, clip: 0.04))
    #expect(
      try rule("ttfs_cross_entropy\n  label: 1\n  early: { tau: 6.4 ms, alpha: 0.003 }").rule
        == .ttfsCrossEntropy(
          neurons: [0, 1], label: 1, tau: 1, clip: 0.04,
          early: Loss.Early(tau: 0.0064, alpha: 0.003)))
    #expect(
      try rule("target_time\n  targets: [1 ms, 2 ms]").rule
        == .targetTime(neurons: [0, 1], targets: [0.001, 0.002], tau: 1))
    #expect(
      try rule("voltage_integral\n  coefficients: [1, -1]").rule == .voltageIntegral([1, -1]))
    #expect(
      try rule("max_over_time_cross_entropy\n  label: 0\n  neurons: [1]").rule
        == .maxOverTimeCrossEntropy(neurons: [1], label: 0))
    #expect(
      try rule("linear_spike_times\n  terms: [{ neuron: 1, spike: 2, coefficient: -0.5 }]").rule
        == .linearSpikeTimes([Loss.SpikeTerm(neuron: 1, spike: 2, coefficient: -0.5)]))
  }

  @Test func `a JSON document is a preset`() throws {
    let compact =
      #"{"title":"J\u00fc \ud83d\ude00","t_max":"40 ms","inputs":{"size":1,"spikes":[["2ms",0],[1e-05,0]]},"#
      + #""layers":[{"size":1,"weights":[[1.5]]}]}"#
    let experiment = try read(compact)
    #expect(experiment.title == "Jü 😀")
    #expect(experiment.inputSpikes.map(\.time) == [0.002, 1e-5])
    let tabs =
      "{\n\t\"title\": \"J\",\n\t\"t_max\": 0.04,\n\t\"inputs\": {\n\t\t\"size\": 1\n\t},\n"
      + "\t\"layers\": [\n\t\t{\"size\": 1, \"weights\": [[1.5]]}\n\t]\n}"
    #expect(try read(tabs).horizon == 0.04)
  }

  @Test func `sparse synapses keep their delays whatever their order`() throws {
    let sparse = "{ sparse: [[1, 0, 5], [0, 1, 6], [1, 1, 7]] }"
    let flat = try weights(sparse, rows: 2, columns: 2, delays: "[1 ms, 2 ms, 3 ms]")
    #expect(flat.weights == [6, 5, 7])
    #expect(flat.delays == [0.002, 0.001, 0.003])
    let named = "{ sparse: [[1, 1, 3 ms], [1, 0, 1 ms], [0, 1, 2 ms]] }"
    #expect(try weights(sparse, rows: 2, columns: 2, delays: named) == flat)
    #expect(try weights(sparse, rows: 2, columns: 2, delays: "0").delays == [0, 0, 0])
    #expect(try weights(sparse, rows: 2, columns: 2).delays == nil)
  }

  @Test func `drawn matrices are the same everywhere`() throws {
    let normal = try weights(
      "{ normal: { mean: 3.0, std: 1.6, seed: 0 } }", rows: 2, columns: 2)
    #expect(
      normal.weights == [
        4.575244659373437, 2.7186091426208367, 1.8606941500155314, 2.5002486635991876,
      ])
    let fanOut = try weights(
      "{ fan_out: { count: 2, mean: 0, std: 1, seed: 7 } }", rows: 2, columns: 5)
    #expect(fanOut.pattern?.columns == [0, 1, 0, 2])
    #expect(
      fanOut.weights == [
        0.8764814690994567, 0.18137224678834885, -0.3756298278907194, -2.015150041884738,
      ])
  }

  @Test func `all neurons are reached, each at most once by a row`() throws {
    let synapses = try weights(
      "{ fan_out: { count: 10, mean: 1, std: 0 } }", rows: 200, columns: 30)
    let columns = try #require(synapses.pattern?.columns)
    for row in 0..<200 {
      #expect(Set(columns[synapses.entries(ofRow: row)]).count == 10)
    }
    #expect(Set(columns) == Set(0..<30))
    #expect(synapses.weights.allSatisfy { $0 == 1 })
  }

  @Test func `drawn numbers are normal`() throws {
    let values = try weights(
      "{ normal: { mean: 2, std: 0.5, seed: 3 } }", rows: 400, columns: 250
    ).weights
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    // Standard errors over 100000 draws: 0.0016 and 0.0011.
    #expect(abs(mean - 2) < 0.008)
    #expect(abs(variance - 0.25) < 0.006)
  }

  @Test func `loss terms keep their places`() throws {
    let document = try PresetReader.read(
      """
      title: t
      t_max: 40 ms
      inputs: { size: 1 }
      layers: [{ size: 1, weights: [[1]] }]
      loss:
        kind: linear_spike_times
        terms:
          - { neuron: 0, spike: 3, coefficient: 1 }
          - { neuron: 0, spike: 0, coefficient: 2 }
      """, named: "p")
    #expect(document.places.lossTerms.map(\.start.line) == [8, 9])
    #expect(document.places.lossTerms[0].start.column == 7)
    #expect(document.places.lossTerms[0].length == 39)
  }

  @Test(arguments: [
    ("tau_mem", LIFParameters.Field.tauMem), ("TauMem", .tauMem), ("v_th", .vThreshold),
    ("vth", .vThreshold), ("V_RESET", .vReset), ("tau", nil),
  ])
  func `a parameter is found without case and underscores`(
    name: String, field: LIFParameters.Field?
  ) {
    #expect(LIFParameters.Field(named: name) == field)
  }

  @Test func `all complaints come in order, each with its line`() {
    let text = """
      title: t
      t_max: 40 ms
      parameters:
        tau_syn: slow     # wrong
        tau_syn: 5 ms
      inputs: { size: 1 }
      layers:
        - size: 1
          weights: [[1, 2]]
      """
    #expect(throws: PresetComplaints.self) { try PresetReader.read(text, named: "p.yaml") }
    do throws(PresetComplaints) {
      _ = try PresetReader.read(text, named: "p.yaml")
    } catch {
      #expect(
        error.rendered == """
          p.yaml:4:12: error: expected a time, found 'slow'
          4 |   tau_syn: slow     # wrong
            |            ^~~~ a number with a unit, such as '5 ms'
          p.yaml:5:3: error: 'tau_syn' is given twice
          5 |   tau_syn: 5 ms
            |   ^~~~~~~ the first is on line 4
          p.yaml:9:14: error: expected [1 × 1], found [1 × 2]
          9 |     weights: [[1, 2]]
            |              ^~~~~~~~ one row for each neuron before, one column for each neuron of the layer
          """)
    }
  }
}
