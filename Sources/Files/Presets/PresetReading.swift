import EventProp
import Language
import Study

/// One reading of a preset: it collects complaints and continues as long as something can be
/// checked.
///
/// A value that cannot be read is nil and already has its complaint; code that needs it is skipped.
struct PresetReading {
  let source: SourceText
  /// Reads a file beside the preset; nil for no file.
  let readingFile: (String) throws -> [UInt8]?
  /// The path of a file beside the preset that holds in every folder.
  let locating: (String) -> String
  /// The files read so far, or their faults, by the path in the preset.
  var files: [String: Result<ArrayFile, PresetFault>] = [:]
  private(set) var complaints: [Diagnostic] = []
  private var noted: Set<Diagnostic> = []
  /// The first time of 1 s or more without a unit; see ``PresetDocument/doubt``.
  private(set) var doubt: Diagnostic?
  /// The first such time, in seconds, and their number.
  private var bareSeconds: (first: Double, count: Int)?
  /// A seed that changes the drawn weights; 0 leaves them as they are.
  var drawing: UInt64 = 0
  /// The name of a loss whose tau is left out.
  var lossWithoutTau: String?
  /// The number of input spikes of all samples at the horizon or after it, and of all of them.
  var lateSpikes: (count: Int, total: Int)?
  /// How files were read that could be read otherwise.
  var readings: [Warning.Reading] = []

  init(
    source: SourceText, readingFile: @escaping (String) throws -> [UInt8]?,
    locating: @escaping (String) -> String
  ) {
    self.source = source
    self.readingFile = readingFile
    self.locating = locating
  }

  var sortedComplaints: [Diagnostic] {
    let numbered = complaints.enumerated().sorted { a, b in
      (a.element.span.start, a.offset) < (b.element.span.start, b.offset)
    }
    return numbered.map(\.element)
  }

  /// The warnings about the text.
  var remarks: [Warning] {
    [
      bareSeconds.map { .units(count: $0.count, first: $0.first) },
      lossWithoutTau.map { .defaultTau(loss: $0) },
      lateSpikes.map { .late(.samples, count: $0.count, total: $0.total) },
    ].compactMap { $0 } + readings.map { .reading($0) }
  }

  /// Notes a time that may be meant in milliseconds.
  mutating func doubtSeconds(_ seconds: Double, at node: PresetNode) {
    bareSeconds = (bareSeconds?.first ?? seconds, (bareSeconds?.count ?? 0) + 1)
    guard doubt == nil else { return }
    let number = Quantity.display(seconds)
    doubt = Diagnostic(
      at: node.span(in: source), "\(Quantity.displayTime(seconds)): were ms meant?",
      remedy: "'\(number) ms' or '\(number) s' makes it clear")
  }

  /// Notes a complaint; a repeated one at the same place, as for a shared parameter, is noted once.
  mutating func complain(_ fault: PresetFault, at node: PresetNode) {
    var diagnostic = Diagnostic(at: node.span(in: source), fault.message, remedy: fault.remedy)
    diagnostic.isAboutUnreadableFile = fault.isUnreadableFile
    if noted.insert(diagnostic).inserted { complaints.append(diagnostic) }
  }
}

extension PresetReading {
  /// Whether a value obeys a rule of the engine; a violation is noted at its place.
  mutating func obeys(
    _ violation: ExperimentFault.Violation?, _ subject: PresetFault.Subject, at node: PresetNode
  ) -> Bool {
    if let violation { complain(.rule(violation, subject), at: node) }
    return violation == nil
  }
}

// Scalars and lists.
extension PresetReading {
  mutating func number(_ node: PresetNode) -> Double? {
    quantity(node, .number) { text throws(Quantity.Failure) in try Quantity.number(text) }
  }

  mutating func time(_ node: PresetNode) -> Double? {
    var isBare = false
    let seconds = quantity(node, .time) { text throws(Quantity.Failure) in
      let (seconds, unit) = try Quantity.timeAndUnit(text)
      isBare = unit == nil
      return seconds
    }
    if isBare, let seconds, abs(seconds) >= 1 { doubtSeconds(seconds, at: node) }
    return seconds
  }

  /// A time greater than 0.
  mutating func positiveTime(_ node: PresetNode, _ what: String) -> Double? {
    time(node).flatMap { obeys(Rules.positive($0), .value(what), at: node) ? $0 : nil }
  }

  /// A delay, at least 0.
  mutating func delay(_ node: PresetNode) -> Double? {
    time(node).flatMap { obeys(Rules.notNegative($0), .value("a delay"), at: node) ? $0 : nil }
  }

