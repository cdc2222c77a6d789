import Glibc

/// How long a person waits for the picture, and how much goes to the terminal.
///
///     swift build -c release && .build/release/screen-table [PRESET OR FILE]...
///
/// The program beside this one runs on a pseudo-terminal of 200 columns and 60 rows, keys go in, and what comes out is counted until nothing
/// more comes. A time is that from the key to the last byte of the answer, by the clock; the one who reads adds nothing
/// to it. Without arguments: the presets, and a network of 1000 neurons with some 100 000 events, with a table of its own.
@main
struct ScreenTable {
  static func main() {
    let program =
      CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false)
      .dropLast().joined(separator: "/") + "/backspike"
    guard access(program, X_OK) == 0 else {
      return print("\(program) is missing: swift build -c release")
    }
    print(
      "200x60                      open    step: median   most       KB  edit    back  100 keys       KB  idle"
    )
    let files = Array(CommandLine.arguments.dropFirst())
    for name in files.isEmpty ? ["reference", "xor", "yin-yang", "delays"] : files {
      row(name, program)
    }
    guard files.isEmpty else { return }
    let large = "/tmp/backspike-screen-table-\(getpid()).yaml"
    defer { unlink(large) }
    guard write(large, LargeNetwork.preset) else { return print("cannot write \(large)") }
    row(large, program)
    LargeTable.show(large, program)
  }

  /// Measures one preset and prints its row.
  static func row(_ preset: String, _ program: String) {
    guard let screen = PseudoTerminal(running: [program, preset, "--no-history"]) else {
      return print("\(preset): no pseudo-terminal")
    }
    defer { screen.end() }
    let first = screen.answer(to: "", quiet: 1500)
    let steps = (0..<20).map { _ in screen.answer(to: "\u{1B}OC") }
    screen.answer(to: "set tau_mem *1.01")
    let edit = screen.answer(to: "\r", quiet: 800)
    screen.answer(to: "goto end")
    screen.answer(to: "\r", quiet: 1500)
    screen.answer(to: "\u{1B}OD", quiet: 1500)
    let back = (0..<20).map { _ in screen.answer(to: "\u{1B}OD", quiet: 60) }
    let held = screen.answer(to: String(repeating: "\u{1B}OD", count: 100), quiet: 1500)
    let idle = screen.processorTime(overMilliseconds: 1000)
    let times = steps.map(\.milliseconds).sorted()
    let name = preset.split(separator: "/").last.map(String.init) ?? preset
    print(
      name.prefix(24) + String(repeating: " ", count: max(0, 24 - name.count))
        + pad(number(first.milliseconds), 8) + pad(number(times[times.count / 2]), 16)
        + pad(number(times[times.count - 1]), 7)
        + pad(number(steps.map(\.kilobytes).max() ?? 0), 9) + pad(number(edit.milliseconds), 6)
        + pad(number(back.map(\.milliseconds).sorted()[10]), 8)
        + pad(number(held.milliseconds), 10) + pad(number(held.kilobytes), 9)
        + pad(number(idle), 6) + "  (ms)")
  }

  static func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  static func number(_ value: Double) -> String {
    value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
  }

  private static func write(_ path: String, _ text: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    defer { fclose(file) }
    return fputs(text, file) >= 0
  }
}
