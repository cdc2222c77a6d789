package import EventProp
package import Files
import Language
package import Study

/// The experiment under study with its edits, the run on the screen, and the earlier runs.
package struct Bench: Sendable {
  /// The name of the experiment at the prompt: a preset's name or a path.
  package let name: String
  /// The samples of the preset with their source; nil where it has input spikes of its own.
  package let filedSamples: FiledSamples?
  /// The experiment as it was opened, with its first sample.
  package let opened: Experiment
  /// The experiment in its file or preset, with any sample; nil for an experiment that only the
  /// program has kept.
  private var kept: Experiment?
  /// The warnings about the text of the experiment.
  package let remarks: [Warning]
  /// The run on the screen.
  package private(set) var run: Run
  /// The earlier runs since the experiment was opened, without runs that were dropped.
  package private(set) var earlierRuns: [Run] = []
  /// The most events of all earlier runs together, at some 150 bytes each; beyond this the oldest
  /// runs are dropped.
  package var keptEvents = 2_000_000
  /// The number of the run that is drawn dim (the ghost), or nil.
  package internal(set) var ghostNumber: Int?
  /// Whether the ghost stays the same through edits.
  package internal(set) var isGhostPinned = false
  /// The edited experiment, if it has not been run.
  var pending: Experiment?
  /// The facts about all samples, as far as they were asked for; they may belong to an experiment
  /// before an edit.
  package internal(set) var survey: SampleSurvey?
  /// The experiments before each edit, the latest last.
  private var done: [Experiment] = []
  /// The experiments that `undo` went back from, the latest last.
  private var undone: [Experiment] = []

  /// Starts with the first run of an experiment from a file or a preset.
  init(_ name: String, _ run: Run, remarks: [Warning], samples: FiledSamples?) {
    self.name = name
    self.remarks = remarks
    self.run = run
    filedSamples = samples
    opened = run.experiment
    kept = run.experiment
  }

  /// The samples of the preset; nil where it has input spikes of its own.
  package var samples: Samples? { filedSamples?.samples }
  /// The number of the sample on the bench; nil without samples.
  package var sample: Int? { run.experiment.sample }
  /// The experiment as it was opened, with the present sample.
  package var original: Experiment { original(withSampleOf: edited) }
  /// The experiment in its file or preset, with the present sample; nil for an experiment that only
  /// the program has kept.
  var saved: Experiment? {
    get { kept.map { experiment($0, withSampleOf: edited) } }
    set { kept = newValue }
  }
  /// Whether the inputs, the label or the targets of the present sample were edited.
  var hasEditedSample: Bool { experiment(edited, withSampleOf: edited) != edited }

  /// The experiment as it was opened, with the sample of another experiment.
  func original(withSampleOf other: Experiment) -> Experiment {
    experiment(opened, withSampleOf: other)
  }

  /// An experiment with the inputs, the label and the targets of the sample that another one has.
  private func experiment(_ experiment: Experiment, withSampleOf other: Experiment) -> Experiment {
    guard let samples, let number = other.sample else { return experiment }
    return samples.experiment(ofSample: number, in: experiment)
  }

  /// The experiment with the edits that have not been run.
  package var edited: Experiment { pending ?? run.experiment }
  /// Whether there are edits that have not been run.
  package var isPending: Bool { pending != nil }
  /// Whether the experiment differs from the experiment as opened.
  package var isEdited: Bool { edited != original }
  /// Whether to leave now would lose edits: no file and no preset has the present experiment.
  package var hasUnsavedEdits: Bool { edited != saved }
  /// All runs that are kept, the one on the screen last.
  var runs: [Run] { earlierRuns + [run] }
  /// The run that is drawn dim (the ghost), or nil.
  package var ghost: Run? {
    ghostNumber.flatMap { number in earlierRuns.first { $0.number == number } }
  }

  /// The latest earlier run of the same sample as the run on the screen; nil if there is none.
  var latestRunOfSample: Run? {
    earlierRuns.last { $0.experiment.sample == run.experiment.sample }
  }

  /// The experiment that `undo` would restore, or nil.
  var beforeLastEdit: Experiment? { done.last }
  /// The experiment that `redo` would restore, or nil.
  var afterLastUndo: Experiment? { undone.last }

  /// Notes an edit, so that `undo` can take it back.
  mutating func noteEdit(of before: Experiment) {
    done.append(before)
    undone = []
  }

  /// Notes that `undo` has taken back the last edit, which led to `after`.
  mutating func noteUndo(of after: Experiment) {
    done.removeLast()
    undone.append(after)
  }

  /// Notes that `redo` has made an edit of `before` again.
  mutating func noteRedo(of before: Experiment) {
    undone.removeLast()
    done.append(before)
  }

  /// Puts a new run on the screen; the old one joins the earlier runs.
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
