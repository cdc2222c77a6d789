import EventProp
import Language
internal import Yams

/// The text of a preset as a tree of nodes, in YAML or its subset JSON.
///
/// Yams stops at a duplicate key. To report it with all other complaints, the first of the two keys
/// is renamed in place, at equal length, and the text is composed again.
enum PresetTree {
  /// The most duplicates that one reading reports; a file with more needs several readings.
  private static let mostRenamings = 50

  static func compose(_ source: SourceText) throws(Diagnostic) -> PresetNode {
    try refuseControls(in: source)
    try refuseAnchors(in: source)
    var lines = source.scalars.map(joiningSurrogates)
    var renamed: [SourcePosition: String] = [:]
    while true {
      // The lines are assigned at once: an append to the view would copy it for every line.
      let text = String(String.UnicodeScalarView(lines.flatMap { $0 + ["\n"] }))
      do {
        guard let root = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
          throw Diagnostic(
            at: SourceSpan(start: SourcePosition(line: 1, column: 1)), "the preset is empty",
            remedy: "a preset begins with 'title: …'")
        }
        return PresetNode(root, renamed: renamed)
      } catch let diagnostic as Diagnostic {
        throw diagnostic
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        let place = SourcePosition(line: context.mark.line, column: context.mark.column)
        let key = keys.first ?? ""
        guard renamed.count < mostRenamings, rename(key, at: place, in: &lines, renamed.count)
        else {
          throw Diagnostic(
            at: SourceSpan(start: place, length: key.unicodeScalars.count),
            "'\(key)' is given twice")
        }
        renamed[place] = key
      } catch let error as YamlError {
        throw diagnostic(of: error, in: source)
      } catch {
        throw Diagnostic(at: SourceSpan(start: SourcePosition(line: 1, column: 1)), "\(error)")
      }
    }
  }

  /// Replaces surrogate pairs, which JSON writes and YAML does not know: `\ud83d\ude00` becomes
  /// `\U0001F600`.
  private static func joiningSurrogates(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < line.count {
      guard line[index] == "\\", index + 1 < line.count else {
        result.append(line[index])
        index += 1
        continue
      }
      if let high = escape(line, index), let low = escape(line, index + 6),
        let scalar = String(decoding: [high, low], as: UTF16.self).unicodeScalars.first,
        scalar.value > 0xFFFF
      {
        let code = String(scalar.value, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: 8 - code.count) + code
        result += Array("\\U\(padded)".unicodeScalars)
        index += 12
      } else {
        // A backslash and the character after it go together, so that `\\u` is no escape.
        result += line[index...index + 1]
        index += 2
      }
    }
    return result
  }

  /// The code unit of an escape `\uXXXX` at a place of a line.
  private static func escape(_ line: [Unicode.Scalar], _ start: Int) -> UInt16? {
    guard start + 6 <= line.count, line[start] == "\\", line[start + 1] == "u" else { return nil }
    return UInt16(line[start + 2..<start + 6].map { String($0) }.joined(), radix: 16)
  }

  /// Replaces a key by private-use characters, which no other key contains.
  private static func rename(
    _ key: String, at place: SourcePosition, in lines: inout [[Unicode.Scalar]], _ number: Int
  ) -> Bool {
    guard lines.indices.contains(place.line - 1), place.column >= 1 else { return false }
    let line = lines[place.line - 1]
    var start = place.column - 1
    guard start < line.count else { return false }
    if line[start] == "\"" || line[start] == "'" { start += 1 }
    let scalars = Array(key.unicodeScalars)
    let end = start + scalars.count
    guard let last = scalars.indices.last, end <= line.count,
      Array(line[start..<end]) == scalars,
      let mark = Unicode.Scalar(0xE000 + UInt32(number))
    else { return false }
    lines[place.line - 1].replaceSubrange(
      start..<end, with: Array(repeating: mark, count: last + 1))
    return true
  }

  /// Complains about control characters at their place; YAML would stop at a place counted in
  /// bytes.
  private static func refuseControls(in source: SourceText) throws(Diagnostic) {
    for (number, line) in source.scalars.enumerated() {
      for (column, scalar) in line.enumerated() {
        switch scalar.value {
        case 0x09, 0x20...0x7E, 0xA0...0xFEFE, 0xFF00...0xFFFD, 0x10000...: continue
        default:
          let code = String(scalar.value, radix: 16, uppercase: true)
          let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
          throw Diagnostic(
            at: SourceSpan(start: SourcePosition(line: number + 1, column: column + 1)),
            "the control character U+\(padded) is not allowed", remedy: "a preset is plain text")
        }
      }
    }
  }

  /// The most anchors of a text: each may contain the one before, and a tree that is too deep would
  /// exhaust the stack.
  private static let mostAnchors = 1000

  private static func refuseAnchors(in source: SourceText) throws(Diagnostic) {
    var count = 0
    for (number, line) in source.scalars.enumerated() {
      for (column, scalar) in line.enumerated()
      where scalar == "&" && (column == 0 || " [{,".unicodeScalars.contains(line[column - 1])) {
        count += 1
        guard count <= mostAnchors else {
          throw Diagnostic(
            at: SourceSpan(start: SourcePosition(line: number + 1, column: column + 1)),
            "there are more than \(mostAnchors) anchors", remedy: "write the values out")
        }
      }
    }
  }

  private static func diagnostic(of error: YamlError, in source: SourceText) -> Diagnostic {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      // An error at the end of the text is shown on the last line that is not blank.
      let written = source.scalars.lastIndex { !$0.isEmpty } ?? 0
      let line = min(mark.line, written + 1)
      let end = source.scalars(ofLine: line).count + 1
      let column = line == mark.line ? min(mark.column, end) : end
      let span = SourceSpan(start: SourcePosition(line: line, column: max(1, column)))
      let isTab = source.scalars(ofLine: line).dropFirst(span.start.column - 1).first == "\t"
      guard !isTab else {
        return Diagnostic(at: span, "a tab cannot stand here", remedy: "indent with blanks")
      }
      var diagnostic = syntaxError(problem, context, at: span)
      if let hidden = hidden(upTo: line, in: source) {
        diagnostic.remedy = (diagnostic.remedy.map { $0 + "; " } ?? "") + hidden
      }
      return diagnostic
    default:
      return Diagnostic(
        at: SourceSpan(start: SourcePosition(line: 1, column: 1)), "\(error)",
        remedy: "a preset is YAML or JSON")
    }
  }

  /// Names the last character that cannot be seen before a syntax error, which it often causes.
  private static func hidden(upTo line: Int, in source: SourceText) -> String? {
    for number in stride(from: line, to: max(0, line - 3), by: -1) {
      guard let found = source.line(number).firstHidden else { continue }
      return "line \(number), column \(found.column) has a \(found.character)"
    }
    return nil
  }

  private static func syntaxError(
    _ problem: String, _ context: YamlError.Context?, at span: SourceSpan
  ) -> Diagnostic {
    guard let context else {
      let isColon = problem.hasPrefix("mapping values are not allowed")
      return Diagnostic(
        at: span, problem,
        remedy: isColon
          ? "a text with a colon in it needs quotes; keys that belong together stand in one column"
          : nil)
    }
    // Some problem texts of libYAML only continue the sentence of their context.
    guard !problem.hasPrefix("but ") else {
      return Diagnostic(at: span, "\(context.text), \(problem)")
    }
    return Diagnostic(
      at: span, problem,
      remedy: "\(context.text) from line \(context.mark.line), column \(context.mark.column)")
  }
}
