/// A text that is taken for numbers, words and signs, and changed at a few of them.
struct TextMutation {
  /// The pieces; joined they are the text.
  private var pieces: [String] = []

  private enum Kind { case digits, letters, blank, other }

  init(_ text: String) {
    var last: Kind?
    for scalar in text.unicodeScalars {
      let character = Character(scalar)
      let kind: Kind =
        switch character {
        case "0"..."9", ".": .digits
        case "a"..."z", "A"..."Z", "_": .letters
        case " ": .blank
        default: .other
        }
      // An exponent belongs to its number.
      if kind == last, kind != .other {
        pieces[pieces.count - 1].unicodeScalars.append(scalar)
      } else {
        pieces.append(String(character))
      }
      last = kind
    }
  }

  /// The text as it is now.
  var text: String { pieces.joined() }

  /// Changes one place.
  mutating func mutate(_ dice: inout Dice) {
    guard !pieces.isEmpty else { return pieces.append(dice.wildNumber()) }
    switch dice.number(0...19) {
    case 0...7: replaceNumber(&dice)
    case 8, 9: replaceWord(&dice)
    case 10, 11: mutateLine(&dice)
    case 12: replaceValue(with: dice.one(of: Dice.others), &dice)
    case 13: replaceValue(with: dice.wildNumber(), &dice)
    case 14: pieces.insert(dice.one(of: Dice.characters), at: dice.number(0...pieces.count))
    case 15: pieces.remove(at: dice.number(0...pieces.count - 1))
    case 16: pieces.insert(dice.one(of: pieces), at: dice.number(0...pieces.count))
    case 17: pieces.insert(dice.one(of: Dice.others), at: dice.number(0...pieces.count))
    case 18 where dice.once(in: 4): pieces.removeSubrange(dice.number(0...pieces.count - 1)...)
    default: replaceNumber(&dice)
    }
  }

  private func places(where isWanted: (Character) -> Bool) -> [Int] {
    pieces.indices.filter { pieces[$0].first.map(isWanted) ?? false }
  }

  private mutating func replaceNumber(_ dice: inout Dice) {
    let places = places { $0.isASCII && $0.isNumber }
    guard !places.isEmpty else { return }
    let place = dice.one(of: places)
    pieces[place] = dice.once(in: 3) ? dice.wildNumber() : dice.one(of: Dice.numbers)
  }

  /// Changes a word to another word of the text, or misspells it.
  private mutating func replaceWord(_ dice: inout Dice) {
    let places = places { $0.isASCII && $0.isLetter }
    guard !places.isEmpty else { return }
    let place = dice.one(of: places)
    pieces[place] =
      dice.once(in: 2)
      ? pieces[dice.one(of: places)] : pieces[place] + dice.one(of: ["x", "s", "_", ".0"])
  }

  /// Removes, doubles, moves or indents a line.
  private mutating func mutateLine(_ dice: inout Dice) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let line = dice.number(0...lines.count - 1)
    switch dice.number(0...4) {
    case 0: lines.remove(at: line)
    case 1: lines.insert(lines[line], at: line)
    case 2: lines.swapAt(line, dice.number(0...lines.count - 1))
    case 3: lines[line] = dice.one(of: [" ", "  ", "\t"]) + lines[line]
    default: lines[line] += dice.one(of: [" # a word", ":", " x", ",", " ms", "\r"])
    }
    self = TextMutation(lines.joined(separator: "\n"))
  }

  /// Writes another value after the colon of a line.
  private mutating func replaceValue(with value: String, _ dice: inout Dice) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let places = lines.indices.filter { lines[$0].contains(":") }
    guard !places.isEmpty else { return }
    let line = dice.one(of: places)
    lines[line] = lines[line].prefix { $0 != ":" } + ": " + value
    self = TextMutation(lines.joined(separator: "\n"))
  }
}
