import EventProp
import Language
internal import Yams

/// A place in the tree of a preset: a scalar as text, a list or a mapping, with its position.
///
/// The tree is unfolded only as far as it is read, so a text with multiplying aliases does not fill
/// the memory.
struct PresetNode {
  enum Content {
    case scalar(String, isQuoted: Bool)
    case list([PresetNode])
    case mapping([(key: PresetNode, value: PresetNode)])
  }

  private let node: Yams.Node
  /// The original texts of renamed keys, by position.
  private let renamed: [SourcePosition: String]

  init(_ node: Yams.Node, renamed: [SourcePosition: String]) {
    self.node = node
    self.renamed = renamed
  }

  var position: SourcePosition {
    SourcePosition(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }

  var content: Content {
    switch node {
    case .scalar(let scalar):
      .scalar(
        renamed[position] ?? scalar.string,
        isQuoted: scalar.style == .singleQuoted || scalar.style == .doubleQuoted)
    case .sequence(let sequence): .list(sequence.map(child))
    case .mapping(let mapping): .mapping(pairs(of: mapping))
    case .alias: .scalar("", isQuoted: false)
    }
  }

  func child(_ node: Yams.Node) -> PresetNode { PresetNode(node, renamed: renamed) }

  /// The text of a scalar.
  var text: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// The kind of the node, in words for a complaint.
  var description: String {
    switch content {
    case .scalar("", isQuoted: false): "nothing"
    case .scalar(let text, _): "'\(text.count > 40 ? text.prefix(40) + "…" : text[...])'"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }

  /// The part to underline: a scalar, a bracket up to its end on the line, or a first word.
  func span(in source: SourceText) -> SourceSpan {
    let line = source.scalars(ofLine: position.line)
    let start = min(position.column - 1, line.count)
    return SourceSpan(start: position, length: Self.extent(line[start...], isScalar: isScalar))
  }

  private var isScalar: Bool {
    if case .scalar = node { true } else { false }
  }

  private static func extent(_ text: ArraySlice<Unicode.Scalar>, isScalar: Bool) -> Int {
    guard let first = text.first else { return 1 }
    switch first {
    case "\"", "'":
      return text.dropFirst().firstIndex(of: first).map { $0 - text.startIndex + 1 } ?? text.count
    case "[", "{": return bracket(text)
    default: return isScalar ? plain(text) : word(text)
    }
  }

  private static func word(_ text: ArraySlice<Unicode.Scalar>) -> Int {
    text.prefix { $0 != " " && $0 != ":" }.count
  }

  /// The end of a plain scalar: a flow sign, a comment, or a colon before a blank.
  private static func plain(_ text: ArraySlice<Unicode.Scalar>) -> Int {
    var end = text.startIndex
    for index in text.indices {
      let next = index + 1 < text.endIndex ? text[index + 1] : " "
      switch text[index] {
      case ",", "[", "]", "{", "}": return max(1, end - text.startIndex)
      case ":" where next == " ": return max(1, end - text.startIndex)
      case "#" where index > text.startIndex && text[index - 1] == " ":
        return max(1, end - text.startIndex)
      case " ", "\t": continue
      default: end = index + 1
      }
    }
    return max(1, end - text.startIndex)
  }

  private static func bracket(_ text: ArraySlice<Unicode.Scalar>) -> Int {
    var depth = 0
    var quote: Unicode.Scalar?
    for index in text.indices {
      switch text[index] {
      case let scalar where quote != nil: if scalar == quote { quote = nil }
      case "\"", "'": quote = text[index]
      case "[", "{": depth += 1
      case "]", "}":
        depth -= 1
        if depth == 0 { return index - text.startIndex + 1 }
      default: break
      }
    }
    return text.count
  }
}
