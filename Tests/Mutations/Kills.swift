import Glibc

/// Ends the program by SIGKILL at random moments while it saves, exports and records.
///
/// Afterwards each file is the old one or the new one, byte for byte; without an old one it may be missing.
struct Kills {
  let count: Int
  let preset: String

  private static let writes = [
    "save! saved.yaml", "export! csv traces.csv traces", "export! csv events.csv events",
    "export! csv gradient.csv gradient", "export! svg figure.svg",
    "export! json report.json", "export! npz run.npz", "snapshot! screen.txt", "record! played.txt",
    "2 step", "goto start", "record off",
  ]
  private static let files = [
    "saved.yaml", "traces.csv", "events.csv", "gradient.csv", "figure.svg", "report.json",
    "run.npz", "screen.txt", "played.txt",
  ]

  init(count: Int, preset: String) {
    self.count = count
    self.preset = preset
  }

  /// Starts the program: it writes all files with one value, then with another, and so on.
  private func start(in folder: Folder, values: [String]) -> RunningChild {
    let lines = values.flatMap { ["load \(preset)", "set tau_mem \($0)"] + Self.writes }
    folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "script")
    return RunningChild([
      "/bin/sh", "-c", "cd \"$0\" && exec \"$1\" \"$2\" --batch -x script", folder.path,
      Folder.program, preset,
    ])
  }

  /// Kills, and says what became of the files; returns whether all are whole.
  func run() -> Bool {
    let folder = Folder()
    var versions: [String: Set<[UInt8]>] = [:]
    var cycle = 0.0
    for value in ["11ms", "12ms"] {
      let beginning = ContinuousClock.now
      let child = start(in: folder, values: [value])
      guard child.finish(within: 60), child.status == 0 else {
        print("the program cannot write: \(child.errors)")
        return false
      }
      cycle = (.now - beginning).seconds
      for name in Self.files { versions[name, default: []].insert(folder.read(name) ?? []) }
    }
    var dice = Dice(seed: 14)
    var (whole, missing, broken, parts, late) = (0, 0, 0, 0, 0)
    for number in 1...count {
      let isFresh = number % 4 == 0
      for name in Self.files {
        unlink(folder.path + "/" + name)
        if !isFresh { folder.write(versions[name]?.first ?? [], to: name) }
      }
      let old = folder.number(of: "saved.yaml")
      let child = start(
        in: folder, values: Array(repeating: ["11ms", "12ms"], count: 50).flatMap { $0 })
      // The moment lies within the first writes, however long the program takes to start.
      var waits = 0
      while folder.number(of: "saved.yaml") == old, waits < 10_000 {
        usleep(1000)
        waits += 1
      }
      usleep(UInt32(dice.number(0...Int(cycle * 1e6))))
      if kill(child.id, SIGKILL) != 0 { late += 1 }
      _ = child.finish(within: 10)
      if child.status != 128 + SIGKILL { late += 1 }
      for name in Self.files {
        guard let bytes = folder.read(name) else {
          missing += 1
          if !isFresh { print("kill \(number): \(name) is lost") }
          broken += isFresh ? 0 : 1
          continue
        }
        whole += 1
        // A recording that has no old file begins with an empty one.
        if versions[name]?.contains(bytes) == true
          || name == "played.txt" && isFresh && bytes.isEmpty
        {
          continue
        }
        broken += 1
        print("kill \(number): \(name) has \(bytes.count) bytes of no version")
      }
      for name in folder.names where name.hasPrefix(".backspike-") {
        parts += 1
        unlink(folder.path + "/" + name)
      }
    }
    print(
      "\(count) kills, \(late) too late; \(whole) files looked at, \(missing) not yet there, \(broken) broken or lost; "
        + "\(parts) unfinished files left beside them")
    return broken == 0 && late == 0
  }
}
