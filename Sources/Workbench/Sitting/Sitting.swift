import Language
import Study

/// What has been said and answered: the lines typed, their short names, what is recorded, and what goes on.
package struct Sitting: Sendable {
  /// The lines typed so far, and whether they failed.
  package var typed: [(text: String, failed: Bool)] = []
  /// The line that an empty one repeats.
  var repeatable: String?
  /// Lines by the names that stand for them.
  package internal(set) var aliases: [String: String] = [:]
  /// What the last command answered, line by line.
  var lastAnswer: [String] = []
  /// What was explained last; its terms can be asked about.
  var explained: Provenance?
  /// The commands that are kept for a file; nil when none are.
  var recording: Recording?
  /// The files that were written, in their order.
  var written: [String] = []
  /// The line whose work goes on.
  var unfinished: UnfinishedLine?

  /// The same sitting with another experiment, of which nothing has been asked.
  func continued(with name: String) -> Sitting {
    var next = Sitting()
    next.typed = typed
    next.aliases = aliases
    next.written = written
    next.recording = recording
    next.recording?.keep("load \(Word.quoted(name))")
    return next
  }

  /// The lines typed so far, numbered; `!` marks those that failed.
  var historyTable: String {
    let width = "\(typed.count)".count
    return typed.enumerated().map { number, line in
      let place = "\(number + 1)"
      return String(repeating: " ", count: width - place.count) + place
        + (line.failed ? " ! " : "   ") + line.text
    }.joined(separator: "\n")
  }
}
