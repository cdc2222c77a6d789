import CSpawn
import Glibc

/// A process under way, and what it has written so far.
final class RunningChild {
  private let process: CSProcess
  /// What it wrote to its standard output.
  private(set) var output = ""
  /// What it wrote to its standard error.
  private(set) var errors = ""
  /// How it ended, as shells count it; nil while it runs.
  private(set) var status: Int32?
  private var isOpen = [true, true]

  init(_ words: [String], variables: [String] = []) {
    let variables =
      ["PATH=/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "SWIFT_BACKTRACE=enable=no"] + variables
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    process = cs_start(words[0], arguments, environment)
    if process.process > 0 { close(process.input) } else { status = 127 }
  }

  deinit {
    guard process.process > 0 else { return }
    close(process.output)
    close(process.errors)
  }

  /// Its number.
  var id: pid_t { process.process }

  /// Reads what has come, and notes the end; waits at most so many milliseconds.
  func read(waiting milliseconds: Int32 = 0) {
    guard status == nil else { return }
    var wait = milliseconds
    while isOpen[0] || isOpen[1] {
      let ready = cs_wait_readable(
        isOpen[0] ? process.output : -1, isOpen[1] ? process.errors : -1, wait)
      wait = 0
      if ready == 0 { break }
      if ready & 1 != 0 { isOpen[0] = take(process.output, &output) }
      if ready & 2 != 0 { isOpen[1] = take(process.errors, &errors) }
    }
    if !isOpen[0], !isOpen[1] { noteEnd() }
  }

  /// Waits for the end; after so many seconds it is killed.
  func finish(within seconds: Double) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while status == nil, .now < end { read(waiting: 20) }
    guard status == nil else { return true }
    kill(id, SIGKILL)
    while status == nil { read(waiting: 20) }
    return false
  }

  private func noteEnd() {
    var status: Int32 = 0
    if cs_has_ended(process.process, &status) { self.status = status }
  }

  private func take(_ descriptor: Int32, _ text: inout String) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return false }
    if text.utf8.count < 1 << 22 { text += String(decoding: buffer[..<count], as: UTF8.self) }
    return true
  }
}
