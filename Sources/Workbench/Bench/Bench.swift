package import EventProp
import Language

/// What is studied: an experiment with its edits, the run on the screen, and the runs before it.
package struct Bench: Sendable {
  /// What the experiment is called at the prompt: a preset's name or a path.
  package let name: String
  /// The experiment as it was opened.
  package let original: Experiment
  /// The experiment as a file or a preset has it; nil for one that only the program itself has kept.
  var saved: Experiment?
  /// The run on the screen.
  package private(set) var run: Run
  /// The runs before it since the experiment was opened, without those that were let go.
  package private(set) var earlierRuns: [Run] = []
  /// How many events all earlier runs may have together, some 150 bytes each; the oldest runs are let go beyond.
  package var keptEvents = 2_000_000
  /// The number of the run that is drawn dim, or nil.
  package internal(set) var ghostNumber: Int?
  /// Whether the ghost stays the same through edits.
  package internal(set) var isGhostPinned = false
  /// The experiment as edited, where it has not been run.
  var pending: Experiment?
  /// The experiments before each edit, the latest last.
  private var done: [Experiment] = []
  /// The experiments that `undo` has left, the latest last.
  private var undone: [Experiment] = []

  /// Lays out the first run of an experiment that a file or a preset has.
  init(_ name: String, _ run: Run) {
    self.name = name
    self.run = run
    original = run.experiment
    saved = run.experiment
  }

  /// The experiment with the edits that have not been run.
  package var edited: Experiment { pending ?? run.experiment }
  /// Whether there are edits that have not been run.
  package var isPending: Bool { pending != nil }
  /// Whether the experiment differs from what was opened.
  package var isEdited: Bool { edited != original }
  /// Whether leaving would lose edits: no file and no preset has the experiment as it stands.
  package var hasUnsavedEdits: Bool { edited != saved }
  /// All runs that are kept, the one on the screen last.
  var runs: [Run] { earlierRuns + [run] }
  /// The run drawn dim, or nil.
  package var ghost: Run? {
    ghostNumber.flatMap { number in earlierRuns.first { $0.number == number } }
  }

  /// The experiment that `undo` comes back to, or nil.
  var beforeLastEdit: Experiment? { done.last }
  /// The experiment that `redo` comes back to, or nil.
  var afterLastUndo: Experiment? { undone.last }

  /// Notes an edit that can be taken back.
  mutating func noteEdit(of before: Experiment) {
    done.append(before)
    undone = []
  }

  /// Notes that the last edit of `after` has been taken back.
  mutating func noteUndo(of after: Experiment) {
    done.removeLast()
    undone.append(after)
  }

  /// Notes that an edit of `before` has been made again.
  mutating func noteRedo(of before: Experiment) {
    undone.removeLast()
    done.append(before)
  }

  /// Puts a new run on the screen, and the one that was there among the earlier runs.
  mutating func adopt(_ run: Run) {
    earlierRuns.append(self.run)
    var events = earlierRuns.reduce(0) { $0 + $1.trajectory.events.count }
    while events > keptEvents, earlierRuns.count > 1,
      let oldest = earlierRuns.dropLast().firstIndex(where: { $0.number != ghostNumber })
    {
      events -= earlierRuns.remove(at: oldest).trajectory.events.count
    }
    self.run = run
    pending = nil
  }
}
