import Glibc
import Language

/// The history of typed lines; each line is appended at once, so that a kill loses nothing.
enum HistoryFile {
  private static var path: String? { StateFolder.path("history") }

  /// The lines of earlier sittings, the oldest first; empty without a file.
  static func read() -> [String] {
    guard let path else { return [] }
    // Something else than a file might never end.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    guard isFile(descriptor) else { return [] }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    let mark = "\u{FEFF}".utf8
    let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map(String.init)
  }

  /// Adds a line, unless it starts with a blank.
  ///
  /// - Returns: Why this is impossible, in a sentence, or nil.
  static func append(_ line: String) -> String? {
    guard let path, let first = line.first, first != " " else { return nil }
    StateFolder.make(for: path)
    // A pipe without a reader cannot be opened, and is no history.
    let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0o600)
    let fault = "\(path) cannot be written: these lines are forgotten at the end"
    guard file >= 0 else { return fault }
    defer { close(file) }
    guard isFile(file) else { return fault }
    // A file that others wrote may lack the end of its last line.
    var last = UInt8(ascii: "\n")
    let end = lseek(file, 0, SEEK_END)
    if end > 0 { pread(file, &last, 1, end - 1) }
    let bytes = Array(((last == UInt8(ascii: "\n") ? "" : "\n") + line + "\n").utf8)
    return write(file, bytes, bytes.count) == bytes.count ? nil : fault
  }

  private static func isFile(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.unusualKind == nil
  }
}
