import EventProp
import Language

/// A place at which a computation stops, in both directions.
package struct Breakpoint: Equatable, Sendable {
  /// Its number in the session, from 1.
  package let number: Int
  /// How often it was reached while enabled, including ignored hits.
  package internal(set) var hits = 0
  /// Whether it is enabled.
  package internal(set) var isEnabled = true
  /// How many of the next hits are ignored.
  package internal(set) var ignored = 0
  /// Whether it is deleted after its first stop.
  package let isTemporary: Bool
  /// The place and the condition, as `info breaks` shows them.
  package let text: String

  let place: Place
  let condition: Condition?

  /// The resolved places.
  enum Place: Equatable, Sendable {
    case spike(Set<Int>?)
    case input(Set<Int>?)
    case event(Int)
    case jump(StateQuantity, of: Int)
    case phase(Phase?)
    case time(Double)
    case peaks(of: Int, ClosedRange<Double>)
    case becomes(Condition)
    /// A step of the training.
    case step(StepCondition)
  }

  enum Phase: String, CaseIterable, Sendable {
    case fwd, bwd, end
  }

  /// Whether an event lies at its place, without regard to the condition; the event list marks it.
  package func marks(_ event: Int, in run: Run) -> Bool {
    switch (place, run.trajectory.events[event].kind) {
    case (.spike(let neurons), .spike(let neuron, _, _)): neurons?.contains(neuron) ?? true
    case (.input(let channels), .input(let channel, _)): channels?.contains(channel) ?? true
    case (.event(let number), _): number == event
    default: false
    }
  }

  /// A place on the line of steps.
  init(step condition: StepCondition, number: Int, isTemporary: Bool) {
    self.number = number
    self.isTemporary = isTemporary
    self.condition = nil
    place = .step(condition)
    text = condition.text
  }

  /// Resolves the names of a phrase.
  init(
    _ phrase: StopPhrase, number: Int, isTemporary: Bool, in session: Session
  ) throws(Diagnostic) {
    self.number = number
    self.isTemporary = isTemporary
    let names = session.names
    var text: String
    var isAboutJump = false
    switch phrase.place {
    case .spike(let word):
      let neurons = try word.map { word throws(Diagnostic) in try names.neurons(word) } ?? nil
      place = .spike(neurons)
      text = "spike" + Self.list(neurons, "n")
    case .input(let word):
      let channels = try word.map { word throws(Diagnostic) in try names.channels(word) } ?? nil
      place = .input(channels)
      text = "input" + Self.list(channels, "in")
    case .event(let word):
      let event = try session.event(word)
      place = .event(event)
      text = "e\(event)"
    case .jump(let quantity, let neuron):
      guard let found = StateQuantity(quantity.text) else {
        throw quantity.complaint("'\(quantity.text)' has no jumps", remedy: "V, I and lV have")
      }
      guard found != .lambdaI else {
        throw quantity.complaint("λI has no jumps, it only flows", remedy: "break jump lV n2")
      }
      let neuron =
        try neuron.map { word throws(Diagnostic) in try names.neuron(word) }
        ?? session.selected
      place = .jump(found, of: neuron)
      text = "jump \(found.rawValue) n\(neuron)"
      isAboutJump = true
    case .phase(let word):
      let phase = try word.map { word throws(Diagnostic) in try Self.phase(word) }
      place = .phase(phase)
      text = "phase" + (phase.map { " \($0.rawValue)" } ?? "")
    case .time(let word):
      let time = try session.timeInRun(word)
      place = .time(time)
      text = "time \(Quantity.exactTime(time))"
    case .peaks(let neuron, let from, let to):
      let neuron =
        try neuron.map { word throws(Diagnostic) in try names.neuron(word) }
        ?? session.selected
      let low = try from.quantity()
      let high = try to.quantity()
      guard low <= high else { throw to.complaint("a range grows", remedy: "0.95..1") }
      place = .peaks(of: neuron, low...high)
      text = "V n\(neuron) peaks \(Quantity.exact(low))..\(Quantity.exact(high))"
    case .unfinished(let words, let isUntil):
      throw Self.complaint(about: words, isUntil: isUntil, in: session)
    case .becomes(let phrase):
      let condition = try Condition(
        phrase, session.names, selected: session.selected, isAboutJump: false)
      place = .becomes(condition)
      text = condition.text
    }
    condition = try phrase.condition.map { phrase throws(Diagnostic) in
      try Condition(
        phrase, session.names, selected: session.selected, isAboutJump: isAboutJump)
    }
    if let condition { text += " if " + condition.text }
    self.text = text
  }

  /// The complaint about words that name a neuron, a channel or a quantity, but no place.
  private static func complaint(
    about words: [Word], isUntil: Bool, in session: Session
  ) -> Diagnostic {
    let names = session.names
    let verb = isUntil ? "until" : "break"
    func remedy(_ place: String, _ quantity: String) -> String {
      "\(verb) \(place), or \(isUntil ? "until" : "watch") \(quantity) > 0.5"
    }
    if words.count == 1 {
      let word = words[0]
      if (try? names.neurons(word)) != nil {
        let neuron = (try? names.neuron(word)) ?? session.selected
        return word.complaint(
          "'\(word.text)' alone is no place: a spike of it, or a condition?",
          remedy: remedy("spike \(word.text)", "V n\(neuron)"))
      }
      if (try? names.channels(word)) != nil {
        return word.complaint(
          "'\(word.text)' alone is no place: an input spike of it?",
          remedy: "\(verb) input \(word.text)")
      }
    }
    if let probe = try? Probe(words, names, selected: session.selected) {
      let quantity = probe.text(names)
      let place =
        if case .state = probe { "jump " + quantity } else { "spike n\(session.selected)" }
      return CommandParser.joined(words[...]).complaint(
        "'\(quantity)' is compared with nothing", remedy: remedy(place, quantity))
    }
    return StopPhrase.complaint(about: words[0], isUntil: isUntil)
  }

  private static func list(_ numbers: Set<Int>?, _ prefix: String) -> String {
    guard let numbers else { return "" }
    return " " + numbers.sorted().map { "\(prefix)\($0)" }.joined(separator: ",")
  }

  private static func phase(_ word: Word) throws(Diagnostic) -> Phase {
    guard let phase = Phase(rawValue: word.text.lowercased()) else {
      throw word.complaint("no phase '\(word.text)'", remedy: "fwd, bwd or end")
    }
    return phase
  }
}

