import ArgumentParser
import EventProp
import Files
import Foundation
import Glibc
import Language
import Study
import Workbench

/// `backspike check PRESET`: verify the gradient; the status is 1 for a wrong one.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Verify the gradient by identities, forward mode and differences.")

  @Argument(help: "A preset's name, a file, or - for the standard input.")
  var preset: String

  @Option(help: "How the report is written: text or json.")
  var format = Format.text

  @Option(help: "Check the gradient of a named wrong rule, to see it found.")
  var rule = "exact"

  @Option(help: "Check one sample, by its number, in place of all samples of the preset.")
  var sample: Int?

  @Option(help: "How many samples are drawn, evenly, to check the gradient of all samples.")
  var samples: Int?

  @Flag(help: "Check each derivative by itself, also where there are many.")
  var all = false

  func validate() throws {
    guard samples ?? 1 >= 1 else { throw ValidationError("--samples takes a number from 1") }
    guard sample == nil || samples == nil else {
      throw ValidationError("--sample checks one sample, --samples many; give one of them")
    }
  }

  func run() throws {
    try endingOnFailure {
      let document = try Files.preset(preset, tellingDoubt: true)
      let experiment = try SampleOption.experiment(
        ofSample: sample, in: document, named: preset)
      let rule = try AdjointRule(option: rule)
      guard experiment.loss != nil else {
        throw Failure(
          message: "\(preset) has no loss, so there is no gradient to check", code: Exit.data)
      }
      let report =
        if let batch = document.samples, sample == nil {
          try check(batch, in: experiment, rule)
        } else {
          try check(experiment, rule)
        }
      switch format {
      case .json: try StandardStream.output.write(Array(try report.json()) + Array("\n".utf8))
      case .text: try StandardStream.output.print(report.text)
      }
      if !report.holds { throw Exit.failed }
    }
  }

  /// Checks the derivatives of one experiment: each by itself where they are few, else together.
  private func check(_ experiment: Experiment, _ rule: AdjointRule) throws -> CheckReport {
    guard samples == nil else {
      throw Failure(
        message: "--samples: \(preset) has no samples".unmasked, code: Exit.usage)
    }
    do throws(SimulationError) {
      let trajectory = try Trajectory(of: experiment)
      let adjoint = try AdjointTrajectory(of: trajectory, rule: rule)
      let names = Names(experiment, .full)
      if !all, Parameter.all(of: experiment).count > DirectionCheck.fewest {
        var check = try DirectionCheck(
          of: adjoint.gradient, on: trajectory, adjoint: rule == .exact ? adjoint : nil)
        let progress = ProgressLine("steps done")
        while !check.isFinished {
          progress.show(check.done, of: check.total)
          try check.advance()
        }
        progress.clear()
        return CheckReport(check, identities: Identities(of: adjoint), names, whole: "--all")
      }
      var check = try GradientCheck(of: adjoint.gradient, on: trajectory)
      var rows: [GradientCheck.Row] = []
      let progress = ProgressLine("derivatives checked")
      while let row = check.next() {
        rows.append(row)
        if rows.count % 16 == 0 { progress.show(rows.count, of: check.parameters.count) }
      }
      progress.clear()
      return CheckReport(rows, verdict: check.verdict, identities: Identities(of: adjoint), names)
    } catch {
      throw Failure(message: Names(experiment, .full).sentence(for: error), code: Exit.software)
    }
  }

  /// Checks every derivative of a batch on some of its samples.
  private func check(
    _ batch: Samples, in experiment: Experiment, _ rule: AdjointRule
  ) throws -> CheckReport {
    let count = samples ?? Samples.usualDraw
    guard samples == nil || count <= batch.count else {
      throw Failure(
        message: "--samples \(count): \(preset) has only \(batch.count) samples".unmasked,
        code: Exit.usage)
    }
    let names = Names(experiment, .full)
    var check = BatchCheck(of: batch, drawing: count, in: experiment, rule: rule)
    let progress = ProgressLine("derivatives checked")
    do throws(SimulationError) {
      while !check.isFinished {
        try check.advance()
        if check.done % 16 == 0 { progress.show(check.done, of: check.total) }
      }
    } catch {
      throw Failure(message: names.sentence(for: error), code: Exit.software)
    }
    progress.clear()
    guard check.count > 0 else {
      throw Failure(
        message: check.lines { names.sentence(for: $0) }.joined(separator: "\n"),
        code: Exit.software)
    }
    return CheckReport(check, names) { names.sentence(for: $0) }
  }
}
