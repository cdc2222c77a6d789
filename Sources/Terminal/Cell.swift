/// One character position: a scalar one column wide, and how it looks.
///
/// A grid of scalars needs no reference counting, unlike a grid of `Character`. It also keeps one
/// rule: one scalar, one column.
package struct Cell: Hashable, Sendable {
  /// The scalar in the cell.
  package let scalar: Unicode.Scalar

  /// How it looks.
  package var style: Style

  /// Creates a cell; U+FFFD replaces a scalar that a terminal would draw in no column or in two.
  package init(_ scalar: Unicode.Scalar, _ style: Style = .plain) {
    self.scalar = scalar.fillsOneColumn ? scalar : "\u{FFFD}"
    self.style = style
  }

  /// A space in the plain style.
  package static let blank = Cell(" ")
}

extension Unicode.Scalar {
  /// Whether terminals draw the scalar in exactly one column.
  ///
  /// Controls, combining marks, ideographs and emoji do not take one column. Characters of
  /// ambiguous width, such as `λ` and `─`, count as one column, as they do outside East Asian
  /// locales.
  var fillsOneColumn: Bool {
    if value < 0x300 { return (0x20..<0x7F).contains(value) || (value >= 0xA0 && value != 0xAD) }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .nonspacingMark, .enclosingMark, .spacingMark,
      .lineSeparator, .paragraphSeparator:
      return false
    default:
      return !properties.isEmojiPresentation && !isEastAsianWide
    }
  }

  private var isEastAsianWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x17000...0x18CFF, 0x1B000...0x1B2FF,
      0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
