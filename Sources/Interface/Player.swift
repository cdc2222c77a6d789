import Terminal
import Workbench

/// The lines of scripts on the screen: at once, or one by one with a pause before each.
struct Player {
  /// What waits.
  var script = Script()
  /// The pause before each line; nil where there is none.
  private(set) var wait: Duration?
  /// Whether lines come with a key only.
  private(set) var isPaused = false
  /// The line that is shown at the prompt and comes next.
  private(set) var upcoming: Script.Line?
  private var due = ContinuousClock.Instant.now
  /// Where the line stands that is being carried out; nil where it was typed.
  var place: String?

  /// Whether lines are played one by one.
  var isReplaying: Bool { wait != nil }
  /// Whether anything waits.
  var isActive: Bool { isReplaying || script.depth > 0 }

  /// Plays what waits with a pause before each line.
  mutating func replay(waiting seconds: Double) { wait = .seconds(seconds) }

  /// What of a replay to say, or nil without one.
  var status: String? {
    guard isReplaying else { return nil }
    let path = upcoming?.place ?? place ?? "replay"
    // The keys matter more than the folder.
    let place = path.split(separator: "/").last.map(String.init) ?? path
    return isPaused
      ? "\(place) paused: any key plays a line, Space goes on, Esc ends"
      : "\(place): any key pauses, Esc ends"
  }

  /// How long the keyboard may be waited for, in milliseconds; nil for as long as it takes.
  func patience(at now: ContinuousClock.Instant) -> Int? {
    guard isActive else { return nil }
    guard isReplaying, upcoming != nil else { return 0 }
    if isPaused { return nil }
    return max(0, Int((due - now) / .milliseconds(1)) + 1)
  }

  /// The line to be carried out now, or nil while there is none.
  mutating func next(at now: ContinuousClock.Instant) -> Script.Line? {
    guard let wait else { return script.next() }
    if upcoming == nil {
      upcoming = script.next()
      due = now + wait
      if upcoming == nil { stop() }
      return nil
    }
    guard !isPaused, now >= due else { return nil }
    return takeUpcoming()
  }

  /// The line that comes next, whether it is time or not.
  mutating func takeUpcoming() -> Script.Line? {
    defer { upcoming = nil }
    return upcoming ?? script.next()
  }

  mutating func pause(_ isPaused: Bool) {
    self.isPaused = isPaused
    if !isPaused { due = .now }
  }

  /// Forgets what waits.
  mutating func stop() { self = Player() }
}
