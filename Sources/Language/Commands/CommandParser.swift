import EventProp

/// Reads lines of the command language.
package enum CommandParser {
  /// One command of a line, and whether Enter repeats it.
  package struct Parsed: Equatable, Sendable {
    /// The command.
    package let command: Command
    /// Whether Enter on an empty line repeats it.
    package let repeats: Bool
    /// The part of the line with the command.
    package let text: String
    /// The alias on the line that stands for the command, or nil.
    package internal(set) var alias: Word?
  }

  /// Reads a line: commands separated by `;`, a count before a verb, a comment after `#`.
  ///
  /// `aliases` are lines by their names. Throws a `Diagnostic` with a place in the line. An empty
  /// line gives no commands.
  package static func parse(
    _ line: String, aliases: [String: String] = [:]
  ) throws(Diagnostic) -> [Parsed] {
    var result: [Parsed] = []
    for words in sentences(line) where !words.isEmpty {
      if let verb = words.first, let meaning = aliases[verb.text.lowercased()] {
        result += try expand(verb, meaning, words.dropFirst(), aliases)
      } else {
        result.append(try parse(words))
      }
    }
    return result
  }

  /// The commands of an alias; complaints about them point at the alias.
  private static func expand(
    _ verb: Word, _ meaning: String, _ rest: ArraySlice<Word>, _ aliases: [String: String]
  ) throws(Diagnostic) -> [Parsed] {
    // An alias does not expand itself, so that no expansion is endless.
    let others = aliases.filter { $0.key != verb.text.lowercased() }
    do throws(Diagnostic) {
      return try parse(
        rest.isEmpty ? meaning : meaning + " " + verbatim(rest).text, aliases: others
      ).map { parsed in
        var parsed = parsed
        parsed.alias = verb
        return parsed
      }
    } catch {
      throw error.movedTo(alias: verb)
    }
  }

  private static func parse(_ words: [Word]) throws(Diagnostic) -> Parsed {
    let text = verbatim(words[...]).text
    var words = words[...]
    try words.joinName()
    if words.count >= 3, words[words.startIndex + 1].text == "=", let name = words.first {
      return Parsed(
        command: .experiment(.set(name, joined(words.dropFirst(2)))), repeats: false, text: text)
    }
    var count: (value: Int, word: Word)?
    if let word = words.first, let value = Int(word.text) {
      count = (value, word)
      words = words.dropFirst()
    }
    guard let typed = words.popFirst() else {
      throw (count?.word ?? Word("")).complaint(
        "a number alone says nothing", remedy: "put a command after it, such as 3 step")
    }
    let isForced = typed.text.count > 1 && typed.text.hasSuffix("!")
    let verb =
      isForced ? Word(String(typed.text.dropLast()), column: typed.span.start.column) : typed
    let row = try CommandTable.row(for: verb)
    if isForced, !CommandTable.leavings.contains(typed.text.lowercased()),
      !CommandTable.forcible.contains(row.name)
    {
      throw typed.complaint(
        "\(row.name) takes no '!'",
        remedy: "\(CommandTable.forcible.sorted().joined(separator: ", ")) do")
    }
    if let count, !row.takesCount {
      throw count.word.complaint("\(row.name) takes no count", remedy: "usage: \(row.usage)")
    }
    var arguments = Arguments(
      words: words, row: row, verb: typed, prefix: count, isForced: isForced)
    let command = try row.parse(&arguments)
    if let extra = arguments.first {
      throw extra.complaint(
        "\(row.name) does not take '\(extra.text)'", remedy: "usage: \(row.usage)")
    }
    return Parsed(command: command, repeats: row.repeats, text: text)
  }

  /// Splits a line into commands at semicolons, and commands into words at blanks.
  ///
  /// An alias keeps its semicolons. `=` is a word of its own outside comparisons.
  ///
  /// A text in quotes is one word and keeps the quotes: only file names are written in quotes, and
  /// their reader removes them.
  static func sentences(_ line: String) -> [[Word]] { scan(line).sentences }

  /// Several lines as one, without comments, which would hide the rest; also the name of an alias
  /// that takes the rest.
  package static func joined(_ lines: [String]) -> (line: String, alias: String?) {
    let commands = lines.map { line in
      let scalars = line.unicodeScalars
      return String(scalars.prefix(scan(line).comment ?? scalars.count))
    }.filter { !$0.allSatisfy(\.isWhitespace) }
    let alias = commands.dropLast().lazy.compactMap { command -> String? in
      let words = sentences(command).last ?? []
      return words.first?.text.lowercased() == "alias" && words.count > 2 ? words[1].text : nil
    }.first
    return (commands.map(\.trimmed).joined(separator: "; "), alias)
  }

  /// The words of each command of a line, and the start of its comment, counted from 0.
  private static func scan(_ line: String) -> (sentences: [[Word]], comment: Int?) {
    var sentences: [[Word]] = [[]]
    var word = ""
    var start = 1
    func close() {
      guard !word.isEmpty else { return }
      sentences[sentences.count - 1].append(Word(word, column: start))
      word = ""
    }
    let scalars = Array(line.unicodeScalars)
    var closing: Int?
    for (index, scalar) in scalars.enumerated() {
      if let end = closing {
        word.unicodeScalars.append(scalar)
        if index == end { closing = nil }
        continue
      }
      if scalar == "\"", word.isEmpty {
        closing = scalars[(index + 1)...].firstIndex(of: "\"")
      }
      switch scalar {
      case "#" where word.isEmpty:
        // After a verb #7 is an event.
        guard sentences.last?.isEmpty == false, isNumber(scalars[(index + 1)...]) else {
          return (sentences, index)
        }
        start = index + 1
        word = "#"
      case ";" where sentences.last?.first?.text.lowercased() != "alias":
        close()
        sentences.append([])
      case " ", "\t", "\r": close()
      case "=" where !(word.last.map { "<>!=".contains($0) } ?? false):
        close()
        sentences[sentences.count - 1].append(Word("=", column: index + 1))
      default:
        if word.isEmpty { start = index + 1 }
        word.unicodeScalars.append(scalar)
      }
    }
    close()
    return (sentences, nil)
  }

  /// Whether a number comes first, perhaps with the sign of a side.
  private static func isNumber(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
    let word = scalars.prefix { !" \t\r;".unicodeScalars.contains($0) }
    let digits =
      word.last.map { "+-".unicodeScalars.contains($0) } ?? false ? word.dropLast() : word
    return !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) }
  }

  /// Several words as one, with single blanks between them.
  package static func joined(_ words: ArraySlice<Word>) -> Word {
    guard let first = words.first, let last = words.last else { return Word("") }
    var word = Word(
      words.map(\.text).joined(separator: " "), column: first.span.start.column)
    word.span.length = last.span.start.column + last.span.length - first.span.start.column
    return word
  }

  /// Several words as one, with the blanks between them as typed.
  static func verbatim(_ words: ArraySlice<Word>) -> Word {
    guard var all = words.first else { return Word("") }
    for word in words.dropFirst() {
      let gap = word.span.start.column - all.span.start.column - all.span.length
      all.text += String(repeating: " ", count: max(0, gap)) + word.text
      all.span.length += max(0, gap) + word.span.length
    }
    return all
  }
}

