import Glibc
import Notation
import Terminal
import Workbench

/// The same commands without a screen: results on the standard output, complaints on the standard error.
struct BatchRun {
  var session: Session
  let keepsGoing: Bool
  private var hasFailed = false
  private var hasQuit = false

  init(session: Session, keepsGoing: Bool) {
    self.session = session
    self.keepsGoing = keepsGoing
  }

  mutating func perform(file: String) throws {
    let text = String(decoding: try Files.read(file), as: UTF8.self)
    try perform(
      text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), named: file)
  }

  mutating func performStandardInput() throws {
    var number = 0
    while !hasQuit, let line = readLine() {
      number += 1
      try perform(line, at: "stdin:\(number)")
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
      carryOut(&reply)
      for line in reply.lines { print(usesASCII ? line.text.asciiOnly : line.text) }
    }
  }

  mutating func perform(_ lines: [String], named source: String) throws {
    for (index, line) in lines.enumerated() where !hasQuit {
      try perform(line, at: "\(source):\(index + 1)")
    }
  }

  /// Carries out a line; a blank one says nothing here, where nobody pressed Enter.
  private mutating func perform(_ line: String, at place: String) throws {
    guard line.contains(where: { $0 != " " && $0 != "\t" }) else { return }
    var reply = session.apply(line)
    carryOut(&reply)
    for line in reply.lines where line.kind != .complaint { print(line.text) }
    guard !reply.succeeded else { return }
    hasFailed = true
    for line in reply.lines where line.kind == .complaint {
      complain("\(place): \(line.text.drop { $0 == " " || $0 == "^" })")
    }
    if !keepsGoing { throw Exit.failed }
  }

  /// Does what a reply asks for; what cannot be done becomes a complaint.
  private mutating func carryOut(_ reply: inout Reply) {
    for effect in reply.effects {
      do {
        try perform(effect, &reply)
      } catch {
        reply.lines.append(
          Reply.Line((error as? Failure)?.message ?? "\(error)", .complaint))
        reply.succeeded = false
      }
    }
  }

  private mutating func perform(_ effect: Effect, _ reply: inout Reply) throws {
    switch effect {
    case .open(let word):
      let experiment = try Files.preset(word.text).experiment
      let answer = try session.open(experiment, named: word.text)
      reply.lines += answer.lines
    case .compare(let word):
      let answer = try Files.comparison(word.text, with: session)
      reply.lines += answer.lines
      reply.succeeded = reply.succeeded && answer.succeeded
    case .write(let path, let text, let overwriting):
      try Files.write(text, to: path, overwriting: overwriting)
      reply.lines.append(Reply.Line("wrote \(path)"))
    case .tour:
      throw Failure(message: "the tour needs the screen", code: Exit.failed)
    case .quit: hasQuit = true
    }
  }

  /// Ends with the status of what was done.
  func finish() throws {
    if hasFailed { throw Exit.failed }
  }
}
