import Glibc

/// A program in a real terminal, driven by tmux: keys go in, the screen as a user sees it comes out.
///
/// Each value has a server of its own, which dies with it. The surroundings are always the same:
/// no configuration, no status line, a fixed TERM, a UTF-8 locale, an empty home.
public struct Tmux: ~Copyable {
  /// What went wrong, with the screen as it was last seen.
  public struct Failure: Error, CustomStringConvertible {
    /// The complaint and the screen.
    public let description: String
  }

  /// The folder that HOME names, empty at the start.
  public let home: String

  private let socket: String
  private let environment: [String: String]

  /// Starts a program on a screen of the given size.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - columns: The width of the screen.
  ///   - rows: The height of the screen.
  ///   - terminal: The value of TERM.
  ///   - variables: Further variables of the program, or other values for those above.
  /// - Throws: ``Failure``, also when there is no tmux: these tests fail rather than skip.
  public init(
    running command: [String], columns: Int = 80, rows: Int = 24,
    terminal: String = "xterm-256color", variables: [String: String] = [:]
  ) throws {
    socket = "backspike-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    home = "/tmp/" + socket
    mkdir(home, 0o700)
    environment = [
      "PATH": inheritedEnvironment()["PATH"] ?? "/usr/bin:/bin", "HOME": home, "SHELL": "/bin/sh",
      "LANG": "C.UTF-8", "TERM": "xterm-256color", "TMUX_TMPDIR": home,
    ]
    let inner = [
      "HOME": home, "LANG": "C.UTF-8", "TERM": terminal, "SWIFT_BACKTRACE": "enable=no",
    ].merging(variables) { _, new in new }
    let assignments = inner.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
    // The options come first, or the program would begin with a status line below it.
    try tmux(
      ["start-server", ";", "set", "-g", "status", "off", ";", "set", "-g", "remain-on-exit", "on"]
        + [";", "set", "-sg", "escape-time", "0", ";", "set", "-g", "default-size"]
        + ["\(columns)x\(rows)", ";", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)"]
        + ["env", "-u", "TMUX", "-u", "TMUX_PANE"] + assignments + command)
  }

  deinit {
    _ = try? tmux(["kill-server"])
    _ = try? run(["rm", "-rf", home])
  }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let result: ProcessResult
    do {
      result = try run(
        ["tmux", "-L", socket, "-u", "-f", "/dev/null"] + arguments, environment: environment)
    } catch ProcessFailure.notStarted {
      throw Failure(description: "tmux is missing: apt-get install tmux")
    }
    guard result.status == 0 else {
      throw Failure(description: "tmux \(arguments.first ?? ""): \(result.errors)")
    }
    return result.output
  }
}

extension Tmux {
  /// Types a text, character by character.
  public func type(_ text: String) throws {
    try tmux(["send-keys", "-l", "--", text])
  }

  /// Presses keys by the names tmux gives them, such as `Enter`, `C-c`, `Up`, `F5`, `BTab`.
  public func send(keys: String...) throws {
    try tmux(["send-keys", "--"] + keys)
  }

  /// Sends bytes as they are, such as those of a mouse.
  public func send(bytes: some Sequence<UInt8>) throws {
    try tmux(["send-keys", "-H"] + bytes.map { String($0, radix: 16) })
  }

  /// Changes the size of the screen.
  public func resize(columns: Int, rows: Int) throws {
    try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// The rows of the screen, without their trailing blanks.
  public func screen() throws -> [String] {
    try lines(of: tmux(["capture-pane", "-p"]))
  }

  /// The rows of the screen with their colours and attributes as escape sequences.
  public func styledScreen() throws -> [String] {
    try lines(of: tmux(["capture-pane", "-p", "-e"]))
  }

  private func lines(of text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return String(line)
    }
  }

  /// A variable of tmux's formats, such as `cursor_flag`, `alternate_on`, `mouse_any_flag`.
  public func format(_ variable: String) throws -> String {
    let output = try tmux(["display-message", "-p", "#{\(variable)}"])
    return output.hasSuffix("\n") ? String(output.dropLast()) : output
  }

  /// The exit status of the program as shells count it, or nil while it runs.
  public func exitStatus() throws -> Int32? {
    guard try format("pane_dead") == "1" else { return nil }
    if let signal = Int32(try format("pane_dead_signal")) { return 128 + signal }
    if let status = Int32(try format("pane_dead_status")) { return status }
    // tmux 3.3a sometimes overlooks that the child has ended; reminded of it, it looks.
    if let server = Int32(try format("pid")) { kill(server, SIGCHLD) }
    return nil
  }

  /// The process under the terminal: the program, or the shell that runs it.
  public func processID() throws -> Int32? { Int32(try format("pane_pid")) }

  /// Waits until the screen is as wanted, looking every 20 ms.
  ///
  /// - Parameters:
  ///   - wish: What is waited for, for the message.
  ///   - seconds: How long to wait.
  ///   - condition: Whether these rows are as wanted.
  /// - Returns: The rows that were.
  /// - Throws: ``Failure`` with the latest screen, when the time is over.
  @discardableResult
  public func wait(
    for wish: String, within seconds: Double = 10, until condition: ([String]) throws -> Bool
  ) throws -> [String] {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      let rows = try screen()
      if try condition(rows) { return rows }
      guard .now < deadline else {
        let picture = rows.map { "│\($0)" }.joined(separator: "\n")
        throw Failure(
          description: "waited \(seconds) s in vain for \(wish); the screen:\n\(picture)")
      }
      usleep(20_000)
    }
  }

  /// Waits until a text is on the screen.
  @discardableResult
  public func wait(forText text: String, within seconds: Double = 10) throws -> [String] {
    try wait(for: "'\(text)'", within: seconds) { rows in
      rows.contains { $0.contains(text) }
    }
  }

  /// Waits until the program has ended, and returns its exit status.
  @discardableResult
  public func waitForExit(within seconds: Double = 10) throws -> Int32 {
    var status: Int32?
    try wait(for: "the end of the program", within: seconds) { _ in
      status = try exitStatus()
      return status != nil
    }
    return status ?? -1
  }
}
