/// One line being typed, with the keys and habits of readline.
///
/// It knows nothing of a screen: keys go in, outcomes come out, and ``visible(in:)`` says what to
/// draw. A position in the line counts scalars, each of which takes one column.
package struct LineEditor: Sendable {
  /// What a key did to the line.
  package enum Outcome: Hashable, Sendable {
    /// The key was used; text, cursor or prompt may have changed.
    case edited

    /// The line is complete, and the editor is empty again.
    case submitted(String)

    /// Several lines were pasted and are not inserted: only who knows what they mean can make one line of them.
    case pasted([String])

    /// The user asks to complete the word before the cursor.
    case complete

    /// Ctrl-D on an empty line.
    case endOfInput

    /// The key means nothing here.
    case unhandled
  }

  /// The scalars of the line.
  var scalars: [Unicode.Scalar] = []

  /// The position of the cursor, in scalars from the start of the line.
  package internal(set) var cursor = 0

  /// The lines entered before.
  package var history: History

  /// What was killed last, for Ctrl-Y.
  var killed: [Unicode.Scalar] = []

  /// Whether the previous key killed too: kills in a row come back together.
  var isKilling = false

  /// Where going up and down the history has led, if it is being browsed.
  var browsing: Browsing?

  /// The incremental search, if one is going on.
  var search: Search?

  /// An empty line.
  package init(history: History = History()) { self.history = history }

  /// The text of the line.
  package var text: String { String(String.UnicodeScalarView(scalars)) }

  /// The text to the left of the cursor.
  package var textBeforeCursor: String { String(String.UnicodeScalarView(scalars[..<cursor])) }

  /// Whether nothing is typed.
  package var isEmpty: Bool { scalars.isEmpty && search == nil }

  /// What to show in place of the usual prompt, while the history is being searched.
  package var prompt: String? { search.map(\.prompt) }

  /// Replaces the whole line; the cursor goes to its end.
  package mutating func replace(with text: String) {
    scalars = Array(text.unicodeScalars)
    cursor = scalars.count
    browsing = nil
    search = nil
    isKilling = false
  }

  /// Inserts a text at the cursor, in place of so many scalars before it: what a completion does.
  package mutating func insert(_ text: String, replacing count: Int = 0) {
    let start = max(0, cursor - max(0, count))
    scalars.replaceSubrange(start..<cursor, with: text.unicodeScalars)
    cursor = start + text.unicodeScalars.count
  }

  /// Uses a key.
  package mutating func handle(_ key: Key) -> Outcome {
    if search != nil, let outcome = handleSearching(key) { return outcome }
    let wasKilling = isKilling
    isKilling = false
    if let outcome = handleBrowsing(key) { return outcome }
    if let outcome = handleKilling(key, again: wasKilling) { return edited(outcome) }
    if handleMoving(key) { return .edited }
    return handleTyping(key)
  }

  /// An edited line is no line of the history any more: going up begins anew.
  mutating func edited(_ outcome: Outcome = .edited) -> Outcome {
    browsing = nil
    return outcome
  }

  private mutating func handleTyping(_ key: Key) -> Outcome {
    switch key {
    case .character(let scalar):
      insert(String(scalar))
      return edited()
    case .paste(let text): return edited(paste(text))
    case .enter: return submit()
    case .tab: return .complete
    case .backspace, .control("h"):
      if cursor > 0 { remove(cursor - 1..<cursor) }
      return edited()
    case .control("d") where scalars.isEmpty: return .endOfInput
    case .delete, .control("d"):
      if cursor < scalars.count { remove(cursor..<cursor + 1) }
      return edited()
    case .control("t"):
      transpose()
      return edited()
    default: return .unhandled
    }
  }

  /// Ends the line: it goes into the history, and the editor is empty again.
  mutating func submit() -> Outcome {
    let line = text
    history.append(line)
    replace(with: "")
    return .submitted(line)
  }

  /// Inserts a pasted line; what cannot be seen is left out of it.
  private mutating func paste(_ text: String) -> Outcome {
    let lines = text.split(whereSeparator: \.isNewline)
      .map { line in
        String(
          String.UnicodeScalarView(
            line.unicodeScalars.map { $0 == "\t" ? " " : $0 }
              .filter { $0.properties.generalCategory != .control }))
      }
      .filter { line in !line.allSatisfy(\.isWhitespace) }
    if lines.count > 1 { return .pasted(lines) }
    insert(lines.first ?? "")
    return .edited
  }

  /// Removes a piece of the line; the cursor stays with the text it stood in.
  mutating func remove(_ range: Range<Int>) {
    scalars.removeSubrange(range)
    cursor = cursor >= range.upperBound ? cursor - range.count : min(cursor, range.lowerBound)
  }

  /// Exchanges the two scalars around the cursor, or the last two at the end of the line.
  private mutating func transpose() {
    guard scalars.count > 1, cursor > 0 else { return }
    let right = min(cursor, scalars.count - 1)
    scalars.swapAt(right - 1, right)
    cursor = right + 1
  }
}
