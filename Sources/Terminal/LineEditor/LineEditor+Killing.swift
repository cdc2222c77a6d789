extension LineEditor {
  /// Handles a key that kills a piece of the line or yanks one back.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - again: Whether the previous key killed too, so that both pieces are joined.
  /// - Returns: The outcome, or nil for other keys.
  mutating func handleKilling(_ key: Key, again: Bool) -> Outcome? {
    switch key {
    case .control("k"): kill(cursor..<scalars.count, again: again)
    case .control("u"): kill(0..<cursor, again: again)
    case .control("w"): kill(startOfBlankWord..<cursor, again: again)
    case .alt("\u{7F}"), .alt("\u{8}"): kill(startOfWord..<cursor, again: again)
    case .alt("d"): kill(cursor..<endOfWord, again: again)
    case .control("y"):
      scalars.insert(contentsOf: killed, at: cursor)
      cursor += killed.count
    default: return nil
    }
    return .edited
  }

  private mutating func kill(_ range: Range<Int>, again: Bool) {
    isKilling = true
    guard !range.isEmpty else { return }
    let piece = scalars[range]
    // Pieces of successive kills are joined in their order in the line.
    if !again {
      killed = Array(piece)
    } else if range.lowerBound < cursor {
      killed = piece + killed
    } else {
      killed += piece
    }
    remove(range)
  }
}
