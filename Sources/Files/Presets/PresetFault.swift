internal import EventProp
import Language
import Learning

/// The faults of a preset, as facts with their evidence; the sentences are in
/// `PresetFault+Wording`.
enum PresetFault: Error, Equatable {
  /// The expected kind of a value.
  enum Expectation: Equatable {
    case text, number, time, integer, mapping, list
    case matrix, inputSpike, givenSpikes, term, synapse, samples
  }

  /// The subject of a rule of the engine, in the words of a preset.
  enum Subject: Equatable {
    /// A number with a name, such as `t_max` or `a delay`.
    case value(String)
    /// The time of a spike.
    case spike
    /// A spike in the list of a neuron, which is in order of time.
    case imposedSpike(neuron: Int)
    /// A spike in a file of spikes, which may have any order.
    case filedSpike(neuron: Int)
    /// An input channel.
    case channel
    /// A neuron of a layer.
    case neuron(layer: String)
    /// A position among the neurons that a loss reads.
    case label
  }

  case expected(Expectation, found: String)
  case quantity(Quantity.Failure)
  case controlCharacter
  case unknownKey(String, in: String, allowed: [String])
  case duplicateKey(String, firstLine: Int)
  case wrongMerge(found: String)
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
  indirect case entry(String, PresetFault, others: Int)
  case tooLarge(String, most: Int)
  case negativeDeviation
  /// A value breaks a rule of the engine.
  case rule(ExperimentFault.Violation, Subject)
  case wrongShape(expected: (rows: Int, columns: Int), found: (rows: Int, columns: Int))
  case wrongRow(expected: Int, found: Int)
  case wrongCount(String, expected: Int, found: Int, orOne: Bool)
  case wrongLength(String, expected: Int, found: Int)
  case fanOut(count: Int, targets: Int)
  case sparseShape(isSparse: Bool)
  case synapseTwice(Int, Int)
  case noSuchSynapse(Int, Int)
  case synapseWithoutDelay(Int, Int)
  case layerNameTaken(String)
  case layerNameReserved(String, meaning: String)
  case layerNameSign(Character)
  case delaysWithoutRecurrent
  case batchWithoutSamples
  case spikesBesideSamples(key: String)
  /// A generated data set beside samples from a file.
  case dataBesideSamples
  case encodeWithoutData
  /// An array of spikes beside `encode`, which makes spikes of values.
  case besideEncode(String)
  /// A range of values without two different ends, or too wide for a Double.
  case emptyRange
  case valueOutside(Double, of: Encoder.Values)
  case valuesNotNamed([String])
  /// Targets from a file, and from the labels by `encode`.
  case targetsTwice
  /// A part that leaves no sample to train, and how many samples there are to take from.
  case heldOut(String, count: Int, of: Int)
  /// A part of the samples in two forms.
  case partTwice(String)
  /// The time of a feature of 1 comes before that of a feature of 0; in seconds.
  case encodedBackwards(from: Double, to: Double)
  /// The channels of the inputs, and those that the encoder needs.
  case channelsOfData(inputs: Int, needed: Int)
  /// The neurons that the loss reads, and those that the set needs.
  case neuronsOfData(String, needed: Int, found: Int)
  case noSamples(String)
  case timesNotNamed([String])
  case channelsOfSamples(expected: Int, found: Int)
  case emptySelection
  case sampleTwice(Int)
  /// Samples give labels or targets, and the loss has none; `kind` is nil for a preset without a
  /// loss.
  case lossWithoutKey(String, kind: String?, takers: [String])
  /// The layers stand in the preset and in the file of a network.
  case layersTwice
  /// A key that a network from a file does not take.
  case besideNetwork(String)
  case network(NIRFault)
  /// A truth value that is neither true nor false.
  case notTruth(found: String)
  case training(TrainingFault)

  static func == (lhs: Self, rhs: Self) -> Bool {
    lhs.message == rhs.message && lhs.remedy == rhs.remedy
  }
}
