import EventProp

/// A condition as typed: comparisons joined by `and` and `or`; `and` binds more tightly.
///
/// Quantities stay words, because only the experiment on the bench has the names.
package struct ConditionPhrase: Equatable, Sendable {
  /// The lists of comparisons: the condition holds when all comparisons of at least one list hold.
  package let alternatives: [[Comparison]]

  /// One comparison of a quantity with a value.
  package struct Comparison: Equatable, Sendable {
    /// The words of the quantity: `lV n0`.
    package let quantity: [Word]
    /// The relation between the quantity and the value.
    package let relation: Relation
    /// The value, with its unit.
    package let value: Word

    /// The comparison in its standard spelling: `lV n0 > 1`.
    package var text: String {
      (quantity.map(\.text) + [relation.rawValue, value.text]).joined(separator: " ")
    }
  }

  /// A relation between a quantity and a value.
  package enum Relation: String, CaseIterable, Sendable {
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case greater = ">"

    /// Whether the relation holds between two numbers.
    package func holds(_ one: Double, _ other: Double) -> Bool {
      switch self {
      case .atMost: one <= other
      case .atLeast: one >= other
      case .equal: one == other
      case .unequal: one != other
      case .less: one < other
      case .greater: one > other
      }
    }
  }

  /// The condition in its standard spelling.
  package var text: String {
    alternatives.map { $0.map(\.text).joined(separator: " and ") }.joined(separator: " or ")
  }

  /// Whether a list of words contains a comparison.
  package static func compares(_ words: some Sequence<Word>) -> Bool {
    separated(words).contains { Relation(rawValue: $0.text) != nil || $0.text == "=" }
  }

  /// Reads a condition.
  ///
  /// Throws a `Diagnostic` where something is missing; `place` is the word before the condition.
  package init(_ words: some Sequence<Word>, after place: Word) throws(Diagnostic) {
    var alternatives: [[Comparison]] = []
    var all: [Comparison] = []
    var part: [Word] = []
    var last = place
    for word in Self.separated(words) {
      let joint = word.text.lowercased()
      guard joint == "and" || joint == "or" else {
        part.append(word)
        last = word
        continue
      }
      all.append(try Self.comparison(part, after: last))
      part = []
      last = word
      if joint == "or" {
        alternatives.append(all)
        all = []
      }
    }
    all.append(try Self.comparison(part, after: last))
    self.alternatives = alternatives + [all]
  }

  private static func comparison(
    _ words: [Word], after place: Word
  ) throws(Diagnostic) -> Comparison {
    guard let first = words.first else {
      throw place.end.complaint("expected a condition after '\(place.text)'", remedy: example)
    }
    if let wrong = words.first(where: { $0.text == "=" }) {
      throw wrong.complaint("'=' sets a value", remedy: "== compares")
    }
    guard let middle = words.firstIndex(where: { Relation(rawValue: $0.text) != nil }),
      let relation = Relation(rawValue: words[middle].text)
    else {
      throw (words.last ?? first).end.complaint(
        "'\(CommandParser.joined(words[...]).text)' is compared with nothing", remedy: example)
    }
    guard middle > 0 else {
      throw words[middle].complaint(
        "which quantity is to be \(relation.rawValue)?", remedy: example)
    }
    guard middle + 1 < words.count else {
      throw words[middle].end.complaint(
        "expected a value after '\(relation.rawValue)'", remedy: example)
    }
    return Comparison(
      quantity: Array(words[..<middle]), relation: relation,
      value: CommandParser.joined(words[(middle + 1)...]))
  }

  private static let example =
    "a condition reads lV n0 > 1"

  /// Separates comparisons from words: `V>=3` becomes three words; the arrow of `n0<-in2` stays.
  private static func separated(_ words: some Sequence<Word>) -> [Word] {
    var result: [Word] = []
    for word in words {
      let scalars = Array(word.text.unicodeScalars)
      var start = 0
      func close(at end: Int) {
        guard end > start else { return }
        let text = String(String.UnicodeScalarView(scalars[start..<end]))
        result.append(Word(text, column: word.span.start.column + start))
      }
      var index = 0
      while index < scalars.count {
        let two = String(String.UnicodeScalarView(scalars[index..<min(index + 2, scalars.count)]))
        let length: Int
        if two == "<-" || two == "->" {
          index += 2
          continue
        } else if two.count == 2, Relation(rawValue: two) != nil {
          length = 2
        } else {
          length = Relation(rawValue: String(scalars[index])) != nil ? 1 : 0
        }
        guard length > 0 else {
          index += 1
          continue
        }
        close(at: index)
        start = index
        index += length
        close(at: index)
        start = index
      }
      close(at: scalars.count)
    }
    return joiningEquals(result)
  }

  /// Joins two adjacent equals signs into one comparison: the parser makes a word of each `=`.
  private static func joiningEquals(_ words: [Word]) -> [Word] {
    var result: [Word] = []
    for word in words {
      if word.text == "=", let last = result.last, last.text == "=",
        last.span.start.column + 1 == word.span.start.column
      {
        result[result.count - 1] = Word("==", column: last.span.start.column)
      } else {
        result.append(word)
      }
    }
    return result
  }
}

extension Word {
  /// The place after the word.
  package var end: Word {
    var end = self
    end.span.start.column += span.length
    end.span.length = 1
    return end
  }
}
