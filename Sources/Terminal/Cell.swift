import Columns

/// A column of a row: a scalar with the marks on it, and how it looks.
///
/// A wide character fills two cells: its scalar stands in the left one, and the right one is its
/// rest. A grid of scalars needs no reference counting, unlike a grid of `Character`.
package struct Cell: Hashable, Sendable {
  /// The scalar in the cell; a blank in the rest of a wide character.
  package let scalar: Unicode.Scalar

  /// The first two marks on the scalar, such as accents; further ones are dropped.
  package private(set) var marks = Marks()

  /// The part of a character in the cell.
  package let part: Part

  /// How it looks.
  package var style: Style

  /// The parts of a character.
  package enum Part: UInt8, Hashable, Sendable {
    /// A character of one column.
    case whole

    /// The left half of a character of two columns.
    case left

    /// The right half.
    case rest
  }

  /// Up to two combining marks.
  package struct Marks: Hashable, Sendable {
    /// The marks in the order of the text.
    package private(set) var first: Unicode.Scalar?, second: Unicode.Scalar?

    mutating func append(_ mark: Unicode.Scalar) {
      if first == nil { first = mark } else if second == nil { second = mark }
    }
  }

  /// Creates a cell; U+FFFD replaces a scalar that a terminal would draw in no column or in two.
  package init(_ scalar: Unicode.Scalar, _ style: Style = .plain) {
    self.scalar = scalar.columns == 1 ? scalar : "\u{FFFD}"
    self.style = style
    part = .whole
  }

  private init(_ scalar: Unicode.Scalar, _ style: Style, _ part: Part) {
    self.scalar = scalar
    self.style = style
    self.part = part
  }

  /// A space in the plain style.
  package static let blank = Cell(" ")

  /// The two cells of a wide character.
  static func halves(of wide: Unicode.Scalar, _ style: Style) -> (left: Cell, rest: Cell) {
    (Cell(wide, style, .left), Cell(" ", style, .rest))
  }

  /// Puts a mark on the scalar.
  mutating func add(mark: Unicode.Scalar) { marks.append(mark) }

  /// Whether both cells show the same half of the same character.
  func hasSameShape(as other: Cell) -> Bool { scalar == other.scalar && part == other.part }
}

extension Cell {
  /// The cells of a text in one line: two for a wide character, none for a mark.
  static func row(of text: some StringProtocol, _ style: Style = .plain) -> [Cell] {
    var cells: [Cell] = []
    for scalar in text.unicodeScalars {
      switch scalar.columns {
      case 0:
        // A mark at the start has nothing to stand on; a mark on a wide character is on its left half.
        guard let last = cells.lastIndex(where: { $0.part != .rest }), !scalar.isJoining else {
          continue
        }
        cells[last].add(mark: scalar)
      case 2:
        let (left, rest) = halves(of: scalar, style)
        cells += [left, rest]
      default: cells.append(Cell(scalar, style))
      }
    }
    return cells
  }

  /// The scalars that show the cell: none for the rest of a wide character.
  var scalars: [Unicode.Scalar] {
    part == .rest ? [] : [scalar] + [marks.first, marks.second].compactMap { $0 }
  }
}
