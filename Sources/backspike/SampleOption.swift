import EventProp
import Files
import Language
import Workbench

/// The samples of a preset for a command of the shell.
enum SampleOption {
  /// The experiment of a sample of a document; nil for the number of a sample gives the document's
  /// own experiment.
  static func experiment(
    ofSample number: Int?, in document: PresetDocument, named preset: String
  ) throws -> Experiment {
    guard let number else { return document.experiment }
    guard let samples = document.samples else {
      throw Failure(
        message: "--sample \(number): \(preset) has no samples".unmasked, code: Exit.usage)
    }
    guard samples.place(of: number) != nil else {
      throw Failure(
        message: "--sample \(number): there is no such sample; \(samples.range)",
        code: Exit.usage)
    }
    return samples.experiment(ofSample: number, in: document.experiment)
  }

  /// Refuses an edit of the inputs of one sample where all samples are meant.
  static func refuseEdits(of experiment: Experiment, _ samples: Samples) throws {
    let first = samples.numbers[0]
    guard samples.experiment(ofSample: first, in: experiment) != experiment else { return }
    throw Failure(
      message: "--set: an input time or a target belongs to one sample; --sample N chooses it",
      code: Exit.usage)
  }
}
