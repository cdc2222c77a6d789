import Foundation
import Language
import TestSupport
import Testing

/// Every command of the README is carried out, and no piece of code in it is left without a test.
@Suite("The commands of the README") struct ReadmeTests {
  /// Commands that need a screen, with what the screen then shows.
  private static let onScreen = [
    "tour": "Esc leaves",
    "replay mine.txt start=paused": "paused",
  ]

  /// Code that is no command: the names of things.
  private static let names: Set = [
    ".build/release/backspike", "reference", "n1", "n6", "hidden.weights", "v_reset",
    "reset-to-zero",
    "EventPropAdjoint",
  ]

  /// Lines for the shell that install, build or test; `.ci/run` carries out the last one.
  private static let installing = [
    "\(install) libncurses-dev libhdf5-dev && swift run -c release backspike",
    "\(install) libncurses-dev libhdf5-dev tmux && swift test",
  ]
  private static let install =
    "$(command -v sudo) apt-get update && $(command -v sudo) apt-get install -y"

  /// The code of one paragraph or one table.
  private struct Part {
    /// What is typed at the prompt, in its order.
    var prompt: [String] = []
    /// What is typed in the shell, in its order.
    var shell: [String] = []
    /// The names of things.
    var names: [String] = []

    var count: Int { prompt.count + shell.count + names.count }
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func text(of path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The README without its fenced blocks, and the lines of these by their language.
  private static func read() throws -> (prose: [[Substring]], fenced: [String: [String]]) {
    var prose: [[Substring]] = [[]]
    var fenced: [String: [String]] = [:]
    var language: String?
    for line in try text(of: "README.md").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        language = language == nil ? String(line.dropFirst(3)) : nil
      } else if let language {
        fenced[language, default: []].append(String(line))
      } else if line.isEmpty {
        prose.append([])
      } else {
        prose[prose.count - 1].append(line)
      }
    }
    return (prose, fenced)
  }

  /// Sorts the code of one paragraph or table; code of no known kind is an issue.
  private static func part(_ lines: [Substring]) -> Part {
    var part = Part()
    // Between backticks is every second piece.
    for line in lines {
      for (index, code) in line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      where !index.isMultiple(of: 2) {
        let code = String(code)
        let words = code.split { " ;".contains($0) }
        let verb = words.first { Int($0) == nil } ?? ""
        if code.hasPrefix("backspike ") {
          part.shell.append(code)
        } else if code.hasPrefix("-") {
          part.shell.append("backspike reference " + code)
        } else if CommandTable.row(called: String(verb)) != nil {
          part.prompt.append(code)
        } else {
          part.names.append(code)
        }
      }
    }
    return part
  }

  /// Carries out a line in the shell: on a terminal, unless its options or its subcommand do without.
  private func carryOut(_ line: String, in folder: String) throws {
    let bin = String(try Program.path().dropLast("/backspike".count))
    let script = "cd \(folder) && PATH=\(bin):$PATH && \(line)"
    let words = line.split(separator: " ")
    let isAnswer = [
      "run", "check", "compare", "bench", "train", "presets", "topic", "new", "import",
    ]
    .contains(words[1])
    guard !isAnswer && !words.contains("--batch") else {
      let result = try run(["sh", "-c", script], within: 60)
      #expect(result.status == 0, "\(line): \(result.errors)")
      #expect(!result.output.isEmpty, "\(line)")
      return
    }
    let tmux = try Tmux(running: ["sh", "-c", script + "; echo status $?; cat"])
    try tmux.wait(forPrompt: "(fwd start)")
    try tmux.say("quit")
    try tmux.wait(forText: "status 0")
  }

  /// Carries out lines at the prompt, in one session on the preset `reference`.
  private func carryOut(prompt lines: [String], in folder: String) throws {
    let plain = lines.filter { Self.onScreen[$0] == nil }
    let result = try backspike(
      ["reference", "--batch"] + plain.flatMap { ["-e", $0] }, in: folder)
    #expect(result.status == 0, "\(plain): \(result.errors)")
    #expect(!plain.dropLast().contains("quit"), "nothing after it is carried out: \(plain)")
    for line in lines {
      guard let shown = Self.onScreen[line] else { continue }
      let script = "cd \(folder) && exec \(try Program.path()) reference --no-history"
      let tmux = try Tmux(running: ["sh", "-c", script])
      try tmux.wait(forPrompt: "(fwd start)")
      try tmux.say(line)
      try tmux.wait(forText: shown)
    }
  }

  @Test func `each of them is carried out, in the order of the page`() throws {
    let (prose, fenced) = try Self.read()
    #expect(Set(fenced.keys) == ["text", "sh", "swift"])
    #expect(fenced["sh"] == Self.installing)
    #expect(
      try Self.text(of: ".ci/run").split(separator: "\n").contains(Self.installing[1][...]))

    let parts = prose.map(Self.part)
    // The pieces of code, counted by their marks: none of them is in no list.
    let marks = prose.joined().joined().count { $0 == "`" }
    #expect(marks == 2 * parts.map(\.count).reduce(0, +))
    #expect(Set(parts.flatMap(\.names)) == Self.names.union(try Self.rooms()))
    #expect(Set(Self.onScreen.keys).isSubset(of: parts.flatMap(\.prompt)))

    try withFolder { folder in
      // The gradient of another program.
      _ = try backspike(
        ["reference", "--batch", "-e", "export npz theirs.npz"], in: folder)
      // A network of another program, with its samples and a wrong gradient.
      for name in ["classifier.yaml", "model.npz", "data.npz", "wrong.npz"] {
        try FileManager.default.copyItem(
          atPath: ResearcherTests.file(name), toPath: folder + "/" + name)
      }
      for part in parts {
        if !part.prompt.isEmpty { try carryOut(prompt: part.prompt, in: folder) }
        for line in part.shell { try carryOut(line, in: folder) }
      }
    }
  }

  /// The folders of the package that hold rooms.
  private static func rooms() throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: root.appendingPathComponent("Sources").path) + ["Presets"]
  }

  @Test func `it has a row for each room, and no other`() throws {
    let readme = try Self.text(of: "README.md")
    let table = readme.split(separator: "\n").drop { !$0.hasPrefix("| room |") }.dropFirst(2)
    let named = table.prefix { $0.hasPrefix("|") }.map { $0.split(separator: "`")[1] }
    #expect(named.map(String.init).sorted() == (try Self.rooms()).sorted())
  }
}
