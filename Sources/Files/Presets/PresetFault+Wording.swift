import EventProp
import Language
import Learning

extension PresetFault {
  /// The fact, as a sentence without a capital or a full stop.
  var message: String {
    switch self {
    case .expected(let expectation, let found): "expected \(expectation.noun), found \(found)"
    case .quantity(let failure): failure.message
    case .controlCharacter: "a control character in a text that is shown"
    case .unknownKey(let key, let place, _): "unknown key '\(key)' in \(place)"
    case .duplicateKey(let key, _): "'\(key)' is given twice"
    case .wrongMerge(let found): "'<<' takes over a mapping or a list of mappings, found \(found)"
    case .missingKey(let key, let place): "missing key '\(key)' in \(place)"
    case .unknownChoice(let word, let kind, _): "unknown \(kind) '\(word)'"
    case .notOneForm: "a matrix in a mapping has exactly one form"
    case .bareFile(let path): "expected a matrix, found '\(path)'"
    case .noFile(let path): "no file '\(path)'"
    case .unreadableFile(let path): "'\(path)' cannot be read"
    case .arrays(let fault): fault.message
    case .arrayNotNamed: "this file has named arrays, and none is named here"
    case .arrayWithoutName: "this file holds one array, which has no name"
    case .unequalSpikes(let times, let indices, let what):
      "there are \(times) times and \(indices) \(what)"
    case .entry(let place, let fault, let others):
      "\(place): \(fault.message)\(others > 0 ? ", and \(others) more like it" : "")"
    case .tooLarge(let what, let most): "\(what) must be at most \(most)"
    case .negativeDeviation: "a standard deviation must not be negative"
    case .rule(let violation, let subject): subject.message(violation)
    case .wrongShape(let expected, let found):
      "expected [\(expected.rows) × \(expected.columns)], found [\(found.rows) × \(found.columns)]"
    case .wrongRow(let expected, let found): "expected a row of \(expected), found \(found)"
    case .wrongCount(let what, let expected, let found, _),
      .wrongLength(let what, let expected, let found):
      "expected \(expected) \(what)\(expected == 1 ? "" : "s"), found \(found)"
    case .fanOut(let count, let targets):
      "\(count) distinct targets are asked for, and there are \(targets)"
    case .sparseShape(let isSparse):
      isSparse
        ? "expected one delay or a list like the synapses, found a matrix"
        : "the weights are a full matrix, the delays are not"
    case .synapseTwice(let before, let this): "the synapse from \(before) to \(this) is given twice"
    case .noSuchSynapse(let before, let this): "there is no synapse from \(before) to \(this)"
    case .synapseWithoutDelay(let before, let this):
      "the synapse from \(before) to \(this) has no delay"
    case .layerNameTaken(let name): "there is already a layer '\(name)'"
    case .layerNameReserved(let name, let meaning): "a layer cannot be called '\(name)': \(meaning)"
    case .layerNameSign(let sign):
      "a layer's name cannot contain \(sign == " " ? "a blank" : "'\(sign)'")"
    case .delaysWithoutRecurrent: "recurrent_delays without recurrent"
    case .batchWithoutSamples: "'batch' without 'samples' or 'data'"
    case .spikesBesideSamples(let key): "the input spikes are given here and by '\(key)'"
    case .dataBesideSamples: "the samples are given twice: by 'data' and by 'samples'"
    case .encodeWithoutData: "'encode' without 'data' or 'samples'"
    case .besideEncode(let key): "'\(key)' gives spikes, and 'encode' makes them of values"
    case .emptyRange: "a range has two different ends"
    case .valueOutside(let value, let values):
      value.isNaN
        ? "NaN is no value"
        : "\(Quantity.exact(value)) is not from \(Quantity.exact(min(values.first, values.last))) to \(Quantity.exact(max(values.first, values.last)))"
    case .valuesNotNamed: "this file has named arrays, and the one with the values is not named"
    case .targetsTwice: "the targets are given twice: by 'targets' and by 'right'"
    case .heldOut(let part, let count, let total):
      "'\(part)' takes \(count) of \(total) samples, and none is left to learn from"
    case .partTwice(let part): "'\(part)' is given by a count and by arrays"
    case .encodedBackwards(let from, let to):
      "'to' \(Quantity.exactTime(to)) comes before 'from' \(Quantity.exactTime(from))"
    case .channelsOfData(let inputs, let needed):
      "this encoding needs \(needed) channel\(needed == 1 ? "" : "s"), and the inputs have \(inputs)"
    case .neuronsOfData(let set, let needed, let found):
      "the set \(set) needs \(needed) neurons in the loss, found \(found)"
    case .noSamples(let name): "'\(ArrayFault.shown(name))' has no samples"
    case .timesNotNamed: "this file has named arrays, and the one with the times is not named"
    case .channelsOfSamples(let expected, let found):
      "expected one time for each of \(expected) channels, found \(found)"
    case .emptySelection: "no samples are selected"
    case .sampleTwice(let number): "sample \(number) is selected twice"
    case .lossWithoutKey(let key, nil, _): "the preset has no loss for the \(key)"
    case .lossWithoutKey(let key, let kind?, _): "a \(kind) loss has no \(key)"
    case .layersTwice: "the layers are given twice: in 'layers' and in 'network'"
    case .besideNetwork(let key): "'\(key)' beside 'network', whose file has them"
    case .network(let fault): fault.message
    case .training(let fault): fault.message
    case .notTruth(let found): "expected true or false, found \(found)"
    }
  }

