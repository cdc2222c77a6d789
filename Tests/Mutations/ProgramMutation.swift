import Glibc

/// The same inputs for the program itself, as files and on its command line.
enum ProgramMutation {
  /// What is asked of the program, and the files that it finds.
  struct Call {
    var words: [String]
    var files: [(name: String, bytes: [UInt8])]
  }

  /// The call of a seed.
  static func call(seed: UInt64) -> Call {
    var dice = Dice(seed: seed)
    let preset = PresetMutation.text(&dice, asJSON: dice.once(in: 3))
    let gradient = ArrayMutation.gradient(&dice, asJSON: dice.once(in: 2))
    let lines = (0..<dice.number(1...4)).map { _ in ScriptMutation.line(&dice) }
    let script = lines.joined(separator: "\n") + "\n"
    let commands = lines.flatMap { ["-e", $0.replacing("\0", with: "")] }
    let words =
      switch dice.number(0...7) {
      case 0, 1: ["run", "p.yaml"]
      case 2: ["run", "p.yaml", "--format", "json"]
      case 3: ["check", "p.yaml"]
      case 4: ["compare", gradient.name, gradient.file]
      case 5: [gradient.name, "--batch", "-x", "s.txt"]
      case 6: ["p.yaml", "--batch", "--keep-going"] + commands
      default: [gradient.name, "--batch", "--keep-going"] + commands
      }
    return Call(
      words: words,
      files: [
        ("p.yaml", ArrayMutation.damagedSeldom(Array(preset.utf8), &dice)),
        (gradient.file, gradient.bytes), ("s.txt", Array(script.utf8)),
        ("a.npz", ArrayMutation.file(named: "a.npz", &dice)),
        ("a.npy", ArrayMutation.file(named: "a.npy", &dice)),
      ])
  }

  static func description(of seed: UInt64) -> String {
    let call = call(seed: seed)
    return call.words.map(\.debugDescription).joined(separator: " ")
      + call.files.map {
        "\n--- \($0.name)\n" + String(decoding: $0.bytes.prefix(3000), as: UTF8.self)
      }.joined()
  }

  /// Runs the program once.
  static func outcome(seed: UInt64) -> Outcome {
    let call = call(seed: seed)
    var outcome = Outcome()
    let folder = Folder()
    for file in call.files { folder.write(file.bytes, to: file.name) }
    // A file of the program's answers may have any of the names, so the shell changes the folder.
    let child = RunningChild(
      ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.path, Folder.program] + call.words,
      variables: ["XDG_STATE_HOME=\(folder.path)"])
    let hasEnded = child.finish(within: 15)
    let source =
      call.files.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
      + call.words.joined(separator: " ")
    guard hasEnded, let status = child.status else {
      outcome.findings.append("\(call.words.prefix(2)) hangs")
      return outcome
    }
    if status > 128 {
      outcome.findings.append(
        "\(call.words.prefix(2)) ends with status \(status): \(child.errors.prefix(200))")
    }
    if status != 0 {
      outcome.refusal = child.errors
      let says = child.errors.split(separator: "\n").first ?? ""
      if says.count < 8, !(["check", "compare"].contains(call.words[0]) && status == 1) {
        outcome.findings.append(
          "\(call.words.prefix(2)) ends with status \(status) and says '\(says)'")
      }
      if status == 65, says.split(separator: ":").count < 2 {
        outcome.findings.append("a complaint without a place: \(says)")
      }
      if status == 1, call.words.contains("--batch"), !says.hasPrefix("-e:"),
        !says.hasPrefix("s.txt:"), !says.hasPrefix("r.txt:"), !says.hasPrefix("bad.txt:")
      {
        outcome.findings.append("a complaint without a place: \(says)")
      }
    }
    // A complaint with a place quotes the value that it refuses.
    for text in status == 65 ? [child.output] : [child.output, child.errors] {
      if let unreal = Law.unreal(in: text, unless: source) {
        outcome.findings.append("\(call.words.prefix(3)) " + unreal)
      }
    }
    return outcome
  }
}

extension ArrayMutation {
  /// Damages one text in ten.
  static func damagedSeldom(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
    dice.once(in: 10) ? damaged(bytes, &dice) : bytes
  }
}
