import Columns
import EventProp
import Language
import Learning
package import Terminal
package import Workbench

/// A session with a screen and a keyboard: keys become lines, the session answers, and the screen
/// shows the answers.
package struct App {
  /// The session on the bench.
  package var session: Session
  /// Whether the program goes on.
  package internal(set) var isRunning = true
  /// The line being typed, with its history.
  package internal(set) var editor: LineEditor

  var replies: [Reply.Line] = []
  /// The lines and answers for the log pane; the latest is last.
  var record: [Reply.Line] = []
  /// The number of log lines below the visible part.
  var recordOffset = 0
  /// The text over the plots.
  var panel: Panel?
  /// The texts from which links led to the present one; the latest is last.
  var pagesBehind: [Panel] = []
  /// The list of keys and commands over the plots.
  var menu: Menu?
  /// The guided tour, and the session before it.
  var tour: Tour?
  /// Whether letters act as keys, not as text.
  var actsOnSingleKeys = false
  /// The verb that the next key completes.
  var pending: (verb: String, asks: String)?
  /// A line that needs the user's consent, because it would lose something.
  var question: (line: String, echo: Bool, loss: String)?
  /// The place where the left button went down.
  var pressed: MouseEvent?
  /// The candidates of Tab.
  var candidates: [String] = []
  var lastKind: ScreenLayout.Kind?
  var lastSize = Size(columns: 80, rows: 24)
  /// What earlier pictures found about the runs.
  let kept = KeptCurves()
  var busy: Busy?
  /// The waiting lines of scripts.
  var player = Player()
  /// A text for the clipboard of the terminal, which the program has to send.
  package var clipboard: String?
  /// A sweep over the plots.
  var chart: Chart?
  /// The pane with the focus on the screen of a training.
  var trainingFocus = TrainingPane.curves
  /// Whether that pane fills the screen.
  var isTrainingMaximised = false
  /// The map of the input plane, which follows the training while a pane shows it.
  var plane: DecisionMap?
  /// The end of the last slice of long work; nil where none is under way.
  var sliceEnd: ContinuousClock.Instant?

  /// A line with unfinished work.
  struct Busy {
    var line: String
    var prompt: String
    var echo: Bool
    let start: ContinuousClock.Instant
    /// The time at work so far.
    var elapsed = Duration.zero
  }

  /// The time for work between two looks at the keyboard.
  package static let budget = Duration.milliseconds(60)
  /// The time of work after which its progress is shown.
  package static let patience = Duration.milliseconds(80)
  /// The most lines in the log pane.
  static let recordLimit = 500

  /// Opens a session on the screen; the first line tells what to do, after a `notice` if there is
  /// one.
  ///
  /// With `isPlaying` a script is about to begin, and the audience needs no instructions.
  package init(
    _ session: Session, history: [String] = [], notice: String? = nil, isPlaying: Bool = false
  ) {
    self.session = session
    editor = LineEditor(history: History(history))
    self.session.sitting.typed = editor.history.lines.map { ($0, false) }
    replies = [
      Reply.Line("Press → to step, type bwd to see the way back, tour to be shown around."),
      Reply.Line(session.experiment.about ?? session.experiment.title),
    ]
    if isPlaying { replies.removeFirst() }
    if let notice { replies.insert(Reply.Line(notice), at: 0) }
    record = replies
  }

  /// Tells the session the abilities of the terminal.
  package mutating func attach(_ terminal: Settings.Terminal) {
    session.looks.settings.terminal = terminal
  }

  /// Sets the question whether long work goes on; see ``Session/goesOn``.
  package mutating func attach(_ goesOn: @escaping @Sendable (Progress) -> Bool) {
    session.goesOn = goesOn
  }

  /// Sets the source of file names for Tab; see ``Session/namesInFolder``.
  package mutating func attach(namesInFolder: @escaping @Sendable (String) -> [String]) {
    session.namesInFolder = namesInFolder
  }

  // MARK: - Lines

  mutating func leave() -> Effect {
    isRunning = false
    return .quit
  }

  /// Carries out a line as if it had been typed; long work continues in ``tick(for:)``.
  ///
  /// - Parameters:
  ///   - line: The line.
  ///   - echo: Whether the user typed it; false for a line of a key.
  /// - Returns: The effects that the program has to perform.
  package mutating func perform(_ line: String, echo: Bool) -> [Effect] {
    guard busy == nil else {
      if Self.leaves(line) { return [leave()] }
      if echo { editor.replace(with: line) }
      show(Reply.Line("\(session.task?.title ?? "work") is not done; Ctrl-C stops it", .failure))
      return []
    }
    // Nobody can answer a question during a script.
    if player.place == nil, let loss = session.loss(of: line) {
      question = (line, echo, loss)
      show(Reply.Line("\(loss): y goes on, any other key does not"))
      return []
    }
    return begin(line, echo: echo)
  }

  /// Handles the answer to a question; the history does not keep it.
  mutating func answer(_ asked: (line: String, echo: Bool, loss: String), with key: Key) -> [Effect]
  {
    guard key == .character("y") || key == .character("Y") else {
      show(Reply.Line("\(asked.line): not done"))
      return []
    }
    return begin(asked.line, echo: asked.echo)
  }

  /// Carries out a line without further questions.
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

  /// Whether there is work for ``tick(for:)``.
  package var isBusy: Bool { busy != nil }

  /// The time for work before the next picture.
  ///
  /// In a training it is so long that everything since the last work, such as the picture, takes no more
  /// than a twentieth of all time; at most 0.3 s.
  package var workBudget: Duration {
    guard session.isInTraining, let sliceEnd else { return App.budget }
    return min(max(App.budget, (ContinuousClock.now - sliceEnd) * 19), .milliseconds(300))
  }

  /// Does at least one piece of the long work; returns the effects after its end.
  package mutating func tick(for budget: Duration = App.budget) -> [Effect] {
    guard let work = busy else { return [] }
    let start = ContinuousClock.now
    repeat {
      guard let reply = session.advance() else { continue }
      busy = nil
      sliceEnd = nil
      return finish(work, reply)
    } while .now - start < budget
    busy?.elapsed = .now - work.start
    sliceEnd = .now
    return []
  }

  mutating func interrupt() -> [Effect] {
    guard let work = busy, let reply = session.interrupt() else { return [] }
    busy = nil
    sliceEnd = nil
    return finish(work, reply)
  }

  // MARK: - Answers

  /// Shows the answer to a line.
  private mutating func finish(_ work: Busy, _ reply: Reply) -> [Effect] {
    var reply = reply
    let line = work.line
    recordOffset = 0
    locate(&reply)
    // A complaint points into the line, which is no longer at the prompt.
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

  /// Adds lines to the log.
  private mutating func keep(_ lines: [Reply.Line]) {
    record += lines
    if record.count > Self.recordLimit { record.removeFirst(record.count - Self.recordLimit) }
  }

  /// Shows an answer: its last place, one line, or several lines in a panel.
  package mutating func receive(_ reply: Reply, titled title: String = "") {
    let here = session.placeLine
    guard !reply.lines.isEmpty else {
      // The complaint about an earlier line has had its time.
      if reply.succeeded, replies.contains(where: \.isComplaint) { replies = [here] }
      return
    }
    // Of several stops on one line, the last one is the present place.
    if reply.succeeded, let last = reply.lines.lastIndex(where: { $0.kind == here.kind }),
      reply.lines[(last + 1)...].allSatisfy({ $0.kind == .display })
    {
      let stop = last > 0 && reply.lines[last - 1].kind == .stop ? reply.lines[last - 1] : here
      replies = [stop] + reply.lines[(last + 1)...]
      keep(replies)
      return
    }
    keep(reply.lines)
    // The screen of a training has the line of the step itself.
    let shown =
      session.isInTraining
      ? reply.lines.filter { $0.text != session.courseLine } : reply.lines
    replies = shown
    if let figure = reply.figure, reply.succeeded {
      chart = Chart(figure, caption: reply.caption)
      // The chart shows the rest.
      replies = Array(reply.lines.suffix(1))
    } else if shown.count > 3 || !fits(shown) || shown.contains(where: \.isLink) {
      panel = Panel(title: title, lines: reply.lines)
      // After the panel is closed, nothing is left to show.
      replies = session.isInTraining ? [] : [here]
    }
  }

  /// Whether an answer fits under the plots, above the hints: the rows of the inspector included.
  private func fits(_ lines: [Reply.Line]) -> Bool {
    let layout = layout(lastSize)
    let rows = lines.flatMap { $0.text.wrapped(to: max(1, layout.log.width - 1)) }.count
    return layout.log.isEmpty || rows <= layout.log.height + layout.inspector.height
  }

  /// Shows one more line under the answer.
  package mutating func add(_ line: Reply.Line) {
    replies.append(line)
    keep([line])
  }

  /// Shows one line.
  package mutating func show(_ line: Reply.Line) {
    replies = [line]
    keep(replies)
  }
}
