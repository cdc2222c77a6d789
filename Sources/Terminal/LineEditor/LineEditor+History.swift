extension LineEditor {
  /// The place of the shown line in the history, and the text typed before.
  struct Browsing: Sendable {
    var index: Int
    let typed: String
  }

  /// A search in the history, and the line to return to.
  struct Search: Sendable {
    var query = ""
    var match: Int?
    var isFailing = false
    let scalars: [Unicode.Scalar]
    let cursor: Int

    var prompt: String { "(\(isFailing ? "no match" : "search") '\(query)') " }
  }

  /// Handles a key that goes up or down the history; nil for other keys.
  ///
  /// Only lines that begin with the typed text are shown.
  mutating func handleBrowsing(_ key: Key) -> Outcome? {
    switch key {
    case .up, .control("p"): browseUp()
    case .down, .control("n"): browseDown()
    case .control("r"): search = Search(scalars: scalars, cursor: cursor)
    default: return nil
    }
    return .edited
  }

  private mutating func browseUp() {
    let typed = browsing?.typed ?? text
    let start = browsing?.index ?? history.lines.count
    guard let index = history.index(before: start, startingWith: typed) else { return }
    show(history.lines[index], browsing: Browsing(index: index, typed: typed))
  }

  private mutating func browseDown() {
    guard let place = browsing else { return }
    guard let index = history.index(after: place.index, startingWith: place.typed) else {
      return show(place.typed, browsing: nil)
    }
    show(history.lines[index], browsing: Browsing(index: index, typed: place.typed))
  }

  private mutating func show(_ line: String, browsing place: Browsing?) {
    replace(with: line)
    browsing = place
  }

  /// Handles a key of the search; nil ends the search, and the key then applies to the line found.
  mutating func handleSearching(_ key: Key) -> Outcome? {
    guard var current = search else { return nil }
    switch key {
    case .escape, .control("g"), .interrupt:
      search = nil
      scalars = current.scalars
      cursor = current.cursor
      return .edited
    case .control("r"):
      find(&current, before: current.match ?? history.lines.count)
    case .character(let scalar):
      current.query.unicodeScalars.append(scalar)
      // The line found may still match.
      find(&current, before: current.match.map { $0 + 1 } ?? history.lines.count)
    case .backspace, .control("h"):
      _ = current.query.unicodeScalars.popLast()
      find(&current, before: history.lines.count)
    case .resize, .mouse: return .unhandled
    default:
      search = nil
      return nil
    }
    search = current
    return .edited
  }

  private mutating func find(_ current: inout Search, before index: Int) {
    guard !current.query.isEmpty else { return }
    guard let match = history.index(before: index, containing: current.query) else {
      current.isFailing = true
      return
    }
    current.match = match
    current.isFailing = false
    scalars = Array(history.lines[match].unicodeScalars)
    cursor = scalars.count
  }
}
