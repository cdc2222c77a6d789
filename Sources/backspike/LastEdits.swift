import EventProp
import Foundation
import Notation
import Workbench

/// Edits that nobody has saved: kept in a file as they are made, and offered back at the next start by `load last`.
struct LastEdits {
  /// The word that `load` takes for them; a file of that name is ./last.
  static let name = "last"

  private static var path: String? { StateFolder.path("last.yaml") }
  /// What begins the file; the name of what was edited follows.
  private static let heading = "# edits that were not saved, of "

  /// The edits in the file, where this sitting wrote or opened it.
  private var kept: Experiment?

  /// Networks with more synapses than these are written only at the end, since it takes too long for every edit.
  private static let mostSynapses = 50_000

  /// What is offered at the start, or nil where nothing was lost.
  static var offer: String? {
    firstLine.map {
      "Edits of \($0.dropFirst(heading.count)) were not saved: load last brings them back."
    }
  }

  /// The line of the file that says what was edited.
  private static var firstLine: String? {
    guard let path, let data = FileManager.default.contents(atPath: path),
      let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first,
      line.hasPrefix(heading)
    else { return nil }
    return String(line)
  }

  /// The experiment with those edits.
  static func read() throws -> Experiment {
    guard let path, FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        message: "no edits were lost that load last could bring back", code: Exit.noInput)
    }
    return try Files.preset(path).experiment
  }

  /// Keeps the edits of a session as they stand; removes the file when all that it holds is saved or taken back.
  ///
  /// Edits that cannot be kept are no reason to stop.
  mutating func keep(_ session: Session, isLeaving: Bool = false) {
    guard let path = Self.path else { return }
    guard session.hasUnsavedEdits else {
      if kept != nil || session.name == Self.name {
        try? FileManager.default.removeItem(atPath: path)
      }
      kept = nil
      return
    }
    guard session.edited != kept else { return }
    let synapses = session.edited.network.layers.reduce(0) {
      $0 + $1.weights.weights.count + ($1.recurrent?.weights.count ?? 0)
    }
    guard isLeaving || synapses <= Self.mostSynapses else { return }
    StateFolder.make(for: path)
    // What was brought back and is still not saved belongs to what it was made from.
    let first = session.name == Self.name ? Self.firstLine : nil
    let text =
      (first ?? Self.heading + session.name) + "\n" + PresetWriter.write(session.edited)
    guard (try? Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)) != nil
    else { return }
    kept = session.edited
  }
}
