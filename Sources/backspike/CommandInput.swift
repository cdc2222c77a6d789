import Glibc
import Language

/// The lines of the standard input, one at a time, as soon as each is complete.
///
/// A slow input is waited for, also where it does not block. A byte-order mark at the start does not
/// belong to the first line.
struct CommandInput {
  private var bytes: [UInt8] = []
  private var hasEnded = false
  private var isAtStart = true

  /// The next line without its line break; nil at the end.
  mutating func nextLine() -> String? {
    while true {
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        defer { bytes.removeFirst(end + 1) }
        return line(bytes[..<end])
      }
      guard !hasEnded else {
        defer { bytes = [] }
        return bytes.isEmpty ? nil : line(bytes[...])
      }
      fill()
    }
  }

  private mutating func line(_ bytes: ArraySlice<UInt8>) -> String {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    defer { isAtStart = false }
    return String(escaping: isAtStart && bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes)
  }

  private mutating func fill() {
    var buffer = [UInt8](repeating: 0, count: 1 << 12)
    let count = read(0, &buffer, buffer.count)
    if count > 0 {
      bytes += buffer[..<count]
    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
      hasEnded = true
    } else {
      var source = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      poll(&source, 1, -1)
    }
  }
}
