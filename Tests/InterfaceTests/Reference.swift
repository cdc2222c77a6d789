import EventProp
import Interface
import Presets
import Terminal
import Testing
import Workbench

/// The preset `reference`, built here so that a picture depends on no file.
let reference = Experiment(
  title: "Reference",
  network: Network(
    inputs: 4,
    layers: [
      Layer(
        name: "hidden", parameters: Array(repeating: parameters, count: 2),
        weights: Synapses(rows: 4, columns: 2, weights: [3.2, 1.2, 1.4, 3.0, 2.2, 2.8, 2.6, 1.5]),
        recurrent: Synapses(rows: 2, columns: 2, weights: [0, 0.4, 0, 0])),
      Layer(
        name: "out", parameters: [parameters],
        weights: Synapses(rows: 2, columns: 1, weights: [2.1, 2.6])),
    ]),
  inputSpikes: [(2, 0), (5, 1), (9, 2), (13, 3), (21, 0), (24, 2), (25.5, 1)].map {
    InputSpike(time: $0.0 * 1e-3, channel: $0.1)
  },
  horizon: 40e-3,
  loss: Loss(
    layer: 1,
    rule: .firstSpikeMSE(
      neurons: [0], targets: [14e-3], tau: 2.0.squareRoot() * 1e-3, clip: 40e-3)))

private let parameters = LIFParameters(tauMem: 20e-3, tauSyn: 5e-3, vThreshold: 1)

/// A screen on an experiment after some typed lines.
func app(_ experiment: Experiment = reference, after lines: [String] = []) throws -> App {
  var app = App(try Session(experiment, named: "reference"))
  for line in lines { type(line, into: &app) }
  return app
}

/// Types a line and presses Enter; what the program would have to do outside is left undone.
func type(_ line: String, into app: inout App) {
  for scalar in line.unicodeScalars { _ = app.handle(.character(scalar)) }
  _ = app.handle(.enter)
}

/// Whether the grid shows a complaint.
func complains(_ grid: Grid) -> Bool {
  (0..<grid.size.rows).contains { y in grid.row(y).contains { $0.style.ink == .warning } }
}

/// Numbers that look random and are the same every time: SplitMix64, https://doi.org/10.1145/2660193.2660195.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
