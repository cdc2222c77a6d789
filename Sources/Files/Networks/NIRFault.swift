import EventProp

/// Why a NIR file is no network for Backspike, as facts with their evidence.
package enum NIRFault: Error, Equatable, Sendable {
  /// The file as HDF5.
  case arrays(ArrayFault)
  /// There is no graph in the file.
  case noGraph
  /// The writer stopped before the end: the graph has no type.
  case unfinished
  /// The file holds recorded data, not a graph.
  case isData
  /// Graphs inside graphs, more than there should be.
  case tooDeep(String)
  case tooManyNodes(Int)
  /// A node without a type.
  case noType(String)
  /// An edge whose one end is no node.
  case edgeToNothing(String, String, missing: String)
  /// An inner graph without an Input or Output, where no node can stand for it.
  case noPort(String, String)
  /// A number of a node is missing.
  case noParameter(String, String)
  /// A number of a node cannot be read.
  case parameter(String, String, ArrayFault)
  /// A node without a counterpart, by name and type.
  case foreign(String, type: String)

  /// There is not one input, but these.
  case inputs([String])
  case noPopulation
  /// A source reaches several populations, or none.
  case branches(String, [String])
  /// Neurons reach earlier ones.
  case feedback(String, String)
  /// Nothing reaches these neurons.
  case unreached(String)
  /// Two ways lead from one population to another.
  case twoWays(String, String)
  /// Two matrices on the way between two populations.
  case twoMatrices(String, String)
  /// A matrix whose values reach no neuron.
  case noNeuron(String)
  /// A loop without a neuron in it.
  case loop(String)
  /// A potential, not spikes, reaches neurons.
  case potential(String, String)
  /// A bias that begins late.
  case lateBias(String, delay: String)

  /// A number of values that does not fit.
  case count(String, String, expected: Int, found: Int)
  /// A shape that does not fit.
  case shape(String, String, found: [Int])
  /// A value that breaks a rule.
  case value(String, String, index: Int, value: Double, rule: String)

  /// The convention of the weights cannot be told; a weight at a node, and what it would add; for `step` with a dt of 1 ms.
  case convention(node: String, weight: Double, dirac: Double, step: Double)
  /// `step` without its dt.
  case noStep
  /// A dt without `step`.
  case stepNotAsked
  /// The unit of time cannot be told, from the smallest and the largest time constant.
  case timeUnit(least: Double, most: Double)
  /// Times are counted in steps of a grid, as Spyx writes them.
  case timesInSteps
  /// Time constants that no neuron has in any unit.
  case tinyTimes(most: Double)
}
