import EventProp
import ReferenceCases
import Testing

/// The lens reads and writes one number of an experiment or a gradient.
struct ParameterTests {
  @Test func `the lens reads what it has written, in an experiment and in a gradient`() throws {
    var experiment = Experiment.random(seed: 1)
    var gradient = Gradient(zeroFor: experiment)
    gradient.targets = experiment.targets
    for (number, parameter)
      in (Parameter.all(of: experiment)
      + Parameter.targets(of: experiment)).enumerated()
    {
      experiment[parameter] = Double(number)
      gradient[parameter] = Double(number)
      #expect(experiment[parameter] == Double(number) && gradient[parameter] == Double(number))
    }
    #expect(experiment.targets == gradient.targets)
    #expect(
      experiment.network.layers[0].weights.weights == gradient.layers[0].weights.weights)
  }

  @Test func `a matrix without delays reads as 0 and gets delays with the first one`() throws {
    var experiment = Experiment.random(seed: 1)
    let delay = Parameter.delay(SynapseIndex(layer: 0, entry: 3))
    #expect(experiment[delay] == 0)
    experiment[delay] = 2e-3
    #expect(experiment.network.layers[0].weights.delays?.filter { $0 != 0 } == [2e-3])
    #expect(experiment[delay] == 2e-3)
  }

  @Test func `what does not exist reads as 0, and what is written to it is dropped`() throws {
    var experiment = Experiment.random(seed: 1)
    experiment.loss = nil
    let before = experiment
    let absent: [Parameter] = [
      .target(0, spike: 0), .weight(SynapseIndex(layer: 1, isRecurrent: true, entry: 0)),
      .delay(SynapseIndex(layer: 1, isRecurrent: true, entry: 0)),
    ]
    for parameter in absent {
      experiment[parameter] = 1
      #expect(experiment[parameter] == 0 && experiment == before)
    }
  }
}
