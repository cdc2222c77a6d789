/// A page of the program's own book.
///
/// A page is a text file of at most 76 columns. Its head has one line for each of these, and then a blank line:
///
/// ```
/// names: lambda, λ, lV       the names by which it is found; the first one is its own
/// title: λ, the adjoint      what it is about
/// preset: grazing            the preset on which its links run; without this line reference
/// source: …                  where to read more; may be left out
/// ```
///
/// A line of the body is plain text, unless it begins with one of three signs and a blank:
///
/// ```
/// > bwd; 8 step   the way back      a link: a command, at least two blanks, and words about it
/// | λV⁻ = 1036.9                    a line that the link above it answers on the preset of the page
/// = info loss   there is no loss    the answer of a command on a copy of the session; the words stand where it has none
/// ```
package struct Topic: Equatable, Sendable {
  /// The names by which the page is found; the first one is its own.
  package let names: [String]
  /// What the page is about, in a few words.
  package let title: String
  /// The part of the book to which the page belongs.
  package let group: Group
  /// The preset on which the links of the page run.
  package let preset: String
  /// Where to read more, or nil.
  package let source: String?
  /// The body as written.
  package let body: String

  /// A part of the book.
  package enum Group: String, CaseIterable, Sendable {
    case subject, trust, losses, presets, screen, work
  }

  /// A line of the body.
  package enum Line: Equatable, Sendable {
    /// Plain text.
    case text(String)
    /// A command that the reader can run, with words about it.
    case link(command: String, words: String)
    /// A line that the link above answers on the preset of the page.
    case answer(String)
    /// The answer of a command on the experiment of the reader, and the words that stand where there is none.
    case computed(command: String, otherwise: String)
  }

  /// The own name of the page.
  package var name: String { names[0] }

  /// The lines of the body.
  package var lines: [Line] {
    body.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let rest = String(line.dropFirst(2))
      switch line.prefix(2) {
      case "> ":
        let (command, words) = Self.halves(of: rest)
        return .link(command: command, words: words)
      case "| ": return .answer(rest)
      case "= ":
        let (command, words) = Self.halves(of: rest)
        return .computed(command: command, otherwise: words)
      default: return .text(String(line))
      }
    }
  }

  /// The commands of the links.
  package var links: [String] {
    lines.compactMap { if case .link(let command, _) = $0 { command } else { nil } }
  }

  /// Reads the text of a page.
  init(_ bytes: [UInt8], _ group: Group) {
    let text = String(decoding: bytes, as: UTF8.self)
    let end = text.firstRange(of: "\n\n")
    var head: [Substring: String] = [:]
    for line in text[..<(end?.lowerBound ?? text.endIndex)].split(separator: "\n") {
      let key = line.prefix { $0 != ":" }
      head[key] = String(line.dropFirst(key.count + 1).drop { $0 == " " })
    }
    names = (head["names"] ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }
    title = head["title"] ?? ""
    preset = head["preset"] ?? "reference"
    source = head["source"]
    self.group = group
    body =
      end.map { String(text[$0.upperBound...].reversed().drop { $0 == "\n" }.reversed()) } ?? ""
  }

  /// A command and the words behind it, with at least two blanks between them.
  private static func halves(of text: String) -> (String, String) {
    guard let gap = text.firstRange(of: "  ") else { return (text, "") }
    return (String(text[..<gap.lowerBound]), String(text[gap.upperBound...].drop { $0 == " " }))
  }
}
