import EventProp
import Glibc
import Interface
import Terminal
import TestSupport
import Workbench

/// Whether a picture or a table of any experiment ends the program.
///
///     swift run -c release picture-mutations [FIRST SEED] [LAST SEED]
///
/// Every seed is an experiment with numbers at the ends of the range. It is drawn at several sizes and
/// places, as SVG and as tables. A part of the program draws, and another part survives it: a seed that
/// ends the first part, or keeps it busy, is printed.
@main
struct PictureMutations {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst()
    let numbers = words.compactMap { UInt64($0) }
    let first = numbers.first ?? 1
    let last = numbers.dropFirst().first ?? first + 9999
    if words.contains("--draw") { return draw(first...last) }
    var seed = first
    var faults = 0
    while seed <= last {
      let end = min(last, seed + 499)
      let latest = try run(seed...end)
      if let latest {
        faults += 1
        print("seed \(latest.seed): \(latest.ending)")
        fflush(nil)
        seed = latest.seed + 1
      } else {
        seed = end + 1
      }
    }
    print("seeds \(first)...\(last): \(faults) faults")
    if faults > 0 { exit(1) }
  }

  /// Draws some seeds in another process; the one that ended it, or nil.
  private static func run(_ seeds: ClosedRange<UInt64>) throws -> (seed: UInt64, ending: String)? {
    func latest(_ output: String) -> UInt64 {
      output.split(separator: "\n").last.flatMap { UInt64($0) } ?? seeds.lowerBound
    }
    do {
      let result = try TestSupport.run(
        [CommandLine.arguments[0], "--draw", "\(seeds.lowerBound)", "\(seeds.upperBound)"],
        environment: ["SWIFT_BACKTRACE": "enable=no"], within: 300)
      if result.status == 0 { return nil }
      let reason = result.errors.split(separator: "\n").first ?? ""
      return (latest(result.output), "status \(result.status) \(reason)")
    } catch ProcessFailure.timeOut(_, let output, _) {
      return (latest(output), "did not end")
    }
  }

  private static func draw(_ seeds: ClosedRange<UInt64>) {
    for seed in seeds {
      print(seed)
      fflush(nil)
      let experiment = ExtremeExperiment(seed: seed).experiment
      guard experiment.faults.isEmpty, let session = try? Session(experiment, named: "mutated")
      else { continue }
      draw(session, seed)
    }
  }

  private static func draw(_ session: Session, _ seed: UInt64) {
    var app = App(session)
    let sizes = [(80, 24), (120, 40), (200, 60), (63, 18), (41, 11)]
    let lines = [
      "step", "show parameters; 2 step", "plot V I lambda_v lambda_i; finish", "overlay; zoom in",
      "zoom event", "pan left; zoom out", "bwd; 2 step", "gradient final", "zoom fit; finish",
      "set tau_mem *2", "why", "info params; info weights; info grad",
      "near", "focus gradient; max",
    ]
    for (place, line) in lines.enumerated() {
      _ = app.perform(line, echo: false)
      while app.isBusy { _ = app.tick() }
      let (columns, rows) = sizes[(place + Int(seed % 5)) % sizes.count]
      let grid = app.render(in: Size(columns: columns, rows: rows)).grid
      precondition(
        grid.rowTexts.allSatisfy { text in
          text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        }, "a control character in the picture")
      if place % 5 == 2 { _ = Figure.svg(of: app.session) }
      if place % 3 != 0 { _ = app.handle(.escape) }
    }
    _ = Figure.svg(of: app.session)
    for table in ["events", "spikes", "gradient", "traces"] {
      _ = app.perform("export! csv /nowhere/x.csv \(table)", echo: false)
    }
  }
}