extension CommandParser.Parsed {
  /// The repetition after one more round; other commands stay the same.
  package var nextRound: Self {
    guard case .script(.repeat(let total, let word, let done)) = command else { return self }
    return Self(
      command: .script(.repeat(total, word, done: done + 1)), repeats: repeats, text: text,
      alias: alias)
  }

  /// The text of the rest of a repetition.
  package var restText: String {
    guard case .script(.repeat(let total, let word, let done)) = command else { return text }
    return "repeat \(total - done) \(word.text)"
  }
}

extension String {
  /// The text without blanks at its ends.
  fileprivate var trimmed: String {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return String(text)
  }
}

extension Word {
  /// A file name without the quotes around it.
  var unquoted: Word {
    guard text.count > 1, text.hasPrefix("\""), text.hasSuffix("\"") else { return self }
    var word = self
    word.text = String(text.dropFirst().dropLast())
    return word
  }

  /// Whether a file name needs quotes: it contains a blank or a sign with a meaning on a line.
  package static func needsQuotes(_ name: String) -> Bool {
    name.contains { $0.isWhitespace || ";#=".contains($0) }
  }

  /// A file name as written on a line.
  package static func quoted(_ name: String) -> String {
    needsQuotes(name) ? "\"\(name)\"" : name
  }
}

