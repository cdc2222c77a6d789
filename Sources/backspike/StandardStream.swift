import ArgumentParser
import Glibc
import Language

/// A standard stream of the process; all text outside the full screen goes through it at once.
///
/// A slow reader is waited for, also where the stream does not block.
struct StandardStream {
  static let output = StandardStream(descriptor: 1, name: "the standard output")
  static let errors = StandardStream(descriptor: 2, name: "the standard error")

  fileprivate let descriptor: Int32
  private let name: String

  private init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// Makes the streams safe for the whole process; this comes before a file is opened.
  ///
  /// A reader that leaves is an error of a write and not a signal. A closed stream keeps its number,
  /// because otherwise the next file would get it, and answers would be written into that file.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes a text and a line break.
  func print(_ text: String = "") throws { try write(Array((text + "\n").utf8)) }

  /// Writes bytes, all of them.
  ///
  /// Throws a ``Failure``; a reader that has left needs no message, so then only the status.
  func write(_ bytes: [UInt8]) throws {
    switch writeAll(bytes, to: descriptor) {
    case nil: return
    case EPIPE?: throw Exit.cannotPrint
    case EBADF?: throw Failure(message: "\(name) is closed", code: Exit.cannotPrint)
    case let number?:
      throw Failure(
        message: "\(name) cannot be written: \(String(cString: strerror(number)))",
        code: Exit.cannotPrint)
    }
  }
}

/// Writes bytes, all of them, and waits where the file does not take them at once.
///
/// - Returns: The error number of the system, or nil where all are written.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count > 0 {
      rest = rest.dropFirst(count)
      continue
    }
    let number = count == 0 ? EIO : errno
    switch number {
    case EINTR: continue
    case EAGAIN:
      var file = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&file, 1, -1)
    default: return number
    }
  }
  return nil
}

/// Writes a line to the standard error, independent of the standard output.
///
/// There is no place to tell that this is impossible.
func complain(_ text: String) { try? StandardStream.errors.print(text) }
