import Glibc

/// A process that tries the inputs of a range of seeds.
///
/// Before each one it writes the seed into a file, so that the one that ends the process is known.
enum Child {
  static func work(_ kind: Kind, _ seeds: ClosedRange<UInt64>, mark path: String) {
    let mark = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard mark >= 0 else { exit(73) }
    // An input that wants more memory than this wants too much.
    var memory = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &memory)
    var (refused, slow) = (0, 0)
    for seed in seeds {
      var seed = seed
      pwrite(mark, &seed, 8, 0)
      let outcome = kind.outcome(of: seed)
      if outcome.refusal != nil { refused += 1 }
      if outcome.isSlow {
        slow += 1
        print("slow \(kind) \(seed)")
      }
      for finding in outcome.findings.prefix(2) {
        print(
          "finding \(kind) \(seed): \(finding.prefix(300).split(separator: "\n").joined(separator: " | "))"
        )
      }
      // A later input may end the process.
      if outcome.isSlow || !outcome.findings.isEmpty { fflush(nil) }
    }
    print("done \(refused) \(slow)")
  }
}
