import TestSupport
import Testing

/// How a terminal reports its mouse.
enum Encoding: CaseIterable {
  /// That of xterm-256color: decimal numbers, any number of columns.
  case sgr
  /// The older one, of screen: one byte for each number.
  case x10

  var terminal: String { self == .sgr ? "xterm-256color" : "screen-256color" }

  /// The bytes of a button, of the wheel (64, 65), or with Shift 4 more, at a place counted from 0.
  func bytes(_ button: UInt8, _ x: Int, _ y: Int, isRelease: Bool = false) -> [UInt8] {
    switch self {
    case .sgr: Array("\u{1b}[<\(button);\(x + 1);\(y + 1)\(isRelease ? "m" : "M")".utf8)
    case .x10:
      Array("\u{1b}[M".utf8) + [32 + (isRelease ? 3 : button), UInt8(33 + x), UInt8(33 + y)]
    }
  }
}

/// The mouse in a real terminal, and what looks like a mouse but is none.
@Suite struct PointerTests {
  private func open(
    _ encoding: Encoding, _ arguments: [String] = [preset], columns: Int = 80, rows: Int = 24
  ) throws -> Tmux {
    let tmux = try Tmux(
      running: [Program.path()] + arguments, columns: columns, rows: rows,
      terminal: encoding.terminal)
    try tmux.wait(forPrompt: "(fwd start)")
    return tmux
  }

  @Test(arguments: Encoding.allCases)
  func `criterion 24: a click goes to the nearest event, a click on a row selects it`(
    encoding: Encoding
  )
    throws
  {
    let tmux = try open(encoding)
    #expect(try tmux.format("mouse_any_flag") == "1")
    // Press and release in one piece, as a touchpad sends them.
    try tmux.send(
      bytes: encoding.bytes(0, 45, 4) + encoding.bytes(0, 45, 4, isRelease: true))
    try tmux.wait(forPrompt: "(fwd 6)")
    try tmux.send(bytes: encoding.bytes(0, 4, 11))
    try tmux.send(bytes: encoding.bytes(0, 4, 11, isRelease: true))
    try tmux.wait(forText: "n2*┤")
  }

  @Test(arguments: Encoding.allCases)
  func `criterion 24: the wheel zooms, with Shift it pans, a drag zooms to its range`(
    encoding: Encoding
  )
    throws
  {
    let tmux = try open(encoding)
    try tmux.send(bytes: encoding.bytes(64, 43, 5))
    try tmux.wait(forText: "showing 5 ms to 35 ms")
    try tmux.send(bytes: encoding.bytes(68, 43, 5))
    try tmux.wait(forText: "      0           5          10")
    try tmux.say("zoom fit")
    try tmux.wait(forText: "showing 0 ms to 40 ms")
    try tmux.send(bytes: encoding.bytes(0, 24, 5))
    try tmux.send(bytes: encoding.bytes(32, 30, 5))
    try tmux.send(bytes: encoding.bytes(0, 60, 6, isRelease: true))
    try tmux.wait(forText: "showing 9.")
  }

  @Test(arguments: Encoding.allCases)
  func `criterion 24: beyond column 95 a click still arrives`(encoding: Encoding) throws {
    let tmux = try open(encoding, columns: 200, rows: 60)
    // The fifth row of the event list.
    try tmux.send(bytes: encoding.bytes(0, 150, 6) + encoding.bytes(0, 150, 6, isRelease: true))
    try tmux.wait(forPrompt: "(fwd 4)")
  }

  @Test(arguments: Encoding.allCases)
  func `criterion 24: a click on a hint runs it`(encoding: Encoding) throws {
    let tmux = try open(encoding)
    try tmux.send(bytes: encoding.bytes(0, 9, 22) + encoding.bytes(0, 9, 22, isRelease: true))
    try tmux.wait(forPrompt: "(fwd 0)")
    try tmux.send(bytes: encoding.bytes(0, 2, 22) + encoding.bytes(0, 2, 22, isRelease: true))
    try tmux.wait(forText: "keys in potential, and commands")
  }

  @Test func `mouse off leaves it to the terminal, mouse on takes it back`() throws {
    let tmux = try open(.sgr)
    try tmux.say("mouse off")
    try tmux.wait(forText: "left to the terminal")
    #expect(try tmux.format("mouse_any_flag") == "0")
    try tmux.say("mouse on")
    try tmux.wait(forText: "Shift selects text")
    #expect(try tmux.format("mouse_any_flag") == "1")
    let without = try open(.sgr, [preset, "--no-mouse"])
    #expect(try without.format("mouse_any_flag") == "0")
  }

  @Test(arguments: [
    "\u{1b}[?1;2c", "\u{1b}[I", "\u{1b}[O", "\u{1b}[38;5;1;2;3x", "\u{1b}[[A", "\u{1b}Oz",
    "\u{1b}]11;rgb:0000/0000/0000\u{7}", "\u{1b}]11;rgb:0000/0000/0000\u{1b}\\",
    "\u{1b}P1$r0m\u{1b}\\", "\u{1b}_G\u{1b}\\", "\u{1b}[<99;5;5M", "\u{1b}[<0;5x", "\u{1b}[1;9Q",
    "\u{1b}[<35;20;5M",
  ])
  func `criterion 24: unknown escape sequences are swallowed and never typed`(sequence: String)
    throws
  {
    for encoding in Encoding.allCases {
      let tmux = try open(encoding)
      try tmux.type("print")
      try tmux.wait(forPrompt: "(fwd start) print")
      try tmux.send(bytes: Array(sequence.utf8))
      try tmux.type(" L")
      try tmux.wait(forPrompt: "(fwd start) print L")
    }
  }

  @Test func `a report in the other terminal's encoding is understood too`() throws {
    for (encoding, other) in [(Encoding.sgr, Encoding.x10), (.x10, .sgr)] {
      let tmux = try open(encoding)
      try tmux.send(bytes: other.bytes(0, 45, 4) + other.bytes(0, 45, 4, isRelease: true))
      try tmux.wait(forPrompt: "(fwd 6)")
    }
  }
}
