package import EventProp
import Files
package import Language
import Study

/// The bench: an experiment, the runs made of it, and the place where the user stands.
///
/// A value; commands go in, replies come out, and nothing else changes it.
package struct Session: Sendable {
  /// What the experiment is called at the prompt: a preset's name or a path.
  package private(set) var name: String
  /// The experiment as it was opened.
  package private(set) var original: Experiment
  /// The experiment as a file or a preset has it; nil for one that only the program itself has kept.
  private(set) var saved: Experiment?
  /// The files that were written, in their order.
  private(set) var written: [String] = []
  /// The run on the screen.
  package private(set) var run: Run
  /// The runs before it since the experiment was opened, without those that were let go.
  package private(set) var earlierRuns: [Run] = []
  /// How many events all earlier runs may have together, some 150 bytes each; the oldest runs are let go beyond.
  package var keptEvents = 2_000_000
  /// Asked now and then during long work; it is stopped, and nothing changed, when it answers false.
  package var goesOn: @Sendable (Progress) -> Bool = { _ in true }
  /// The names of what lies in a folder, those of folders with a slash behind them; what Tab completes files from.
  package var namesInFolder: @Sendable (String) -> [String] = { _ in [] }
  /// Where the user stands: the number of a point on the current run's timeline.
  package internal(set) var cursor = 0
  /// The neuron whose traces are drawn, counted across layers.
  package internal(set) var selected: Int
  /// The number of the run that is drawn dim, or nil.
  package internal(set) var ghostNumber: Int?
  /// Whether the ghost stays the same through edits.
  package internal(set) var isGhostPinned = false
  /// How the session is looked at.
  package internal(set) var view = View()
  /// How the program behaves.
  package var settings = Settings()
  /// The lines typed so far, and whether they failed.
  package var typed: [(text: String, failed: Bool)] = []
  /// The times that are drawn, in seconds.
  package internal(set) var window: ClosedRange<Double>
  /// The gradient of the part of the backward pass walked up to the cursor; nil on the way forwards.
  package private(set) var partialGradient: Gradient?
  /// Whether the end of the run on the screen has been reached: from then on all of it may be shown, wherever the cursor goes.
  package internal(set) var isCompleted = false
  /// What takes longer than a key press and is not done yet, or nil.
  package internal(set) var task: LongTask?

  /// The places at which the computation stops, in the order in which they were set.
  package internal(set) var breakpoints: [Breakpoint] = []

  /// Whether the cursor stands on the other side of the jump than the one that the computation reaches.
  package internal(set) var isOtherHalf = false

  /// What was explained last; its terms can be asked about.
  var explained: Provenance?
  var nextBreakpoint = 1
  var nextDisplay = 1
  var displays: [(number: Int, words: [Word])] = []
  var marks: [Mark] = []
  /// Where the cursor was before each jump.
  var origins: [Anchor] = []
  /// The experiment as edited, where it has not been run.
  var pending: Experiment?
  var undone: [Experiment] = []
  var done: [Experiment] = []
  var repeatable: String?
  /// Lines by the names that stand for them.
  var aliases: [String: String] = [:]
  /// What the last command answered, line by line.
  var lastAnswer: [String] = []
  /// The commands that are kept for a file; nil when none are.
  var recording: Recording?
  var unfinished: UnfinishedLine?
  private var walk: GradientWalk?
  let presets: [String]

  /// Opens an experiment, runs it, and stands at its start.
  package init(
    _ experiment: Experiment, named name: String, presets: [String] = [],
    goesOn: @escaping @Sendable (Progress) -> Bool = { _ in true }
  ) throws(SimulationError) {
    self.name = name
    self.goesOn = goesOn
    original = experiment
    saved = experiment
    run = try Run(experiment, number: 1, goesOn: goesOn)
    self.presets = presets
    selected = 0
    window = 0...experiment.horizon
    selected = Self.mostInteresting(run)
    keepSource()
  }

  /// The experiment on the bench.
  package var experiment: Experiment { run.experiment }
  /// Where the user stands.
  package var point: Timeline.Point { run.timeline[cursor] }
  /// The run drawn dim, or nil.
  package var ghost: Run? {
    ghostNumber.flatMap { number in earlierRuns.first { $0.number == number } }
  }
  /// Whether the experiment differs from what was opened.
  package var isEdited: Bool { edited != original }
  /// Whether leaving would lose edits: no file and no preset has the experiment as it stands.
  package var hasUnsavedEdits: Bool { edited != saved }
  /// The experiment with the edits that have not been run.
  package var edited: Experiment { pending ?? experiment }
  /// Whether there are edits that have not been run.
  package var isPending: Bool { pending != nil }
  /// The names of the experiment.
  package var names: Names { Names(experiment) }

  /// Why a run without an adjoint has none, and what would give it one.
  var noWayBack: (reason: String, remedy: String) {
    experiment.loss == nil
      ? ("this experiment has no loss", "add a loss to the preset")
      : ("the event limit cut the run", "set max_events higher")
  }

  /// The complaint about a command that needs the gradient of a run without one.
  func noGradient(_ word: Word, _ purpose: String = "") -> Diagnostic {
    word.complaint(
      "there is no gradient\(purpose.isEmpty ? "" : " " + purpose): \(noWayBack.reason)",
      remedy: noWayBack.remedy)
  }

  /// The complaint about a part of the gradient that is not walked yet, or never will be.
  func noGradientYet(_ word: Word, remedy: String = "bwd, then step") -> Diagnostic {
    run.adjoint == nil ? noGradient(word) : word.complaint("no gradient yet", remedy: remedy)
  }

  /// The complaint about a λ before the way back, or in a run without one.
  func noAdjointYet(_ word: Word) -> Diagnostic {
    run.adjoint == nil
      ? word.complaint("there is no λ: \(noWayBack.reason)", remedy: noWayBack.remedy)
      : word.complaint("λ is not computed yet", remedy: "bwd goes to the backward phase")
  }

  /// The text before the line being typed: `(fwd 5) `.
  package var prompt: String {
    switch point {
    case .start: "(fwd start) "
    case .forward(let event): "(fwd \(event)\(isOtherHalf ? "-" : "")) "
    case .turn: run.timeline.hasBackward ? "(bwd turn) " : "(done) "
    case .backward(let event): "(bwd \(event)\(isOtherHalf ? "+" : "")) "
    case .end: "(done) "
    }
  }

  /// The neuron that a newcomer should look at: the first whose spike matters to the loss, or that spikes at all.
  private static func mostInteresting(_ run: Run) -> Int {
    let spikes = run.trajectory.events.indices.filter {
      run.trajectory.events[$0].spikingNeuron != nil
    }
    let event = spikes.first { run.adjoint?.timeGradients[$0] ?? 0 != 0 } ?? spikes.first
    return event.flatMap { run.trajectory.events[$0].spikingNeuron } ?? 0
  }

  /// Notes that a file has been written; one that `save` wrote has the experiment as it stands.
  package mutating func noteWritten(_ output: Output) {
    if output.command == "save" { saved = edited }
    if !written.contains(output.path) { written.append(output.path) }
  }

  /// Takes an experiment that `Effect.open` asked for.
  ///
  /// - Parameters:
  ///   - experiment: The experiment.
  ///   - name: What it is called from now on.
  ///   - isSaved: Whether a file or a preset has it, which nobody can lose.
  /// - Throws: A `SimulationError` when it cannot be run; the session stays what it was.
  /// - Returns: What is said about it.
  package mutating func open(
    _ experiment: Experiment, named name: String, isSaved: Bool = true
  ) throws(SimulationError) -> Reply {
    var opened = try Session(experiment, named: name, presets: presets, goesOn: goesOn)
    let source = opened.view.source
    opened.view = view
    opened.view.source = source
    // Another experiment has other values.
    opened.view.ranges = [:]
    opened.written = written
    opened.namesInFolder = namesInFolder
    if !isSaved { opened.saved = nil }
    opened.settings = settings
    opened.typed = typed
    opened.aliases = aliases
    opened.recording = recording
    opened.recording?.keep("load \(Word.quoted(name))")
    self = opened
    var reply = Reply()
    reply.say("opened \(name): \(experiment.title)" + (experiment.about.map { ". \($0)" } ?? ""))
    lastAnswer = reply.lines.map(\.text)
    return reply
  }

  /// Carries out a command, and brings the gradient to where the cursor then stands.
  mutating func carryOut(_ command: Command, _ reply: inout Reply) throws(Diagnostic) {
    let before = self
    let said = reply
    try obey(command, &reply)
    do throws(Diagnostic) {
      try refreshGradient(orReturnTo: before)
    } catch {
      reply = said
      throw error
    }
  }

  private mutating func obey(_ command: Command, _ reply: inout Reply) throws(Diagnostic) {
    rememberOrigin(of: command)
    switch command {
    case .step(let count): travel("step \(count)", to: cursor + count, &reply)
    case .unstep(let count): travel("unstep \(count)", to: cursor - count, &reply)
    case .next(let count): moveToTouch(count, forwards: true, &reply)
    case .previous(let count): moveToTouch(count, forwards: false, &reply)
    case .finish: move(to: endOfPhase, &reply)
    case .continue(let count): travel("continue", to: onwards, hits: count, &reply)
    case .rcontinue(let count): travel("rcontinue", to: backwards, hits: count, &reply)
    case .why(let words): try why(words, &reply)
    case .contributions(let word): reply.say(try contributions(word))
    case .near(let word): try near(word)
    case .diff(let one, let other): reply.say(try differences(one, other))
    case .back: try goBack(&reply)
    case .half: try turnOver(&reply)
    case .last(let words): try goToLast(words, &reply)
    case .mark(let word): try mark(word, &reply)
    case .marks: reply.say(markTable)
    case .delta(let one, let other): reply.say(try difference(from: one, to: other))
    case .display(let words): try display(words, &reply)
    case .undisplay(let words): try undisplay(words, &reply)
    case .until(let phrase): try goOn(until: phrase, &reply)
    case .break(let phrase), .watch(let phrase): try stop(at: phrase, &reply)
    case .temporaryBreak(let phrase): try stop(at: phrase, isTemporary: true, &reply)
    case .delete(let words): try delete(words, &reply)
    case .enable(let words): try enable(true, words, &reply)
    case .disable(let words): try enable(false, words, &reply)
    case .ignore(let word, let count): try ignore(word, count, &reply)
    case .forward: move(to: 0, &reply)
    case .backward: try turnAround(&reply)
    case .goto(let words): try go(to: words, &reply)
    case .run: try rerun(&reply)
    case .set(let name, let value): try set(name, to: value, &reply)
    case .reset(let name): try reset(name, &reply)
    case .undo: try undo(&reply)
    case .redo: try redo(&reply)
    case .ghost(let word): try chooseGhost(word, &reply)
    case .info(let subject): reply.say(lines: try information(on: subject))
    case .print(let words): reply.say(try value(of: words))
    case .equation(let word): reply.say(try equation(at: word).text)
    case .list(let word): reply.say(lines: try list(around: word))
    case .check(let words): try check(words)
    case .ties: reply.say(try ties())
    case .compare(let word): try compare(with: word, &reply)
    case .rule(let word): try choose(rule: word, &reply)
    case .select(let word): try select(word, &reply)
    case .nudge(let name, let part): try nudge(name, by: part, &reply)
    case .setting(let setting): try change(setting, &reply)
    case .settings: reply.say(settingsTable)
    case .apropos(let word): reply.say(try Help.text(about: word))
    case .history: reply.say(historyTable)
    case .tour: reply.effects.append(.tour)
    case .version: reply.say(Help.version)
    case .zoom(let word): try zoom(word, &reply)
    case .load(let word): reply.effects.append(.open(word))
    case .save(let word, let overwriting):
      let output = Output(path: word.text, command: "save", isOverwriting: overwriting)
      reply.effects.append(.write(output, bytes: Array(PresetWriter.write(edited).utf8)))
    case .presets: reply.say(presets.joined(separator: "\n"))
    case .help(let word): reply.say(try Help.text(on: word))
    case .sweep(let phrase): try sweep(phrase)
    case .descend(let count, let rate): try descend(count, rate)
    case .script(let command): try carryOut(command, &reply)
    case .view(let command): try carryOut(command, &reply)
    case .quit: reply.effects.append(.quit)
    }
  }

  /// Brings the gradient of the part walked to where the cursor stands.
  ///
  /// Where that is stopped, the session is what it was `before`, and a `Diagnostic` says so.
  mutating func refreshGradient(orReturnTo before: Session) throws(Diagnostic) {
    do throws(SimulationError) {
      try refreshGradient()
    } catch {
      let walk = run.number == before.run.number ? walk : before.walk
      self = before
      // What has been walked need not be walked again.
      self.walk = walk
      throw Word("stopped").complaint(
        names.sentence(for: error), remedy: names.remedy(for: error))
    }
  }

  /// The same; where it is stopped the cursor has gone ahead of the gradient.
  mutating func refreshGradient() throws(SimulationError) {
    if case .backward(let event) = point {
      try updatePartialGradient(through: isOtherHalf ? event + 1 : event)
    } else {
      partialGradient = point == .end ? run.adjoint?.gradient : nil
      if point == .turn, run.adjoint != nil { partialGradient = Gradient(zeroFor: experiment) }
    }
    if cursor == run.timeline.last { isCompleted = true }
  }

  private mutating func updatePartialGradient(through event: Int) throws(SimulationError) {
    guard let adjoint = run.adjoint else { return }
    if walk == nil { walk = GradientWalk(adjoint) }
    let goesOn = asking(.walkingBack)
    partialGradient = try walk?.gradient(from: event, goesOn: goesOn)
  }

  /// Puts a new run on the bench; the walk belongs to the old one.
  mutating func adopt(_ run: Run) {
    earlierRuns.append(self.run)
    var events = earlierRuns.reduce(0) { $0 + $1.trajectory.events.count }
    while events > keptEvents, earlierRuns.count > 1,
      let oldest = earlierRuns.dropLast().firstIndex(where: { $0.number != ghostNumber })
    {
      events -= earlierRuns.remove(at: oldest).trajectory.events.count
    }
    self.run = run
    walk = nil
    explained = nil
    pending = nil
    isCompleted = false
    for place in marks.indices { marks[place].find(in: run) }
    if selected >= run.experiment.network.neuronCount { selected = 0 }
  }
}
