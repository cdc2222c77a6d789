import Glibc

/// Whether any input breaks the program: presets, arrays, gradients, scripts and keys with a few changes each.
///
///     swift build -c release && .build/release/mutations [INPUTS] [FIRST SEED]
///     .build/release/mutations show KIND SEED
///     .build/release/mutations kill [COUNT] [PRESET]
///
/// Most inputs are given to the rooms in child processes, a share of them to the program itself. No input may end a process by a signal
/// or last longer than 60 s. A refusal has a place and a sentence. A report has no number that is not finite. Undo and redo give the same
/// report, and what is saved loads as the same experiment. What contradicts this is printed with its kind and seed. `kill` ends the program at random moments
/// while it writes files.
@main
struct Mutations {
  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    switch words.first {
    case "child":
      guard words.count == 5, let kind = Kind(rawValue: words[1]), let first = UInt64(words[2]),
        let last = UInt64(words[3])
      else { exit(64) }
      Child.work(kind, first...last, mark: words[4])
    case "show":
      guard words.count == 3, let kind = Kind(rawValue: words[1]), let seed = UInt64(words[2])
      else { exit(64) }
      print(kind.description(of: seed))
      let outcome = kind.outcome(of: seed)
      print("refusal: \(outcome.refusal ?? "none")\nfindings: \(outcome.findings)")
    case "kill":
      let kills = Kills(
        count: words.dropFirst().first.flatMap { Int($0) } ?? 200,
        preset: words.dropFirst(2).first ?? "reference")
      exit(kills.run() ? 0 : 1)
    default:
      let numbers = words.compactMap { UInt64($0) }
      exit(
        Census(inputs: numbers.first ?? 120_000, firstSeed: numbers.dropFirst().first ?? 1).run()
          ? 0 : 1)
    }
  }
}
