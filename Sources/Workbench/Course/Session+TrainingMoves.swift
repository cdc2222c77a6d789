import EventProp
import Language
import Learning
import Study

extension Session {
  /// Carries out a command in the training; returns whether it belongs there.
  ///
  /// The other commands work on the sample on the bench, which has the parameters of the present step.
  mutating func obeyInTraining(_ command: Command, _ reply: inout Reply) throws(Diagnostic) -> Bool
  {
    switch command {
    case .move(let command): try move(command, &reply)
    case .course(.epoch(let count)):
      guard let course else { return false }
      let (epoch, overflow) = course.epoch.addingReportingOverflow(count)
      try go("epoch \(count)", to: overflow ? Int.max : atEpoch(epoch, course), &reply)
    case .stop(.break(let phrase)), .stop(.watch(let phrase)):
      try stop(atStep: phrase, isTemporary: false, &reply)
    case .stop(.temporaryBreak(let phrase)): try stop(atStep: phrase, isTemporary: true, &reply)
    case .stop(.delete(let words)): reply.say(try course?.stops.delete(words) ?? "")
    case .stop(.enable(let words)): reply.say(try course?.stops.enable(true, words) ?? "")
    case .stop(.disable(let words)): reply.say(try course?.stops.enable(false, words) ?? "")
    case .stop(.ignore(let word, let count)):
      reply.say(try course?.stops.ignore(word, count) ?? "")
    case .experiment(.set(let name, let value)): try set(training: name, to: value, &reply)
    case .experiment(.nudge(let name, _)), .experiment(.reset(let name)):
      throw noEdit(name)
    case .experiment(.undo), .experiment(.redo), .experiment(.run), .experiment(.descend),
      .experiment(.rule):
      throw noEdit(Word("here"))
    case .ask(.why(let words)):
      guard words.first?.text.lowercased() == "update" else { return false }
      try explainUpdate(Array(words.dropFirst()), &reply)
    case .ask(.diff(let one, let other)): try difference(ofSteps: one, other, &reply)
    case .ask(.marks), .ask(.info(.marks)): reply.say(stepMarks)
    case .ask(.info(.breaks)): reply.say(course?.stops.breakpointTable ?? "")
    case .ask(.info(.event)): reply.say(courseLine)
    case .ask(.print(let words)):
      guard let head = words.first, StepQuantity.words.contains(head.text.lowercased()) else {
        return false
      }
      reply.say(try value(ofStep: words))
    default: return false
    }
    return true
  }

  private func noEdit(_ word: Word) -> Diagnostic {
    word.complaint(
      "in the training the optimizer changes the network",
      remedy:
        "set rate 1e-3 changes the rate, open examines a sample, leave goes back to the experiment")
  }

  // MARK: - Moves

  private mutating func move(_ command: MoveCommand, _ reply: inout Reply) throws(Diagnostic) {
    guard let course else { return }
    func place(_ steps: Int) -> Int {
      let (step, overflow) = course.step.addingReportingOverflow(steps)
      return overflow ? Int.max : step
    }
    switch command {
    case .step(let count): try go("step \(count)", to: place(count), &reply)
    case .unstep(let count): try go("unstep \(count)", to: place(-count), &reply)
    case .continue(let count):
      try jump("continue", to: course.training.stepCount, hits: count, &reply)
    case .rcontinue(let count): try jump("rcontinue", to: 0, hits: count, &reply)
    case .finish: try jump("finish", to: course.training.stepCount, &reply)
    case .forward: try jump("fwd", to: 0, &reply)
    case .until(let phrase): try goOn(untilStep: phrase, &reply)
    case .goto(let words):
      try jump("goto", to: try step(named: words, course), stops: false, &reply)
    case .back:
      while let step = self.course?.origins.popLast() {
        if step != course.step { return try go("back", to: step, stops: false, &reply) }
      }
      throw Word("back").complaint(
        "there was no jump to come back from", remedy: "unstep steps back")
    case .mark(let word): try mark(step: word, &reply)
    case .next, .previous, .half, .last, .backward:
      throw Word("here").complaint(
        "this goes along the events of a sample, and a training has steps",
        remedy: "open puts a sample on the bench, step and unstep go along the training")
    }
  }

  private mutating func jump(
    _ title: String, to step: Int, hits: Int = 1, once: Breakpoint? = nil, stops: Bool = true,
    _ reply: inout Reply
  ) throws(Diagnostic) {
    if let here = course?.step, course?.origins.last != here {
      course?.origins.append(here)
      if course?.origins.count ?? 0 > 100 { course?.origins.removeFirst() }
    }
    try go(title, to: step, hits: hits, once: once, stops: stops, &reply)
  }

  /// Goes along the line to the next stop or to a step; the work continues in ``task``.
  private mutating func go(
    _ title: String, to step: Int, hits: Int = 1, once: Breakpoint? = nil, stops: Bool = true,
    _ reply: inout Reply
  ) throws(Diagnostic) {
    guard var course else { return }
    let last = max(course.training.stepCount, course.step)
    if step < 0 || step == 0, course.step == 0 { return reply.say("start of the training") }
    if step >= last, course.step == last { return reply.say(courseLine) }
    if !stops { course.stops.breakpoints = [] }
    task = LongTask(TrainingTask(title, course, to: step, hits: hits, once: once))
  }

