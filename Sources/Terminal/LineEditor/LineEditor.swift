/// One line being typed, with the keys and habits of readline.
///
/// The editor does not know the screen: keys go in, outcomes come out, and ``visible(in:)`` returns
/// the text to draw. A position in the line counts scalars; a wide scalar takes two columns, and a
/// mark none.
package struct LineEditor: Sendable {
  /// The effect of a key on the line.
  package enum Outcome: Hashable, Sendable {
    /// The key was handled; text, cursor or prompt may have changed.
    case edited

    /// The line is complete, and the editor is empty again.
    case submitted(String)

    /// Several lines were pasted and are not inserted; only the owner of the editor can join them
    /// into one.
    case pasted([String])

    /// The user wants to complete the word before the cursor.
    case complete

    /// Ctrl-D on an empty line.
    case endOfInput

    /// The key has no meaning here.
    case unhandled
  }

  /// The scalars of the line.
  var scalars: [Unicode.Scalar] = []

  /// The position of the cursor, in scalars from the start of the line.
  package internal(set) var cursor = 0

  /// The lines entered before.
  package var history: History

  /// The text killed last, for Ctrl-Y.
  var killed: [Unicode.Scalar] = []

  /// Whether the previous key killed too: successive kills are joined.
  var isKilling = false

  /// The place in the history while it is browsed, else nil.
  var browsing: Browsing?

  /// The incremental search, or nil.
  var search: Search?

  /// An empty line.
  package init(history: History = History()) { self.history = history }

  /// The text of the line.
  package var text: String { String(String.UnicodeScalarView(scalars)) }

  /// The text to the left of the cursor.
  package var textBeforeCursor: String { String(String.UnicodeScalarView(scalars[..<cursor])) }

  /// Whether the line is empty.
  package var isEmpty: Bool { scalars.isEmpty && search == nil }

  /// The prompt of a search in the history, or nil for the usual prompt.
  package var prompt: String? { search.map(\.prompt) }

  /// Replaces the whole line; the cursor goes to its end.
  package mutating func replace(with text: String) {
    scalars = Array(text.unicodeScalars)
    cursor = scalars.count
    browsing = nil
    search = nil
    isKilling = false
  }

  /// Inserts a text at the cursor in place of the `count` scalars before it, as a completion does.
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

  /// Notes that the line was edited, so that it no longer belongs to the history.
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
      remove(startOfCharacter..<cursor)
      return edited()
    case .control("d") where scalars.isEmpty: return .endOfInput
    case .delete, .control("d"):
      remove(cursor..<endOfCharacter)
      return edited()
    case .control("t"):
      transpose()
      return edited()
    default: return .unhandled
    }
  }

  /// Ends the line: the history keeps it, and the editor is empty again.
  mutating func submit() -> Outcome {
    let line = text
    history.append(line)
    replace(with: "")
    return .submitted(line)
  }

  /// Inserts a pasted line without its invisible characters.
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

  /// Removes a piece of the line; the cursor keeps its place in the text.
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
