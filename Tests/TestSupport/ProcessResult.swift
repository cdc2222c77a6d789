import CSpawn
import Glibc

/// How a program ended, and what it wrote.
public struct ProcessResult: Equatable, Sendable {
  /// The exit status as shells count it: 128 + n for signal n.
  public let status: Int32

  /// What it wrote to its standard output.
  public let output: String

  /// What it wrote to its standard error.
  public let errors: String
}

/// Why a program has no result.
public enum ProcessFailure: Error, Equatable, CustomStringConvertible {
  /// It could not be started.
  case notStarted(String, reason: String)

  /// It was still running when the time was over, and has been killed.
  case timeOut([String], output: String, errors: String)

  /// What happened, in words.
  public var description: String {
    switch self {
    case .notStarted(let path, let reason): "cannot start \(path): \(reason)"
    case .timeOut(let arguments, let output, let errors):
      """
      still running after its time: \(arguments.joined(separator: " "))
      output: \(output)
      errors: \(errors)
      """
    }
  }
}

/// Runs a program to its end.
///
/// - Parameters:
///   - arguments: The program, looked up in PATH, and its arguments.
///   - input: What it can read from its standard input.
///   - environment: All its variables; nil passes on those of the test.
///   - seconds: How long it may take.
/// - Returns: Its status and its outputs.
/// - Throws: ``ProcessFailure``.
public func run(
  _ arguments: [String], input: String? = nil, environment: [String: String]? = nil,
  within seconds: Double = 20
) throws -> ProcessResult {
  var process = try RunningProcess(arguments, environment: environment)
  return try process.finish(input: input ?? "", deadline: .now + .seconds(seconds))
}

/// A program under way; it does not outlive this value.
private struct RunningProcess: ~Copyable {
  let arguments: [String]
  let process: CSProcess
  var streams: [Stream]
  var input: ArraySlice<UInt8> = []
  var inputIsOpen = true
  var status: Int32?

  struct Stream {
    let descriptor: Int32
    let bit: Int32
    var isOpen = true
    var bytes: [UInt8] = []

    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  init(_ arguments: [String], environment: [String: String]?) throws {
    let environment = (environment ?? inheritedEnvironment()).map { "\($0)=\($1)" }
    process = withCStrings(arguments) { arguments in
      withCStrings(environment) { environment in
        cs_start(arguments[0], arguments, environment)
      }
    }
    self.arguments = arguments
    streams = [
      Stream(descriptor: process.output, bit: 1), Stream(descriptor: process.errors, bit: 2),
    ]
    guard process.process > 0 else {
      let reason = String(cString: strerror(process.error))
      throw ProcessFailure.notStarted(arguments.first ?? "", reason: reason)
    }
  }

  deinit {
    guard process.process > 0 else { return }
    if status == nil {
      kill(process.process, SIGKILL)
      waitpid(process.process, nil, 0)
    }
    if inputIsOpen { close(process.input) }
    for stream in streams where stream.isOpen { close(stream.descriptor) }
  }

  mutating func finish(input text: String, deadline: ContinuousClock.Instant) throws
    -> ProcessResult
  {
    input = Array(text.utf8)[...]
    var ended: Int32 = 0
    while true {
      write()
      read()
      // The streams may stay open longer, in the hands of a server it left behind.
      if cs_has_ended(process.process, &ended) { break }
      guard .now < deadline else {
        throw ProcessFailure.timeOut(
          arguments, output: streams[0].text, errors: streams[1].text)
      }
    }
    status = ended
    read()
    return ProcessResult(status: ended, output: streams[0].text, errors: streams[1].text)
  }

  private mutating func write() {
    while inputIsOpen {
      if input.isEmpty {
        close(process.input)
        inputIsOpen = false
      } else {
        let count = input.withUnsafeBytes { Glibc.write(process.input, $0.baseAddress, $0.count) }
        if count < 0, errno == EAGAIN { return }
        input = count < 0 ? [] : input.dropFirst(count)
      }
    }
  }

  /// Reads what there is, waiting a little for it.
  private mutating func read() {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let open = streams.map { $0.isOpen ? $0.descriptor : -1 }
      let ready = cs_wait_readable(open[0], open[1], 5)
      guard ready != 0 else { return }
      for index in streams.indices where ready & streams[index].bit != 0 {
        let count = Glibc.read(streams[index].descriptor, &buffer, buffer.count)
        if count > 0 {
          streams[index].bytes += buffer[..<count]
        } else {
          close(streams[index].descriptor)
          streams[index].isOpen = false
        }
      }
    }
  }
}

/// The variables of this process.
func inheritedEnvironment() -> [String: String] {
  var variables: [String: String] = [:]
  var next = environ
  while let entry = next.pointee {
    let parts = String(cString: entry).split(separator: "=", maxSplits: 1)
    if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
    next += 1
  }
  return variables
}

/// Calls a function with a list of C strings that ends with a null pointer.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return body(copies + [nil])
}
