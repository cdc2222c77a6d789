import EventProp
import Files
import Language
import Presets
import Testing
import Study
import Workbench

/// Files that are only remembered.
struct RememberedFiles: Shelf {
  var files: [String: [UInt8]] = [:]

  func experiment(named name: String) throws -> Opened {
    guard let preset = Preset.all.first(where: { $0.name == name }) else {
      throw NotDone("no preset \(name)")
    }
    return Opened(try PresetReader.read(preset.text, named: name).experiment)
  }

  func read(_ path: String) throws -> [UInt8] {
    guard let bytes = files[path] else { throw NotDone("\(path): no such file") }
    return bytes
  }

  func script(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }

  mutating func reserve(_ output: Output) throws {
    try write(files[output.path] ?? [], to: output)
  }

  mutating func write(_ bytes: [UInt8], to output: Output) throws {
    guard output.isOverwriting || files[output.path] == nil else {
      throw NotDone("\(output.path) exists; \(output.command)! writes over it")
    }
    files[output.path] = bytes
  }

  mutating func write(
    to output: Output, _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    var bytes: [UInt8] = []
    try body { bytes += $0 }
    try write(bytes, to: output)
  }
}

/// A session without a screen and without a disk.
struct Desk {
  var session: Session
  private var shelf = RememberedFiles()
  /// What was answered, line by line.
  private(set) var answers: [String] = []
  /// The first complaint, with its place.
  private(set) var complaint: String?
  var script = Script()
  /// Where the line at work stands.
  private(set) var place = ""

  init(_ preset: String = "reference") throws { session = try SessionTests.session(preset) }

  var files: [String: [UInt8]] {
    get { shelf.files }
    set { shelf.files = newValue }
  }

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
    place = line.place
    if !reply.succeeded {
      complaint = "\(place): \(reply.lines.last?.sentence ?? "")"
      return
    }
    var shelf = shelf
    do {
      try perform(reply.effects, with: &shelf)
    } catch {
      complaint = "\(place): \(error)"
    }
    self.shelf = shelf
  }
}

extension Desk: ScriptedStage {
  mutating func receive(_ reply: Reply, titled title: String) {
    answers += reply.lines.map(\.text)
  }

  func showScreen() {}
  func snapshot() -> String { "" }
  func copy(_ text: String) {}
  func page() throws -> String { "" }
  func pause(_ text: String?) {}
  func figure() -> String { "" }

  func figure(of sweep: Sweep.Finding) -> String { "" }
  func clear() {}
  func startTour() {}
  func quit() {}
}
