import Glibc
import TestSupport
import Testing

/// The experiment that these tests look at.
let preset = "reference"

/// Opens the program in a terminal and waits for its first prompt.
///
/// - Parameters:
///   - arguments: Its arguments.
///   - columns: The width of the screen.
///   - rows: The height of the screen.
///   - variables: Further variables of its environment.
/// - Returns: The terminal.
/// - Throws: What ``Tmux`` throws.
func open(
  _ arguments: [String] = [preset], columns: Int = 80, rows: Int = 24,
  variables: [String: String] = [:]
) throws -> Tmux {
  let tmux = try Tmux(
    running: [Program.path()] + arguments, columns: columns, rows: rows, variables: variables)
  try tmux.wait(forPrompt: "(fwd start)")
  return tmux
}

/// Opens a shell that starts the program and says how it ended; the process is noted in a file.
///
/// The screen of a terminal whose program has ended is not that of the program any more, so
/// something has to outlive it for its screen to be looked at.
func openInShell(variables: [String: String] = [:]) throws -> Tmux {
  let program = try Program.path()
  let tmux = try Tmux(
    running: [
      "sh", "-c", "sh -c 'echo $$ > $HOME/process; exec \(program) \(preset)'; echo status $?; cat",
    ], variables: variables)
  try tmux.wait(forPrompt: "(fwd start)")
  return tmux
}

/// Runs the program without a screen, where it sends no escape sequence.
///
/// - Parameters:
///   - arguments: Its arguments.
///   - input: What it can read from its standard input.
///   - folder: The folder that it runs in.
/// - Returns: Its status and its outputs.
/// - Throws: What ``run(_:input:environment:within:)`` throws.
func backspike(
  _ arguments: [String], input: String? = nil, in folder: String = "/tmp"
) throws -> ProcessResult {
  let result = try run(
    ["sh", "-c", "cd \"$0\" && exec \"$@\"", folder, Program.path()] + arguments, input: input,
    within: 60)
  #expect(!result.output.contains("\u{1b}") && !result.errors.contains("\u{1b}"))
  return result
}

/// The same, with its arguments one by one.
func backspike(
  _ arguments: String..., input: String? = nil, in folder: String = "/tmp"
) throws -> ProcessResult {
  try backspike(arguments, input: input, in: folder)
}

extension Tmux {
  /// Types a line and presses Enter.
  func say(_ line: String) throws {
    try type(line)
    try send(keys: "Enter")
  }

  /// Waits until the last line that is not empty is this prompt, with nothing typed after it.
  @discardableResult
  func wait(forPrompt prompt: String) throws -> [String] {
    try wait(for: "the prompt \(prompt)") { rows in rows.last { !$0.isEmpty } == prompt }
  }

  /// Waits until the screen has not changed for a while, and returns it.
  @discardableResult
  func settledScreen() throws -> [String] {
    var latest: [String] = []
    var calm = 0
    return try wait(for: "a calm screen") { rows in
      calm = rows == latest ? calm + 1 : 0
      latest = rows
      return calm == 5
    }
  }

  /// Waits until a text is on the screen and the whole picture has arrived, not only its upper part.
  @discardableResult
  func settledScreen(showing text: String) throws -> [String] {
    try wait(forText: text)
    return try settledScreen()
  }

  /// The process that the shell of ``openInShell(variables:)`` has started.
  func notedProcess() throws -> pid_t {
    let text = try run(["cat", home + "/process"]).output
    return pid_t(text.filter(\.isNumber)) ?? -1
  }
}
