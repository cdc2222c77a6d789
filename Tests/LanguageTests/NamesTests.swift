import EventProp
import Files
import Language
import Presets
import Study
import Testing

/// Every parameter has a short and a full name, and both are read back to it.
@Suite struct NamesTests {
  private func experiment(_ preset: String) throws -> Experiment {
    try PresetReader.read(#require(Preset.named(preset)).text, named: preset).experiment
  }

  @Test(arguments: Preset.all.map(\.name))
  func `both names of a parameter mean that parameter alone`(preset: String) throws {
    let experiment = try experiment(preset)
    let names = Names(experiment)
    let all = Parameter.all(of: experiment) + Parameter.targets(of: experiment)
    for parameter in all.enumerated().filter({ $0.offset % 7 == 0 }).map(\.element) {
      for name in [names.short(parameter), names.full(parameter)] {
        #expect(try names.find(Word(name)) == .parameters([parameter]), "\(name)")
      }
    }
  }

  @Test func `the two spellings of each kind of parameter`() throws {
    var experiment = try experiment("reference")
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
}
