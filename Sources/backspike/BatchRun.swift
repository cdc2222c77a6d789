import Columns
import EventProp
import Interface
import Language
import Terminal
import Study
import Workbench

/// Commands without a screen: results on the standard output, complaints on the standard error.
struct BatchRun {
  var session: Session
  let keepsGoing: Bool
  /// The size of the pictures.
  let size: Size
  var script = Script()
  /// The answer to the present line, with the answers of its effects.
  private var answering = Reply()
  /// The place of the present line.
  private(set) var place = ""
  private var hasFailed = false
  private var hasQuit = false
  /// The last answer that was not empty, for pictures.
  private var lastReply = Reply()

  init(session: Session, keepsGoing: Bool, size: Size) {
    self.session = session
    self.keepsGoing = keepsGoing
    self.size = size
  }

  mutating func perform(file: String) throws { try perform(file: file, try Files.script(file)) }

  mutating func perform(file: String, _ text: String) throws {
    if let fault = script.push(file: file, text) { throw Failure(message: fault, code: Exit.usage) }
    try performScript()
  }

  mutating func performStandardInput() throws {
    Files.claimStandardInput()
    var input = CommandInput()
    var number = 0
    while !hasQuit, let line = input.nextLine() {
      number += 1
      try perform(Script.Line(text: line, place: "stdin:\(number)"))
      try performScript()
    }
  }

  /// Reads lines at a terminal without a screen, with a prompt; a complaint does not end the
  /// conversation.
  ///
  /// - Parameter usesASCII: Whether the terminal shows only ASCII.
  /// - Throws: Why the standard output cannot be written.
  mutating func converse(usesASCII: Bool) throws {
    Files.claimStandardInput()
    var input = CommandInput()
    while !hasQuit {
      try StandardStream.output.write(Array(session.prompt.utf8))
      guard let line = input.nextLine() else { return try StandardStream.output.print() }
      // An arrow key has no meaning here, and Enter alone only asks for the next prompt.
      let isPlain = session.looks.settings.isPlain
      let text = isPlain ? line.withoutControlSequences : line
      if isPlain, text.allSatisfy(\.isWhitespace) { continue }
      var reply = session.apply(text)
      carryOut(&reply, of: Script.Line(text: text, place: "line"))
      for line in reply.lines {
        let text = self.text(of: line)
        // A terminal would break words at its edge.
        for row in isPlain ? text.wrapped(to: 78, indent: 2) : [text] {
          try StandardStream.output.print(usesASCII ? row.asciiOnly : row)
        }
      }
      // A script that fails has told why, and the conversation goes on.
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

  /// Carries out a line; a blank one does nothing here.
  private mutating func perform(_ line: Script.Line) throws {
    guard line.text.contains(where: { !$0.isWhitespace }) else { return }
    var reply = session.apply(line.text)
    carryOut(&reply, of: line)
    let results = reply.lines.filter { !$0.isComplaint }.map { text(of: $0) + "\n" }.joined()
    do {
      try StandardStream.output.write(Array(results.utf8))
    } catch {
      // The files do not depend on the standard output.
      try leave()
      throw error
    }
    guard !reply.succeeded else { return }
    hasFailed = true
    for complaint in reply.lines where complaint.isComplaint {
      complain("\(line.place): \(complaint.sentence)")
    }
    if !keepsGoing {
      try leave()
      throw Exit.failed
    }
  }

  /// A line of an answer, in words where the sitting is a plain one.
  private func text(of line: Reply.Line) -> String {
    session.looks.settings.isPlain ? line.inWords(session) : line.text
  }

  /// Performs the effects of a reply; a failure becomes a complaint.
  private mutating func carryOut(_ reply: inout Reply, of line: Script.Line) {
    if !reply.lines.isEmpty { lastReply = reply }
    guard reply.succeeded else { return }
    answering = reply
    place = line.place
    var disk = Disk()
    do {
      try perform(reply.effects, with: &disk)
    } catch {
      answering.lines.append(Reply.Line("\(error)", .failure))
      answering.succeeded = false
    }
    reply = answering
  }

  /// The screen for the present session, with the last chart or the last lines of an answer.
  ///
  /// A text that would cover the plots has been printed already.
  private var picture: String {
    var app = App(session)
    var reply = lastReply
    if reply.figure == nil { reply.lines = reply.lines.suffix(3) }
    app.receive(reply)
    return app.picture(in: size)
  }

  /// Writes the files that are not written yet.
  private mutating func leave() throws {
    var disk = Disk()
    try perform(session.farewell, with: &disk)
  }

  /// Ends with the status of the commands.
  mutating func finish() throws {
    try leave()
    if hasFailed { throw Exit.failed }
  }
}

extension BatchRun: ScriptedStage {
  mutating func receive(_ reply: Reply, titled title: String) {
    answering.lines += reply.lines
    answering.succeeded = answering.succeeded && reply.succeeded
  }

  mutating func showScreen() {
    answering.lines += picture.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
      .map { Reply.Line(String($0)) }
  }

  func snapshot() -> String { picture }

  func copy(_ text: String) throws {
    throw NotDone("only a screen has a clipboard; snapshot and export write files")
  }

  func figure() -> String { Figure.svg(of: session) }

  func page() throws -> String { try SittingPage.html(of: session) }

  mutating func pause(_ text: String?) {
    if let text { answering.lines.append(Reply.Line(text)) }
  }

  func figure(of sweep: Sweep.Finding) -> String { SweepFigure.svg(of: sweep) }

  func clear() {}

  func startTour() throws { throw NotDone("the tour needs the screen") }

  mutating func quit() { hasQuit = true }
}

extension String {
  /// The text without control characters and the sequences of keys such as arrows.
  fileprivate var withoutControlSequences: String {
    String(replacing(/\u{1B}(\[[0-9;]*[A-Za-z~]|O[A-Za-z])/, with: "").filter { $0 >= " " })
  }
}
