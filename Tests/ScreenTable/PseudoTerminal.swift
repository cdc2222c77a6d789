import CSpawn
import Glibc

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

  /// What a person sees of long work.
  struct Work {
    /// The longest time in which nothing came out, in milliseconds.
    var silence = 0.0
    /// From the keys to the last byte, in milliseconds.
    var milliseconds = 0.0
    /// Whether it was at work until the end of the time that it had.
    var isUnfinished = true
  }

  /// Types, and reads until the program waits for keys again, or so many milliseconds are over.
  func work(on keys: String, atMost limit: Double = 1e6) -> Work {
    var work = Work()
    let start = Self.now
    var last = start
    _ = keys.withCString { Glibc.write(process.input, $0, strlen($0)) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var waiting = pollfd(fd: process.output, events: Int16(POLLIN), revents: 0)
    var sleeps = 0
    while sleeps < 6, Self.now - start < limit {
      if poll(&waiting, 1, 5) > 0 {
        guard read(process.output, &buffer, buffer.count) > 0 else { break }
        sleeps = 0
        work.silence = max(work.silence, Self.now - last)
        last = Self.now
      } else {
        sleeps = stat(1) == "S" ? sleeps + 1 : 0
      }
    }
    work.isUnfinished = sleeps < 6
    if work.isUnfinished { work.silence = max(work.silence, Self.now - last) }
    work.milliseconds = (work.isUnfinished ? Self.now : last) - start
    return work
  }

  /// How much processor time the program takes in a while, in milliseconds.
  func processorTime(overMilliseconds wait: UInt32) -> Double {
    let before = processorTime
    usleep(wait * 1000)
    return processorTime - before
  }

  private var processorTime: Double {
    guard let user = stat(12).flatMap(Double.init), let system = stat(13).flatMap(Double.init)
    else { return 0 }
    return (user + system) * 1000 / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// How much memory the program holds, in megabytes.
  var megabytes: Double {
    (stat(22).flatMap(Double.init) ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
  }

  /// What the system says of the process: field 1 is its state, `S` where it sleeps.
  private func stat(_ field: Int) -> String? {
    guard let file = fopen("/proc/\(process.process)/stat", "r") else { return nil }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 1024)
    let count = fread(&line, 1, line.count, file)
    let fields = String(decoding: line[..<count], as: UTF8.self).split(separator: ")").last?
      .split(separator: " ")
    guard let fields, fields.count >= field else { return nil }
    return String(fields[field - 1])
  }

  func end() {
    kill(process.process, SIGTERM)
    var status: Int32 = 0
    // What it says in parting must be read, or it waits for that.
    answer(to: "", quiet: 100)
    if waitpid(process.process, &status, WNOHANG) == 0 { kill(process.process, SIGKILL) }
    waitpid(process.process, &status, 0)
    close(process.output)
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
  }
}
