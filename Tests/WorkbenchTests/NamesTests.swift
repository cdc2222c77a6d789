import EventProp
import Language
import Presets
import Testing
import Workbench
import Study

/// Every parameter has a short and a full name, and both are read back to it.
@Suite struct NamesTests {
  @Test(arguments: Preset.all.map(\.name))
  func `both names of a parameter mean that parameter alone`(preset: String) throws {
    let experiment = try SessionTests.session(preset).experiment
    let names = Names(experiment)
    let all = Parameter.all(of: experiment) + Parameter.targets(of: experiment)
    for parameter in all.enumerated().filter({ $0.offset % 7 == 0 }).map(\.element) {
      for name in [names.short(parameter), names.full(parameter)] {
        #expect(try names.find(Word(name)) == .parameters([parameter]), "\(name)")
      }
    }
  }

  @Test func `the two spellings of each kind of parameter`() throws {
    var experiment = try SessionTests.session("reference").experiment
    experiment[.delay(SynapseIndex(layer: 0, isRecurrent: true, entry: 1))] = 1e-3
    let names = Names(experiment)
    let spellings: [(Parameter, String, String)] = [
      (.weight(SynapseIndex(layer: 0, entry: 4)), "n0<-in2", "hidden.0<-in.2"),
      (.weight(SynapseIndex(layer: 1, entry: 1)), "n2<-n1", "out.0<-hidden.1"),
      (
        .delay(SynapseIndex(layer: 0, isRecurrent: true, entry: 1)), "delay n1<-n0",
        "delay hidden.1<-hidden.0"
      ),
      (.field(.tauMem, layer: 1, neuron: 0), "n2.tau_mem", "out.0.tau_mem"),
      (.initialPotential(layer: 0, neuron: 1), "n1.initial_v", "hidden.1.initial_v"),
      (.inputTime(0), "in.0", "time of input 0"), (.target(0, spike: 0), "target.0", "target.0"),
    ]
    for (parameter, short, full) in spellings {
      #expect(names.short(parameter) == short)
      #expect(names.full(parameter) == full)
    }
  }

  @Test func `the lens reads what it has written, in an experiment and in a gradient`() throws {
    var experiment = try SessionTests.session("recurrent-pair").experiment
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
    var experiment = try SessionTests.session("reference").experiment
    let delay = Parameter.delay(SynapseIndex(layer: 0, entry: 3))
    #expect(experiment[delay] == 0)
    experiment[delay] = 2e-3
    #expect(experiment.network.layers[0].weights.delays?.filter { $0 != 0 } == [2e-3])
    #expect(experiment[delay] == 2e-3)
  }
}
