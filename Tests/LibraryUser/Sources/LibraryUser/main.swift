import EventProp

let neuron = LIFParameters(tauMem: 20e-3, tauSyn: 5e-3, vThreshold: 1)
let layer = Layer(
  name: "out", parameters: [neuron], weights: Synapses(rows: 2, columns: 1, weights: [3, 2]))
let loss = Loss(
  layer: 0, rule: .firstSpikeMSE(neurons: [0], targets: [8e-3], tau: 1e-3, clip: 40e-3))
let experiment = Experiment(
  title: "one neuron", network: Network(inputs: 2, layers: [layer]),
  inputSpikes: [InputSpike(time: 1e-3, channel: 0), InputSpike(time: 2e-3, channel: 1)],
  horizon: 40e-3, loss: loss)
let adjoint = try AdjointTrajectory(of: try Trajectory(of: experiment))
let batch = try Batch(experiment.network, horizon: 40e-3, threads: 2)
let sum = try batch.gradient(of: [Sample(inputSpikes: experiment.inputSpikes, loss: loss)])

print("spikes", adjoint.trajectory.spikeTimes, "L", adjoint.loss)
print(
  "dL/dw", adjoint.gradient.layers[0].weights.weights, "of a batch", sum.layers[0].weights.weights)

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
  let batched = sum.layers[0].weights.weights[entry]
  precondition(abs(slope - exact) < 1e-6 * abs(exact) && abs(batched - exact) < 1e-12 * abs(exact))
}

// An experiment that breaks a rule is answered with its faults.
var broken = experiment
broken.inputSpikes[0].channel = 2
precondition(broken.faults == [ExperimentFault(.outOfRange(2, count: 2), at: .inputChannel(0))])
do {
  _ = try Trajectory(of: broken)
  preconditionFailure("a channel out of range was simulated")
} catch {
  precondition(error == .invalid(broken.faults))
}
print("all as expected")