  /// The step at an epoch.
  func atEpoch(_ epoch: Int, _ course: Course) -> Int {
    let (step, overflow) = epoch.multipliedReportingOverflow(by: course.training.stepsOfEpoch)
    return overflow ? Int.max : step
  }

  /// The step that words name: `340`, `step 340`, `epoch 7`, `mark a`, `start`, `end`.
  func step(named words: [Word], _ course: Course) throws(Diagnostic) -> Int {
    let head = words[0]
    let last = max(course.training.stepCount, course.step)
    func number(_ word: Word?, _ example: String) throws(Diagnostic) -> (Word, Int) {
      guard let word else { throw head.end.complaint("which \(head.text)?", remedy: example) }
      guard let value = Int(word.text), value >= 0 else {
        throw word.complaint("expected a number, found '\(word.text)'", remedy: example)
      }
      return (word, value)
    }
    func within(_ word: Word, _ step: Int) throws(Diagnostic) -> Int {
      guard step <= last else {
        throw word.complaint(
          "the training has \(last) steps, \(course.training.stepsOfEpoch) an epoch",
          remedy: "set epochs makes it longer")
      }
      return step
    }
    if words.count > 2 {
      throw words[2].complaint("did not expect '\(words[2].text)' here", remedy: "goto step 340")
    }
    let second = words.count > 1 ? words[1] : nil
    switch head.text.lowercased() {
    case "start": return 0
    case "end", "turn": return last
    case "step":
      let (word, value) = try number(second, "goto step 340")
      return try within(word, value)
    case "epoch":
      let (word, value) = try number(second, "goto epoch 7")
      return try within(word, atEpoch(value, course))
    case "mark":
      guard let second else { throw head.end.complaint("which mark?", remedy: "goto mark a") }
      return try step(ofMark: second, course)
    default:
      if let value = Int(head.text), second == nil { return try within(head, value) }
      if course.marks.contains(where: { $0.name == head.text.lowercased() }), second == nil {
        return try step(ofMark: head, course)
      }
      throw head.complaint(
        "'\(head.text)' is no place of a training",
        remedy: "goto step 340, goto epoch 7, goto mark a, goto start, goto end")
    }
  }

  // MARK: - Marks

  private func step(ofMark word: Word, _ course: Course) throws(Diagnostic) -> Int {
    guard let mark = course.marks.first(where: { $0.name == word.text.lowercased() }) else {
      throw word.complaint(
        "no mark \(word.text)",
        remedy: course.marks.isEmpty
          ? "mark a sets one" : "there are " + course.marks.map(\.name).joined(separator: ", "))
    }
    return mark.step
  }

  private mutating func mark(step word: Word, _ reply: inout Reply) throws(Diagnostic) {
    guard word.text.first?.isLetter ?? false,
      word.text.allSatisfy({ $0.isLetter || $0.isNumber }),
      !["start", "end", "turn", "step", "epoch", "mark"].contains(word.text.lowercased())
    else {
      throw word.complaint(
        "'\(word.text)' is no name for a mark", remedy: "a letter or a word: mark a")
    }
    guard let here = course?.step else { return }
    let name = word.text.lowercased()
    course?.marks.removeAll { $0.name == name }
    course?.marks.append((name, here))
    reply.say("mark \(name): step \(here)")
  }

  private var stepMarks: String {
    guard let marks = course?.marks, !marks.isEmpty else { return "no marks; mark a sets one" }
    return marks.map { "\($0.name)  step \($0.step)" }.joined(separator: "\n")
  }

  // MARK: - Stops

  private mutating func stop(
    atStep phrase: StopPhrase, isTemporary: Bool, _ reply: inout Reply
  ) throws(Diagnostic) {
    guard let course else { return }
    let condition = try StepCondition(phrase, course, self)
    var stops = course.stops
    let breakpoint = try stops.add { (number) throws(Diagnostic) in
      Breakpoint(step: condition, number: number, isTemporary: isTemporary)
    }
    self.course?.stops = stops
    reply.say(
      "\(isTemporary ? "temporary breakpoint" : "breakpoint") \(breakpoint.number): "
        + breakpoint.text)
  }

  private mutating func goOn(untilStep phrase: StopPhrase, _ reply: inout Reply) throws(Diagnostic)
  {
    guard let course else { return }
    var place: [Word]?
    switch phrase.place {
    case .unfinished(let words, _) where !ConditionPhrase.compares(words): place = words
    case .time(let word): place = [word]
    default: break
    }
    if let place, let step = try? step(named: place, course) {
      return try jump("until", to: step, &reply)
    }
    let condition = try StepCondition(phrase, course, self)
    try jump(
      "until \(condition.text)", to: course.training.stepCount,
      once: Breakpoint(step: condition, number: 0, isTemporary: true), &reply)
  }
}
