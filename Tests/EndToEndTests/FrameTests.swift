import TestSupport
import Testing

/// What passes between the program and its terminal besides pictures and keys.
@Suite struct FrameTests {
  private static let begin = "\u{1B}[?2026h"
  private static let end = "\u{1B}[?2026l"

  private func opened(_ variables: [String: String] = [:]) throws -> (BareTerminal, String) {
    let program = try Program.path()
    let terminal = try BareTerminal(
      running: [program, "reference", "--no-history"], columns: 200, rows: 60,
      variables: variables)
    let start = terminal.output(until: "(fwd start)")
    terminal.drain()
    return (terminal, start)
  }

  @Test func `a terminal that knows synchronized output gets each step as one frame`() throws {
    let (terminal, start) = try opened()
    #expect(start.contains("\u{1B}[?2026$p") && !start.contains(Self.begin))
    terminal.type("\u{1B}[?2026;2$y\u{1B}[?62;4c")
    terminal.drain()
    for _ in 0..<3 {
      terminal.type("\u{1B}[C")
      let frame = terminal.output()
      #expect(frame.hasPrefix(Self.begin) && frame.hasSuffix(Self.end), "\(frame.debugDescription)")
      #expect(frame.split(separator: Self.begin).count == 1)
    }
    terminal.type("quit\r")
    let farewell = terminal.output()
    let last = try #require(farewell.split(separator: Self.begin).last)
    #expect(last.contains(Self.end) && farewell.contains("\u{1B}[?1049l"))
  }

  @Test(arguments: ["\u{1B}[?2026;0$y", "\u{1B}[?2026;4$y", "\u{1B}[?1;2c", ""])
  func `another terminal gets no marks, and its answers are not typed`(answer: String) throws {
    let (terminal, _) = try opened()
    terminal.type(answer)
    terminal.drain()
    terminal.type("\u{1B}[C")
    let frame = terminal.output()
    #expect(!frame.isEmpty && !frame.contains(Self.begin), "\(frame.debugDescription)")
    terminal.type("print t\r")
    #expect(terminal.output(until: "t = 2 ms").contains("t = 2 ms"))
  }

  @Test(arguments: [("ffff/ffff/ffff", "light"), ("1e1e/1e1e/2e2e", "dark"), ("fd/f6/e3", "light")])
  func `the background that the terminal tells decides the colours`(
    color: String, theme: String
  ) throws {
    let (terminal, start) = try opened()
    #expect(start.contains("\u{1B}]11;?"))
    terminal.type("\u{1B}]11;rgb:\(color)\u{1B}\\")
    _ = terminal.output()
    terminal.type("theme auto\r")
    let text = terminal.output(until: "colours for a \(theme) screen")
    #expect(text.contains("colours for a \(theme) screen"), "\(text.debugDescription)")
  }

  @Test func `the console of Linux is not asked`() throws {
    let (_, start) = try opened(["TERM": "linux"])
    #expect(!start.contains("]11;") && !start.contains("$p"))
  }

  @Test func `copy gives the last answer to the clipboard of the terminal`() throws {
    let (terminal, _) = try opened()
    terminal.type("print L\r")
    terminal.drain()
    terminal.type("copy\r")
    // "L = 80.7426977"
    let copied = "\u{1B}]52;c;TCA9IDgwLjc0MjY5Nzc=\u{07}"
    #expect(terminal.output(until: copied).contains(copied))
  }

  @Test(arguments: ["foot", "wezterm", "xterm-ghostty"])
  func `a relative of xterm without a description has a full screen, and says how`(
    name: String
  ) throws {
    let terminal = try BareTerminal(
      running: [Program.path(), "reference", "--no-history"], columns: 200, rows: 60,
      variables: ["TERM": name, "TERMINFO_DIRS": "/lib/terminfo"])
    let text = terminal.output(until: "(fwd start)")
    #expect(text.contains("\u{1B}[?1049h"), "\(text.debugDescription)")
  }
}
