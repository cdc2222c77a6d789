import EventProp
import Language

extension Session {
  /// The loss that a line would cause, in a phrase; nil if it loses nothing, or if the user does
  /// not want the question.
  package func loss(of line: String) -> String? {
    guard looks.settings.confirms,
      let commands = try? CommandParser.parse(line, aliases: sitting.aliases)
    else {
      return nil
    }
    var losesEdits = bench.hasUnsavedEdits
    for parsed in commands {
      switch parsed.command {
      case .experiment(.set), .experiment(.nudge), .experiment(.descend), .experiment(.reset),
        .experiment(.undo),
        .experiment(.redo):
        losesEdits = true
      case .file(.save): losesEdits = false
      case .quit: if losesEdits { return "the edits are not saved" }
      case .file(.load):
        let lost =
          (losesEdits ? ["the edits"] : [])
          + (course.map { $0.step > 0 } ?? false ? ["the training"] : [])
          + (stops.breakpoints.isEmpty ? [] : ["the breakpoints"])
          + (cursor.marks.isEmpty ? [] : ["the marks"])
        if !lost.isEmpty { return "\(parsed.text) loses \(lost.joined(separator: " and "))" }
      case .stop(.delete(let words)):
        guard stops.breakpoints.count > 1, words.contains(where: { $0.text.lowercased() == "all" })
        else {
          continue
        }
        return "all \(stops.breakpoints.count) breakpoints go"
      default: continue
      }
    }
    return nil
  }
}
