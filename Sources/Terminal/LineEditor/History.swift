/// The lines entered so far, the latest last.
package struct History: Hashable, Sendable {
  /// The lines, each one once.
  package private(set) var lines: [String] = []

  /// How many lines are kept.
  package static let limit = 1000

  /// A history of earlier lines, such as those read from a file.
  package init(_ lines: some Sequence<String> = []) {
    for line in lines { append(line) }
  }

  /// Adds a line.
  ///
  /// An earlier line with the same text is dropped, so that a search upwards finds each text once.
  /// Blank lines and lines with a leading space are not kept: the space keeps a line secret.
  ///
  /// - Returns: Whether the line was kept and so belongs into the file too.
  @discardableResult
  package mutating func append(_ line: String) -> Bool {
    guard let first = line.unicodeScalars.first, first != " " else { return false }
    if let earlier = lines.lastIndex(of: line) { lines.remove(at: earlier) }
    lines.append(line)
    if lines.count > History.limit { lines.removeFirst(lines.count - History.limit) }
    return true
  }

  /// The latest line before an index that begins with a text.
  func index(before index: Int, startingWith prefix: String) -> Int? {
    lines.prefix(max(0, index)).lastIndex { $0.hasPrefix(prefix) }
  }

  /// The first line after an index that begins with a text.
  func index(after index: Int, startingWith prefix: String) -> Int? {
    guard index < lines.count else { return nil }
    return lines[(index + 1)...].firstIndex { $0.hasPrefix(prefix) }
  }

  /// The latest line before an index that contains a text.
  func index(before index: Int, containing text: String) -> Int? {
    lines.prefix(max(0, index)).lastIndex { $0.containsText(text) }
  }
}

extension String {
  /// Whether the scalars contain the scalars of a text, in order and without gaps.
  fileprivate func containsText(_ text: String) -> Bool {
    let needle = Array(text.unicodeScalars)
    let haystack = Array(unicodeScalars)
    guard haystack.count >= needle.count else { return false }
    return (0...(haystack.count - needle.count)).contains { start in
      haystack[start...].starts(with: needle)
    }
  }
}
