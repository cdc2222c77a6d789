import ArgumentParser
import EventProp
import Files
import Foundation
import Language
import Presets
import Study
import Workbench

/// The form of a report.
enum Format: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// A part of a report that can be left out.
enum ReportPart: String, ExpressibleByArgument, CaseIterable {
  case adjoint
}

/// `backspike run PRESET`: forward and backward pass, report on the standard output.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Forward and backward pass, with a report.")

  @Argument(help: "A preset's name, a file, or - for the standard input.")
  var preset: String

  @Option(help: "How the report is written: text or json.")
  var format = Format.text

  @Option(name: .customLong("set"), help: "Edit before running, such as tau_mem=20ms.")
  var edits: [String] = []

  @Flag(help: "Report the gradient even where max_events cut the run.")
  var allowPartial = false

  @Option(help: "Compute the adjoint by a named wrong rule, or two joined by +, for comparison.")
  var rule = "exact"

  @Flag(help: "Also the one-sided gradients at events that coincide and reach each other.")
  var ties = false

  @Flag(help: "List every value of a large network, and write λ of any size.")
  var all = false

  @Option(help: "Leave a part out of the JSON report: adjoint.")
  var without: [ReportPart] = []

  @Option(help: "Report one sample, by its number, in place of all samples of the preset.")
  var sample: Int?

  func run() throws {
    try endingOnFailure {
      let rule = try AdjointRule(option: rule)
      let document = try Files.preset(preset, tellingDoubt: true)
      let experiment = try Edits.apply(
        edits, to: try SampleOption.experiment(ofSample: sample, in: document, named: preset),
        named: preset)
      if let samples = document.samples, sample == nil {
        return try report(samples, in: experiment, rule, document)
      }
      let trajectory: Trajectory
      do throws(SimulationError) {
        trajectory = try Trajectory(of: experiment)
      } catch {
        throw Failure(message: Names(experiment, .full).sentence(for: error), code: Exit.software)
      }
      var adjoint: AdjointTrajectory?
      var value: Double?
      var sides: [TieReport]?
      if experiment.loss != nil {
        do throws(SimulationError) {
          // A cut run may lack the spikes that the loss names; it is reported without a loss.
          value =
            trajectory.isCutShort
            ? try? trajectory.evaluateLoss().value : try trajectory.evaluateLoss().value
          if !trajectory.isCutShort || allowPartial {
            adjoint = try AdjointTrajectory(of: trajectory, rule: rule)
          }
          if ties, !trajectory.isCutShort {
            sides = try OneSidedGradients.all(of: trajectory).map {
              TieReport($0, of: trajectory, Names(experiment, .full))
            }
          }
        } catch {
          throw failure(error, document, experiment)
        }
      }
      let warnings = document.remarks + Warning.all(in: trajectory)
      switch format {
      case .json:
        var report: Report
        do throws(SimulationError) {
          report = try Report(
            trajectory, adjoint: adjoint, loss: value, warnings: warnings, ties: sides)
        } catch {
          throw failure(error, document, experiment)
        }
        if without.contains(.adjoint) {
          report.leaveOutAdjoint()
        } else if !all, let bytes = report.adjointBytes, bytes > Self.mostBytes {
          throw Failure(
            message:
              "λ of \(trajectory.events.count) events and \(trajectory.circuit.neuronCount) neurons makes about \(bytes / 1_000_000) MB of JSON; --without adjoint leaves it out, --all writes it",
            code: Exit.usage)
        }
        try report.write(to: StandardStream.output.write)
        try StandardStream.output.print()
      case .text:
        try StandardStream.output.print(
          TextReport.text(
            trajectory, adjoint: adjoint, loss: value, warnings: warnings, everything: all))
        if let sides { try StandardStream.output.print("\n" + TieReport.text(sides)) }
      }
    }
  }

  /// The most bytes of λ that are written without a request.
  private static let mostBytes = 250_000_000

  /// The report of all samples.
  private func report(
    _ samples: Samples, in experiment: Experiment, _ rule: AdjointRule, _ document: PresetDocument
  ) throws {
    try SampleOption.refuseEdits(of: experiment, samples)
    guard !ties else {
      throw Failure(
        message: "--ties belongs to one sample; --sample N chooses it", code: Exit.usage)
    }
    guard experiment.loss != nil else {
      throw Failure(
        message:
          "\(preset) has no loss, so that there is no report of all samples; --sample N reports one"
          .unmasked, code: Exit.data)
    }
    var survey = SampleSurvey(
      of: samples, in: experiment, rule: rule,
      threads: ProcessInfo.processInfo.activeProcessorCount)
    let progress = ProgressLine("samples run")
    do throws(SimulationError) {
      while !survey.isFinished {
        try survey.advance()
        progress.show(survey.done, of: survey.total)
      }
    } catch {
      throw failure(error, document, experiment)
    }
    progress.clear()
    if let batch = survey.batch, !batch.loss.isFinite || !batch.gradient.isFinite {
      throw Failure(
        message: "the loss or the gradient of the batch is no finite number", code: Exit.software)
    }
    let names = Names(experiment, .full)
    let report = SampleReport(survey, allowingPartial: allowPartial, remarks: document.remarks) {
      names.sentence(for: $0)
    }
    switch format {
    case .json: try StandardStream.output.write(Array(try report.json()) + Array("\n".utf8))
    case .text: try StandardStream.output.print(report.text)
    }
  }

  /// The failure of a run: a missing spike is a mistake of the preset at its loss term, other
  /// errors belong to the run.
  private func failure(
    _ error: SimulationError, _ document: PresetDocument, _ experiment: Experiment
  ) -> Failure {
    let sentence = Names(experiment, .full).sentence(for: error)
    if case .missingSpike(let term, _, _, _) = error,
      document.places.lossTerms.indices.contains(term)
    {
      let complaint = Diagnostic(at: document.places.lossTerms[term], sentence)
      return Failure(message: complaint.rendered(in: document.source), code: Exit.data)
    }
    return Failure(message: sentence, code: Exit.software)
  }
}

extension AdjointRule {
  /// Reads the value of `--rule`.
  init(option text: String) throws {
    do throws(Fault) {
      try self.init(reading: text)
    } catch {
      let remedy =
        error.remedy ?? (["exact"] + Alteration.all.map(\.kind)).joined(separator: ", ")
      throw Failure(
        message: "--rule \(text): \(error.message); \(remedy)".unmasked, code: Exit.usage)
    }
  }
}

/// `backspike presets`: list the built-in presets.
struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets", abstract: "List what is compiled in.")

  func run() throws {
    try endingOnFailure {
      try StandardStream.output.print(Preset.list)
    }
  }
}