  /// The expected value, or the remedy.
  var remedy: String? {
    switch self {
    case .expected(let expectation, _): expectation.example
    case .quantity(let failure): failure.remedy
    case .controlCharacter: "plain text"
    case .unknownKey(let key, _, let allowed):
      Suggestion.nearest(to: key, among: allowed).map { "did you mean '\($0)'?" }
        ?? "the keys here are \(allowed.joined(separator: ", "))"
    case .duplicateKey(_, let line): "the first is on line \(line)"
    case .wrongMerge: "<<: *name, after &name at a mapping"
    case .missingKey(let key, _): Self.meaning[key] ?? "'\(key)' is required here"
    case .unknownChoice(let word, _, let allowed):
      Suggestion.nearest(to: word, among: allowed).map { "did you mean '\($0)'?" }
        ?? "known are \(allowed.joined(separator: ", "))"
    case .notOneForm(let forms): "one of \(forms.joined(separator: ", "))"
    case .bareFile(let path):
      path.hasSuffix(".npz")
        ? "a file is named as in { file: \(path), array: w0 }"
        : "a file is named as in { file: \(path) }"
    case .noFile: "paths start at the folder of the preset"
    case .arrays(let fault): fault.remedy
    case .arrayNotNamed(let names): "add 'array'; \(ArrayFault.inventory(names))"
    case .arrayWithoutName: "leave the name out, or name a .npz file"
    case .unequalSpikes(_, _, let what): "one \(what.dropLast()) for each time"
    case .entry(_, let fault, _): fault.remedy
    case .wrongShape: "one row for each neuron before, one column for each neuron of the layer"
    case .wrongRow: "one column for each neuron of the layer"
    case .wrongCount(_, _, _, let orOne):
      orOne ? "one for each neuron, or one value for all" : "one for each neuron"
    case .fanOut(_, let targets): "a count from 1 to \(targets)"
    case .sparseShape(let isSparse):
      isSparse ? "one time for each synapse, in their order" : "one time, or a matrix of times"
    case .synapseTwice: "keep one of them"
    case .noSuchSynapse, .synapseWithoutDelay: "one delay for each synapse of the weights"
    case .layerNameTaken: "give each layer a name of its own"
    case .layerNameReserved: "a word such as hidden or out"
    case .layerNameSign: "letters, digits, '_' and '-'"
    case .rule(let violation, let subject): subject.remedy(violation)
    case .layersTwice, .dataBesideSamples, .targetsTwice: "keep one of them"
    case .besideNetwork:
      "leave it out; backspike import writes the network as a preset that you can change"
    case .network(let fault): fault.remedy
    case .training(let fault): fault.remedy
    case .notTruth: "true or false"
    case .delaysWithoutRecurrent: "add the recurrent weights, or leave the delays out"
    case .batchWithoutSamples: "mean or sum says how the losses of samples are put together"
    case .encodeWithoutData: "add 'data', the set whose points are encoded"
    case .besideEncode: "'values' names numbers to encode; spikes need no 'encode'"
    case .emptyRange: "the values that spike at 'from' and at 'to', such as [255, 0]"
    case .valueOutside: "the range of 'encode' says which values there are"
    case .valuesNotNamed(let names): "add 'values'; \(ArrayFault.inventory(names))"
    case .heldOut(_, _, let total): "at most \(total - 1)"
    case .partTwice: "a number, { count: 360, seed: 1 }, or arrays such as { values: x_test }"
    case .encodedBackwards: "a feature of 0 becomes a spike at 'from', a feature of 1 at 'to'"
    case .channelsOfData(_, let needed): "inputs: { size: \(needed) }"
    case .neuronsOfData: "one neuron for each class or target"
    case .spikesBesideSamples: "leave 'spikes' out; 'size' stays"
    case .noSamples: "an array of times [samples, channels], with at least one sample"
    case .timesNotNamed(let names): "add 'times'; \(ArrayFault.inventory(names))"
    case .channelsOfSamples: "'channels' names an array for spikes in another order"
    case .emptySelection: "a number, or numbers FROM..TO"
    case .sampleTwice: "each sample once"
    case .lossWithoutKey(let key, _, let takers):
      "\(key) belong to a loss of the kind \(takers.joined(separator: " or "))"
    case .wrongLength, .tooLarge, .negativeDeviation, .unreadableFile: nil
    }
  }

