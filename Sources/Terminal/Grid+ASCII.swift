extension Grid {
  /// The same picture in the characters from space to `~`, for terminals without Unicode.
  ///
  /// Every character becomes one character, so that nothing moves. An arrow or a comparison needs
  /// two characters and takes the place of a blank beside it.
  package func asciiOnly() -> Grid {
    var grid = self
    for y in 0..<size.rows {
      let cells = row(y)
      for (x, scalar) in Cell.ascii(cells).enumerated() {
        grid[x, y] = Cell(scalar, cells[cells.startIndex + x].style)
      }
    }
    return grid
  }
}

extension String {
  /// The same text in the characters from space to `~`, one for each column of the original.
  package var asciiOnly: String {
    String(String.UnicodeScalarView(Cell.ascii(Cell.row(of: self)[...])))
  }
}

extension Cell {
  /// A row in ASCII: `a → b` is `a-> b`, and `a ≥ b` is `a >=b`, because a bare `>` would be wrong.
  fileprivate static func ascii(_ cells: ArraySlice<Cell>) -> [Unicode.Scalar] {
    let scalars = cells.map(\.scalar)
    var spelled = cells.map(\.asciiScalar)
    for (place, scalar) in scalars.enumerated() {
      switch scalar {
      case "→" where place > 0 && scalars[place - 1] == " ": spelled[place - 1] = "-"
      case "←" where place + 1 < scalars.count && scalars[place + 1] == " ":
        spelled[place + 1] = "-"
      case "≥", "≤":
        if place + 1 < scalars.count, scalars[place + 1] == " " { spelled[place + 1] = "=" }
      default: break
      }
    }
    return spelled
  }

  /// The ASCII character nearest in look or sound.
  var asciiScalar: Unicode.Scalar {
    if scalar.isASCII { return scalar }
    if let pattern = scalar.braillePattern { return Cell.ascii(braille: pattern, ink: style.ink) }
    return Cell.substitutes[scalar] ?? "?"
  }

  /// A stroke in the third of the cell with the dots, or an upright stroke for dots in all of it.
  private static func ascii(braille pattern: UInt8, ink: Ink) -> Unicode.Scalar {
    guard pattern != 0 else { return " " }
    // A dotted line must differ from the curve that touches it.
    if ink == .threshold { return "~" }
    let rows = (0..<4).filter { row in BrailleCanvas.bits[row].contains { pattern & $0 != 0 } }
    guard let top = rows.first, let bottom = rows.last, bottom - top < 3 else {
      return pattern.nonzeroBitCount > 6 ? "#" : "|"
    }
    // Twice the middle row of the dots, from 0 to 6.
    return switch top + bottom {
    case 0...1: "'"
    case 2...4: "-"
    default: "."
    }
  }

  private static let substitutes: [Unicode.Scalar: Unicode.Scalar] = {
    let groups: [(Unicode.Scalar, String)] = [
      ("-", "─━┄┅┈┉╌╍═–—−"), ("|", "│┃┆┇║▏▕"), (":", "┊┋╎╏¦"),
      ("+", "┌┐└┘┏┓┗┛├┤┬┴┼┝┥┠┨┡┢┣┫┳┻╋┯┷┿╔╗╚╝╠╣╦╩╬±⁺⊕"), ("*", "◆●■★·∙•"), ("o", "◇○□☆∘°"),
      (">", "▶▷►▸→⇒›»≥"), ("<", "◀◁◄←⇐‹«≤"), ("^", "▲△↑⇑"), ("v", "▼▽↓⇓ϑθ√"),
      ("#", "█▓▪▮▌▐▇▆▅"), (":", "▒"), (".", "░▁▂…⋅"), ("_", "▃▄"), ("'", "‘’′"), ("\"", "“”″"),
      ("-", "⁻"), ("l", "λ"), ("t", "τ"), ("S", "Σ"), ("d", "∂δ"), ("D", "Δ"), ("u", "µμ"),
      ("e", "εϵ"), ("a", "α"), ("b", "β"), ("n", "η"), ("s", "σ"), ("F", "Φ"), ("8", "∞"),
      ("=", "≡"), ("~", "≈∼"), ("!", "≠"), ("x", "✗✕"), ("y", "✓"), (" ", "\u{A0}\u{202F}"),
      ("0", "⁰₀"), ("1", "¹₁"), ("2", "²₂"), ("3", "³₃"), ("4", "⁴₄"), ("5", "⁵₅"), ("6", "⁶₆"),
      ("7", "⁷₇"), ("8", "⁸₈"), ("9", "⁹₉"),
    ]
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for (ascii, others) in groups {
      for scalar in others.unicodeScalars { table[scalar] = ascii }
    }
    table["×"] = "x"
    return table
  }()
}
