import EventProp
import Language

extension NIRFault {
  /// The fact, as a sentence without a capital or a full stop.
  package var message: String {
    switch self {
    case .arrays(let fault): fault.message
    case .noGraph: "there is no NIR graph in this file"
    case .unfinished: "this NIR file ends before its graph does"
    case .isData: "this NIR file holds recorded data, not a network"
    case .tooDeep(let name): "\(Self.node(name)): graphs inside graphs, without an end"
    case .tooManyNodes(let most): "there are more than \(most) nodes"
    case .noType(let name): "\(Self.node(name)) has no type"
    case .edgeToNothing(let from, let to, let missing):
      "an edge leads from \(Self.quoted(from)) to \(Self.quoted(to)), and there is no node \(Self.quoted(missing))"
    case .noPort(let type, let name):
      "the graph \(Self.quoted(name)) has no \(type) node, and none of its nodes can stand for it"
    case .noParameter(let name, let parameter): "\(Self.node(name)) has no \(parameter)"
    case .parameter(let name, let parameter, let fault):
      "\(Self.node(name)), \(parameter): \(fault.message)"
    case .foreign(let name, let type):
      "\(Self.node(name)) is of type \(ArrayFault.shown(type)): \(Self.reason(type))"
    case .inputs(let names):
      names.isEmpty
        ? "nothing is an input of this graph"
        : "there are \(names.count) inputs: \(ArrayFault.list(names))"
    case .noPopulation: "there are no CubaLIF neurons in this graph"
    case .branches(let from, let targets):
      targets.isEmpty
        ? "\(Self.node(from)) reaches no neuron"
        : "\(Self.node(from)) reaches several populations: \(ArrayFault.list(targets))"
    case .feedback(let from, let to):
      "\(Self.node(from)) reaches \(Self.quoted(to)), which comes before it"
    case .unreached(let name): "nothing reaches \(Self.node(name)) from the input"
    case .twoWays(let from, let to):
      "there are two ways from \(Self.node(from)) to \(Self.quoted(to))"
    case .twoMatrices(let first, let second):
      "the matrices \(Self.quoted(first)) and \(Self.quoted(second)) follow each other without a neuron between them"
    case .noNeuron(let name): "the values of \(Self.node(name)) reach no neuron"
    case .loop(let name): "there is a loop without a neuron through \(Self.node(name))"
    case .potential(let name, let target):
      "\(Self.node(name)) never spikes, and its potential reaches \(Self.quoted(target))"
    case .lateBias(let name, let delay):
      "the bias of \(Self.node(name)) begins late, through the delay \(Self.quoted(delay))"
    case .count(let name, let parameter, let expected, let found):
      "\(Self.node(name)), \(parameter): expected \(expected) value\(expected == 1 ? "" : "s"), found \(found)"
    case .shape(let name, let parameter, let found):
      "\(Self.node(name)), \(parameter): a shape of [\(found.map(String.init).joined(separator: " × "))]"
    case .value(let name, let parameter, let index, let value, let rule):
      "\(Self.node(name)), \(parameter)[\(index)] is \(Quantity.exact(value)): \(rule)"
    case .convention(let node, let weight, let dirac, let step):
      "it cannot be told what a weight means: at \(Self.node(node)) an arrival with weight \(Quantity.display(weight)) would add "
        + "\(Quantity.display(dirac)) to I with weights: dirac, \(Quantity.display(step)) with weights: step and dt: 1 ms, "
        + "\(Quantity.display(weight)) with weights: jump"
    case .noStep: "weights: step needs a dt, and r and w_in do not tell it"
    case .stepNotAsked: "dt belongs to weights: step"
    case .timesInSteps:
      "it cannot be told how long a time is: tau_mem is 1/(1 - r) everywhere, which counts steps, as Spyx does"
    case .tinyTimes(let most):
      "it cannot be told how long a time is: all time constants are \(Quantity.display(most)) or less"
    case .timeUnit(let least, let most):
      "it cannot be told whether times are in s or ms: time constants go from \(Quantity.display(least)) to \(Quantity.display(most))"
    }
  }

  /// The remedy, if there is one.
  package var remedy: String? {
    switch self {
    case .parameter(_, _, .wrongShape): "a matrix is [out, in]"
    case .arrays(let fault), .parameter(_, _, let fault): fault.remedy
    case .noGraph: "nir.write(FILE, graph) writes such files"
    case .unfinished: "nir.write has stopped with an error: numbers without an axis are one cause"
    case .isData: "nir.write writes networks, nir.write_data writes data"
    case .noType: "a name with a slash makes such nodes: rename it before nir.write"
    case .edgeToNothing: "nir.write the graph again, with all its nodes"
    case .noPort(let type, _): "add a nir.\(type) to it"
    case .noParameter: "the writer must give it"
    case .inputs(let names): names.isEmpty ? "add a nir.Input" : "a network here has one input"
    case .noPopulation: "CubaLIF neurons have a synapse, whose current I the gradient needs"
    case .branches(_, let targets):
      targets.isEmpty
        ? "connect it" : "a network here is a chain: each population reaches one other, and itself"
    case .feedback: "only neurons of one population may reach each other"
    case .unreached: "connect it, or leave it out"
    case .twoWays: "add the matrices in one"
    case .twoMatrices:
      "multiply them; Spyx writes recurrent weights so that the input goes through them too: give them an edge of their own"
    case .noNeuron: "a readout needs neurons, such as a CubaLI"
    case .count: "one value for each neuron, or one for all"
    case .shape: "a matrix is [out, in], and neurons are in one row"
    case .convention: "write one of them, as in { file: net.nir, weights: dirac }"
    case .noStep: "dt: 1 ms, with the step of the program that trained it"
    case .stepNotAsked: "leave it out, or write weights: step"
    case .timeUnit: "time_unit: s or time_unit: ms"
    case .timesInSteps:
      "time_unit: ms, if a step is 1 ms; for another step export with its dt in s"
    case .tinyTimes:
      "Norse 1.1.0 writes dt times its time constants: divide them by dt; or write time_unit: s to read them as they are"
    case .tooDeep, .tooManyNodes, .foreign, .loop, .potential, .lateBias, .value: nil
    }
  }

  /// The remedy where the choices are options of a command line.
  package var remedyByOption: String? {
    switch self {
    case .convention: "--weights dirac, --weights step --dt 1ms, or --weights jump"
    case .noStep: "--dt 1ms, with the step of the program that trained it"
    case .stepNotAsked: "leave it out, or write --weights step"
    case .timeUnit: "--time-unit s or --time-unit ms"
    case .timesInSteps:
      "--time-unit ms, if a step is 1 ms; for another step export with its dt in s"
    default: remedy
    }
  }

  /// Why a type has no counterpart.
  private static func reason(_ type: String) -> String {
    switch type {
    case "LIF", "IF":
      "its input goes into V without a synapse, so that it spikes at the times of its inputs, and spike times have no gradient"
    case "LI", "I": "its input goes into V without a synapse"
    case "Conv1d", "Conv2d", "SumPool2d", "AvgPool2d", "Flatten":
      "only full matrices between populations are read; write its weights as a Linear"
    case "Threshold": "it has no dynamics and no gradient"
    default: "this type is not known here"
    }
  }

  private static func quoted(_ name: String) -> String { "'\(ArrayFault.shown(name))'" }

  private static func node(_ name: String) -> String { "node \(quoted(name))" }
}
