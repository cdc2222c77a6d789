import EventProp
import Language
import Workbench

/// The option `--set NAME=VALUE`: edits as at the prompt, made before the run.
enum Edits {
  /// Applies edits in order; the session refuses invalid ones.
  static func apply(
    _ edits: [String], to experiment: Experiment, named preset: String
  ) throws -> Experiment {
    guard !edits.isEmpty else { return experiment }
    var session: Session
    do throws(SimulationError) {
      // The edits are commands of the prompt, so the session refuses invalid ones.
      session = try Session(experiment, named: preset)
    } catch {
      throw Failure(message: Names(experiment, .full).sentence(for: error), code: Exit.software)
    }
    for edit in edits {
      guard let equals = edit.firstIndex(of: "=") else {
        throw Failure(message: "--set \(edit): expected NAME=VALUE".unmasked, code: Exit.usage)
      }
      let reply = session.apply(
        "set \(edit[..<equals]) \(edit[edit.index(after: equals)...])")
      if let complaint = reply.lines.first(where: \.isComplaint) {
        throw Failure(message: "--set \(edit): \(complaint.sentence)".unmasked, code: Exit.usage)
      }
      if let doubt = reply.lines.first(where: { $0.text.contains("did you mean") }) {
        complain("--set \(edit): warning: \(doubt.text)".unmasked)
      }
    }
    return session.experiment
  }
}
