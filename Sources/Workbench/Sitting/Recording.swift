import EventProp
import Language

/// The commands that succeed from a moment on, for a file that does the same again.
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

  /// The file as a text.
  var text: String { lines.map { $0 + "\n" }.joined() }
}

extension Session {
  /// Keeps a command that has succeeded.
  ///
  /// What a command only asks of the outside is not kept here: opening and comparing are when they are done, and
  /// files that were written are not written again, so they become comments.
  mutating func record(_ parsed: CommandParser.Parsed, wasInterrupted: Bool) {
    guard sitting.recording != nil else { return }
    switch parsed.command {
    case .file(.load), .ask(.compare), .quit, .script(.repeat), .script(.source), .script(.replay),
      .script(.record), .script(.screen):
      break
    case .file(.save), .script(.export), .script(.snapshot):
      sitting.recording?.keep("# " + parsed.text)
    case .move(.continue), .move(.rcontinue), .move(.until), .move(.step), .move(.unstep),
      .move(.finish):
      // Nobody can interrupt at the same place again, but go there.
      let place = placeName
      sitting.recording?.keep(wasInterrupted ? "goto \(place)" : parsed.text)
    default: sitting.recording?.keep(parsed.text)
    }
  }

  /// Where the user stands, as `goto` takes it.
  private var placeName: String {
    switch point {
    case .start: "start"
    case .forward(let event), .backward(let event): "e\(event)"
    case .turn: "turn"
    case .end: "end"
    }
  }

  /// Begins to record, after the beginning of the file has been written.
  package mutating func beginRecording(_ path: String) -> Reply {
    sitting.recording = Recording(path: path, preset: bench.name)
    var reply = Reply()
    reply.say("recording to \(path); record off writes it")
    return reply
  }

  /// What is to be written before the program ends.
  package var farewell: [Effect] { sitting.recording.map { [write($0)] } ?? [] }

  func write(_ recording: Recording) -> Effect {
    // The file was made when the recording began.
    .write(
      Output(path: recording.path, command: "record", isOverwriting: true),
      bytes: Array(recording.text.utf8))
  }
}
