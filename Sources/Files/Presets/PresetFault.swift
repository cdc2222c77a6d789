internal import EventProp
import Language

/// What can be wrong with a preset, as facts with their evidence; the sentences are in `PresetFault+Wording`.
enum PresetFault: Error, Equatable {
  /// What a value should have been.
  enum Expectation: Equatable {
    case text, number, time, integer, mapping, list
    case matrix, inputSpike, term, synapse
  }

  case expected(Expectation, found: String)
  case quantity(Quantity.Failure)
  case controlCharacter
  case unknownKey(String, in: String, allowed: [String])
  case duplicateKey(String, firstLine: Int)
  case missingKey(String, in: String)
  case unknownChoice(String, of: String, allowed: [String])
  case notOneForm([String])
  case bareFile(String)
  case noFile(String)
  case unreadableFile(String)
  case arrays(ArrayFault)
  case arrayNotNamed([String])
  case arrayWithoutName
  case unequalSpikes(times: Int, indices: Int, of: String)
  case notFinite(Double)
  indirect case entry(String, PresetFault, others: Int)
  case tooSmall(String, least: Int)
  case tooLarge(String, most: Int)
  case notPositive(String)
  case negative(String)
  case wrongShape(expected: (rows: Int, columns: Int), found: (rows: Int, columns: Int))
  case wrongRow(expected: Int, found: Int)
  case wrongCount(String, expected: Int, found: Int, orOne: Bool)
  case wrongLength(String, expected: Int, found: Int)
  case fanOut(count: Int, targets: Int)
  case sparseShape(isSparse: Bool)
  case synapseTwice(Int, Int)
  case noSuchSynapse(Int, Int)
  case synapseWithoutDelay(Int, Int)
  case noLayers
  case layerNameTaken(String)
  case layerNameReserved(String, meaning: String)
  case layerNameSign(Character)
  case resetNotBelowThreshold(reset: Double, threshold: Double)
  case startsAtThreshold(potential: Double, threshold: Double)
  case channelOutOfRange(Int, count: Int)
  case neuronOutOfRange(Int, layer: String, count: Int)
  case labelOutOfRange(Int, count: Int)
  case spikeBeforeStart(Double)
  case spikesOutOfOrder(Double, Double)
  case spikeTwice(Int, Double)
  case spikeOfIntegrator(Int)
  case delaysWithoutRecurrent

  static func == (lhs: Self, rhs: Self) -> Bool {
    lhs.message == rhs.message && lhs.remedy == rhs.remedy
  }
}
