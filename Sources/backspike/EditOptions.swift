import ArgumentParser
import EventProp
import Workbench

/// `--set NAME=VALUE`, any number of times: the edits of the prompt, made before a run.
struct EditOptions: ParsableArguments {
  @Option(name: .customLong("set"), help: "Edit before running, such as tau_mem=20ms.")
  var edits: [String] = []

  /// The edited experiment; the session refuses what cannot be.
  func applied(to experiment: Experiment, named preset: String) throws -> Experiment {
    var session: Session
    do throws(SimulationError) {
      session = try Session(experiment, named: preset)
    } catch {
      guard !edits.isEmpty else { return experiment }
      throw Failure(message: Names(experiment).sentence(for: error), code: Exit.software)
    }
    for edit in edits {
      guard let equals = edit.firstIndex(of: "=") else {
        throw Failure(message: "--set \(edit): expected NAME=VALUE", code: Exit.usage)
      }
      let reply = session.apply(
        "set \(edit[..<equals]) \(edit[edit.index(after: equals)...])")
      if let complaint = reply.lines.first(where: { $0.kind == .complaint }) {
        let text = complaint.text.drop { $0 == " " || $0 == "^" }
        throw Failure(message: "--set \(edit): \(text)", code: Exit.usage)
      }
    }
    return session.experiment
  }
}
