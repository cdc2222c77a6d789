import CSpawn
import Glibc

/// How long a person waits for the picture, and how much goes to the terminal.
///
///     swift build -c release && .build/release/screen-table [PRESET OR FILE]...
///
/// The program beside this one runs on a pseudo-terminal of 200 columns and 60 rows, keys go in, and what comes out is counted until nothing
/// more comes. A time is that from the key to the last byte of the answer, by the clock; the one who reads adds nothing
/// to it. Without arguments: the presets, and a network of 1000 neurons with some 100 000 events.
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
    func pad(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func number(_ value: Double) -> String {
      value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
    }
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

  private static func write(_ path: String, _ text: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    defer { fclose(file) }
    return fputs(text, file) >= 0
  }
}

/// A recurrent network that keeps itself busy: 1000 neurons, fan-out 100.
enum LargeNetwork {
  static var preset: String {
    var state: UInt64 = 1
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    let spikes = (0..<4300).map { _ in "[\(next(1_000_000)) us, \(next(100))]" }
    return """
      title: One thousand neurons
      t_max: 1 s
      parameters: { tau_mem: 10 ms, tau_syn: 5 ms, v_th: 1 }
      inputs: { size: 100, spikes: [\(spikes.joined(separator: ", "))] }
      layers:
        - name: net
          size: 1000
          weights: { fan_out: { count: 100, mean: 1.1, std: 0.5, seed: 1 } }
          recurrent: { fan_out: { count: 100, mean: -0.03, std: 0.15, seed: 2 } }
      loss: { kind: first_spike_mse, targets: [\(repeatElement("20 ms", count: 1000).joined(separator: ", "))] }
      """
  }
}

/// A program on a pseudo-terminal.
final class PseudoTerminal {
  private let process: CSProcess

  /// What came out after a key.
  struct Answer {
    var milliseconds = 0.0
    var kilobytes = 0.0
  }

  init?(running arguments: [String]) {
    let argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    let variables = ["TERM=xterm-256color", "LANG=C.UTF-8", "HOME=/tmp"]
    let environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
    defer { for text in argv + environment { free(text) } }
    process = cs_start_on_terminal(arguments[0], argv, environment, 200, 60)
    guard process.process > 0 else { return nil }
  }

  /// Types, and reads until nothing has come for `quiet` milliseconds.
  @discardableResult
  func answer(to keys: String, quiet: Int32 = 40) -> Answer {
    var answer = Answer()
    let start = Self.now
    _ = keys.withCString { Glibc.write(process.input, $0, strlen($0)) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var waiting = pollfd(fd: process.output, events: Int16(POLLIN), revents: 0)
    // The first byte may take as long as the work does; a key that changes nothing has no answer.
    while poll(&waiting, 1, answer.kilobytes == 0 ? max(quiet, 300) : quiet) > 0 {
      let count = read(process.output, &buffer, buffer.count)
      guard count > 0 else { break }
      answer.kilobytes += Double(count) / 1000
      answer.milliseconds = Self.now - start
    }
    return answer
  }

  /// How much processor time the program takes in a while, in milliseconds.
  func processorTime(overMilliseconds wait: UInt32) -> Double {
    let before = processorTime
    usleep(wait * 1000)
    return processorTime - before
  }

  private var processorTime: Double {
    guard let file = fopen("/proc/\(process.process)/stat", "r") else { return 0 }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 1024)
    let count = fread(&line, 1, line.count, file)
    let fields = String(decoding: line[..<count], as: UTF8.self).split(separator: ")").last?
      .split(separator: " ")
    guard let fields, fields.count > 12, let user = Double(fields[11]),
      let system = Double(fields[12])
    else { return 0 }
    return (user + system) * 1000 / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  func end() {
    kill(process.process, SIGTERM)
    var status: Int32 = 0
    // What it says in parting must be read, or it waits for that.
    answer(to: "", quiet: 100)
    waitpid(process.process, &status, 0)
    close(process.output)
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
  }
}
