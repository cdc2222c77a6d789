package import EventProp
package import Language

/// A sitting at the bench: commands go in, replies come out, and nothing else changes it.
///
/// Its state has five parts, each in a folder with what changes it. A command belongs to one group, and each group is carried out beside the
/// part that it is about.
package struct Session: Sendable {
  /// The experiment, its runs and its edits.
  package var bench: Bench
  /// Where the user stands.
  package internal(set) var cursor = Cursor()
  /// Where the computation stops, and what is shown there.
  package internal(set) var stops = Stops()
  /// How all of it is looked at.
  package var looks: Looks
  /// What has been said and answered.
  package var sitting = Sitting()
  /// What takes longer than a key press and is not done yet, or nil.
  package internal(set) var task: LongTask?

  /// Asked now and then during long work; it is stopped, and nothing changed, when it answers false.
  package var goesOn: @Sendable (Progress) -> Bool
  /// The names of what lies in a folder, those of folders with a slash behind them; what Tab completes files from.
  package var namesInFolder: @Sendable (String) -> [String] = { _ in [] }
  let presets: [String]

  /// Opens an experiment, runs it, and stands at its start.
  package init(
    _ experiment: Experiment, named name: String, presets: [String] = [],
    goesOn: @escaping @Sendable (Progress) -> Bool = { _ in true }
  ) throws(SimulationError) {
    self.goesOn = goesOn
    self.presets = presets
    bench = Bench(name, try Run(experiment, number: 1, pace: Progress.pace(asking: goesOn)))
    looks = Looks(at: bench.run)
    keepSource()
  }

  // MARK: - What is asked most

  /// The run on the screen.
  package var run: Run { bench.run }
  /// The experiment on the bench.
  package var experiment: Experiment { bench.run.experiment }
  /// The names of the experiment.
  package var names: Names { Names(experiment) }
  /// Where the user stands.
  package var point: Timeline.Point { run.timeline[cursor.number] }
  /// The neuron whose traces are drawn, counted across layers.
  package var selected: Int { looks.selected }

  // MARK: - From outside

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
    opened.namesInFolder = namesInFolder
    opened.looks.takeOver(looks)
    opened.sitting = sitting.continued(with: name)
    if !isSaved { opened.bench.saved = nil }
    self = opened
    var reply = Reply()
    reply.say("opened \(name): \(experiment.title)" + (experiment.about.map { ". \($0)" } ?? ""))
    sitting.lastAnswer = reply.lines.map(\.text)
    return reply
  }

  /// Notes that a file has been written; one that `save` wrote has the experiment as it stands.
  package mutating func noteWritten(_ output: Output) {
    if output.command == "save" { bench.saved = bench.edited }
    if !sitting.written.contains(output.path) { sitting.written.append(output.path) }
  }

  // MARK: - Commands

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
    if case .experiment(.run) = command { rememberOrigin() }
    switch command {
    case .move(let command): try carryOut(command, &reply)
    case .stop(let command): try carryOut(command, &reply)
    case .experiment(let command): try carryOut(command, &reply)
    case .ask(let command): try carryOut(command, &reply)
    case .view(let command): try carryOut(command, &reply)
    case .setting(let setting): try change(setting, &reply)
    case .file(let command): carryOut(command, &reply)
    case .script(let command): try carryOut(command, &reply)
    case .help(let command): try carryOut(command, &reply)
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
      let walk = run.number == before.run.number ? cursor.walk : before.cursor.walk
      self = before
      // What has been walked need not be walked again.
      cursor.walk = walk
      throw Word("stopped").complaint(error, names)
    }
  }

  /// The same; where it is stopped the cursor has gone ahead of the gradient.
  mutating func refreshGradient() throws(SimulationError) {
    try cursor.refreshGradient(in: run, pace: pace(.walkingBack))
  }

  /// Puts a new run on the bench; marks are found in it again, and what belonged to the old run alone is forgotten.
  mutating func adopt(_ run: Run) {
    bench.adopt(run)
    cursor.adopt(run)
    sitting.explained = nil
    if looks.selected >= run.experiment.network.neuronCount { looks.selected = 0 }
  }
}
