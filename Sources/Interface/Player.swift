import EventProp
import Workbench

/// The waiting lines of scripts on the screen: carried out at once, or one by one with a pause
/// before each.
struct Player {
  /// The waiting lines.
  private(set) var script = Script()
  /// The open replays, each with its pause and with the number of open files, its own included.
  private var replays: [(depth: Int, wait: Duration)] = []
  /// Whether the next line waits for a key.
  private(set) var isPaused = false
  /// The next line, which is shown at the prompt.
  private(set) var upcoming: Script.Line?
  private var due = ContinuousClock.Instant.now
  /// The place of the present line; nil for a typed one.
  var place: String?

  /// Whether the next line waits for a key because a line of the script asked for it.
  private(set) var isHeld = false

  /// Waits for a key; ``release()`` goes on.
  mutating func hold() { isHeld = true }

  /// Goes on after ``hold()``.
  mutating func release() {
    isHeld = false
    due = .now
  }

  /// Whether lines are played one by one.
  var isReplaying: Bool { !replays.isEmpty }
  /// Whether any lines wait.
  var isActive: Bool { isReplaying || script.depth > 0 }

  /// Puts lines before the waiting ones; `name` is used for their places.
  mutating func push(_ lines: [String], named name: String) { script.push(lines, named: name) }

  /// Puts the lines of a file before the waiting ones.
  ///
  /// With a pause before each line, in seconds, the lines are played one by one; the same holds for
  /// the files that they source.
  ///
  /// - Returns: Why this is impossible, or nil.
  mutating func push(
    file path: String, _ text: String, waiting seconds: Double?, isPaused: Bool = false
  ) -> String? {
    if let fault = script.push(file: path, text) { return fault }
    if let seconds { replays.append((script.depth, .seconds(min(seconds, Progress.longestTime)))) }
    self.isPaused = self.isPaused || isPaused && seconds != nil
    return nil
  }

  /// Puts the rest of a line after the files that this line opened; `depth` is the number of open
  /// files before it.
  mutating func insert(rest text: String, above depth: Int) {
    script.insert(rest: text, at: place ?? "the rest of the line", above: depth)
    for number in replays.indices where replays[number].depth > depth { replays[number].depth += 1 }
  }

  /// The state of a replay in words, or nil without one.
  var status: String? {
    guard isReplaying else { return nil }
    let path = upcoming?.place ?? place ?? "replay"
    // The keys need the room more than the folder.
    let place = path.split(separator: "/").last.map(String.init) ?? path
    return isPaused
      ? "\(place) paused: any key plays a line, Space goes on, Esc ends"
      : "\(place): any key pauses, Esc ends"
  }

  /// The longest wait for a key, in milliseconds; nil for no limit.
  func patience(at now: ContinuousClock.Instant) -> Int? {
    guard isActive, !isHeld else { return nil }
    guard isReplaying, upcoming != nil else { return 0 }
    if isPaused { return nil }
    return max(0, Int((due - now) / .milliseconds(1)) + 1)
  }

  /// The line to carry out now, or nil.
  mutating func next(at now: ContinuousClock.Instant) -> Script.Line? {
    if isHeld { return nil }
    guard isReplaying else { return script.next() }
    if upcoming == nil {
      upcoming = advance()
      // The lines after a replay, in the file that started it, are not replayed.
      guard let wait = replays.last?.wait else { return takeUpcoming() }
      due = now + wait
      if upcoming == nil { stop() }
      return nil
    }
    guard !isPaused, now >= due else { return nil }
    return takeUpcoming()
  }

  /// Takes the next line, and ends the replays without further lines.
  private mutating func advance() -> Script.Line? {
    var line = script.next()
    // A comment is no step for an audience.
    while isReplaying, let text = line?.text, text.drop(while: \.isWhitespace).first == "#" {
      line = script.next()
    }
    guard line != nil else { return nil }
    replays.removeAll { $0.depth > script.depth }
    if replays.isEmpty { isPaused = false }
    return line
  }

  /// Takes the next line, even before its time.
  mutating func takeUpcoming() -> Script.Line? {
    defer { upcoming = nil }
    return upcoming ?? advance()
  }

  mutating func pause(_ isPaused: Bool) {
    self.isPaused = isPaused
    if !isPaused { due = .now }
  }

  /// Drops the waiting lines.
  mutating func stop() { self = Player() }
}
