import EventProp
import Files
import Foundation
import Testing

@Suite("Networks from NIR files") struct NIRReadingTests {
  /// Spikes of a file, from an integration of the equations of NIR by scipy's DOP853.
  private struct Known: Decodable {
    var t_max: Double
    var inputs: [[Double]]
    var spikes: [String: [[Double]]]
  }

  @Test(arguments: ["ff", "rec"])
  func `spikes agree with an integration of the equations of NIR to 1e-14 s`(
    name: String
  ) throws {
    let known = try JSONDecoder().decode(
      Known.self, from: Data(try NIRFixture.bytes("\(name).json")))
    let read = try NIRNetworkReader.read(try NIRFixture.bytes("\(name).nir")).get()
    #expect(read.convention == .dirac && read.timeUnit == .s)
    let trajectory = try Trajectory(
      of: Experiment(
        title: name, network: read.network,
        inputSpikes: known.inputs.map { InputSpike(time: $0[0], channel: Int($0[1])) },
        horizon: known.t_max))
    for layer in read.network.layers {
      let expected = try #require(known.spikes[layer.name])
      let number = try #require(read.network.layers.firstIndex { $0.name == layer.name })
      let offset = read.network.offsets[number]
      for neuron in 0..<layer.parameters.count {
        let found = trajectory.events.filter { $0.spikingNeuron == offset + neuron }.map(\.time)
        #expect(found.count == expected[neuron].count)
        for (a, b) in zip(found, expected[neuron]) { #expect(abs(a - b) < 1e-14) }
      }
    }
  }

  // MARK: The three meanings of a weight

  @Test func `an arrival adds r w_in W over tau_syn, or with dt, or W alone`() throws {
    var file = NIRFixture.small
    file.nodes["lif"] = NIRFixture.lif(
      2, ["r": [2, 1], "w_in": [1, 0.5], "tau_syn": [0.005, 0.004]])
    // Weights are [out, in] in the file, and [before][this] here.
    let weights = [0.001, 0.004, 0.002, 0.005, 0.003, 0.006]
    func expect(_ choice: NIRChoice, _ factors: [Double]) throws {
      let synapses = try file.network(choice).network.layers[0].weights
      #expect(synapses.rows == 3 && synapses.columns == 2)
      for (index, (found, weight)) in zip(synapses.weights, weights).enumerated() {
        let expected = weight * factors[index % 2]
        #expect(abs(found - expected) <= 1e-15 * expected)
      }
    }
    try expect(NIRChoice(), [400, 125])
    try expect(NIRChoice(weights: .dirac), [400, 125])
    try expect(NIRChoice(weights: .step, dt: 1e-4), [0.04, 0.0125])
    try expect(NIRChoice(weights: .jump), [1, 1])
  }

  @Test func `a step is read off where r and w_in hold it`() throws {
    var file = NIRFixture.small
    file.nodes["lif"] = NIRFixture.lif(2, ["r": [100, 100], "w_in": [50, 50]])
    let read = try file.network()
    #expect(read.convention == .step && read.dt == 1e-4)
    #expect(abs(read.network.layers[0].weights.weights[0] - 0.1) < 1e-16)
    // Said otherwise, it is read otherwise.
    #expect(
      abs(try file.network(NIRChoice(weights: .dirac)).populations[0].jump.lowerBound - 1e6) < 1e-8)
    file.nodes["lif"] = NIRFixture.lif(2, ["r": [100, 50], "w_in": [50, 50]])
    #expect(
      file.faults() == [
        "it cannot be told what a weight means: at node 'lif' an arrival with weight 0.004 would add 2000 to I "
          + "with weights: dirac, 2 with weights: step and dt: 1 ms, 0.004 with weights: jump"
      ])
  }

  @Test func `weights that cannot be meant by the equations are asked for`() throws {
    var file = NIRFixture.small
    file.nodes["w"] = NIRFixture.matrix(2, 3, Array(repeating: 0.3, count: 6))
    #expect(
      file.faults() == [
        "it cannot be told what a weight means: at node 'lif' an arrival with weight 0.3 would add 60 to I "
          + "with weights: dirac, 0.06 with weights: step and dt: 1 ms, 0.3 with weights: jump"
      ])
    #expect(
      file.faults(NIRChoice(weights: .step)) == [
        "weights: step needs a dt, and r and w_in do not tell it"
      ])
    #expect(file.faults(NIRChoice(dt: 1e-3)) == ["dt belongs to weights: step"])
    #expect(file.faults(NIRChoice(weights: .jump, dt: 1e-3)) == ["dt belongs to weights: step"])
    #expect(try file.network(NIRChoice(weights: .jump)).network.layers[0].weights.weights[0] == 0.3)
  }

  @Test func `the unit of time is told by the size of the time constants, or asked for`() throws {
    var file = NIRFixture.small
    file.nodes["lif"] = NIRFixture.lif(2, ["tau_mem": [10, 20], "tau_syn": [5, 5]])
    let read = try file.network()
    #expect(read.timeUnit == .ms)
    let layer = read.network.layers[0]
    #expect(layer.parameters.map(\.tauMem) == [0.01, 0.02])
    // An impulse of the equations has the area 1 in the unit of the file.
    #expect(layer.weights.weights[0] == 0.001 / 5)
    #expect(try file.network(NIRChoice(timeUnit: .s)).network.layers[0].parameters[0].tauMem == 10)
    file.nodes["lif"] = NIRFixture.lif(2, ["tau_mem": [10, 20], "tau_syn": [0.5, 5]])
    #expect(
      file.faults() == [
        "it cannot be told whether times are in s or ms: time constants go from 0.5 to 20"
      ])
  }

  @Test func `a bias becomes a leak, and a current that has to grow first`() throws {
    var file = NIRFixture.small
    file.nodes["w"] = NIRFixture.matrix(
      2, 3, Array(repeating: 0.001, count: 6), bias: [0.5, -0.25])
    file.nodes["lif"] = NIRFixture.lif(2, ["r": [2, 1], "v_leak": [0.1, 0]])
    let layer = try file.network().network.layers[0]
    #expect(layer.parameters.map(\.vLeak) == [1.1, -0.25])
    #expect(layer.initial.map(\.current) == [-1, 0.25])
  }

  // MARK: Graphs

  @Test func `delays before and behind a matrix add up`() throws {
    var file = NIRFixture.small
    file.nodes["before"] = NIRFixture.Node(
      type: "Delay", numbers: ["delay": NIRFixture.list([0.001, 0, 0.003])])
    file.nodes["behind"] = NIRFixture.Node(
      type: "Delay", numbers: ["delay": NIRFixture.list([0.25, 0.5])])
    file.edges = [("in", "before"), ("before", "w"), ("w", "behind"), ("behind", "lif")]
    let weights = try file.network().network.layers[0].weights
    #expect(weights.delays == [0.251, 0.501, 0.25, 0.5, 0.253, 0.503])
  }

  @Test(arguments: ["nested", "nested without ends", "edges"])
  func `recurrence may be a graph inside, or two edges`(form: String) throws {
    var file = NIRFixture.small
    let recurrent = NIRFixture.matrix(2, 2, [0, 0.001, 0.002, 0])
    if form == "edges" {
      file.nodes["rec"] = recurrent
      file.edges += [("lif", "rec"), ("rec", "lif")]
    } else {
      var inner = NIRFixture(
        nodes: ["cells": NIRFixture.lif(2), "rec": recurrent],
        edges: [("cells", "rec"), ("rec", "cells")])
      if form == "nested" {
        inner.nodes["a"] = NIRFixture.Node(type: "Input")
        inner.nodes["b"] = NIRFixture.Node(type: "Output")
        inner.edges += [("a", "cells"), ("cells", "b")]
      }
      file.nodes["lif"] = NIRFixture.Node(type: "NIRGraph", inner: inner)
    }
    let layer = try file.network().network.layers[0]
    #expect(layer.name == (form == "edges" ? "lif" : "lif_cells"))
    #expect(layer.weights.weights.first == 0.2)
    #expect(layer.recurrent?.weights == [0, 0.4, 0.2, 0])
  }

  @Test func `an old file: no v_reset, an edge twice, dotted names, no Input and no Output`() throws
  {
    let read = try NIRNetworkReader.read(try NIRFixture.bytes("odd.nir")).get()
    #expect(read.network.inputs == 3 && read.network.layers.count == 1)
    let layer = read.network.layers[0]
    #expect(layer.name == "lif1_lif")
    #expect(layer.parameters.map(\.tauMem) == [0.02, 0.02])
    #expect(layer.parameters.map(\.vReset) == [0, 0])
    #expect(layer.recurrent?.weights == [0, 0.4, 0.2, 0])
  }

  @Test func `neurons without a matrix before them get the spike of the same number`() throws {
    var file = NIRFixture.small
    file.edges = [("in", "lif")]
    file.nodes["in"]?.numbers["shape"] = NIRFixture.list([2])
    file.nodes["w"] = nil
    let layer = try file.network(NIRChoice(weights: .jump)).network.layers[0]
    #expect(layer.weights.weights == [1, 1])
    #expect(layer.weights.entry(row: 0, column: 1) == nil)
  }

  @Test func `layers are in the order of the edges, not of the names`() throws {
    var file = NIRFixture.small
    file.nodes["a_2"] = NIRFixture.matrix(1, 2, [0.01, 0.02])
    file.nodes["a_10"] = NIRFixture.lif(1)
    file.edges = [("in", "w"), ("w", "lif"), ("lif", "a_2"), ("a_2", "a_10"), ("a_10", "out")]
    #expect(try file.network().network.layers.map(\.name) == ["lif", "a_10"])
  }

  @Test func `a potential is read out by neurons that never spike`() throws {
    var file = NIRFixture.small
    var readout = NIRFixture.lif(2)
    readout.type = "CubaLI"
    readout.numbers["v_threshold"] = nil
    readout.numbers["v_reset"] = nil
    file.nodes["lif"] = readout
    #expect(try file.network().network.layers[0].kinds == [.li, .li])
  }

  // MARK: Refusals

  private static func changed(_ change: (inout NIRFixture) -> Void) -> NIRFixture {
    var file = NIRFixture.small
    change(&file)
    return file
  }

  @Test func `what has no counterpart is refused by name and reason`() {
    func faults(_ change: (inout NIRFixture) -> Void) -> [String] {
      Self.changed(change).faults()
    }
    #expect(
      faults { $0.nodes["lif"]?.type = "LIF" } == [
        "node 'lif' is of type LIF: its input goes into V without a synapse, so that it spikes at the times of its inputs, "
          + "and spike times have no gradient"
      ])
    #expect(
      faults {
        $0.nodes["lif"]?.type = "Conv2d"
        $0.nodes["w"]?.type = "Oops"
      } == [
        "node 'lif' is of type Conv2d: only full matrices between populations are read; write its weights as a Linear",
        "node 'w' is of type Oops: this type is not known here",
      ])
    #expect(
      faults { $0.nodes["lif"]?.numbers["tau_mem"] = NIRFixture.list([0.01, -0.01]) } == [
        "node 'lif', tau_mem[1] is -0.01: a time constant is greater than 0"
      ])
    #expect(
      faults { $0.nodes["lif"]?.numbers["v_reset"] = NIRFixture.list([0, 1]) } == [
        "node 'lif', v_reset[1] is 1: a neuron restarts below its v_threshold"
      ])
    #expect(
      faults {
        $0.nodes["w"]?.numbers["weight"] = NumberArray(
          shape: [2, 3], values: [0, 0, .nan, 0, 0, 0])
      }
        == ["node 'w', weight[2] is nan: it must be finite"])
    #expect(
      faults {
        $0.nodes["w"] = NIRFixture.matrix(2, 3, Array(repeating: 1, count: 6), bias: [1, 2, 3])
      }
        == ["node 'w', bias: expected 2 values, found 3"])
    #expect(
      faults { $0.nodes["w"] = NIRFixture.matrix(3, 2, Array(repeating: 1, count: 6)) }
        == ["node 'w', weight: expected [2 × 3], found [3 × 2]"])
    #expect(faults { $0.nodes["lif"]?.numbers["r"] = nil } == ["node 'lif' has no r"])
    #expect(
      faults { $0.nodes["lif"]?.numbers["r"] = NIRFixture.list([1, 1, 1]) }
        == ["node 'lif', r: expected 2 values, found 3"]
        || faults { $0.nodes["lif"]?.numbers["r"] = NIRFixture.list([1, 1, 1]) }
          == ["node 'lif', tau_syn: expected 3 values, found 2"]
    )
  }

  @Test func `graphs that are no chain are refused with the nodes`() {
    func faults(_ change: (inout NIRFixture) -> Void) -> [String] {
      Self.changed {
        $0.nodes["v"] = NIRFixture.matrix(2, 2, [0.01, 0, 0, 0.01])
        $0.nodes["next"] = NIRFixture.lif(2)
        change(&$0)
      }.faults()
    }
    let chain = [("in", "w"), ("w", "lif"), ("lif", "v"), ("v", "next")]
    #expect(faults { $0.edges = chain } == [])
    #expect(
      faults { $0.edges = chain + [("w", "next")] }
        == ["node 'input' reaches several populations: lif, next"])
    #expect(
      faults {
        $0.nodes["back"] = NIRFixture.matrix(2, 2, [0.01, 0, 0, 0.01])
        $0.edges = chain + [("next", "back"), ("back", "lif")]
      } == ["node 'next' reaches 'lif', which comes before it"])
    #expect(
      faults { $0.edges = chain + [("lif", "next")] }
        == ["there are two ways from node 'lif' to 'next'"])
    #expect(
      faults { $0.edges = [("in", "w"), ("w", "lif"), ("v", "next")] } == [
        "nothing reaches node 'next' from the input"
      ])
    #expect(
      faults {
        $0.nodes["next"] = nil
        $0.edges = [("in", "w"), ("w", "v"), ("v", "lif")]
      }
        == ["the matrices 'w' and 'v' follow each other without a neuron between them"])
    #expect(
      faults { $0.edges = [("in", "w"), ("w", "lif"), ("lif", "v"), ("v", "out")] }
        == ["the values of node 'v' reach no neuron"])
    #expect(
      faults { $0.edges = chain + [("lif", "gone")] }
        == ["an edge leads from 'lif' to 'gone', and there is no node 'gone'"])
    #expect(
      faults {
        $0.edges = chain
        $0.nodes["in2"] = NIRFixture.Node(type: "Input")
      } == ["there are 2 inputs: in, in2"])
  }

  // MARK: Other programs

  @Test(arguments: [
    ("snntorch.nir", ["layer_1", "layer_3"]), ("snntorch-recurrent.nir", ["1_lif"]),
  ])
  func `snnTorch's files tell their step of 100 µs`(name: String, layers: [String]) throws {
    let read = try NIRNetworkReader.read(try NIRFixture.bytes(name)).get()
    #expect(read.convention == .step && read.dt == 1e-4 && read.timeUnit == .s)
    #expect(read.network.layers.map(\.name) == layers)
    #expect((read.network.layers[0].recurrent != nil) == (layers.count == 1))
  }

  @Test(arguments: [
    ("snntorch-leaky.nir", ["node '1' is of type LIF"], NIRChoice()),
    (
      "norse.nir",
      [
        "it cannot be told how long a time is: all time constants are 1e-05 or less",
        "it cannot be told what a weight means",
      ], NIRChoice()
    ),
    (
      "spyx.nir",
      [
        "it cannot be told how long a time is: tau_mem is 1/(1 - r) everywhere",
        "it cannot be told what a weight means",
      ], NIRChoice()
    ),
    ("spyx.nir", [], NIRChoice(weights: .jump, timeUnit: .ms)),
    ("spyx-recurrent.nir", ["the matrices 'layer_0' and 'layer_1/layer_1.w_rec'"], NIRChoice()),
  ])
  func `files of other programs are read, or refused with the reason`(
    name: String, beginnings: [String], choice: NIRChoice
  ) throws {
    let faults = NIRFixture.faults(in: try NIRFixture.bytes(name), choice)
    #expect(faults.count == beginnings.count)
    for (fault, beginning) in zip(faults, beginnings) {
      #expect(fault.hasPrefix(beginning), "\(fault)")
    }
  }

  @Test func `files that are no NIR network`() throws {
    #expect(NIRFixture.faults(in: []) == ["not an HDF5 file, or a damaged one"])
    let writer = HDF5Writer()
    #expect(NIRFixture.faults(in: writer.bytes()) == ["there is no NIR graph in this file"])
    writer.addGroup("node")
    #expect(NIRFixture.faults(in: writer.bytes()) == ["this NIR file ends before its graph does"])
    writer.add("CubaLIF", at: "node/type")
    #expect(NIRFixture.faults(in: writer.bytes()) == ["there is no NIR graph in this file"])
    let data = HDF5Writer()
    data.addGroup("nodes")
    #expect(
      NIRFixture.faults(in: data.bytes()) == ["this NIR file holds recorded data, not a network"])
  }
}
