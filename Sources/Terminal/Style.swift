/// The meaning of a colour; the ``Palette`` chooses the colour.
package enum Ink: Hashable, Sendable {
  /// The terminal's own foreground.
  case plain

  /// Structure, a ghost, or values that are not computed yet.
  case faint

  /// The colour of a neuron; the index is taken modulo 7, and labels distinguish neurons of one
  /// colour.
  case series(Int)

  /// The cursor and the focus.
  case accent

  /// The threshold line.
  case threshold

  /// Something that the user should see.
  case warning

  /// The positive end of the two-ended scale.
  case positive

  /// The negative end of the two-ended scale.
  case negative
}

/// The look of a cell: an ink and attributes, without a colour.
package struct Style: Hashable, Sendable {
  /// The meaning of the colour.
  package var ink: Ink

  /// Whether the cell is bold.
  package var isBold = false

  /// Whether the cell is dim.
  package var isDim = false

  /// Whether foreground and background change places.
  package var isReverse = false

  /// Whether the cell is underlined.
  package var isUnderlined = false

  /// Whether the cell belongs to a name; without colours, attributes distinguish the names.
  package var isLabel = false

  /// A style with an ink and no attributes.
  package init(_ ink: Ink = .plain) { self.ink = ink }

  /// The terminal's own foreground, no attributes.
  package static let plain = Style()

  /// Structure, a ghost, or values that are not computed yet.
  package static let faint = Style(.faint)

  /// The cursor and the focus.
  package static let accent = Style(.accent)

  /// The threshold line.
  package static let threshold = Style(.threshold)

  /// Something that the user should see.
  package static let warning = Style(.warning)

  /// The positive end of the two-ended scale.
  package static let positive = Style(.positive)

  /// The negative end of the two-ended scale.
  package static let negative = Style(.negative)

  /// The colour of a neuron.
  package static func series(_ index: Int) -> Style { Style(.series(index)) }
}

extension Style {
  /// The same style in bold.
  package var bold: Style { with(\.isBold) }

  /// The same style, dim.
  package var dim: Style { with(\.isDim) }

  /// The same style with foreground and background exchanged.
  package var reverse: Style { with(\.isReverse) }

  /// The same style, underlined.
  package var underlined: Style { with(\.isUnderlined) }

  /// The same style, for a name.
  package var label: Style { with(\.isLabel) }

  private func with(_ attribute: WritableKeyPath<Style, Bool>) -> Style {
    var style = self
    style[keyPath: attribute] = true
    return style
  }
}

extension Style: CustomStringConvertible {
  /// The ink and the attributes in words, such as `series 2 bold`; ``isLabel`` is left out.
  package var description: String {
    let attributes = [
      isBold ? "bold" : nil, isDim ? "dim" : nil, isReverse ? "reverse" : nil,
      isUnderlined ? "underlined" : nil,
    ]
    let name = if case .series(let index) = ink { "series \(index)" } else { "\(ink)" }
    return ([name] + attributes.compactMap { $0 }).joined(separator: " ")
  }
}
