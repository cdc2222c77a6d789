import CSpawn
import Glibc

/// A program on a terminal that shows nothing: its bytes come out as they are.
///
/// It tells what tmux hides, such as the pieces in which a picture arrives.
public final class BareTerminal {
  private let process: CSProcess

  /// Starts a program with an empty home; throws `Program.Missing` where that is impossible.
  public init(
    running arguments: [String], columns: Int = 80, rows: Int = 24,
    variables: [String: String] = [:]
  ) throws {
    let defaults = [
      "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": "/nonexistent",
      "SWIFT_BACKTRACE": "enable=no",
    ]
    let argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    let environment: [UnsafeMutablePointer<CChar>?] =
      defaults.merging(variables) { $1 }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + environment { free(text) } }
    process = cs_start_on_terminal(
      arguments[0], argv, environment, Int32(columns), Int32(rows))
    guard process.process > 0 else {
      throw Program.Missing(description: "\(arguments[0]) does not start on a terminal")
    }
  }

  /// Types a text.
  public func type(_ text: String) {
    _ = text.withCString { write(process.input, $0, strlen($0)) }
  }

  /// The bytes that come out until a text is among them, or nothing has come for `seconds`.
  public func output(until text: String, within seconds: Double = 10) -> String {
    read(within: seconds) { $0.contains(text) }
  }

  /// The bytes that come out: the first ones at any time in the next ten seconds, and then until
  /// nothing has come for half a second.
  public func output() -> String {
    let first = read(within: 10) { _ in true }
    return first + read(within: 0.5) { _ in false }
  }

  /// Passes over what comes out in the next half second, which may be nothing.
  public func drain() { _ = read(within: 0.5) { _ in false } }

  private func read(within seconds: Double, until isEnough: (String) -> Bool) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while cs_wait_readable(process.output, -1, Int32(seconds * 1000)) != 0 {
      let count = Glibc.read(process.output, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
      let text = String(decoding: bytes, as: UTF8.self)
      if isEnough(text) { return text }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  deinit {
    kill(process.process, SIGKILL)
    var status: Int32 = 0
    waitpid(process.process, &status, 0)
    close(process.output)
  }
}
