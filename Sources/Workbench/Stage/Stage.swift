import EventProp
import Files
import Language

/// What a session acts on: the screen, a batch, or a test.
package protocol Stage {
  /// The session.
  var session: Session { get set }
  /// How many files and rests of lines are open.
  var scriptDepth: Int { get }
  /// Carries out the commands of a file before anything else; with a pause before each, in seconds.
  mutating func play(file path: String, _ text: String, wait: Double?) throws
  /// Carries out the rest of a line after the files that it has opened since there were `depth`.
  mutating func play(rest text: String, above depth: Int)
  /// Shows an answer.
  mutating func receive(_ reply: Reply, titled title: String)
  /// Shows the screen where there is none.
  mutating func showScreen()
  /// The screen as text.
  mutating func snapshot() -> String
  /// The run as SVG.
  func figure() -> String
  /// Makes room for another experiment.
  mutating func clear()
  /// Begins the guided walk.
  mutating func startTour() throws
  /// Ends.
  mutating func quit()
}

/// Why an effect could not be carried out, in a sentence.
package struct NotDone: Error, CustomStringConvertible {
  /// The sentence.
  package let description: String

  /// Says why.
  package init(_ description: String) { self.description = description }
}

extension Stage {
  /// Does what an answer asks for, in order, with the files of a shelf; throws why one of the effects cannot be done, and leaves the others.
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
    case .record(let output):
      try shelf.write([], to: output)
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
    reply.say("wrote \(output.path)")
    receive(reply, titled: "")
  }
}
