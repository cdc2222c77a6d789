import EventProp

/// The commands that wait: files, the files that these source, and rests of lines.
package struct Script: Sendable {
  private struct Frame {
    var name: String
    var lines: ArraySlice<String>
    /// The number of the next line, from 1; nil for the rest of a line.
    var number: Int?
    var isFile: Bool
  }

  private var frames: [Frame] = []

  /// A line and its place.
  package struct Line: Equatable, Sendable {
    /// The line.
    package let text: String
    /// `file:line`.
    package let place: String

    /// Creates a line.
    package init(text: String, place: String) {
      self.text = text
      self.place = place
    }
  }

  /// Creates an empty script.
  package init() {}

  /// The number of open files and rests of lines.
  package var depth: Int { frames.count }

  /// Puts lines before the waiting ones; `name` is used for their places.
  package mutating func push(_ lines: [String], named name: String) {
    frames.append(Frame(name: name, lines: lines[...], number: 1, isFile: false))
  }

  /// Puts the lines of a file before the waiting ones.
  ///
  /// - Returns: Why this is impossible, or nil: an open file that sources itself would never end.
  package mutating func push(file path: String, _ text: String) -> String? {
    if let first = frames.firstIndex(where: { $0.isFile && $0.name == path }) {
      let chain = frames[first...].filter(\.isFile).map(\.name) + [path]
      return "\(path) sources itself: \(chain.joined(separator: " → ")); leave that line out"
    }
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    frames.append(Frame(name: path, lines: lines[...], number: 1, isFile: true))
    return nil
  }

  /// Puts the rest of a line after the files that this line opened; `depth` is the number of open
  /// files before it.
  package mutating func insert(rest text: String, at place: String, above depth: Int) {
    frames.insert(
      Frame(name: place, lines: [text], number: nil, isFile: false), at: min(depth, frames.count))
  }

  /// Takes the next line that is not blank.
  package mutating func next() -> Line? {
    while let last = frames.indices.last {
      guard let text = frames[last].lines.popFirst() else {
        frames.removeLast()
        continue
      }
      let place = frames[last].number.map { "\(frames[last].name):\($0)" } ?? frames[last].name
      if let number = frames[last].number { frames[last].number = number + 1 }
      if text.contains(where: { !$0.isWhitespace }) { return Line(text: text, place: place) }
    }
    return nil
  }

  /// Drops all waiting commands.
  package mutating func clear() { frames = [] }
}
