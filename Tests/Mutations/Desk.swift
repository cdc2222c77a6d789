import EventProp
import Files
import Interface
import Presets
import Terminal
import Study
import Workbench

/// Files that are only remembered.
struct Drawer: Shelf {
  var files: [String: [UInt8]] = [:]

  func experiment(named name: String) throws -> Opened {
    if let preset = Preset.named(name) {
      return Opened(try PresetReader.read(preset.text, named: name).experiment)
    }
    let text = try script(name)
    do throws(PresetComplaints) {
      return Opened(try PresetReader.read(text, named: name).experiment)
    } catch {
      throw NotDone(error.rendered)
    }
  }

  func read(_ path: String) throws -> [UInt8] {
    guard let bytes = files[path] else { throw NotDone("\(path): no such file") }
    return bytes
  }

  func script(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }

  mutating func reserve(_ output: Output) throws { try write(files[output.path] ?? [], to: output) }

  mutating func write(_ bytes: [UInt8], to output: Output) throws {
    guard output.isOverwriting || files[output.path] == nil else {
      throw NotDone("\(output.path) exists")
    }
    files[output.path] = bytes
  }

  mutating func write(to output: Output, _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void)
    throws
  {
    var bytes: [UInt8] = []
    try body { bytes += $0 }
    try write(bytes, to: output)
  }
}

/// A session without a screen and without a disk.
struct Desk {
  var session: Session
  var drawer = Drawer()
  /// The answers and complaints of the lines, each with its line.
  private(set) var answers: [(line: Script.Line, text: String)] = []
  /// The complaints, with their places.
  private(set) var complaints: [String] = []
  var script = Script()
  private(set) var place = ""
  private var hasQuit = false

  init(_ session: Session) { self.session = session }

  /// Carries out lines and what they source, also after one that fails; at most 100 lines.
  mutating func perform(_ lines: [String]) {
    script.push(lines, named: "-e")
    var count = 0
    while !hasQuit, count < 100, let line = script.next() {
      count += 1
      perform(line)
    }
  }

  private mutating func perform(_ line: Script.Line) {
    place = line.place
    let reply = session.apply(line.text)
    answers += reply.lines.map { (line, $0.text) }
    guard reply.succeeded else {
      let sentences = reply.lines.filter(\.isComplaint).map(\.sentence).joined(separator: "; ")
      complaints.append("\(place): \(sentences)")
      return
    }
    var drawer = drawer
    do {
      try perform(reply.effects, with: &drawer)
    } catch {
      complaints.append("\(place): \(error)")
    }
    self.drawer = drawer
  }
}

extension Desk: ScriptedStage {
  mutating func receive(_ reply: Reply, titled title: String) {}

  mutating func showScreen() { _ = snapshot() }

  mutating func snapshot() -> String {
    var app = App(session)
    return app.picture(in: Size(columns: 80, rows: 24))
  }

  func copy(_ text: String) {}
  func page() throws -> String { "" }
  func pause(_ text: String?) {}

  func figure() -> String { Figure.svg(of: session) }

  func figure(of sweep: Sweep.Finding) -> String { SweepFigure.svg(of: sweep) }

  func clear() {}

  func startTour() throws { throw NotDone("the tour needs the screen") }

  mutating func quit() { hasQuit = true }
}
