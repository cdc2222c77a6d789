import EventProp
import Workbench

/// The lines of scripts on the screen: at once, or one by one with a pause before each.
struct Player {
  /// What waits.
  private(set) var script = Script()
  /// The replays that are open, each with the pause before its lines and the number of files that are open with its own.
  private var replays: [(depth: Int, wait: Duration)] = []
  /// Whether lines come with a key only.
  private(set) var isPaused = false
  /// The line that is shown at the prompt and comes next.
  private(set) var upcoming: Script.Line?
  private var due = ContinuousClock.Instant.now
  /// Where the line stands that is being carried out; nil where it was typed.
  var place: String?

  /// Whether lines are played one by one.
  var isReplaying: Bool { !replays.isEmpty }
  /// Whether anything waits.
  var isActive: Bool { isReplaying || script.depth > 0 }

  /// Puts lines in front of what waits; they are named in places.
  mutating func push(_ lines: [String], named name: String) { script.push(lines, named: name) }

  /// Puts the lines of a file in front of what waits; with a pause before each, in seconds, they are played one by one, and
  /// so are the files that they source.
  ///
  /// - Returns: Why it cannot be, or nil.
  mutating func push(file path: String, _ text: String, waiting seconds: Double?) -> String? {
    if let fault = script.push(file: path, text) { return fault }
    if let seconds { replays.append((script.depth, .seconds(seconds))) }
    return nil
  }

  /// Puts the rest of a line behind the files that the line has opened since there were so many.
  mutating func insert(rest text: String, above depth: Int) {
    script.insert(rest: text, at: place ?? "the rest of the line", above: depth)
    for number in replays.indices where replays[number].depth > depth { replays[number].depth += 1 }
  }

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
    guard isReplaying else { return script.next() }
    if upcoming == nil {
      upcoming = advance()
      // What comes after a replay in the file that asked for it is not replayed.
      guard let wait = replays.last?.wait else { return takeUpcoming() }
      due = now + wait
      if upcoming == nil { stop() }
      return nil
    }
    guard !isPaused, now >= due else { return nil }
    return takeUpcoming()
  }

  /// Takes the next line, and ends the replays whose lines are over.
  private mutating func advance() -> Script.Line? {
    let line = script.next()
    guard line != nil else { return nil }
    replays.removeAll { $0.depth > script.depth }
    if replays.isEmpty { isPaused = false }
    return line
  }

  /// The line that comes next, whether it is time or not.
  mutating func takeUpcoming() -> Script.Line? {
    defer { upcoming = nil }
    return upcoming ?? advance()
  }

  mutating func pause(_ isPaused: Bool) {
    self.isPaused = isPaused
    if !isPaused { due = .now }
  }

  /// Forgets what waits.
  mutating func stop() { self = Player() }
}
