import ArgumentParser
import EventProp
import Files
import Foundation
import Language
import Study
import Workbench

/// `backspike compare PRESET FILE`: compare a foreign gradient with the exact one; the status is 1
/// if they differ.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare another implementation's gradient, and name the mistake that makes it.",
    discussion: """
      FILE is JSON with the keys of the report of run, or a part of them; a .npz file with arrays named hidden.weights, \
      out.tau_mem, input_times; or a .npy file named after its part. The status is 0 when the gradient agrees, and 1 otherwise.
      """)

  @Argument(help: "A preset's name, a file, or - for the standard input.")
  var preset: String

  @Argument(help: "The other gradient: a .json, .npz or .npy file, or -.")
  var file: String

  @Option(help: "How the report is written: text or json.")
  var format = Format.text

  @Option(name: .customLong("set"), help: "Edit before running, such as tau_mem=20ms.")
  var edits: [String] = []

  func run() throws {
    try endingOnFailure {
      let experiment = try Edits.apply(
        edits, to: Files.preset(preset, tellingDoubt: true).experiment, named: preset)
      guard experiment.loss != nil else {
        throw Failure(
          message: "\(preset) has no loss, so there is no gradient to compare with",
          code: Exit.data)
      }
      let foreign = try Files.gradient(file, of: experiment)
      let report: CompareReport?
      do throws(SimulationError) {
        let trajectory = try Trajectory(of: experiment)
        report =
          trajectory.isCutShort
          ? nil
          : CompareReport(
            try GradientComparison(of: foreign, with: trajectory),
            Names(experiment, .full), passedOver: foreign.passedOver)
      } catch {
        throw Failure(message: Names(experiment, .full).sentence(for: error), code: Exit.software)
      }
      guard let report else {
        throw Failure(
          message: "max_events cut the run of \(preset), so there is no gradient to compare with",
          code: Exit.data)
      }
      switch format {
      case .json: try StandardStream.output.write(Array(try report.json()) + Array("\n".utf8))
      case .text: try StandardStream.output.print(report.text)
      }
      if !report.agrees { throw Exit.failed }
    }
  }
}
