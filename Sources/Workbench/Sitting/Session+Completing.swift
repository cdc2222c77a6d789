import EventProp
import Language
import Topics

/// The completion of a line by Tab.
package struct Completion: Equatable, Sendable {
  /// The text to insert.
  package var insertion = ""
  /// The number of characters before the cursor that it replaces.
  package var replacing = 0
  /// All candidates if there are several.
  package var candidates: [String] = []
}

extension Session {
  /// Completes the word before the cursor: first verbs, then the names that the verb takes.
  package func completion(of text: String) -> Completion {
    let sentence = Self.lastSentence(of: text)
    if let file = FileNameTyped(in: sentence) {
      return file.completion(among: namesInFolder)
    }
    let words = sentence.split(separator: " ", omittingEmptySubsequences: false)
    let word = String(words.last ?? "")
    let isVerb = !words.dropLast().contains { !$0.isEmpty && Int($0) == nil }
    let names =
      isVerb ? CommandTable.rows.map(\.name) : candidates(after: words.dropLast())
    let matches = names.filter { $0.lowercased().hasPrefix(word.lowercased()) }
    guard let first = matches.first else { return Completion() }
    if matches.count == 1 {
      return Completion(insertion: first + " ", replacing: word.unicodeScalars.count)
    }
    let common = matches.commonPrefix
    return Completion(
      insertion: common.count > word.count ? common : "",
      replacing: common.count > word.count ? word.unicodeScalars.count : 0, candidates: matches)
  }

  /// The text after the last semicolon outside quotes.
  private static func lastSentence(of text: String) -> Substring {
    var start = text.startIndex
    var isQuoted = false
    for place in text.indices {
      switch text[place] {
      case "\"": isQuoted.toggle()
      case ";" where !isQuoted: start = text.index(after: place)
      default: break
      }
    }
    return text[start...]
  }

  private func candidates(after words: ArraySlice<Substring>) -> [String] {
    let verb = words.first { !$0.isEmpty && Int($0) == nil } ?? ""
    guard let row = try? CommandTable.row(for: Word(String(verb))) else { return [] }
    let network = experiment.network
    let neurons =
      (0..<network.neuronCount).map { "n\($0)" } + (0..<network.neuronCount).map { names.full($0) }
    let fields = Parameter.Quantity.ofNeurons.map(\.rawValue)
    switch row.completes {
    case .nothing: return []
    case .parameters:
      return fields + ["t_max", "max_events", "delay", "time of input "]
        + Parameter.targets(of: experiment).map { names.name(of: $0) }
        + Set(experiment.inputSpikes.map(\.channel)).sorted().map { "in.\($0)" }
        + network.layers.flatMap { layer in fields.map { layer.name + "." + $0 } }
        + synapseNames
    case .derivatives:
      return ["all", "delay", "time of input "] + fields
        + network.layers.flatMap { layer in fields.map { layer.name + "." + $0 } }
        + synapseNames
    case .neurons: return neurons
    case .presets, .files: return []
    case .exports:
      let isForm = words.count { !$0.isEmpty } < 2
      return isForm
        ? ScriptCommand.Export.allCases.map(\.rawValue)
        : ScriptCommand.Table.allCases.map(\.rawValue)
    case .topics: return topicNames
    case .help:
      let verbs = CommandTable.rows.map(\.name) + ["commands"]
      return verbs + topicNames.filter { !verbs.contains($0) }
    case .commands: return CommandTable.rows.map(\.name)
    case .quantities:
      return ["V", "I", "lV", "lI", "t", "L", "w", "grad"]
        + LIFParameters.Field.allCases.map(\.rawValue) + neurons + synapseNames
    case .stops: return StopPhrase.kinds + ["if"] + neurons
    case .runs: return (bench.earlierRuns + [run]).map { "\($0.number)" }
    case .synapses: return synapseNames
    case .marks: return cursor.marks.map(\.name)
    case .breakpoints: return stops.breakpoints.map { "\($0.number)" } + ["all"]
    case .words(let words): return words
    }
  }

  /// The names of pages that one word says.
  private var topicNames: [String] {
    Topic.all.flatMap(\.names).filter { name in
      name.count > 2 && name.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
    }
  }

  private var synapseNames: [String] {
    let network = experiment.network
    // A list that is too long to read is not made.
    guard network.neuronCount <= 64 else { return [] }
    let names = names
    return network.layers.enumerated().flatMap { number, layer in
      [false, true].flatMap { isRecurrent in
        (layer[recurrent: isRecurrent]?.weights ?? []).indices.map {
          names.name(of: SynapseIndex(layer: number, isRecurrent: isRecurrent, entry: $0))
        }
      }
    }
  }
}

extension [String] {
  /// The common beginning of all candidates.
  var commonPrefix: String {
    guard var common = first else { return "" }
    for name in dropFirst() { common = String(common.commonPrefix(with: name)) }
    return common
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> Substring {
    self[
      ..<(zip(indices, other).first { self[$0.0] != $0.1 }?.0
        ?? index(startIndex, offsetBy: Swift.min(count, other.count)))]
  }
}
