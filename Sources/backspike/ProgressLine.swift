import Glibc

/// A progress line on the standard error of a terminal, shown after one second.
struct ProgressLine {
  /// What is done to the things counted, such as `derivatives checked`.
  let words: String
  /// Whether the time left is shown, as if all steps took as long.
  let showsTimeLeft: Bool
  private let start = ContinuousClock.now
  private let isShown = isatty(2) == 1

  init(_ words: String, showsTimeLeft: Bool = false) {
    self.words = words
    self.showsTimeLeft = showsTimeLeft
  }

  func show(_ done: Int, of total: Int) {
    guard isShown, .now - start > .seconds(1) else { return }
    var text = "\r\(done) of \(total) \(words)"
    if showsTimeLeft, done > 0 {
      let left = (.now - start) / .seconds(1) * Double(total - done) / Double(done)
      text += ", \(Int(left.rounded(.up))) s left\u{1B}[K"
    }
    try? StandardStream.errors.write(Array(text.utf8))
  }

  func clear() {
    guard isShown, .now - start > .seconds(1) else { return }
    try? StandardStream.errors.write(Array("\r\u{1B}[K".utf8))
  }
}
