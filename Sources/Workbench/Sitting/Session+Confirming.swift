import EventProp
import Language

extension Session {
  /// What a line would lose for good, in a phrase; nil where it loses nothing, and where nobody wants to be asked.
  package func loss(of line: String) -> String? {
    guard settings.confirms, let commands = try? CommandParser.parse(line, aliases: aliases) else {
      return nil
    }
    var losesEdits = hasUnsavedEdits
    for parsed in commands {
      switch parsed.command {
      case .set, .nudge, .descend, .reset, .undo, .redo: losesEdits = true
      case .save: losesEdits = false
      case .quit: if losesEdits { return "the edits are not saved" }
      case .load:
        let lost =
          (losesEdits ? ["the edits"] : []) + (breakpoints.isEmpty ? [] : ["the breakpoints"])
          + (marks.isEmpty ? [] : ["the marks"])
        if !lost.isEmpty { return "\(parsed.text) loses \(lost.joined(separator: " and "))" }
      case .delete(let words):
        guard breakpoints.count > 1, words.contains(where: { $0.text.lowercased() == "all" }) else {
          continue
        }
        return "all \(breakpoints.count) breakpoints go"
      default: continue
      }
    }
    return nil
  }
}
