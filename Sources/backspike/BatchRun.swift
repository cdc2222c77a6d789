import EventProp
import Glibc
import Interface
import Language
import Terminal
import Workbench

/// The same commands without a screen: results on the standard output, complaints on the standard error.
struct BatchRun {
  var session: Session
  let keepsGoing: Bool
  /// The size of the pictures.
  let size: Size
  private var script = Script()
  private var hasFailed = false
  private var hasQuit = false
  /// What the last line that answered anything did answer, for pictures.
  private var lastReply = Reply()

  init(session: Session, keepsGoing: Bool, size: Size) {
    self.session = session
    self.keepsGoing = keepsGoing
    self.size = size
  }

  mutating func perform(file: String) throws {
    if let fault = script.push(file: file, try Files.script(file)) {
      throw Failure(message: fault, code: Exit.usage)
    }
    try performScript()
  }

  mutating func performStandardInput() throws {
    var number = 0
    while !hasQuit, let line = readLine() {
      number += 1
      try perform(Script.Line(text: line, place: "stdin:\(number)"))
      try performScript()
    }
  }

  /// Reads lines from somebody at a terminal without a screen: with a prompt, and after a complaint it goes on.
  ///
  /// - Parameter usesASCII: Whether the terminal shows nothing but ASCII.
  mutating func converse(usesASCII: Bool) {
    while !hasQuit {
      print(session.prompt, terminator: "")
      fflush(nil)
      guard let line = readLine() else {
        print()
        return
      }
      var reply = session.apply(line)
      carryOut(&reply, of: Script.Line(text: line, place: "line"))
      for line in reply.lines { print(usesASCII ? line.text.asciiOnly : line.text) }
      // A script that fails has said why, and the conversation goes on.
      do { try performScript() } catch { script.clear() }
    }
  }

  mutating func perform(_ lines: [String], named source: String) throws {
    script.push(lines, named: source)
    try performScript()
  }

  private mutating func performScript() throws {
    while !hasQuit, let line = script.next() { try perform(line) }
  }

  /// Carries out a line; a blank one says nothing here, where nobody pressed Enter.
  private mutating func perform(_ line: Script.Line) throws {
    guard line.text.contains(where: { $0 != " " && $0 != "\t" }) else { return }
    var reply = session.apply(line.text)
    carryOut(&reply, of: line)
    for line in reply.lines where line.kind != .complaint { print(line.text) }
    guard !reply.succeeded else { return }
    hasFailed = true
    for complaint in reply.lines where complaint.kind == .complaint {
      complain("\(line.place): \(complaint.text.drop { $0 == " " || $0 == "^" })")
    }
    if !keepsGoing {
      try leave()
      throw Exit.failed
    }
  }

  /// Does what a reply asks for; what cannot be done becomes a complaint.
  private mutating func carryOut(_ reply: inout Reply, of line: Script.Line) {
    if !reply.lines.isEmpty { lastReply = reply }
    let depth = script.depth
    for effect in reply.effects where reply.succeeded {
      do {
        try perform(effect, of: line, above: depth, &reply)
      } catch {
        reply.lines.append(
          Reply.Line((error as? Failure)?.message ?? "\(error)", .complaint))
        reply.succeeded = false
      }
    }
  }

  private mutating func perform(
    _ effect: Effect, of line: Script.Line, above depth: Int, _ reply: inout Reply
  ) throws {
    switch effect {
    case .open(let word):
      let (experiment, isSaved) = try Files.experiment(word.text)
      let answer = try session.open(experiment, named: word.text, isSaved: isSaved)
      reply.lines += answer.lines
    case .compare(let word):
      let answer = try Files.comparison(word.text, with: &session)
      reply.lines += answer.lines
      reply.succeeded = reply.succeeded && answer.succeeded
    case .write(let output, let bytes): try write(bytes, to: output, &reply)
    case .report(let output):
      try Files.writeReport(of: session, to: output)
      note(output, &reply)
    case .snapshot(let output): try write(Array(picture.utf8), to: output, &reply)
    case .draw(let output):
      try write(Array(Figure.svg(of: session).utf8), to: output, &reply)
    case .record(let output):
      try Files.write([], to: output)
      reply.lines += session.beginRecording(output.path).lines
    case .source(let word, _):
      if let fault = script.push(file: word.text, try Files.script(word.text)) {
        throw Failure(message: fault, code: Exit.failed)
      }
    case .screen:
      reply.lines += picture.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        .map { Reply.Line(String($0)) }
    case .resume(let rest): script.insert(rest: rest, at: line.place, above: depth)
    case .tour:
      throw Failure(message: "the tour needs the screen", code: Exit.failed)
    case .quit: hasQuit = true
    }
  }

  private mutating func write(_ bytes: [UInt8], to output: Output, _ reply: inout Reply) throws {
    try Files.write(bytes, to: output)
    note(output, &reply)
  }

  private mutating func note(_ output: Output, _ reply: inout Reply) {
    session.noteWritten(output)
    reply.lines.append(Reply.Line("wrote \(output.path)"))
  }

  /// The screen that would be seen here, with the chart that was drawn last or the last lines of an answer; a text
  /// that would lie over the plots has been printed already.
  private var picture: String {
    var app = App(session)
    var reply = lastReply
    if reply.figure == nil { reply.lines = reply.lines.suffix(3) }
    app.receive(reply)
    return app.picture(in: size)
  }

  /// Writes what is still to be written.
  private mutating func leave() throws {
    for case .write(let output, let bytes) in session.farewell {
      try Files.write(bytes, to: output)
    }
  }

  /// Ends with the status of what was done.
  mutating func finish() throws {
    try leave()
    if hasFailed { throw Exit.failed }
  }
}
