import Columns
package import Language
package import Topics

extension Session {
  /// Tells about the program.
  mutating func carryOut(_ command: HelpCommand, _ reply: inout Reply) throws(Diagnostic) {
    switch command {
    case .help(let words): try help(on: words, &reply)
    case .topic(let words): reply.lines += try pages(named: words)
    case .glossary: reply.lines += try pages(named: [Word("glossary")])
    case .apropos(let word): reply.say(try Help.text(about: word))
    case .history: reply.say(sitting.historyTable)
    case .tour: reply.effects.append(.tour)
    case .version: reply.say(Help.version)
    }
  }

  /// Explains words: a command, a page of the book, or the pages that answer a question.
  private func help(on words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    guard let first = words.first else { return reply.say(Help.groups) }
    let text = words.map(\.text).joined(separator: " ")
    if text.lowercased() == "commands" { return reply.say(Help.commands) }
    let page = Topic.named(text)
    if let row = CommandTable.row(called: text.lowercased()) {
      // V and I are quantities, and v and i could be letters of commands.
      if let page, row.name != text.lowercased(), page.names.contains(text),
        text != text.lowercased()
      {
        reply.lines += lines(of: page)
        reply.lines.append(Self.link("help \(row.name)", "the command with the letter \(text)"))
        return
      }
      reply.say(lines: Help.text(on: row))
      if let page { reply.lines += [Reply.Line("")] + lines(of: page) }
      return
    }
    if page == nil, words.count == 1,
      CommandTable.rows.contains(where: { $0.name.hasPrefix(text.lowercased()) })
    {
      return reply.say(lines: Help.text(on: try CommandTable.row(for: first)))
    }
    reply.lines += try pages(named: words)
  }

  /// The page of a name, the list of all pages where there is no word, or the pages that answer a question.
  ///
  /// Throws a `Diagnostic` where no page has anything to do with the words.
  package func pages(named words: [Word]) throws(Diagnostic) -> [Reply.Line] {
    guard let first = words.first else { return Self.contents }
    let texts = words.map(\.text)
    let question = Topic.keywords(of: texts).joined(separator: " ")
    if let page = Topic.named(texts.joined(separator: " ")) ?? Topic.named(question) {
      return lines(of: page)
    }
    let candidates = CommandTable.rows.map(\.name) + Topic.all.flatMap(\.names)
    let near = words.count == 1 ? Suggestion.nearest(to: first.text, among: candidates) : nil
    let found = Topic.answering(texts)
    if !found.isEmpty, near == nil {
      return [Reply.Line("No page has the name '\(texts.joined(separator: " "))'. The nearest:")]
        + Self.list(Array(found.prefix(8)))
    }
    throw first.complaint(
      "no command and no page '\(texts.joined(separator: " "))'",
      remedy: near.map { "did you mean '\($0)'?" } ?? "help lists them")
  }

  /// The list of all pages, by their parts of the book.
  private static var contents: [Reply.Line] {
    Topic.Group.allCases.flatMap { group in
      [Reply.Line(group.rawValue)] + list(Topic.all.filter { $0.group == group })
    }
  }

  private static func list(_ pages: [Topic]) -> [Reply.Line] {
    let width = pages.map(\.name.columns).max() ?? 0
    return pages.map { page in
      link("topic \(page.name)", page.title, padded: width + "topic ".count)
    }
  }

  private static func link(_ command: String, _ words: String, padded width: Int = 0) -> Reply.Line
  {
    Reply.Line(
      words.isEmpty ? "> " + command : "> " + command.padded(to: width) + "   " + words,
      .link(command))
  }

  // MARK: - A page

  /// The most lines of an answer that a page quotes.
  private static let mostLines = 10
  /// The longest command whose words stand in one column with those of the others, in columns.
  private static let linkWidth = 23
  /// The width of a page, in columns.
  private static let pageWidth = 76

  /// A page, with the numbers of the experiment on the bench; nothing moves.
  package func lines(of page: Topic) -> [Reply.Line] {
    let lines = page.lines
    // A long command does not push the words of the others away.
    let width = page.links.map(\.columns).filter { $0 <= Self.linkWidth }.max() ?? 0
    var result = [Reply.Line(page.title)]
    for line in lines {
      switch line {
      case .text(let text): result.append(Reply.Line(text))
      case .answer(let text): result.append(Reply.Line("    " + text))
      case .link(let command, let words):
        result.append(Self.link(command, words, padded: width))
      case .computed(let command, let otherwise):
        result += computed(command, otherwise).map { Reply.Line("    " + $0) }
      }
    }
    if let source = page.source { result.append(Reply.Line("source: " + source)) }
    return result
  }

  /// The answer of a command on a copy of the session, or the words for an experiment that has none.
  private func computed(_ command: String, _ otherwise: String) -> [String] {
    var copy = self
    copy.task = nil
    // The way to the place is walked in silence.
    var parts = command.split(separator: ";")
    let question = String(parts.removeLast().drop { $0 == " " })
    for part in parts where !copy.apply(String(part)).succeeded { return [otherwise] }
    let reply = copy.apply(question)
    guard reply.succeeded, reply.effects.isEmpty, !reply.lines.isEmpty else { return [otherwise] }
    let lines = reply.lines.flatMap {
      $0.text.wrapped(to: Self.pageWidth - 4, indent: $0.text.tableIndent(in: Self.pageWidth - 4))
    }
    guard lines.count > Self.mostLines else { return lines }
    return lines.prefix(Self.mostLines - 1) + ["… \(question) shows all"]
  }
}
