import ArgumentParser
import EventProp
import Files
import Foundation
import Glibc
import Language
import Workbench

/// `backspike bench PRESET`: time the engine on a preset.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Time the engine on a preset.")

  @Argument(help: "A preset's name, a file, or - for the standard input.")
  var preset: String

  @Option(name: .customLong("repeat"), help: "How many measurements of at least 1 ms each.")
  var repeats = 200

  @Option(name: .customLong("set"), help: "Edit before running, such as tau_mem=20ms.")
  var edits: [String] = []

  @Option(help: "How the report is written: text or json.")
  var format = Format.text

  func validate() throws {
    if repeats < 1 { throw ValidationError("--repeat must be at least 1") }
  }

  func run() throws {
    try endingOnFailure {
      let experiment = try Edits.apply(
        edits, to: Files.preset(preset, tellingDoubt: true).experiment, named: preset)
      let report: BenchReport
      do throws(SimulationError) {
        report = try measure(experiment)
      } catch {
        throw Failure(message: Names(experiment, .full).sentence(for: error), code: Exit.software)
      }
      switch format {
      case .json: try StandardStream.output.write(Array(try report.json()) + Array("\n".utf8))
      case .text: try StandardStream.output.print(report.text)
      }
    }
  }

  private func measure(_ experiment: Experiment) throws(SimulationError) -> BenchReport {
    let trajectory = try Trajectory(of: experiment)
    let loss = trajectory.isCutShort ? nil : experiment.loss
    let value = loss == nil ? nil : try trajectory.evaluateLoss().value
    let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
    var obstacle = LayerwiseEngine.obstacle(for: trajectory.circuit)
    var engine = trajectory.isCutShort ? nil : LayerwiseEngine(trajectory.circuit)
    if let loss, let found = engine, try found.forward(queue, loss) == nil {
      (engine, obstacle) = (nil, .potentials(layer: loss.layer))
    }

    func everything() throws(SimulationError) {
      let trajectory = try Trajectory(of: experiment)
      guard loss != nil else { return }
      _ = try AdjointTrajectory(of: trajectory)
    }
    var passes: [(BenchReport.Kind, () throws(SimulationError) -> Void)] = []
    if let engine {
      passes.append(
        (
          .forward,
          { () throws(SimulationError) in _ = try engine.forward(queue, loss) }
        ))
      if loss != nil {
        passes.append(
          (
            .forwardBackward,
            { () throws(SimulationError) in
              engine.clearGradients()
              _ = try engine.forward(queue, loss)
              try engine.backward()
            }
          ))
      }
    } else {
      passes.append(
        (
          .forward,
          { () throws(SimulationError) in
            let trajectory = try Trajectory(of: experiment)
            if loss != nil { _ = try trajectory.evaluateLoss() }
          }
        ))
      if loss != nil { passes.append((.forwardBackward, everything)) }
    }
    if loss?.readsSpikes ?? false, let engine {
      passes.append(
        (
          .allGradients,
          { () throws(SimulationError) in
            engine.clearGradients(everything: true)
            _ = try engine.forward(queue, loss)
            try engine.backward(everything: true)
          }
        ))
    } else if loss != nil {
      passes.append((.allGradients, everything))
    }

    var measurements: [BenchReport.Kind: [Double]] = [:]
    // One untimed pass of each kind decides how many passes make a measurement.
    var counts: [Int] = []
    for (_, pass) in passes {
      try pass()
      let start = processorTime()
      try pass()
      counts.append(Swift.max(1, Int((1e6 / Swift.max(1, processorTime() - start)).rounded(.up))))
    }
    for _ in 0..<repeats {
      for (number, (kind, pass)) in passes.enumerated() {
        while true {
          let start = processorTime()
          for _ in 0..<counts[number] { try pass() }
          let time = processorTime() - start
          if time >= 1e6 {
            measurements[kind, default: []].append(time / Double(counts[number]))
            break
          }
          counts[number] += counts[number] / 4 + 1
        }
      }
    }
    return BenchReport(
      title: experiment.title, loss: value, events: trajectory.events.count, repeats: repeats,
      obstacle: obstacle.map { $0.sentence(in: experiment) },
      costs: measurements.mapValues { BenchReport.Cost(of: $0) })
  }

  /// The processor time of the whole process, in nanoseconds.
  private func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }
}
