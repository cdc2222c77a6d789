import CSpawn
import Glibc

/// Counts what the inputs of all kinds lead to, with child processes that may break.
struct Census {
  let inputs: UInt64
  let firstSeed: UInt64
  /// How long one input may take, in seconds.
  private static let patience = 60.0
  private static let seedsPerChild: UInt64 = 500
  private static let processes = 2

  init(inputs: UInt64, firstSeed: UInt64) {
    self.inputs = inputs
    self.firstSeed = firstSeed
  }

  private struct Tally {
    var (inputs, refused, slow, findings, broken) = (0, 0, 0, 0, 0)
    var seconds = 0.0
  }

  /// A child at work, and what it has said.
  private struct Worker {
    let kind: Kind
    let seeds: ClosedRange<UInt64>
    let process: RunningChild
    let start = ContinuousClock.now
    var seed: UInt64 = 0
    var since = ContinuousClock.now
  }

  /// Tries all inputs; returns whether all laws hold.
  func run() -> Bool {
    let start = ContinuousClock.now
    var waiting: [(Kind, ClosedRange<UInt64>)] = []
    for kind in Kind.allCases {
      let end = firstSeed + inputs * kind.share / 1000
      for first in stride(from: firstSeed, to: end, by: Int(Self.seedsPerChild)) {
        waiting.append((kind, first...min(end, first + Self.seedsPerChild) - 1))
      }
    }
    waiting.reverse()
    var tallies: [Kind: Tally] = [:]
    var workers: [Worker] = []
    while !waiting.isEmpty || !workers.isEmpty {
      while workers.count < Self.processes, let (kind, seeds) = waiting.popLast() {
        let mark = Self.mark(kind, seeds)
        unlink(mark)
        let words = [
          "/proc/self/exe", "child", kind.rawValue, "\(seeds.lowerBound)", "\(seeds.upperBound)",
          mark,
        ]
        workers.append(Worker(kind: kind, seeds: seeds, process: RunningChild(words)))
      }
      usleep(5000)
      for number in workers.indices.reversed() {
        guard let status = look(after: &workers[number]) else { continue }
        let worker = workers.remove(at: number)
        take(worker, status, &tallies[worker.kind, default: Tally()], &waiting)
        fflush(nil)
      }
    }
    report(tallies, (.now - start).seconds)
    return tallies.values.allSatisfy { $0.broken + $0.findings == 0 }
  }

  private static func mark(_ kind: Kind, _ seeds: ClosedRange<UInt64>) -> String {
    "/tmp/mutations-\(getpid())-\(kind)-\(seeds.lowerBound)"
  }

  /// Reads what a child says, and ends one that stands still; returns its status when it has ended.
  private func look(after worker: inout Worker) -> Int32? {
    worker.process.read()
    if let status = worker.process.status { return status }
    let seed = Self.seed(in: Self.mark(worker.kind, worker.seeds)) ?? 0
    if seed != worker.seed {
      worker.seed = seed
      worker.since = .now
    } else if (.now - worker.since).seconds > Self.patience {
      kill(worker.process.id, SIGKILL)
    }
    return nil
  }

  private static func seed(in path: String) -> UInt64? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var seed: UInt64 = 0
    return pread(file, &seed, 8, 0) == 8 ? seed : nil
  }

  /// Counts the results of a child; the seeds after a broken one wait again.
  private func take(
    _ worker: Worker, _ status: Int32, _ tally: inout Tally,
    _ waiting: inout [(Kind, ClosedRange<UInt64>)]
  ) {
    let mark = Self.mark(worker.kind, worker.seeds)
    defer { unlink(mark) }
    tally.seconds += (.now - worker.start).seconds
    for line in worker.process.output.split(separator: "\n") {
      if line.hasPrefix("finding") {
        tally.findings += 1
        print(line)
      } else if line.hasPrefix("slow") {
        print(line)
      } else if line.hasPrefix("done") {
        let numbers = line.split(separator: " ").compactMap { Int($0) }
        tally.refused += numbers[0]
        tally.slow += numbers[1]
      }
    }
    guard status != 0 else {
      tally.inputs += worker.seeds.count
      return
    }
    let seed = Self.seed(in: mark) ?? worker.seeds.lowerBound
    tally.inputs += Int(seed - worker.seeds.lowerBound) + 1
    tally.broken += 1
    let isHang = status == 128 + SIGKILL
    let last = worker.process.errors.split(separator: "\n").first { $0.contains("atal") } ?? ""
    print(
      "broken \(worker.kind) \(seed): \(isHang ? "hangs" : "status \(status)") \(last.prefix(300))")
    if seed < worker.seeds.upperBound {
      waiting.append((worker.kind, seed + 1...worker.seeds.upperBound))
    }
  }

  private func report(_ tallies: [Kind: Tally], _ seconds: Double) {
    var all = Tally()
    for kind in Kind.allCases {
      guard let tally = tallies[kind] else { continue }
      all.inputs += tally.inputs
      all.findings += tally.findings
      all.broken += tally.broken
      all.refused += tally.refused
      print(
        "\(kind): \(tally.inputs) inputs from seed \(firstSeed), \(tally.refused) refused, \(tally.broken) traps and hangs, "
          + "\(tally.findings) findings, \(tally.slow) slow, \(Int(tally.seconds)) s")
    }
    print(
      "all: \(all.inputs) inputs, \(all.refused) refused, \(all.broken) traps and hangs, \(all.findings) findings, \(Int(seconds)) s"
    )
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
