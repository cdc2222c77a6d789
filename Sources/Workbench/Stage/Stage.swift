import EventProp
import Files
import Language
package import Study

/// The surroundings of a session: the screen, a batch, or a test.
package protocol Stage {
  /// The session.
  var session: Session { get set }
  /// The number of open files and rests of lines.
  var scriptDepth: Int { get }
  /// Carries out the commands of a file before anything else; with a pause before each one, in
  /// seconds, perhaps paused from the start.
  mutating func play(file path: String, _ text: String, wait: Double?, isPaused: Bool) throws
  /// Waits for a key, and shows a text meanwhile.
  mutating func pause(_ text: String?)
  /// Carries out the rest of a line after the files that it opened; `depth` is the number of open
  /// files before the line.
  mutating func play(rest text: String, above depth: Int)
  /// Shows an answer.
  mutating func receive(_ reply: Reply, titled title: String)
  /// Shows the screen for a terminal without one.
  mutating func showScreen()
  /// The screen as text.
  mutating func snapshot() -> String
  /// Puts a text on the clipboard; throws `NotDone` where there is none.
  mutating func copy(_ text: String) throws
  /// The run as SVG.
  func figure() -> String
  /// The places of the sitting as one page of HTML.
  func page() throws -> String
  /// A sweep as SVG.
  func figure(of sweep: Sweep.Finding) -> String
  /// Prepares for another experiment.
  mutating func clear()
  /// Begins the guided tour.
  mutating func startTour() throws
  /// Ends the program.
  mutating func quit()
}

/// A stage without a screen: the lines of scripts follow each other without pauses.
package protocol ScriptedStage: Stage {
  /// The waiting lines.
  var script: Script { get set }
  /// The place of the present line.
  var place: String { get }
}

extension ScriptedStage {
  /// The number of open files and rests of lines.
  package var scriptDepth: Int { script.depth }

  /// Puts the lines of a file before the waiting ones; throws `NotDone` for a file that sources
  /// itself.
  package mutating func play(
    file path: String, _ text: String, wait: Double?, isPaused: Bool
  ) throws {
    if let fault = script.push(file: path, text) { throw NotDone(fault) }
  }

  /// Puts the rest of a line after the files that it opened.
  package mutating func play(rest text: String, above depth: Int) {
    script.insert(rest: text, at: place, above: depth)
  }
}

/// Why an effect could not be performed, in a sentence.
package struct NotDone: Error, CustomStringConvertible {
  /// The sentence.
  package let description: String

  /// Creates a failure from its sentence.
  package init(_ description: String) { self.description = description }
}

extension Stage {
  /// Performs the effects of an answer in order, with the files of a shelf.
  ///
  /// Throws the reason of the first effect that fails; the effects after it are not performed.
  package mutating func perform(_ effects: [Effect], with shelf: inout some Shelf) throws {
    let depth = scriptDepth
    for effect in effects { try perform(effect, with: &shelf, above: depth) }
  }

  private mutating func perform(
    _ effect: Effect, with shelf: inout some Shelf, above depth: Int
  ) throws {
    switch effect {
    case .open(let word): try open(word.text, from: &shelf)
    case .compare(let phrase): try compare(phrase, from: shelf)
    case .train(let word):
      let bytes = try shelf.read(word.text)
      do throws(Diagnostic) {
        receive(try session.resumeTraining(from: bytes, named: word), titled: "")
      } catch {
        throw NotDone(error.sentence)
      }
    case .write(let output, let bytes): try write(bytes, to: output, on: &shelf)
    case .report(let output): try writeReport(to: output, on: &shelf)
    case .snapshot(let output): try write(Array(snapshot().utf8), to: output, on: &shelf)
    case .draw(let output): try write(Array(figure().utf8), to: output, on: &shelf)
    case .drawSweep(let output, let sweep):
      try write(Array(figure(of: sweep).utf8), to: output, on: &shelf)
    case .record(let output):
      try shelf.reserve(output)
      receive(session.beginRecording(output.path), titled: "")
    case .page(let output): try write(Array(try page().utf8), to: output, on: &shelf)
    case .source(let word, let wait, let isPaused):
      try play(
        file: word.text, try shelf.script(word.text), wait: wait, isPaused: isPaused)
    case .pause(let text): pause(text)
    case .close: clear()
    case .screen: showScreen()
    case .copy(let text): try putOnClipboard(text ?? snapshot())
    case .resume(let rest): play(rest: rest, above: depth)
    case .tour: try startTour()
    case .quit: quit()
    }
  }

  private mutating func open(_ name: String, from shelf: inout some Shelf) throws {
    let opened = try shelf.experiment(named: name)
    let reply: Reply
    do throws(SimulationError) {
      reply = try session.open(opened, named: name)
    } catch {
      throw NotDone(Names(opened.experiment).sentence(for: error) + "; nothing was changed")
    }
    clear()
    receive(reply, titled: "")
  }

  private mutating func compare(_ phrase: ComparePhrase, from shelf: some Shelf) throws {
    let files = try phrase.files.map { (name: $0.text, bytes: try shelf.read($0.text)) }
    let path = phrase.files[0].text
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let reply: Reply
    do throws(GradientComplaints) {
      reply = try session.compare(files, phrase)
    } catch {
      throw NotDone(error.rendered)
    }
    guard reply.succeeded else {
      throw NotDone(reply.lines.map(\.text).joined(separator: "\n"))
    }
    receive(reply, titled: "compare \(name)")
  }

  private mutating func write(
    _ bytes: [UInt8], to output: Output, on shelf: inout some Shelf
  ) throws {
    try shelf.write(bytes, to: output)
    noteWritten(output)
  }

  /// The most bytes of a text for the clipboard; terminals drop longer ones.
  private static var longestCopy: Int { 50_000 }

  private mutating func putOnClipboard(_ text: String) throws {
    guard text.utf8.count <= Self.longestCopy else {
      throw NotDone(
        "\(text.utf8.count) bytes are too many for a terminal's clipboard; snapshot and export write files"
      )
    }
    try copy(text)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
    var reply = Reply()
    reply.say("copied \(lines) line\(lines == 1 ? "" : "s"), if the terminal allows it")
    receive(reply, titled: "")
  }

  private mutating func writeReport(to output: Output, on shelf: inout some Shelf) throws {
    do {
      try shelf.write(to: output) { [session] write in try session.writeReport(to: write) }
    } catch let error as SimulationError {
      throw NotDone("\(session.names.sentence(for: error)); nothing was written")
    } catch is EncodingError {
      throw NotDone("a number of this run is not finite; JSON has none")
    }
    noteWritten(output)
  }

  private mutating func noteWritten(_ output: Output) {
    session.noteWritten(output)
    var reply = Reply()
    reply.say("wrote \(output.path.unmasked)")
    receive(reply, titled: "")
  }
}
