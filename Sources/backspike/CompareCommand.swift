import ArgumentParser
import EventProp
import Files
import Foundation
import Language
import Study
import Workbench

/// `backspike compare PRESET FILE...`: compare another program with a run, or with all samples; the
/// status is 1 if they differ.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare another program's spikes, λ and gradient, and name the mistake in it.",
    discussion: """
      FILE is JSON with the keys of the report of run, or a part of them; a .npz file with arrays named hidden.weights, \
      out.tau_mem, input_times, hidden.spikes, hidden.lambda_v, loss; or a .npy file named after its part. Arrays with \
      other names are matched by shape and order where this is unique; --map says what they are. A preset with samples is \
      compared with the gradient of all of them, or with arrays [samples, ...]. The status is 0 when everything agrees, \
      and 1 otherwise.
      """)

  @Argument(help: "A preset's name, a file, or - for the standard input.")
  var preset: String

  @Argument(help: "What the other program found: .json, .npz or .npy files, or -.")
  var files: [String]

  @Option(help: "How the report is written: text or json.")
  var format = Format.text

  @Option(name: .customLong("set"), help: "Edit before running, such as tau_mem=20ms.")
  var edits: [String] = []

  @Option(
    help: "The largest relative difference that counts as agreement; default: rounding.")
  var tolerance: Double?

  @Option(
    name: .customLong("map"),
    help: "What an array is, such as W0=hidden.weights^T*0.005; W0=- passes over it.")
  var mappings: [String] = []

  @Option(help: "Compare one sample, by its number, in place of all samples of the preset.")
  var sample: Int?

  func run() throws {
    try endingOnFailure {
      if let tolerance, !(tolerance > 0 && tolerance.isFinite) {
        throw Failure(
          message: "--tolerance \(tolerance): a number above 0, such as 1e-6", code: Exit.usage)
      }
      let mapping = try mappings.map { text in
        do throws(NameMapping.Fault) {
          return try NameMapping(text)
        } catch {
          throw Failure(
            message: "--map: \(error.message); \(error.remedy)".unmasked, code: Exit.usage)
        }
      }
      let document = try Files.preset(preset, tellingDoubt: true)
      let experiment = try Edits.apply(
        edits, to: try SampleOption.experiment(ofSample: sample, in: document, named: preset),
        named: preset)
      guard experiment.loss != nil else {
        throw Failure(
          message: "\(preset) has no loss, so there is no gradient to compare with".unmasked,
          code: Exit.data)
      }
      let record = try Files.record(
        files, of: experiment, mapping: mapping,
        samples: document.samples.map { all in (all, sample.flatMap { all.place(of: $0) }) })
      let report: CompareReport
      if let samples = document.samples, sample == nil {
        report = try compare(record, samples, experiment)
      } else {
        report = try compare(record, experiment)
      }
      switch format {
      case .json: try StandardStream.output.write(Array(try report.json()) + Array("\n".utf8))
      case .text: try StandardStream.output.print(report.text)
      }
      if !report.agrees { throw Exit.failed }
    }
  }

  private func compare(
    _ record: ForeignRecord, _ experiment: Experiment
  ) throws -> CompareReport {
    let names = Names(experiment, .full)
    do throws(SimulationError) {
      let trajectory = try Trajectory(of: experiment)
      guard !trajectory.isCutShort else { throw .cutShort(limit: trajectory.events.count) }
      return CompareReport(
        try Comparison(of: record, with: trajectory, tolerance: tolerance), of: record, names)
    } catch {
      if case .cutShort = error {
        throw Failure(
          message:
            "max_events cut the run of \(preset), so there is no gradient to compare with".unmasked,
          code: Exit.data)
      }
      throw Failure(message: names.sentence(for: error), code: Exit.software)
    }
  }

  private func compare(
    _ record: ForeignRecord, _ all: Samples, _ experiment: Experiment
  ) throws -> CompareReport {
    try SampleOption.refuseEdits(of: experiment, all)
    let names = Names(experiment, .full)
    let progress = ProgressLine("samples compared")
    do throws(BatchComparison.Failure) {
      let comparison = try BatchComparison(
        of: record, with: all, in: experiment, tolerance: tolerance,
        goesOn: { place in
          if place % 16 == 0 { progress.show(place, of: all.count) }
          return true
        })
      progress.clear()
      return CompareReport(comparison, of: record, names, numbers: all.numbers)
    } catch {
      throw Failure(
        message: "sample \(all.numbers[error.place]): \(names.sentence(for: error.reason))",
        code: Exit.software)
    }
  }
}
