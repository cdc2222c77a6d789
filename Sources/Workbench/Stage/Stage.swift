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
  /// seconds.
  mutating func play(file path: String, _ text: String, wait: Double?) throws
  /// Carries out the rest of a line after the files that it opened; `depth` is the number of open
  /// files before the line.
  mutating func play(rest text: String, above depth: Int)
  /// Shows an answer.
  mutating func receive(_ reply: Reply, titled title: String)
  /// Shows the screen for a terminal without one.
  mutating func showScreen()
  /// The screen as text.
  mutating func snapshot() -> String
  /// The run as SVG.
  func figure() -> String
  /// A sweep as SVG.
  func figure(of sweep: Sweep.Finding) -> String
  /// Prepares for another experiment.
  mutating func clear()
  /// Begins the guided tour.
  mutating func startTour() throws
  /// Ends the program.
  mutating func quit()
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
    case .compare(let word): try compare(with: word.text, from: shelf)
    case .write(let output, let bytes): try write(bytes, to: output, on: &shelf)
    case .report(let output): try writeReport(to: output, on: &shelf)
    case .snapshot(let output): try write(Array(snapshot().utf8), to: output, on: &shelf)
    case .draw(let output): try write(Array(figure().utf8), to: output, on: &shelf)
    case .drawSweep(let output, let sweep):
      try write(Array(figure(of: sweep).utf8), to: output, on: &shelf)
    case .record(let output):
      try shelf.reserve(output)
      receive(session.beginRecording(output.path), titled: "")
    case .source(let word, let wait):
      try play(file: word.text, try shelf.script(word.text), wait: wait)
    case .screen: showScreen()
    case .resume(let rest): play(rest: rest, above: depth)
    case .tour: try startTour()
    case .quit: quit()
    }
  }

  private mutating func open(_ name: String, from shelf: inout some Shelf) throws {
    let (experiment, isSaved) = try shelf.experiment(named: name)
    let reply: Reply
    do throws(SimulationError) {
      reply = try session.open(experiment, named: name, isSaved: isSaved)
    } catch {
      throw NotDone(Names(experiment).sentence(for: error) + "; nothing was changed")
    }
    clear()
    receive(reply, titled: "")
  }

  private mutating func compare(with path: String, from shelf: some Shelf) throws {
    let bytes = try shelf.read(path)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let reply: Reply
    do throws(GradientComplaints) {
      reply = try session.compare(bytes, named: path)
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
