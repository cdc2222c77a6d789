import EventProp
import Files
package import Language
import Learning
import Study

extension Session {
  /// Enters or leaves the training, or opens a sample from it.
  mutating func carryOut(_ command: CourseCommand, _ reply: inout Reply) throws(Diagnostic) {
    switch command {
    case .train(let isNew): try enterTraining(isNew: isNew, &reply)
    case .resume(let word): reply.effects.append(.train(word))
    case .open(let word): try openSample(word, &reply)
    case .leave: try leave(&reply)
    case .epoch: throw noTraining(Word("epoch"))
    }
  }

  /// The complaint about a command that only a training has.
  func noTraining(_ word: Word) -> Diagnostic {
    word.complaint(
      "\(word.text) goes along the steps of a training, and you are not in one",
      remedy: "train enters it")
  }

  // MARK: - Into the training

  private mutating func enterTraining(isNew: Bool, _ reply: inout Reply) throws(Diagnostic) {
    let verb = Word("train")
    if let course, !isNew {
      switch course.floor {
      case .training: return reply.say(courseLine)
      case .sample: return try leave(&reply)
      case .experiment:
        guard
          bench.original(withSampleOf: course.start) == course.start
            || bench.edited == course.start
        else { break }
        guard bench.edited.network == course.start.network else {
          throw verb.complaint(
            "the experiment was edited since the training began",
            remedy: "undo takes the edits back, train new begins a training with them")
        }
        self.course?.origin = Course.Desk(bench: bench, cursor: cursor)
        self.course?.floor = .training
        watch(&reply)
        return reply.say(courseLine)
      }
    }
    try beginTraining(verb)
    reply.say(courseOutline)
    reply.say(courseLine)
  }

  /// Begins a training with the experiment on the bench.
  private mutating func beginTraining(_ verb: Word) throws(Diagnostic) {
    if course?.floor == .sample || isInTraining { try leaveAll() }
    guard let samples = bench.filedSamples else {
      throw verb.complaint(
        "this experiment has no samples to learn from",
        remedy: "help data; descend goes down the gradient of one sample")
    }
    guard let loss = bench.edited.loss else {
      throw verb.complaint(noWayBack.reason, remedy: noWayBack.remedy)
    }
    guard !bench.isPending else {
      throw verb.complaint("there are edits that have not been run", remedy: "run runs them")
    }
    guard run.rule == .exact else {
      throw verb.complaint(
        "a training goes by the exact gradient, and the rule is \(run.rule.name)",
        remedy: "rule exact")
    }
    let course = try complaining(at: verb, remedy: "sample opens it here") {
      () throws(Training.Failure) in
      var course = try Course(
        experiment, loss, samples, from: Course.Desk(bench: bench, cursor: cursor))
      _ = try course.settle()
      return course
    }
    guard course.training.learned.count > 0 else {
      throw verb.complaint(
        "the network has nothing of what is to be learnt", remedy: "help training")
    }
    self.course = course
  }

  /// Puts the sample on the bench in the state of the present step.
  ///
  /// What does not work is said, and the bench then keeps its run.
  mutating func watch(_ reply: inout Reply) {
    guard let course else { return }
    var edited = bench.edited
    edited.network = course.training.network
    guard edited != experiment else { return }
    let old = run
    do throws(SimulationError) {
      adopt(try Run(edited, number: old.number + 1, pace: pace))
    } catch {
      return reply.say(
        "\(bench.sampleLabel(of: edited) ?? "the sample") cannot be run here: "
          + names.sentence(for: error))
    }
    if !bench.isGhostPinned { bench.ghostNumber = bench.latestRunOfSample?.number }
    cursor.isOtherHalf = false
    cursor.number = run.timeline.turn
    sayDisplays(&reply)
  }

  // MARK: - Samples

  private mutating func openSample(_ word: Word?, _ reply: inout Reply) throws(Diagnostic) {
    guard course != nil, course?.floor != .experiment else {
      let verb = word ?? Word("open")
      throw verb.complaint(
        "open is for samples of a training, and you are not in one",
        remedy: "train enters it, sample 12 opens a sample here, load opens a preset")
    }
    if course?.floor == .sample { try returnToTraining(&reply) }
    let desk = Course.Desk(bench: bench, cursor: cursor)
    if let word {
      try open(sample: samples(for: word).numbers[samplePlace(word)], because: word, &reply)
    }
    if bench.run.number == desk.bench.run.number { reply.say(sampleLine(of: run)) }
    course?.desk = desk
    course?.floor = .sample
    cursor.number = 0
    cursor.isCompleted = false
    reply.say("with the parameters of step \(course?.step ?? 0); leave comes back")
    reply.say(placeLine)
  }

  private mutating func leave(_ reply: inout Reply) throws(Diagnostic) {
    switch course?.floor {
    case .sample:
      try returnToTraining(&reply)
      reply.say(courseLine)
    case .training:
      try leaveAll()
      reply.say("left the training at step \(course?.step ?? 0); train enters it again")
      reply.say(placeLine)
    case .experiment, nil:
      throw Word("leave").complaint(
        "you are not in a training", remedy: "train enters it, quit leaves the program")
    }
  }

  /// Brings back what was on the bench before a sample was opened.
  private mutating func returnToTraining(_ reply: inout Reply) throws(Diagnostic) {
    guard let desk = course?.desk else { return }
    if bench.hasUnsavedEdits, bench.edited.network != desk.bench.edited.network {
      reply.say("the edits of the opened sample are let go")
    }
    (bench, cursor) = (desk.bench, desk.cursor)
    course?.desk = nil
    course?.floor = .training
  }

  /// Brings back the experiment; the training waits.
  private mutating func leaveAll() throws(Diagnostic) {
    guard let origin = course?.origin else { return }
    (bench, cursor) = (origin.bench, origin.cursor)
    course?.desk = nil
    course?.floor = .experiment
  }

  // MARK: - Files

  /// Enters the training of the experiment at the state that a file has kept.
  ///
  /// Throws a `Diagnostic` where the file is no state of this training; nothing has changed then.
  package mutating func resumeTraining(
    from bytes: [UInt8], named word: Word
  ) throws(Diagnostic) -> Reply {
    let before = self
    var reply = Reply()
    do throws(Diagnostic) {
      let state: TrainingState
      do throws(TrainingState.Fault) {
        state = try TrainingState(bytes)
      } catch {
        throw word.complaint(
          error.message, remedy: "backspike train and save NAME.state.npz write one")
      }
      try beginTraining(Word("train"))
      guard var course, state.fingerprint == course.fingerprint,
        state.state.numbers.count == course.training.learned.count
      else {
        throw word.complaint(
          "this is the state of another training",
          remedy: "the preset, its samples, the seed or an edit differ")
      }
      do throws(Training.Failure) {
        try course.training.resume(
          state.state, edits: state.edits(of: course.training.settings))
        _ = try course.settle()
      } catch {
        throw word.complaint(sentence(for: error), remedy: "train begins at step 0")
      }
      self.course = course
      watch(&reply)
      try refreshGradient(orReturnTo: before)
    } catch {
      self = before
      throw error
    }
    reply.say(courseOutline)
    reply.say(courseLine)
    return reply
  }

  /// The bytes of a file with the state of the present step; nil outside a training.
  var trainingState: [UInt8]? {
    course.map {
      TrainingState($0.training.state, edits: $0.training.changes, fingerprint: $0.fingerprint)
        .bytes
    }
  }
}
