import Glibc

/// A progress line on the standard error of a terminal, shown after one second.
struct ProgressLine {
  /// What is done to the things counted, such as `derivatives checked`.
  let words: String
  private let start = ContinuousClock.now
  private let isShown = isatty(2) == 1

  init(_ words: String) { self.words = words }

  func show(_ done: Int, of total: Int) {
    guard isShown, .now - start > .seconds(1) else { return }
    try? StandardStream.errors.write(Array("\r\(done) of \(total) \(words)".utf8))
  }

  func clear() {
    guard isShown, .now - start > .seconds(1) else { return }
    try? StandardStream.errors.write(Array("\r\u{1B}[K".utf8))
  }
}
