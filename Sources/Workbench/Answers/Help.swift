import Columns
import EventProp
import Language
import Study

/// Help texts from the command table, and a few topics that are no commands.
package enum Help {
  /// The program and its version.
  package static let version = "backspike 1"

  /// The general part of `help`.
  enum Topic: String, CaseIterable {
    case display, keys, mouse, warnings
  }

  static func text(on word: Word?) throws(Diagnostic) -> String {
    guard let word else {
      return CommandTable.rows.map(line).joined(separator: "\n")
        + "\n\nmore: help COMMAND, "
        + Topic.allCases.map { "help \($0.rawValue)" }
        .joined(separator: ", ") + ", apropos WORD"
    }
    if let topic = Topic(rawValue: word.text.lowercased()) { return text(on: topic) }
    let row = try CommandTable.row(for: word)
    var lines = [row.usage, "  " + row.summary]
    if !row.details.isEmpty {
      lines += row.details.split(separator: "\n").map { "  " + $0 }
    }
    if !row.abbreviations.isEmpty {
      lines.append("  short: " + row.abbreviations.joined(separator: ", "))
    }
    lines.append("  for example: " + row.example)
    return lines.joined(separator: "\n")
  }

  /// The commands whose descriptions contain a word.
  static func text(about word: Word) throws(Diagnostic) -> String {
    let wanted = word.text.lowercased()
    let rows = CommandTable.rows.filter {
      "\($0.usage) \($0.summary) \($0.details)".lowercased().contains(wanted)
    }
    let topics = Topic.allCases.filter { text(on: $0).lowercased().contains(wanted) }
      .map { "help " + $0.rawValue }
    guard !rows.isEmpty || !topics.isEmpty else {
      throw word.complaint("no command mentions '\(word.text)'", remedy: "help lists them all")
    }
    return (rows.map(line) + topics).joined(separator: "\n")
  }

  private static func text(on topic: Topic) -> String {
    switch topic {
    case .display:
      """
      boxes │┌─┐┏━┓┃┴┻│   braille ⡠⠔⠊⠉⠒⠤⣀⡀   shades ░▒▓█   signs λ τ → ← ◆ ▶ ≥ ·
      Lines join, dots lie on one curve, every sign is one column wide. If not: ascii on.
      Colours suit a dark and a light screen alike; theme dark and theme light have more contrast. None at all: color never.
      The screen is a mess after another program wrote on it: Ctrl-L. After a crash, in the shell: reset.
      """
    case .keys:
      """
      At the prompt letters type, → and ← step, Tab completes, Up finds lines that begin alike, Ctrl-R searches.
      Esc or Tab on an empty line hands the keys to the pane with the heavy frame: s steps, S unsteps, ? lists the rest.
      ':' or 'i' or a letter without a meaning goes back to the prompt. F1 lists the keys anywhere.
      On a slow line an arrow may arrive as Esc and letters: ESCDELAY=500 in the environment waits 500 ms for the rest.
      """
    case .warnings:
      "info warnings lists those of the run, and a report has them all:\n"
        + Warning.Kind.allCases.map {
          "  " + $0.rawValue.padded(to: 12) + $0.meaning
        }.joined(separator: "\n")
    case .mouse:
      """
      click in a plot: to the nearest event; on a neuron's row, an event, a cell or a parameter: select it
      wheel: zoom around the pointer; with Shift: move along the axis; drag: zoom to the range
      click on a hint in the last row but one: run it
      The terminal's own selection of text needs Shift; mouse off leaves the mouse to the terminal.
      """
    }
  }

  /// A row of the list; arguments that are too long for their column get a line of their own.
  private static func line(_ row: CommandRow) -> String {
    let width = 24
    let letters =
      row.abbreviations.isEmpty ? "" : " (\(row.abbreviations.joined(separator: ", ")))"
    let usage =
      row.usage.count < width
      ? row.usage.padded(to: width) : row.usage + "\n" + String(repeating: " ", count: width)
    return usage + row.summary + letters
  }
}

extension Session {
  /// Tells about the program.
  mutating func carryOut(_ command: HelpCommand, _ reply: inout Reply) throws(Diagnostic) {
    switch command {
    case .help(let word): reply.say(try Help.text(on: word))
    case .apropos(let word): reply.say(try Help.text(about: word))
    case .history: reply.say(sitting.historyTable)
    case .tour: reply.effects.append(.tour)
    case .version: reply.say(Help.version)
    }
  }
}
