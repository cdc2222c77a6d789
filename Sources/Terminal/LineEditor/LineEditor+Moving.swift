extension LineEditor {
  /// Handles a key that moves the cursor; returns false for other keys.
  mutating func handleMoving(_ key: Key) -> Bool {
    switch key {
    case .left, .control("b"): cursor = max(0, cursor - 1)
    case .right, .control("f"): cursor = min(scalars.count, cursor + 1)
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = scalars.count
    case .controlLeft, .alt("b"): cursor = startOfWord
    case .controlRight, .alt("f"): cursor = endOfWord
    default: return false
    }
    return true
  }

  /// The start of the word at or before the cursor.
  var startOfWord: Int {
    var position = cursor
    while position > 0, !scalars[position - 1].isWordPart { position -= 1 }
    while position > 0, scalars[position - 1].isWordPart { position -= 1 }
    return position
  }

  /// The end of the word at or after the cursor.
  var endOfWord: Int {
    var position = cursor
    while position < scalars.count, !scalars[position].isWordPart { position += 1 }
    while position < scalars.count, scalars[position].isWordPart { position += 1 }
    return position
  }

  /// The start of the blank-separated word before the cursor.
  var startOfBlankWord: Int {
    var position = cursor
    while position > 0, scalars[position - 1] == " " { position -= 1 }
    while position > 0, scalars[position - 1] != " " { position -= 1 }
    return position
  }

  /// The part of the line for a width, and the column of the cursor in it.
  ///
  /// A line that does not fit is shown in overlapping halves of the width, so that the text does not
  /// move with every step of the cursor. The cursor needs a column after the end.
  package func visible(in width: Int) -> (text: String, cursorColumn: Int) {
    guard width > 0 else { return ("", 0) }
    let half = max(1, width / 2)
    let start = cursor < width ? 0 : ((cursor - width) / half + 1) * half
    let shown = scalars[min(start, scalars.count)...].prefix(width)
    return (String(String.UnicodeScalarView(shown)), cursor - start)
  }
}

extension Unicode.Scalar {
  /// Whether the scalar belongs to a word, for moving and killing by words.
  fileprivate var isWordPart: Bool {
    self == "_" || properties.isAlphabetic || properties.numericType != nil
  }
}
