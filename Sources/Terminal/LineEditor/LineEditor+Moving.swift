import Columns

extension LineEditor {
  /// Handles a key that moves the cursor; returns false for other keys.
  mutating func handleMoving(_ key: Key) -> Bool {
    switch key {
    case .left, .control("b"): cursor = startOfCharacter
    case .right, .control("f"): cursor = endOfCharacter
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = scalars.count
    case .controlLeft, .alt("b"): cursor = startOfWord
    case .controlRight, .alt("f"): cursor = endOfWord
    default: return false
    }
    return true
  }

  /// The start of the character before the cursor; its marks belong to it.
  var startOfCharacter: Int {
    cursor - (String(textBeforeCursor.suffix(1)).unicodeScalars.count)
  }

  /// The end of the character at the cursor.
  var endOfCharacter: Int {
    let rest = String(String.UnicodeScalarView(scalars[cursor...]))
    return cursor + String(rest.prefix(1)).unicodeScalars.count
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
    let place = textBeforeCursor.columns
    let start = place < width ? 0 : ((place - width) / half + 1) * half
    // A wide character of which only the right half would be shown is left out, and so are marks.
    var first = 0
    var hidden = 0
    while first < cursor, hidden < start || hidden > 0 && scalars[first].columns == 0 {
      hidden += scalars[first].columns ?? 1
      first += 1
    }
    let rest = String(String.UnicodeScalarView(scalars[first...]))
    return (String(rest.prefix(columns: width)), place - hidden)
  }
}

extension Unicode.Scalar {
  /// Whether the scalar belongs to a word, for moving and killing by words.
  fileprivate var isWordPart: Bool {
    self == "_" || properties.isAlphabetic || properties.numericType != nil
  }
}