extension ArraySlice<Word> {
  /// Joins a name of several words into one: `delay n0<-in2`, `time of input 3`.
  ///
  /// `w n0<-in2`, the name of a weight in `print`, becomes the synapse alone.
  ///
  /// Throws a `Diagnostic` at the word after which the rest of the name is missing.
  package mutating func joinName() throws(Diagnostic) {
    switch first?.text.lowercased() {
    case "w":
      guard let synapse = dropFirst().first?.text, synapse.contains("<-") || synapse.contains("->")
      else { return }
      removeFirst()
    case "delay":
      guard count > 1 else {
        throw self[startIndex].complaint(
          "the delay of which synapse?", remedy: "write it delay n0<-in2")
      }
      join(2)
    case "time":
      let phrase = dropFirst().prefix(2).map { $0.text.lowercased() }
      guard phrase == ["of", "input"], count > 3 else {
        let wrong = zip(dropFirst(), ["of", "input"]).first { $0.text.lowercased() != $1 }
        throw (wrong?.0 ?? self[endIndex - 1]).complaint(
          "the time of which input spike?", remedy: "write it time of input 3, or in.0")
      }
      join(4)
    default: return
    }
  }

  /// Joins the first words into one.
  private mutating func join(_ count: Int) {
    let words = prefix(count)
    removeFirst(count - 1)
    self[startIndex] = Word(
      words.map(\.text).joined(separator: " "), column: words[words.startIndex].span.start.column)
  }
}

extension Diagnostic {
  /// The same complaint, at the alias that hides its word.
  package func movedTo(alias: Word) -> Diagnostic {
    Diagnostic(at: alias.span, "in alias \(alias.text): \(message)", remedy: remedy)
  }
}

/// The words after a verb, taken one by one.
struct Arguments {
  var words: ArraySlice<Word>
  let row: CommandRow
  let verb: Word
  let prefix: (value: Int, word: Word)?
  let isForced: Bool
  /// The last word taken; a missing word is missing after it.
  private(set) var last: Word?

  var first: Word? { words.first }
  var isAtEnd: Bool { words.isEmpty }

  mutating func optional() -> Word? { words.popFirst() }

  mutating func take(_ text: String) -> Bool {
    guard first?.text == text else { return false }
    words.removeFirst()
    return true
  }

  mutating func one(_ expected: String) throws(Diagnostic) -> Word {
    guard let word = words.popFirst() else { throw missing(expected) }
    last = word
    return word
  }

  /// A name as in `set`.
  mutating func name() throws(Diagnostic) -> Word {
    try words.joinName()
    return try one("a name, such as tau_mem")
  }

  /// A number from 0 on.
  mutating func number(_ expected: String) throws(Diagnostic) -> Int {
    let word = try one(expected)
    guard let value = Int(word.text), value >= 0 else {
      throw word.complaint("expected a number, found '\(word.text)'", remedy: "a number from 0")
    }
    return value
  }

  /// All remaining words; there may be none.
  mutating func all() -> [Word] {
    defer { words = [] }
    return Array(words)
  }

  /// All remaining words, at least one.
  mutating func some(_ expected: String) throws(Diagnostic) -> [Word] {
    guard !words.isEmpty else { throw missing(expected) }
    defer { words = [] }
    return Array(words)
  }

  /// All remaining words as one, with the blanks between them.
  mutating func rest(_ expected: String) throws(Diagnostic) -> Word {
    guard !words.isEmpty else { throw missing(expected) }
    defer { words = [] }
    return CommandParser.joined(words)
  }

  /// The count before or after the verb; by default 1.
  mutating func count() throws(Diagnostic) -> Int {
    let after = words.popFirst()
    if let prefix, let after {
      throw after.complaint(
        "the count stands twice", remedy: "'\(prefix.value)' came first and is enough")
    }
    guard let word = prefix?.word ?? after else { return 1 }
    guard let value = Int(word.text), value >= 1 else {
      throw word.complaint("expected a count, found '\(word.text)'", remedy: "a number from 1")
    }
    return value
  }

  /// One of a few words; a complaint uses `noun`, or the verb without one.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _: Choice.Type, _ expected: String, called noun: String? = nil
  ) throws(Diagnostic) -> Choice where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue)
    let word = try one("\(expected): \(names.joined(separator: ", "))")
    let text = word.text.lowercased()
    let exact = Choice.allCases.first { $0.rawValue == text }
    let matches = Choice.allCases.filter { $0.rawValue.hasPrefix(text) }
    if let match = exact ?? (matches.count == 1 ? matches.first : nil) { return match }
    throw word.complaint(
      matches.isEmpty
        ? "no \(noun ?? row.name) '\(word.text)'"
        : "'\(word.text)' could be \(matches.map(\.rawValue).joined(separator: ", "))",
      remedy: Suggestion.nearest(to: text, among: names).map { "did you mean '\($0)'?" }
        ?? "one of \(names.joined(separator: ", "))")
  }

  func missing(_ expected: String) -> Diagnostic {
    (last ?? verb).end.complaint("\(row.name) needs \(expected)", remedy: "usage: \(row.usage)")
  }
}
