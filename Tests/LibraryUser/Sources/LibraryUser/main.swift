import EventProp

// The sample of the README.
let neuron = LIFParameters(tauMem: 20e-3, tauSyn: 5e-3, vThreshold: 1)
let synapses = Synapses(rows: 2, columns: 1, weights: [5, 4])
let network = Network(
  inputs: 2, layers: [Layer(name: "out", parameters: [neuron], weights: synapses)])
let spikes = [InputSpike(time: 1e-3, channel: 0), InputSpike(time: 2e-3, channel: 1)]
let loss = Loss(
  layer: 0, rule: .firstSpikeMSE(neurons: [0], targets: [8e-3], tau: 1e-3, clip: 40e-3))
let experiment = Experiment(
  title: "one", network: network, inputSpikes: spikes, horizon: 40e-3, loss: loss)
let run = try Trajectory(of: experiment)
let adjoint = try AdjointTrajectory(of: run)
let batch = try Batch(network, horizon: 40e-3, threads: 2)
  .gradient(of: [Sample(inputSpikes: spikes, loss: loss)])
print(
  run.spikeTimes, adjoint.loss, adjoint.gradient.layers[0].weights.weights,
  batch.layers[0].weights.weights)

// A derivative that is not the slope of the loss ends the program.
for entry in 0..<2 {
  let parameter = Parameter.weight(SynapseIndex(layer: 0, entry: entry))
  func lossWithChange(_ step: Double) throws -> Double {
    var changed = experiment
    changed[parameter] += step
    return try AdjointTrajectory(of: try Trajectory(of: changed)).loss
  }
  let slope = (try lossWithChange(1e-6) - lossWithChange(-1e-6)) / 2e-6
  let exact = adjoint.gradient[parameter]
  let batched = batch.layers[0].weights.weights[entry]
  precondition(abs(slope - exact) < 1e-6 * abs(exact) && abs(batched - exact) < 1e-12 * abs(exact))
}

// Step by step there is the same run and the same gradient, up to rounding.
var forward = try ForwardPass(of: experiment)
var events: [Event] = []
while let event = try forward.next() { events.append(event) }
precondition(events.count == run.events.count)
precondition(zip(events, run.events).allSatisfy { abs($0.time - $1.time) < 1e-15 })
var backward = try BackwardPass(of: run)
while try backward.next() != nil {}
for parameter in Parameter.all(of: experiment) {
  let (one, other) = (backward.gradient[parameter], adjoint.gradient[parameter])
  precondition(abs(one - other) <= 1e-12 * abs(other))
}

// A state and its adjoint jump at a spike.
for (number, event) in run.events.enumerated() {
  guard case .spike(let neuron, _, _) = event.kind else { continue }
  precondition(run.state(of: neuron, atEvent: number, side: .after).potential == 0)
  let sides = [Side.before, .after].map {
    adjoint.state(of: neuron, atEvent: number, side: $0).lambdaV
  }
  precondition(sides[0] != sides[1])
}

/// Ends the program where an experiment is simulated, or where its error prints other words.
func expect(_ words: String, _ change: (inout Experiment) -> Void) {
  var broken = experiment
  change(&broken)
  do {
    _ = try AdjointTrajectory(of: try Trajectory(of: broken))
    preconditionFailure("simulated in spite of: \(words)")
  } catch {
    precondition("\(error)" == words, "\(error)")
    print(error)
  }
}

let broken = "the experiment breaks a rule: "
expect(broken + "the channel of input spike 0 is 2, but must be from 0 to 1") {
  $0.inputSpikes[0].channel = 2
}
expect(
  broken + "the matrix into layer 0 is [3 × 1], but must be [2 × 1], [before × this layer]"
) { $0.network.layers[0].weights = Synapses(rows: 3, columns: 1, weights: [1, 2, 3]) }
expect(broken + "the layer or the label of the loss is 4, but the only one is 0") {
  $0.loss?.layer = 4
}
expect(broken + "tau_mem of neuron 0 in layer 0 is -0.01, but must be greater than 0") {
  $0.network.layers[0].parameters[0].tauMem = -10e-3
}
expect("the experiment has no loss") { $0.loss = nil }
expect("the event limit 1 cut the run, so that it has no gradient") { $0.maxEvents = 1 }
print("all as expected")