  /// A whole number in any spelling, such as `1e5`.
  mutating func integer(_ node: PresetNode) -> Int? {
    // Beyond 2⁵³ not every integer is a Double.
    if let text = node.text, let integer = Int(text) { return integer }
    let value = quantity(node, .integer) { text throws(Quantity.Failure) in
      try Quantity.number(text)
    }
    guard let value else { return nil }
    guard let integer = Int(exactly: value) else {
      complain(.expected(.integer, found: node.description), at: node)
      return nil
    }
    return integer
  }

  /// A seed, below 2⁶⁴.
  mutating func seed(_ node: PresetNode) -> UInt64? {
    if let seed = node.text.flatMap({ UInt64($0) }) { return seed }
    complain(.expected(.integer, found: node.description), at: node)
    return nil
  }

  mutating func integer(_ node: PresetNode, atLeast least: Int, _ what: String) -> Int? {
    integer(node).flatMap { obeys(Rules.atLeast(least, $0), .value(what), at: node) ? $0 : nil }
  }

  private mutating func quantity(
    _ node: PresetNode, _ expectation: PresetFault.Expectation,
    _ read: (String) throws(Quantity.Failure) -> Double
  ) -> Double? {
    guard let text = node.text else {
      complain(.expected(expectation, found: node.description), at: node)
      return nil
    }
    do {
      return try read(text)
    } catch .notANumber {
      complain(.expected(expectation, found: node.description), at: node)
    } catch {
      complain(.quantity(error), at: node)
    }
    return nil
  }

  /// A text for the screen: not empty, and without control characters, which an escape could
  /// contain.
  mutating func text(_ node: PresetNode) -> String? {
    guard case .scalar(let text, let isQuoted) = node.content, isQuoted || !text.isEmpty else {
      complain(.expected(.text, found: node.description), at: node)
      return nil
    }
    let isPlain = text.unicodeScalars.allSatisfy {
      $0 == "\n" || $0.properties.generalCategory != .control
    }
    guard isPlain else {
      complain(.controlCharacter, at: node)
      return nil
    }
    return text
  }

  mutating func list(_ node: PresetNode) -> [PresetNode]? {
    if case .list(let items) = node.content { return items }
    complain(.expected(.list, found: node.description), at: node)
    return nil
  }

  /// The values of a list, all of which are examined; nil if one of them is unreadable.
  mutating func all<Value>(
    _ nodes: [PresetNode], _ read: (inout Self, PresetNode) -> Value?
  ) -> [Value]? {
    var values: [Value] = []
    values.reserveCapacity(nodes.count)
    for node in nodes {
      if let value = read(&self, node) { values.append(value) }
    }
    return values.count == nodes.count ? values : nil
  }
}

/// The keys of a mapping with their values.
struct PresetFields {
  let node: PresetNode
  fileprivate var values: [String: PresetNode] = [:]
  /// The keys as written.
  fileprivate(set) var keys: [String: PresetNode] = [:]

  /// The values by their keys.
  var nodes: [String: PresetNode] { values }

  subscript(_ key: String) -> PresetNode? { values[key] }
}

extension PresetReading {
  /// Reads the keys of a mapping, and complains about unknown, doubled and missing ones.
  ///
  /// A misspelt required key is not reported as missing too.
  mutating func fields(
    of node: PresetNode, in place: String, allowed: [String], required: [String] = []
  ) -> PresetFields? {
    guard case .mapping(let pairs) = node.content else {
      complain(.expected(.mapping, found: node.description), at: node)
      return nil
    }
    var fields = PresetFields(node: node)
    var meant: Set<String> = []
    for (key, value) in pairs {
      guard let name = key.text else {
        complain(.expected(.text, found: key.description), at: key)
        continue
      }
      guard !key.isMerge else {
        complain(.wrongMerge(found: value.description), at: key)
        continue
      }
      guard allowed.contains(name) else {
        complain(.unknownKey(name, in: place, allowed: allowed), at: key)
        if let near = Suggestion.nearest(to: name, among: allowed) { meant.insert(near) }
        continue
      }
      if let first = fields.keys[name] {
        complain(.duplicateKey(name, firstLine: first.position.line), at: key)
        continue
      }
      fields.keys[name] = key
      fields.values[name] = value
    }
    for name in required where fields[name] == nil && !meant.contains(name) {
      complain(.missingKey(name, in: place), at: node)
    }
    return fields
  }

  /// One of several words.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: PresetNode, of kind: String
  ) -> Choice? where Choice.RawValue == String {
    guard let word = text(node) else { return nil }
    if let choice = Choice(rawValue: word) { return choice }
    complain(.unknownChoice(word, of: kind, allowed: Choice.allCases.map(\.rawValue)), at: node)
    return nil
  }
}
