import EventProp
import Files
import Language
import Presets
import Testing
import Workbench

/// A session with files that are only remembered: what the program around a session does, without a disk.
struct Desk {
  var session: Session
  var files: [String: [UInt8]] = [:]
  /// What was answered, line by line.
  private(set) var answers: [String] = []
  /// The first complaint, with its place.
  private(set) var complaint: String?
  private var script = Script()

  init(_ preset: String = "reference") throws { session = try SessionTests.session(preset) }

  /// Carries out lines and what they source; stops at the first that fails.
  mutating func perform(_ lines: [String], named name: String = "-e") {
    complaint = nil
    script.push(lines, named: name)
    while complaint == nil, let line = script.next() { perform(line) }
    script.clear()
  }

  mutating func perform(_ lines: String...) { perform(lines) }

  private mutating func perform(_ line: Script.Line) {
    let reply = session.apply(line.text)
    answers += reply.lines.map(\.text)
    if !reply.succeeded { return fail(reply.lines.last?.text ?? "", line) }
    let depth = script.depth
    for effect in reply.effects where complaint == nil { perform(effect, line, depth) }
  }

  private mutating func fail(_ text: String, _ line: Script.Line) {
    complaint = "\(line.place): \(text.drop { $0 == " " || $0 == "^" })"
  }

  private mutating func perform(_ effect: Effect, _ line: Script.Line, _ depth: Int) {
    switch effect {
    case .write(let output, let bytes):
      write(bytes, output, line)
      if complaint == nil { session.noteWritten(output) }
    case .record(let output):
      write([], output, line)
      if complaint == nil { answers += session.beginRecording(output.path).lines.map(\.text) }
    case .source(let word, _):
      guard let bytes = files[word.text] else { return fail("\(word.text): no such file", line) }
      if let fault = script.push(file: word.text, String(decoding: bytes, as: UTF8.self)) {
        fail(fault, line)
      }
    case .resume(let rest): script.insert(rest: rest, at: line.place, above: depth)
    case .open(let word):
      guard let preset = Preset.all.first(where: { $0.name == word.text }),
        let experiment = try? PresetReader.read(preset.text, named: word.text).experiment,
        let reply = try? session.open(experiment, named: word.text)
      else { return fail("no preset \(word.text)", line) }
      answers += reply.lines.map(\.text)
    case .compare(let word):
      guard let bytes = files[word.text],
        let reply = try? session.compare(bytes, named: word.text)
      else { return fail("\(word.text): cannot be compared", line) }
      answers += reply.lines.map(\.text)
    case .report(let output):
      var bytes: [UInt8] = []
      do {
        try session.writeReport { bytes += $0 }
        write(bytes, output, line)
      } catch {
        fail("\(error)", line)
      }
    case .snapshot, .draw, .screen, .tour, .quit: break
    }
  }

  private mutating func write(_ bytes: [UInt8], _ output: Output, _ line: Script.Line) {
    guard output.isOverwriting || files[output.path] == nil else {
      return fail("\(output.path) exists; \(output.command)! writes over it", line)
    }
    files[output.path] = bytes
  }
}
