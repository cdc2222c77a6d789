import EventProp
import Foundation

/// The history of typed lines; each line is appended at once, so that a kill loses nothing.
enum HistoryFile {
  private static var path: String? { StateFolder.path("history") }

  /// The lines of earlier sittings, the oldest first; empty without a file.
  static func read() -> [String] {
    guard let path, let data = FileManager.default.contents(atPath: path) else { return [] }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Adds a line, unless it starts with a blank.
  ///
  /// A failure is ignored: a history is no reason to stop.
  static func append(_ line: String) {
    guard let path, let first = line.first, first != " " else { return }
    StateFolder.make(for: path)
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    let bytes = Array((line + "\n").utf8)
    _ = write(file, bytes, bytes.count)
  }
}
