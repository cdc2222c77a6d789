import EventProp
import Files
import Language
import Testing

/// A good preset of 27 lines; every case below changes one stretch of it.
private let good = """
  title: Good
  about: A sentence.
  t_max: 40 ms
  max_events: 1000
  parameters:
    tau_mem: 20 ms
    v_th: 0.6
    v_reset: 0
  inputs:
    size: 3
    spikes:
      - [2 ms, 0]
      - [5 ms, 2]
  layers:
    - name: hidden
      size: 2
      weights: [[1, 2], [3, 4], [5, 6]]
      delays: 1 ms
      recurrent: [[0, 1], [0, 0]]
      initial: { v: 0.1 }
    - name: out
      size: 1
      parameters: { v_th: 1 }
      weights: [[1], [2]]
  loss:
    kind: first_spike_mse
    targets: [14 ms]

  """

/// Its layers.
private let layers = String(good[start(of: "layers:")..<start(of: "loss:")])

private func start(of text: String) -> String.Index {
  good.firstRange(of: text)?.lowerBound ?? good.startIndex
}

struct BadPresetTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var complaints: [String]
    var testDescription: String { complaints.joined(separator: "; ") }

    init(_ old: String, _ new: String, _ complaints: String...) {
      self.old = old
      self.new = new
      self.complaints = complaints
    }
  }

  @Test func `the preset that the cases change is good`() throws {
    #expect(try PresetReader.read(good, named: "good").experiment.title == "Good")
  }

  @Test(arguments: cases)
  func `a complaint names the fact at its place`(bad: Case) {
    let text = changed(bad)
    var found: [String] = []
    do throws(PresetComplaints) {
      _ = try PresetReader.read(text, named: "p")
    } catch {
      found = error.diagnostics.map { complaint in
        "\(complaint.span.start.line):\(complaint.span.start.column)+\(complaint.span.length) "
          + complaint.message + (complaint.remedy.map { " | " + $0 } ?? "")
      }
    }
    #expect(found == bad.complaints)
  }

  private func changed(_ bad: Case) -> String {
    guard let range = good.firstRange(of: bad.old) else { return "" }
    return good[..<range.lowerBound] + bad.new + good[range.upperBound...]
  }

  static let cases: [Case] = [
    // Keys.
    Case(
      "title: Good\n", "",
      "1:1+5 missing key 'title' in the preset | what the experiment is called"),
    Case(
      "title: Good", "titel: Good",
      "1:1+5 unknown key 'titel' in the preset | did you mean 'title'?"),
    Case(
      "title: Good", "title: Good\ntitle: Bad",
      "2:1+5 'title' is given twice | the first is on line 1"),
    Case(
      "title: Good", "title:",
      "1:7+1 expected text, found nothing | a word or a sentence"),
    Case(
      "title: Good", "title: [Good]",
      "1:8+6 expected text, found a list | a word or a sentence"),
    Case(
      "title: Good", "title: \"\\e[31m\"",
      "1:8+8 a control character in a text that is shown | plain text"),
    Case(
      "t_max: 40 ms\n", "",
      "1:1+5 missing key 't_max' in the preset | the time at which the run ends, such as '40 ms'"),
    Case(
      "inputs:\n  size: 3\n  spikes:\n    - [2 ms, 0]\n    - [5 ms, 2]\n", "",
      "1:1+5 missing key 'inputs' in the preset | the number of channels and their spikes"),
    Case(
      "    weights: [[1], [2]]\n", "",
      "21:5+4 missing key 'weights' in layer 'out' | a matrix [before][this]"),
    Case(
      "    weights: [[1], [2]]\n", "    wieghts: [[1], [2]]\n",
      "24:5+7 unknown key 'wieghts' in layer 'out' | did you mean 'weights'?"),
    Case(
      "  tau_mem: 20 ms", "  tau_men: 20 ms\n  tau_mem: 20 ms",
      "6:3+7 unknown key 'tau_men' in parameters | did you mean 'tau_mem'?"),
    Case(
      "    size: 1\n", "    size: 1\n    size: 2\n    frequency: 5\n",
      "23:5+4 'size' is given twice | the first is on line 22",
      "24:5+9 unknown key 'frequency' in layer 'out' | the keys here are name, size, neurons, parameters, initial, weights, recurrent, delays, recurrent_delays, max_events, spikes"
    ),
    Case(
      "  kind: first_spike_mse\n", "",
      "26:3+7 missing key 'kind' in the loss | the kind of loss"),
    Case(
      "  kind: first_spike_mse", "  kind: first_spike_mes",
      "26:9+15 unknown kind of loss 'first_spike_mes' | did you mean 'first_spike_mse'?"),
    Case(
      "  targets: [14 ms]", "  targets: [14 ms]\n  label: 0",
      "28:3+5 unknown key 'label' in a first_spike_mse loss | did you mean 'layer'?"),
    Case(
      "loss:", "1: 2\nloss:",
      "25:1+1 unknown key '1' in the preset | the keys here are title, about, t_max, max_events, parameters, inputs, samples, data, encode, batch, layers, network, loss, training"
    ),
    Case(
      "loss:", "[1, 2]: 2\nloss:",
      "25:1+6 expected text, found a list | a word or a sentence"),
    // Values.
    Case(
      "t_max: 40 ms", "t_max: 40 mv",
      "3:8+5 unknown unit 'mv' | the units of a time are s, ms, us and ns"),
    Case(
      "t_max: 40 ms", "t_max: soon # or later",
      "3:8+4 expected a time, found 'soon' | a number with a unit, such as '5 ms'"),
    Case(
      "t_max: 40 ms", "t_max: .inf",
      "3:8+4 '.inf' is not a finite number | a finite number, such as 0.6 or 1e-05"),
    Case(
      "t_max: 40 ms", "t_max: NaN",
      "3:8+3 'NaN' is not a finite number | a finite number, such as 0.6 or 1e-05"),
    Case(
      "t_max: 40 ms", "t_max: 0",
      "3:8+1 t_max must be greater than 0"),
    Case(
      "t_max: 40 ms", "t_max:",
      "3:7+1 expected a time, found nothing | a number with a unit, such as '5 ms'"),
    Case(
      "t_max: 40 ms", "t_max: 1e999 s",
      "3:8+7 '1e999 s' is too large for a number | a finite number, such as 0.6 or 1e-05"),
    Case(
      "max_events: 1000", "max_events: 0",
      "4:13+1 max_events must be at least 1"),
    Case(
      "max_events: 1000", "max_events: 1.5",
      "4:13+3 expected a whole number, found '1.5' | a number without a fraction, such as 3"),
    Case(
      "  tau_mem: 20 ms", "  tau_mem: -20 ms",
      "6:12+6 a time constant must be greater than 0"),
    Case(
      "  v_th: 0.6", "  v_th: 600 ms",
      "7:9+6 a plain number takes no unit, found 'ms' | leave the unit out"),
    Case(
      "  v_th: 0.6", "  v_th: [0.6, 0.7]",
      "7:9+10 expected a number, found a list | a number, such as 0.6 or 1e-05"),
    Case(
      "parameters:\n  tau_mem: 20 ms\n  v_th: 0.6\n  v_reset: 0\n", "parameters: 3\n",
      "5:13+1 expected a mapping, found '3' | keys with values, as in { key: value }"),
    // Thresholds.
    Case(
      "  v_reset: 0", "  v_reset: 0.6",
      "8:12+3 v_reset 0.6 is not below v_th 0.6 | a neuron restarts below its threshold"),
    Case(
      "{ v_th: 1 }", "{ v_reset: 5 }",
      "23:28+1 v_reset 5 is not below v_th 0.6 | a neuron restarts below its threshold"),
    Case(
      "{ v_th: 1 }", "{ v_th: -1 }",
      "23:25+2 v_reset 0 is not below v_th -1 | a neuron restarts below its threshold",
      "23:25+2 V = 0 at t = 0 is not below v_th -1 | a neuron starts below its threshold"),
    Case(
      "{ v: 0.1 }", "{ v: [0.1, 0.6] }",
      "20:25+3 V = 0.6 at t = 0 is not below v_th 0.6 | a neuron starts below its threshold"),
    Case(
      "{ v: 0.1 }", "{ v: [0.1], i: 2 ms, u: 0 }",
      "20:19+5 expected 2 values, found 1 | one for each neuron, or one value for all",
      "20:29+4 a plain number takes no unit, found 'ms' | leave the unit out",
      "20:35+1 unknown key 'u' in initial | the keys here are v, i"),
    // Inputs.
    Case(
      "  size: 3\n", "  size: 0\n",
      "10:9+1 size must be at least 1"),
    Case(
      "  size: 3\n", "  size: 1e12\n",
      "10:9+4 size must be at most 1000000"),
    Case(
      "    - [5 ms, 2]", "    - [5 ms, 3]",
      "13:14+1 no input channel 3 | the channels are 0 to 2"),
    Case(
      "    - [5 ms, 2]", "    - [-5 ms, 2]",
      "13:8+5 a spike at -5 ms comes before t = 0 | the run begins at t = 0"),
    Case(
      "    - [5 ms, 2]", "    - [5 ms, 2, 1]\n    - 7",
      "13:7+12 expected an input spike, found a list | [time, channel], as in [2 ms, 0]",
      "14:7+1 expected an input spike, found '7' | [time, channel], as in [2 ms, 0]"),
    Case(
      "  spikes:\n    - [2 ms, 0]\n    - [5 ms, 2]\n",
      "  spikes: { file: s.npz, times: t, channels: c }\n",
      "11:19+5 no file 's.npz' | paths start at the folder of the preset"),
    // Layers and matrices.
    Case(
      layers, "layers: []\n",
      "14:9+2 a preset needs at least one layer"),
    Case(
      "  - name: out", "  - name: hidden",
      "21:11+6 there is already a layer 'hidden' | give each layer a name of its own"),
    Case(
      "  - name: out", "  - name: Hidden",
      "21:11+6 there is already a layer 'hidden' | give each layer a name of its own"),
    Case(
      "  - name: out", "  - name: in_2",
      "21:11+4 a layer cannot be called 'in_2': in0 is an input channel | a word such as hidden or out"
    ),
    Case(
      "  - name: out", "  - name: N3",
      "21:11+2 a layer cannot be called 'N3': n0 is a neuron of any layer | a word such as hidden or out"
    ),
    Case(
      "  - name: out", "  - name: -7",
      "21:11+2 a layer cannot be called '-7': n0 is a neuron of any layer | a word such as hidden or out"
    ),
    Case(
      "  - name: out", "  - name: vth",
      "21:11+3 a layer cannot be called 'vth': it is a parameter | a word such as hidden or out"),
    Case(
      "  - name: out", "  - name: out.1",
      "21:11+5 a layer's name cannot contain '.' | letters, digits, '_' and '-'"),
    Case(
      "  - name: out", "  - name: the out",
      "21:11+7 a layer's name cannot contain a blank | letters, digits, '_' and '-'"),
    Case(
      "  - name: out", "  - name: out\n    neurons: lfi",
      "22:14+3 unknown kind of neuron 'lfi' | did you mean 'lif'?"),
    Case(
      "    delays: 1 ms", "    delays: 1 ms\n    neurons: [lif]",
      "19:14+5 expected 2 kinds, found 1 | one for each neuron, or one value for all"),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "[[1, 2], [3, 4]]",
      "17:14+16 expected [3 × 2], found [2 × 2] | one row for each neuron before, one column for each neuron of the layer"
    ),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "[[1, 2], [3], [5, 6, 7]]",
      "17:23+3 expected a row of 2, found 1 | one column for each neuron of the layer",
      "17:28+9 expected a row of 2, found 3 | one column for each neuron of the layer"),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "[[1, 2], [3, x], [nan, 6]]",
      "17:27+1 expected a number, found 'x' | a number, such as 0.6 or 1e-05",
      "17:32+3 'nan' is not a finite number | a finite number, such as 0.6 or 1e-05"),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "[1, 2]",
      "17:14+6 expected a matrix, found a list of single values | rows in brackets, as in [[1, 2], [3, 4]]"
    ),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "heavy",
      "17:14+5 expected a matrix, found 'heavy' | rows in brackets, as in [[1, 2], [3, 4]]"),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "{ file: w.npy }",
      "17:22+5 no file 'w.npy' | paths start at the folder of the preset"),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "{ normal: { mean: 1 } }",
      "17:24+11 missing key 'std' in normal | 'std' is required here"),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "{ normal: { mean: 1, std: -1, seed: -3 } }",
      "17:40+2 a standard deviation must not be negative",
      "17:50+2 expected a whole number, found '-3' | a number without a fraction, such as 3"),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "{ normal: { mean: 1, std: 1 }, sparse: [] }",
      "17:14+43 a matrix in a mapping has exactly one form | one of normal, sparse, fan_out, file"),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "{ fan_out: { count: 3, mean: 1, std: 0 } }",
      "17:34+1 3 distinct targets are asked for, and there are 2 | a count from 1 to 2"),
    Case(
      "[[1, 2], [3, 4], [5, 6]]",
      "{ sparse: [[0, 1, 2], [3, 0, 1], [0, 2, 1], [0, 1, 5], [1, 2]] }",
      "17:37+1 no input channel 3 | the channels are 0 to 2",
      "17:51+1 no neuron 2 in layer 'hidden' | the neurons are 0 to 1",
      "17:58+9 the synapse from 0 to 1 is given twice | keep one of them",
      "17:69+6 expected a synapse, found a list | [before, this, value], as in [0, 2, 1.5]"),
    Case(
      "[[1, 2], [3, 4], [5, 6]]", "{ sparse: [[0, 1, 2], [3, 0, 1], [0, 2, 1], [0, 1, 5]] }",
      "17:37+1 no input channel 3 | the channels are 0 to 2",
      "17:51+1 no neuron 2 in layer 'hidden' | the neurons are 0 to 1",
      "17:58+9 the synapse from 0 to 1 is given twice | keep one of them"),
    Case(
      "    delays: 1 ms", "    delays: -1 ms",
      "18:13+5 a delay must not be negative"),
    Case(
      "    delays: 1 ms", "    delays: [[1, 2], [3, -4], [5, 6]]",
      "18:26+2 a delay must not be negative"),
    Case(
      "    delays: 1 ms", "    delays: [[1, 2]]",
      "18:13+8 expected [3 × 2], found [1 × 2] | one row for each neuron before, one column for each neuron of the layer"
    ),
    Case(
      "    recurrent: [[0, 1], [0, 0]]", "    recurrent_delays: 1 ms",
      "19:5+16 recurrent_delays without recurrent | add the recurrent weights, or leave the delays out"
    ),
    Case(
      "    recurrent: [[0, 1], [0, 0]]", "    recurrent: [[0, 1]]",
      "19:16+8 expected [2 × 2], found [1 × 2] | one row for each neuron before, one column for each neuron of the layer"
    ),
    Case(
      "    size: 2\n", "    size: 2\n    max_events: 0\n",
      "17:17+1 max_events must be at least 1"),
    Case(
      "    size: 2\n", "    size: two\n",
      "16:11+3 expected a whole number, found 'two' | a number without a fraction, such as 3"),
    // Losses.
    Case(
      "  targets: [14 ms]", "  targets: [14 ms, 15 ms]",
      "27:12+14 expected 1 target, found 2 | one for each neuron"),
    Case(
      "  targets: [14 ms]", "  targets: 14 ms",
      "27:12+5 expected a list, found '14 ms' | values in brackets, as in [1, 2], or each after '- '"
    ),
    Case(
      "  targets: [14 ms]", "  targets: [14 ms]\n  neurons: [1]",
      "28:13+1 no neuron 1 in layer 'out' | the only neuron is 0"),
    Case(
      "  targets: [14 ms]", "  targets: [14 ms]\n  layer: hiden",
      "28:10+5 unknown layer 'hiden' | did you mean 'hidden'?"),
    Case(
      "  targets: [14 ms]", "  targets: [14 ms]\n  tau: 0\n  clip: -1 ms",
      "28:8+1 tau must be greater than 0",
      "29:9+5 clip must be greater than 0"),
    Case(
      "first_spike_mse\n  targets: [14 ms]", "ttfs_cross_entropy\n  label: 1",
      "27:10+1 no position 1 in 'neurons' | the only position is 0"),
    Case(
      "first_spike_mse\n  targets: [14 ms]",
      "ttfs_cross_entropy\n  label: 0\n  early: { tau: 0 ms, alpha: -1 }",
      "28:17+4 tau must be greater than 0", "28:30+2 alpha must not be negative"),
    Case(
      "first_spike_mse\n  targets: [14 ms]",
      "ttfs_cross_entropy\n  label: 0\n  early: { tau: 1 ms, alpha: nan }",
      "28:30+3 'nan' is not a finite number | a finite number, such as 0.6 or 1e-05"),
    Case(
      "first_spike_mse\n  targets: [14 ms]",
      "ttfs_cross_entropy\n  label: 0\n  early: { tau: 1 ms }",
      "28:10+13 missing key 'alpha' in early | 'alpha' is required here"),
    Case(
      "first_spike_mse\n  targets: [14 ms]",
      "ttfs_cross_entropy\n  label: 0\n  early: 0.003",
      "28:10+5 expected a mapping, found '0.003' | keys with values, as in { key: value }"),
    Case(
      "  targets: [14 ms]", "  targets: [14 ms]\n  early: { tau: 1 ms, alpha: 1 }",
      "28:3+5 unknown key 'early' in a first_spike_mse loss | the keys here are kind, layer, targets, neurons, tau, clip"
    ),
    Case(
      "first_spike_mse\n  targets: [14 ms]", "max_over_time_cross_entropy",
      "26:3+4 missing key 'label' in a max_over_time_cross_entropy loss | 'label' is required here"),
    Case(
      "first_spike_mse\n  targets: [14 ms]", "voltage_integral\n  coefficients: [1, 2]",
      "27:17+6 expected 1 coefficient, found 2 | one for each neuron"),
    Case(
      "first_spike_mse\n  targets: [14 ms]", "all_spikes_mse\n  targets: [14 ms]",
      "27:13+5 expected a list, found '14 ms' | values in brackets, as in [1, 2], or each after '- '"
    ),
    Case(
      "first_spike_mse\n  targets: [14 ms]",
      "linear_spike_times\n  terms: [{ neuron: 1, spike: -1, coefficient: 1 }, 5, { neuron: 0 }]",
      "27:21+1 no neuron 1 in layer 'out' | the only neuron is 0",
      "27:31+2 the number of a spike must be at least 0",
      "27:53+1 expected a term, found '5' | { neuron: 0, spike: 0, coefficient: 1 }",
      "27:56+13 missing key 'coefficient' in a term | 'coefficient' is required here"),
    // Text that is no YAML.
    Case(
      "about: A sentence.", "about: [A",
      "3:6+1 did not find expected ',' or ']' | while parsing a flow sequence from line 2, column 8"
    ),
    Case(
      "about: A sentence.", "about: a: b",
      "2:9+1 mapping values are not allowed in this context | a text with a colon in it needs quotes; keys that belong together stand in one column"
    ),
    Case(
      "  size: 3", "\tsize: 3",
      "10:1+1 a tab cannot stand here | indent with blanks"),
    Case(
      "about: A sentence.", "about: \u{7}",
      "2:8+1 the control character U+0007 is not allowed | a preset is plain text"),
    Case(
      "about: A sentence.", "about: *nobody",
      "2:8+1 found undefined alias"),
    Case(
      good, "",
      "1:1+1 the preset is empty | a preset begins with 'title: …'"),
    Case(
      good, "just words",
      "1:1+10 expected a mapping, found 'just words' | keys with values, as in { key: value }"),
    Case(
      good, "title: a\n---\ntitle: b",
      "2:1+1 expected a single document in the stream, but found another document"),
  ]
}
