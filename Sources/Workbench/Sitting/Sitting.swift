import Language
import Study

/// The history of a session: the lines typed, aliases, the recording, the last answers, and the
/// unfinished line.
package struct Sitting: Sendable {
  /// The lines typed so far, and whether they failed.
  package var typed: [(text: String, failed: Bool)] = []
  /// The line that an empty one repeats.
  var repeatable: String?
  /// The aliases: lines by their short names.
  package internal(set) var aliases: [String: String] = [:]
  /// The lines of the last answer.
  var lastAnswer: [String] = []
  /// The last explanation; `why` can ask about its terms.
  var explained: Provenance?
  /// The last sweep of the experiment.
  var sweep: Sweep.Finding?
  /// Whether this sweep is the last answer.
  var isSweepShown = false
  /// The recorded commands; nil without a recording.
  var recording: Recording?
  /// The commands that succeeded since the experiment was opened, as typed.
  package internal(set) var journal: [String] = []
  /// The files written, in order.
  var written: [String] = []
  /// The line with unfinished work.
  var unfinished: UnfinishedLine?

  /// Takes over the aliases of another sitting.
  package mutating func adoptAliases(of other: Sitting) { aliases = other.aliases }

  /// The same sitting for another experiment, without answers about the old one.
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
