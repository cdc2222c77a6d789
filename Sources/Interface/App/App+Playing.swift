import EventProp
package import Terminal
package import Workbench

extension App {
  // MARK: - The chart

  /// Handles a key in the chart; nil for a key that the chart does not use.
  mutating func handleInChart(_ key: Key) -> [Effect]? {
    guard var open = chart else { return nil }
    let action = open.handle(key)
    chart = action == .stay ? open : nil
    return switch action {
    case .stay: key == .resize ? nil : []
    case .close: []
    case .set(let line): perform(line, echo: false)
    case .pass: nil
    }
  }

  // MARK: - Waiting lines

  /// Carries out lines before any key; `name` is used for their places.
  package mutating func play(_ lines: [String], named name: String) {
    player.push(lines, named: name)
  }

  /// Carries out the lines of a file before any key; with a pause before each one, in seconds, as
  /// if they were typed.
  package mutating func play(
    file path: String, _ text: String, wait: Double?, isPaused: Bool = false
  ) {
    if let fault = player.push(file: path, text, waiting: wait, isPaused: isPaused) { fail(fault) }
  }

  /// Whether lines of a script wait.
  package var isPlaying: Bool { player.isActive }

  /// The number of open files and rests of lines.
  package var scriptDepth: Int { player.script.depth }

  /// Carries out the rest of a line after the files that the line opened.
  package mutating func play(rest text: String, above depth: Int) {
    player.insert(rest: text, above: depth)
  }

  /// The longest wait for a key, in milliseconds; nil for no limit.
  package var patienceForKeys: Int? { isBusy || isPainting ? 0 : player.patience(at: .now) }

  /// Carries out the next waiting line if its time has come; nil if there is nothing to do now.
  package mutating func playNext() -> [Effect]? {
    guard !isBusy, !player.isHeld else { return nil }
    guard player.isActive else {
      player.place = nil
      return nil
    }
    let wasReplaying = player.isReplaying
    guard let line = player.next(at: .now) else {
      if wasReplaying, !player.isReplaying { show(Reply.Line("replay ended")) }
      if let upcoming = player.upcoming { show(upcoming: upcoming) }
      return nil
    }
    return carryOut(line)
  }

  private mutating func show(upcoming line: Script.Line) {
    guard editor.text != line.text else { return }
    editor.replace(with: line.text)
  }

  private mutating func carryOut(_ line: Script.Line) -> [Effect] {
    clear()
    editor.replace(with: "")
    player.place = line.place
    return perform(line.text, echo: true)
  }

  /// Shows the reason of a failure with its place, and drops the waiting lines.
  package mutating func fail(_ message: String) {
    receive(
      Reply(complaint: player.place.map { "\($0): \(message)" } ?? message), titled: "not done")
    player.stop()
  }

  /// Puts the place before the complaint about a played line, and drops the waiting lines.
  mutating func locate(_ reply: inout Reply) {
    guard !reply.succeeded, let place = player.place else { return }
    if let last = reply.lines.lastIndex(where: \.isComplaint) {
      reply.lines[last].text = "\(place): \(reply.lines[last].sentence)"
    }
    player.stop()
    editor.replace(with: "")
  }

  /// Goes on after `pause` with any key; nil for a key with its usual meaning.
  mutating func handleWhileHeld(_ key: Key) -> [Effect]? {
    if panel != nil, [.pageUp, .pageDown, .up, .down, .home, .end].contains(key) { return nil }
    switch key {
    case .resize, .endOfInput, .terminate: return nil
    case .escape, .interrupt:
      let place = player.place
      player.stop()
      show(Reply.Line(place.map { "ended at \($0)" } ?? session.placeLine.text))
    default:
      player.release()
      replies = [session.placeLine]
    }
    return []
  }

  /// Handles a key during a replay; nil for a key with its usual meaning.
  mutating func handleInReplay(_ key: Key) -> [Effect]? {
    switch key {
    case .resize, .endOfInput, .terminate: return nil
    case .escape, .interrupt:
      editor.replace(with: "")
      let place = player.upcoming?.place ?? player.place ?? "replay"
      player.stop()
      show(Reply.Line("replay ended at \(place)"))
      return []
    case .character(" ") where player.isPaused:
      player.pause(false)
      return []
    case _ where !player.isPaused:
      player.pause(true)
      return []
    default:
      guard !isBusy, let line = player.takeUpcoming() else { return [] }
      return carryOut(line)
    }
  }

  // MARK: - Pictures

  /// The screen as lines of text, in its own characters.
  package mutating func picture(in size: Size? = nil) -> String {
    lastSize = size ?? lastSize
    paint(for: nil)
    let grid = render(in: lastSize).grid
    return (session.looks.settings.usesASCII ? grid.asciiOnly() : grid).rowTexts
      .map { $0 + "\n" }.joined()
  }
}
