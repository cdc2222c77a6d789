extension Topic {
  /// The page of a name, or nil.
  ///
  /// A name as spelled comes first; otherwise capitals, blanks, `_`, `-` and quotes do not count, and at last the
  /// numbers do not: `×3` is found by `×2`, and `run 4*` by `run 2*`.
  package static func named(_ text: String) -> Topic? {
    if let page = all.first(where: { $0.names.contains(text) }) { return page }
    let spelled = text.filter { !quotes.contains($0) }
    if let page = all.first(where: { $0.names.contains(spelled) }) { return page }
    let folded = folded(spelled)
    if let page = all.first(where: { $0.names.contains { Self.folded($0) == folded } }) {
      return page
    }
    let plain = withoutNumbers(folded)
    guard plain != folded else { return nil }
    return all.first { $0.names.contains { withoutNumbers(Self.folded($0)) == plain } }
  }

  /// The pages that answer a question, the best first.
  ///
  /// Little words such as "why" and "the" do not count. A page must have every other word, or at least most of them.
  package static func answering(_ question: [String]) -> [Topic] {
    let words = keywords(of: question)
    guard !words.isEmpty else { return [] }
    let rated = all.map { page in (page: page, score: words.reduce(0) { $0 + page.score(of: $1) }) }
    let best = rated.map(\.score).max() ?? 0
    guard best > 0 else { return [] }
    return rated.filter { $0.score * 2 >= best }.sorted { $0.score > $1.score }.map(\.page)
  }

  /// The words of a question that say what it is about.
  package static func keywords(of question: [String]) -> [String] {
    question.flatMap { $0.split { $0.isWhitespace || "?!,.'\"".contains($0) } }.map(String.init)
      .filter { !little.contains($0.lowercased()) }
  }

  /// Whether the page contains a text, in any spelling of its capitals.
  package func mentions(_ text: String) -> Bool {
    let wanted = text.lowercased()
    return title.lowercased().contains(wanted) || body.lowercased().contains(wanted)
      || names.contains { $0.lowercased().contains(wanted) }
  }

  /// How much a page has to do with a word: its names count most, then the title, then the body.
  private func score(of word: String) -> Int {
    let wanted = Self.stem(word)
    func has(_ text: String) -> Bool {
      text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        .contains { Self.stem($0).hasPrefix(wanted) }
    }
    if let page = Self.named(word), page == self { return 8 }
    if names.contains(where: has) { return 6 }
    if has(title) { return 5 }
    return has(body) ? 2 : 0
  }

  /// A word without its ending, so that `jumps` finds `jump`.
  private static func stem(_ word: some StringProtocol) -> String {
    var word = word.lowercased()
    for ending in ["ing", "es", "s", "ed"] where word.count > ending.count + 3 {
      if word.hasSuffix(ending) {
        word.removeLast(ending.count)
        break
      }
    }
    return word
  }

  private static func folded(_ name: String) -> String {
    let plain = name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    return plain.isEmpty ? name : plain
  }

  private static func withoutNumbers(_ name: String) -> String {
    name.filter { !("0"..."9").contains($0) }
  }

  /// What may stand around a sign at the prompt.
  private static let quotes: Set<Character> = ["'", "\"", "`", "’"]

  private static let little: Set<String> = [
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "have",
    "how", "in", "is", "it", "its", "me", "mean", "means", "my", "of", "on", "one", "or",
    "the", "there", "to", "use", "was", "what", "when", "where", "which", "who", "why", "with",
    "write", "you",
  ]
}
