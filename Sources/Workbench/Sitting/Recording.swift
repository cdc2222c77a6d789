import EventProp
import Language

/// The successful commands since a moment, for a file that repeats them.
struct Recording: Equatable, Sendable {
  /// The file.
  let path: String
  /// Its lines.
  private(set) var lines: [String]

  init(path: String, preset: String) {
    self.path = path
    lines = ["# recorded with \(preset)"]
  }

  mutating func keep(_ text: String) { lines.append(text) }

  /// The text of the file.
  var text: String { lines.map { $0 + "\n" }.joined() }
}

extension Session {
  /// Adds a command that has succeeded.
  ///
  /// A command may only ask the outside for something. `load` and `compare` are added when they are
  /// done. Commands that write files become comments, so that a replay writes nothing.
  mutating func record(_ parsed: CommandParser.Parsed, wasInterrupted: Bool) {
    switch parsed.command {
    case .file(.load), .ask(.compare), .quit, .script(.repeat), .script(.source), .script(.replay),
      .script(.record), .script(.recordOff), .script(.screen), .script(.copy):
      break
    case .file(.save), .file(.new), .script(.export), .script(.snapshot):
      sitting.recording?.keep("# " + parsed.text)
    case .move(.continue), .move(.rcontinue), .move(.until), .move(.step), .move(.unstep),
      .move(.finish):
      // An interruption cannot be repeated, but its place can be reached.
      let place = placeName
      keep(wasInterrupted ? "goto \(place)" : parsed.text)
    default: keep(parsed.text)
    }
  }

  private mutating func keep(_ text: String) {
    sitting.recording?.keep(text)
    sitting.journal.append(text)
  }

  /// The place of the user as an argument of `goto`.
  private var placeName: String {
    switch point {
    case .start: "start"
    case .forward(let event), .backward(let event): "e\(event)"
    case .turn: "turn"
    case .end: "end"
    }
  }

  /// Begins to record, after the file has been reserved.
  package mutating func beginRecording(_ path: String) -> Reply {
    sitting.recording = Recording(path: path, preset: bench.name)
    if bench.isEdited {
      sitting.recording?.keep("# the experiment was edited before: save it as a preset of its own")
    }
    // A replay may begin anywhere.
    if point.isBackward { sitting.recording?.keep("goto turn") }
    let place = placeName
    sitting.recording?.keep("goto \(place)")
    var reply = Reply()
    reply.say("recording to \(path); record off writes it")
    return reply
  }

  /// The files to write before the program ends.
  package var farewell: [Effect] { sitting.recording.map { [write($0)] } ?? [] }

  func write(_ recording: Recording) -> Effect {
    // The file was created when the recording began.
    .write(
      Output(path: recording.path, command: "record", isOverwriting: true),
      bytes: Array(recording.text.utf8))
  }
}