  /// The meaning of a required key.
  private static let meaning = [
    "title": "what the experiment is called",
    "t_max": "the time at which the run ends, such as '40 ms'",
    "inputs": "the number of channels and their spikes",
    "layers": "a list of layers; or 'network', a file with them",
    "size": "how many there are",
    "weights": "a matrix [before][this]",
    "kind": "the kind of loss",
    "encode": "the times of the points, such as { to: 30 ms }",
    "to": "the time of a feature of 1",
    "range": "the values that spike at 'from' and at 'to', such as [255, 0]",
    "count": "how many samples; or the arrays of other samples",
    "right": "the target of the neuron of the label, in a loss with targets",
    "wrong": "the target of each other neuron, in a loss with targets",
  ]
}

extension PresetFault.Expectation {
  fileprivate var noun: String {
    switch self {
    case .text: "text"
    case .number: "a number"
    case .time: "a time"
    case .integer: "a whole number"
    case .mapping: "a mapping"
    case .list: "a list"
    case .matrix: "a matrix"
    case .inputSpike: "an input spike"
    case .givenSpikes: "given spikes or the word once"
    case .term: "a term"
    case .synapse: "a synapse"
    case .samples: "numbers of samples"
    }
  }

  fileprivate var example: String {
    switch self {
    case .text: "a word or a sentence"
    case .number: "a number, such as 0.6 or 1e-05"
    case .time: "a number with a unit, such as '5 ms'"
    case .integer: "a number without a fraction, such as 3"
    case .mapping: "keys with values, as in { key: value }"
    case .list: "values in brackets, as in [1, 2], or each after '- '"
    case .matrix: "rows in brackets, as in [[1, 2], [3, 4]]"
    case .inputSpike: "[time, channel], as in [2 ms, 0]"
    case .givenSpikes: "a list for each neuron, as in [[1 ms, 2 ms], []], or once"
    case .term: "{ neuron: 0, spike: 0, coefficient: 1 }"
    case .synapse: "[before, this, value], as in [0, 2, 1.5]"
    case .samples: "17, or 0..99, or a list of both"
    }
  }
}
