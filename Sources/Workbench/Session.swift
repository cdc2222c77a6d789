package import EventProp
package import Files
package import Language
package import Study

/// A session with one user: only commands change it, and it answers each with a reply.
///
/// Its state has six parts. Each part is in a folder with the code that changes it. A command
/// belongs to one group, and the code of each group is in the folder of its part.
package struct Session: Sendable {
  /// The experiment, its runs and its edits.
  package var bench: Bench
  /// The place of the user.
  package internal(set) var cursor = Cursor()
  /// The breakpoints and the displayed quantities.
  package internal(set) var stops = Stops()
  /// The training; nil where none was begun.
  package internal(set) var course: Course?
  /// The settings of the picture.
  package var looks: Looks
  /// The lines typed and their answers.
  package var sitting = Sitting()
  /// The long work that is not done yet, or nil.
  package internal(set) var task: LongTask?

  /// The question whether long work goes on; the answer false stops it, and nothing has changed.
  package var goesOn: @Sendable (Progress) -> Bool
  /// The names in a folder, a slash after each folder; Tab completes file names from them.
  package var namesInFolder: @Sendable (String) -> [String] = { _ in [] }

  /// Opens an experiment, runs it, and goes to its start.
  ///
  /// `remarks` are the warnings about the text of the experiment. With `samples`, `experiment` is
  /// that of their first one.
  package init(
    _ experiment: Experiment, named name: String, remarks: [Warning] = [],
    samples: FiledSamples? = nil,
    goesOn: @escaping @Sendable (Progress) -> Bool = { _ in true }
  ) throws(SimulationError) {
    self.goesOn = goesOn
    let run = try Run(experiment, number: 1, pace: Progress.pace(asking: goesOn))
    bench = Bench(name, run, remarks: remarks, samples: samples)
    looks = Looks(at: bench.run)
    keepSource()
  }

  // MARK: - Shortcuts

  /// The run on the screen.
  package var run: Run { bench.run }
  /// The experiment on the bench.
  package var experiment: Experiment { bench.run.experiment }
  /// The names of the experiment.
  package var names: Names { Names(experiment) }
  /// The point of the user.
  package var point: Timeline.Point { run.timeline[cursor.number] }
  /// The neuron whose traces are drawn, counted across layers.
  package var selected: Int { looks.selected }

  // MARK: - Calls from outside

  /// Opens the experiment that `Effect.open` asked for.
  ///
  /// - Parameters:
  ///   - found: The experiment.
  ///   - name: Its new name.
  /// - Throws: A `SimulationError` when it cannot be run; the session then stays as it was.
  /// - Returns: The message about it.
  package mutating func open(
    _ found: Opened, named name: String
  ) throws(SimulationError) -> Reply {
    var opened = try Session(
      found.experiment, named: name, remarks: found.remarks, samples: found.samples, goesOn: goesOn)
    opened.namesInFolder = namesInFolder
    opened.looks.takeOver(looks)
    opened.sitting = sitting.continued(with: name)
    if !found.isSaved { opened.bench.saved = nil }
    let leftTraining = course.flatMap { $0.step > 0 ? $0.step : nil }
    self = opened
    var reply = Reply()
    reply.say(
      "opened \(name.unmasked): \(experiment.title)" + (experiment.about.map { ". \($0)" } ?? ""))
    for remark in bench.remarks { reply.say(remark.line(names)) }
    if let leftTraining {
      reply.say("the training at step \(leftTraining) is let go; save NAME.state.npz keeps one")
    }
    sitting.lastAnswer = reply.lines.map(\.text)
    return reply
  }

  /// Notes that a file was written; a file written by `save` has the present experiment.
  package mutating func noteWritten(_ output: Output) {
    if output.command == "save" { bench.saved = bench.edited }
    if !sitting.written.contains(output.path) { sitting.written.append(output.path) }
  }

  // MARK: - Commands

  /// Carries out a command, then computes the gradient for the place of the cursor.
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
    if isInTraining, try obeyInTraining(command, &reply) { return }
    if case .experiment(.run) = command { rememberOrigin() }
    switch command {
    case .move(let command): try carryOut(command, &reply)
    case .stop(let command): try carryOut(command, &reply)
    case .experiment(let command): try carryOut(command, &reply)
    case .sample(let command): try carryOut(command, &reply)
    case .course(let command): try carryOut(command, &reply)
    case .ask(let command): try carryOut(command, &reply)
    case .view(let command): try carryOut(command, &reply)
    case .setting(let setting): try change(setting, &reply)
    case .file(let command): carryOut(command, &reply)
    case .script(let command): try carryOut(command, &reply)
    case .help(let command): try carryOut(command, &reply)
    case .quit: reply.effects.append(.quit)
    }
  }

  /// Computes the gradient of the part walked, for the place of the cursor.
  ///
  /// If this is stopped, the session returns to its state `before`, and a `Diagnostic` says so.
  mutating func refreshGradient(orReturnTo before: Session) throws(Diagnostic) {
    do throws(SimulationError) {
      try refreshGradient()
    } catch {
      let walk = run.number == before.run.number ? cursor.walk : before.cursor.walk
      self = before
      // The part walked so far is kept.
      cursor.walk = walk
      throw Word("stopped").complaint(error, names)
    }
  }

  /// Computes the gradient of the part walked; if this is stopped, the cursor is ahead of the
  /// gradient.
  mutating func refreshGradient() throws(SimulationError) {
    try cursor.refreshGradient(in: run, pace: pace(.walkingBack))
  }

  /// Puts a new run on the bench, finds the marks in it, and drops the results of the old run.
  mutating func adopt(_ run: Run) {
    bench.adopt(run)
    cursor.adopt(run)
    sitting.explained = nil
    sitting.sweep = nil
    if looks.selected >= run.experiment.network.neuronCount { looks.selected = 0 }
  }
}
