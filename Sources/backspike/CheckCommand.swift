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

  func run() throws {
    try endingOnFailure {
      let experiment = try Files.preset(preset, tellingDoubt: true).experiment
      let rule = try AdjointRule(option: rule)
      guard experiment.loss != nil else {
        throw Failure(
          message: "\(preset) has no loss, so there is no gradient to check", code: Exit.data)
      }
      let report: CheckReport
      do throws(SimulationError) {
        let trajectory = try Trajectory(of: experiment)
        let adjoint = try AdjointTrajectory(of: trajectory, rule: rule)
        var check = try GradientCheck(of: adjoint.gradient, on: trajectory)
        var rows: [GradientCheck.Row] = []
        let progress = Progress(total: check.parameters.count)
        while let row = check.next() {
          rows.append(row)
          progress.show(rows.count)
        }
        progress.clear()
        report = CheckReport(
          rows, verdict: check.verdict, identities: Identities(of: adjoint),
          Names(experiment, .full))
      } catch {
        throw Failure(message: Names(experiment, .full).sentence(for: error), code: Exit.software)
      }
      switch format {
      case .json: try StandardStream.output.write(Array(try report.json()) + Array("\n".utf8))
      case .text: try StandardStream.output.print(report.text)
      }
      if !report.holds { throw Exit.failed }
    }
  }

  /// A progress line on the standard error of a terminal, shown after one second.
  private struct Progress {
    let total: Int
    private let start = ContinuousClock.now
    private let isShown = isatty(2) == 1

    init(total: Int) { self.total = total }

    func show(_ done: Int) {
      guard isShown, done % 16 == 0, .now - start > .seconds(1) else { return }
      try? StandardStream.errors.write(
        Array("\r\(done) of \(total) derivatives checked".utf8))
    }

    func clear() {
      guard isShown, .now - start > .seconds(1) else { return }
      try? StandardStream.errors.write(Array("\r\u{1B}[K".utf8))
    }
  }
}
