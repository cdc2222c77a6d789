import EventProp
import Language
package import Terminal
package import Workbench

/// A session with a screen and a keyboard: keys become lines, the session answers, the screen shows it.
package struct App {
  /// The session on the bench.
  package var session: Session
  /// Whether the program goes on.
  package internal(set) var isRunning = true
  /// The line being typed, with its history.
  package internal(set) var editor: LineEditor

  var replies: [Reply.Line] = []
  /// What was said and answered, for the log pane; the latest last.
  var record: [Reply.Line] = []
  /// How many lines of the log lie below its pane.
  var recordOffset = 0
  /// The text over the plots.
  var panel: Panel?
  /// The list of keys and commands over the plots.
  var menu: Menu?
  /// The guided walk, and the session as it was before.
  var tour: Tour?
  /// Whether letters act instead of typing.
  var actsOnSingleKeys = false
  /// What the next key completes.
  var pending: (verb: String, asks: String)?
  /// A line that waits for a yes, since it would lose something.
  var question: (line: String, echo: Bool, loss: String)?
  /// Where the left button went down.
  var pressed: MouseEvent?
  /// What Tab offers.
  var candidates: [String] = []
  var lastKind: ScreenLayout.Kind?
  var lastSize = Size(columns: 80, rows: 24)
  var scales = GradientScales()
  var busy: Busy?
  /// The lines of scripts.
  var player = Player()
  /// A sweep over the plots.
  var chart: Chart?

  /// A line whose work is not done.
  struct Busy {
    var line: String
    var prompt: String
    var echo: Bool
    let start: ContinuousClock.Instant
    /// How long it has been at work.
    var elapsed = Duration.zero
  }

  /// A text over the plots, closed by Esc.
  struct Panel {
    let title: String
    let lines: [Reply.Line]
    var top = 0
    /// The lines as they stood last, and in how many columns: a table of a large network has a hundred thousand.
    private var latest: (columns: Int, lines: [Reply.Line])?

    init(title: String, lines: [Reply.Line]) {
      self.title = title
      self.lines = lines
    }

    /// Its lines as they stand in so many columns.
    mutating func wrapped(to columns: Int) -> [Reply.Line] {
      if let latest, latest.columns == columns { return latest.lines }
      let wrapped = lines.flatMap { line -> [Reply.Line] in
        if line.text.utf8.count <= columns { return [line] }
        // A caret points into the line above it.
        let indent = line.isComplaint ? 0 : line.text.tableIndent(in: columns)
        return line.text.wrapped(to: columns, indent: indent).map { Reply.Line($0, line.kind) }
      }
      latest = (columns, wrapped)
      return wrapped
    }
  }

  /// How long work goes on between two looks at the keyboard.
  package static let budget = Duration.milliseconds(60)
  /// How long work takes before its progress is shown.
  package static let patience = Duration.milliseconds(80)
  /// How many lines the log pane remembers.
  static let recordLimit = 500

  /// Opens a session on the screen; its first line says what to do, after a `notice` where there is one.
  package init(_ session: Session, history: [String] = [], notice: String? = nil) {
    self.session = session
    editor = LineEditor(history: History(history))
    self.session.sitting.typed = editor.history.lines.map { ($0, false) }
    replies = [
      Reply.Line("Press → to step, type bwd to see the way back, tour to be shown around."),
      Reply.Line(session.experiment.about ?? session.experiment.title),
    ]
    if let notice { replies.insert(Reply.Line(notice), at: 0) }
    record = replies
  }

  /// Tells the session what the terminal can do.
  package mutating func attach(_ terminal: Settings.Terminal) {
    session.looks.settings.terminal = terminal
  }

  /// Has long work ask whether it goes on; see ``Session/goesOn``.
  package mutating func attach(_ goesOn: @escaping @Sendable (Progress) -> Bool) {
    session.goesOn = goesOn
  }

  /// Tells Tab what lies in a folder; see ``Session/namesInFolder``.
  package mutating func attach(namesInFolder: @escaping @Sendable (String) -> [String]) {
    session.namesInFolder = namesInFolder
  }

  // MARK: - Lines

  mutating func leave() -> Effect {
    isRunning = false
    return .quit
  }

  /// Carries out a line as if it had been typed; work that takes long goes on in ``tick(for:)``.
  ///
  /// - Parameters:
  ///   - line: What is said.
  ///   - echo: Whether somebody typed it, and not a key.
  /// - Returns: What the program has to do.
  package mutating func perform(_ line: String, echo: Bool) -> [Effect] {
    guard busy == nil else {
      if Self.leaves(line) { return [leave()] }
      if echo { editor.replace(with: line) }
      show(Reply.Line("\(session.task?.title ?? "work") is not done; Ctrl-C stops it", .failure))
      return []
    }
    // Nobody answers for a script.
    if player.place == nil, let loss = session.loss(of: line) {
      question = (line, echo, loss)
      show(Reply.Line("\(loss): y goes on, any other key does not"))
      return []
    }
    return begin(line, echo: echo)
  }

  /// Takes the answer to a question, which no history keeps.
  mutating func answer(_ asked: (line: String, echo: Bool, loss: String), with key: Key) -> [Effect]
  {
    guard key == .character("y") || key == .character("Y") else {
      show(Reply.Line("\(asked.line): not done"))
      return []
    }
    return begin(asked.line, echo: asked.echo)
  }

  /// Carries out a line about which nothing is to be asked any more.
  private mutating func begin(_ line: String, echo: Bool) -> [Effect] {
    let work = Busy(line: line, prompt: session.prompt, echo: echo, start: .now)
    let reply = session.begin(line, remembering: echo)
    guard session.task != nil else { return finish(work, reply) }
    busy = work
    return tick()
  }

  private static func leaves(_ line: String) -> Bool {
    (try? CommandParser.parse(line).map(\.command)) == [.quit]
  }

  // MARK: - Long work

  /// Whether something is at work that ``tick(for:)`` carries on.
  package var isBusy: Bool { busy != nil }

  /// Goes on with what takes long, at least by one piece; returns what the program has to do when that is over.
  package mutating func tick(for budget: Duration = App.budget) -> [Effect] {
    guard let work = busy else { return [] }
    let start = ContinuousClock.now
    repeat {
      guard let reply = session.advance() else { continue }
      busy = nil
      return finish(work, reply)
    } while .now - start < budget
    busy?.elapsed = .now - work.start
    return []
  }

  mutating func interrupt() -> [Effect] {
    guard let work = busy, let reply = session.interrupt() else { return [] }
    busy = nil
    return finish(work, reply)
  }

  // MARK: - Answers

  /// Shows the answer to a line.
  private mutating func finish(_ work: Busy, _ reply: Reply) -> [Effect] {
    var reply = reply
    let line = work.line
    recordOffset = 0
    locate(&reply)
    // A complaint points into the line, which has left the prompt by now.
    if reply.lines.contains(where: \.isComplaint) {
      reply.lines.insert(Reply.Line(work.prompt + line), at: 0)
    }
    if !line.allSatisfy(\.isWhitespace), reply.lines.first?.text != work.prompt + line {
      keep([Reply.Line(work.prompt + line)])
    }
    receive(reply, titled: line)
    if reply.effects.contains(.tour) { follow(Tour(of: session)) }
    if reply.effects.contains(.quit) { isRunning = false }
    return reply.effects.filter { $0 != .tour }
  }

  /// Keeps lines for the log pane.
  private mutating func keep(_ lines: [Reply.Line]) {
    record += lines
    if record.count > Self.recordLimit { record.removeFirst(record.count - Self.recordLimit) }
  }

  /// Shows an answer: the place where it ends, one line, or more of them in a panel.
  package mutating func receive(_ reply: Reply, titled title: String = "") {
    guard !reply.lines.isEmpty else { return }
    let here = session.placeLine
    // Of several stops on one line the last one is where we are.
    if reply.succeeded, let last = reply.lines.lastIndex(where: { $0.kind == here.kind }),
      reply.lines[(last + 1)...].allSatisfy({ $0.kind == .display })
    {
      let stop = last > 0 && reply.lines[last - 1].kind == .stop ? reply.lines[last - 1] : here
      replies = [stop] + reply.lines[(last + 1)...]
      keep(replies)
      return
    }
    keep(reply.lines)
    replies = reply.lines
    if let figure = reply.figure, reply.succeeded {
      chart = Chart(figure)
      // The chart says the rest.
      replies = Array(reply.lines.suffix(1))
    } else if reply.lines.count > 3 {
      panel = Panel(title: title, lines: reply.lines)
      // Once the panel is closed there is nothing left to say about it.
      replies = [here]
    }
  }

  /// Shows one line.
  package mutating func show(_ line: Reply.Line) {
    replies = [line]
    keep(replies)
  }
}