extension Names {
  /// Neurons from `n0`, `hidden`, `hidden.1`, `n0,n2`, `n0-n3` or `all`; nil for all.
  func neurons(_ word: Word) throws(Diagnostic) -> Set<Int>? {
    if word.text.lowercased() == "all" { return nil }
    var found: Set<Int> = []
    for part in Self.parts(word) {
      if let layer = layer(named: part.text) {
        found.formUnion(network.offsets[layer]..<network.offsets[layer + 1])
      } else if let dash = part.text.firstIndex(of: "-"), dash != part.text.startIndex {
        let first = try neuron(
          Word(String(part.text[..<dash]), column: part.span.start.column))
        let last = try neuron(
          Word(
            String(part.text[part.text.index(after: dash)...]),
            column: part.span.start.column + part.text[...dash].unicodeScalars.count))
        guard first <= last else { throw part.complaint("a range grows", remedy: "n0-n3") }
        found.formUnion(first...last)
      } else {
        found.insert(try neuron(part))
      }
    }
    return found
  }

  /// Input channels from `in2`, `2`, `in0,in2`, `in0-in3` or `all`; nil for all.
  func channels(_ word: Word) throws(Diagnostic) -> Set<Int>? {
    if word.text.lowercased() == "all" { return nil }
    var found: Set<Int> = []
    for part in Self.parts(word) {
      let ends = part.text.split(separator: "-", maxSplits: 1).map { text -> Int? in
        let digits = text.lowercased().hasPrefix("in") ? text.dropFirst(2) : text[...]
        return Int(digits.drop { $0 == "." }).flatMap { 0..<network.inputs ~= $0 ? $0 : nil }
      }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil else {
        throw part.complaint("no input \(part.text)", remedy: inventory)
      }
      guard first <= last else { throw part.complaint("a range grows", remedy: "in0-in3") }
      found.formUnion(first...last)
    }
    return found
  }

  /// The parts of a list with commas, each with its own place.
  private static func parts(_ word: Word) -> [Word] {
    var column = word.span.start.column
    return word.text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      defer { column += part.unicodeScalars.count + 1 }
      return Word(String(part), column: column)
    }
  }
}
