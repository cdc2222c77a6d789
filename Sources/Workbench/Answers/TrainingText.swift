import Columns
import EventProp
import Language
import Learning
import Study

extension Session {
  /// The place in the training in a line.
  package var courseLine: String { shownCourse.map(Self.line) ?? "" }

  private static func line(_ course: Course) -> String {
    let training = course.training
    var parts = ["step \(course.step)/\(training.stepCount)", "epoch \(course.epoch)"]
    if let facts = course.facts {
      parts.append("loss \(Quantity.display(facts.loss))")
      if let right = facts.right { parts.append("right \(right)/\(facts.samples)") }
      parts.append("gradient \(Quantity.display(facts.norm))")
      if let slope = facts.slope { parts.append("slope \(Quantity.display(slope.slope.value))") }
      if facts.isClipped { parts.append("clipped") }
      if facts.skipped > 0 { parts.append("\(facts.skipped) skipped") }
      if facts.bumped > 0 { parts.append("\(facts.bumped) bumped") }
      if facts.lifted > 0 { parts.append("\(facts.lifted) lifted") }
      if facts.projected > 0 { parts.append("\(facts.projected) projected") }
    } else if course.step >= training.stepCount {
      parts.append("end of the training")
    }
    if course.step % training.stepsOfEpoch == 0, let score = course.scores[course.epoch] {
      parts.append(
        "test "
          + (score.accuracy.map { Quantity.display(100 * $0) + " %" }
            ?? "loss " + Quantity.display(score.loss)))
    }
    return parts.joined(separator: "  ")
  }

  /// What the training is, in a line.
  var courseOutline: String {
    guard let training = course?.training else { return "" }
    let settings = training.edits[0].settings
    return "training: \(training.data.samples.count) samples, batch \(settings.batch), "
      + "\(training.stepsOfEpoch) steps an epoch, \(settings.epochs) epochs: info training"
  }

  /// What is learnt, and by which rule, in a line.
  private var learntLine: String {
    guard let training = course?.training else { return "" }
    let parts = training.learned.parts.map { names.name(of: $0.part) }
    let settings = training.edits[0].settings
    return "learnt: \(parts.joined(separator: ", ")) (\(training.learned.count) numbers) by "
      + "\(settings.optimizer.name), rate \(Quantity.display(settings.rate))"
  }

  /// A table of the epochs that are known.
  var epochTable: [String] {
    guard let course else { return ["there is no training; train begins one"] }
    func text(_ score: Training.Score?) -> String {
      guard let score else { return "" }
      return "loss \(Quantity.display(score.loss))".padded(to: 16)
        + (score.accuracy.map { Quantity.display(100 * $0, digits: 4) + " %" } ?? "").padded(to: 9)
    }
    var lines = [courseOutline, learntLine]
    for edit in course.training.edits.dropFirst() {
      lines.append(
        "from step \(edit.step): rate \(Quantity.display(edit.settings.rate)), "
          + "clip \(edit.settings.clipping.map(\.text) ?? "off"), \(edit.settings.epochs) epochs")
    }
    let last = course.training.facts.count / course.training.stepsOfEpoch
    for epoch in 0...max(last, 0) where epoch > 0 {
      let here = epoch == course.epoch ? "▶" : " "
      let columns =
        "\(here) epoch \(epoch)".padded(to: 13) + "train " + text(course.trainScore(ofEpoch: epoch))
      let line = columns + (course.scores[epoch].map { "  test " + text($0) } ?? "")
      lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
    }
    return lines
  }

  /// The value of a number of the present step.
  func value(ofStep words: [Word]) throws(Diagnostic) -> String {
    guard let course else { return "" }
    let quantity = try StepQuantity(words, course, self)
    let name = quantity.text(course, names)
    let value = try complaining(at: words[0], remedy: "unstep goes back") {
      () throws(Training.Failure) in try quantity.value(in: course)
    }
    return value.map { "\(name) = \(Quantity.display($0, isTime: quantity.isTime, digits: 9))" }
      ?? "\(name) is not known at this step"
  }

  /// The value of work on a training; a failure becomes a complaint at a word.
  func complaining<Value>(
    at word: Word, remedy: String, _ body: () throws(Training.Failure) -> Value
  ) throws(Diagnostic) -> Value {
    do throws(Training.Failure) {
      return try body()
    } catch {
      throw word.complaint(sentence(for: error), remedy: remedy)
    }
  }

  /// A failure of a training, as a sentence.
  func sentence(for failure: Training.Failure) -> String {
    switch failure {
    case .sample(let place, let error):
      let numbers = (course?.origin.bench ?? bench).samples?.numbers
      return "sample \(numbers?[place] ?? place): " + names.sentence(for: error)
    case .network(let error): return names.sentence(for: error)
    }
  }

  // MARK: - Differences

  /// The differences between two steps: the parameters that moved most, and the spikes of the sample.
  mutating func difference(
    ofSteps one: Word?, _ other: Word?, _ reply: inout Reply
  ) throws(Diagnostic) {
    guard let course else { return }
    let words = [one, other].compactMap { $0 }
    let wanted: Int
    if words.isEmpty {
      guard
        let origin = course.origins.last(where: { $0 != course.step })
          ?? (course.step > 0 ? course.step - 1 : nil)
      else {
        throw Word("diff").complaint("there is no step before this one", remedy: "step makes one")
      }
      wanted = origin
    } else {
      wanted = try step(named: words, course)
    }
    var past = course.training
    guard wanted <= max(past.facts.count, past.step) else {
      throw words[words.count - 1].complaint(
        "step \(wanted) is not known yet", remedy: "goto step \(wanted) goes there")
    }
    try complaining(at: Word("diff"), remedy: "diff with another step") {
      () throws(Training.Failure) in
      try past.go(to: wanted)
    }
    reply.say("step \(wanted) → step \(course.step)")
    reply.say(lines: movedParameters(from: past, to: course.training))
    guard course.floor == .training, run.experiment.network == course.training.network else {
      return
    }
    var experiment = run.experiment
    experiment.network = past.network
    let before: Run
    do throws(SimulationError) {
      before = try Run(experiment, number: run.number, pace: pace)
    } catch {
      return reply.say(
        "the sample cannot be run at step \(wanted): " + names.sentence(for: error))
    }
    reply.say(lines: try differencesOfSample(from: before, to: run))
  }

  /// The parameters that moved most, each part by itself.
  private func movedParameters(from past: Training, to now: Training) -> [String] {
    let one = Experiment(title: "", network: past.network, inputSpikes: [], horizon: 0)
    let other = Experiment(title: "", network: now.network, inputSpikes: [], horizon: 0)
    var lines: [String] = []
    for part in now.learned.parts {
      var moves: [(parameter: Parameter, was: Double, now: Double)] = []
      for parameter in part.part.parameters(in: other) where one[parameter] != other[parameter] {
        moves.append((parameter, one[parameter], other[parameter]))
      }
      moves.sort { abs($0.now - $0.was) > abs($1.now - $1.was) }
      let squares = moves.map { ($0.now - $0.was) * ($0.now - $0.was) }
      let isTime = part.part.quantity.isTime
      func shown(_ value: Double) -> String { Quantity.display(value, isTime: isTime) }
      let length = squares.reduce(0, +).squareRoot()
      lines.append(
        "\(names.name(of: part.part)): \(moves.count) moved, \(shown(length)) in all")
      for move in moves.prefix(5) {
        let sign = move.now < move.was ? "" : "+"
        lines.append(
          "  \(names.name(of: move.parameter)): \(shown(move.was)) → \(shown(move.now))"
            + "  (\(sign)\(shown(move.now - move.was)))")
      }
    }
    return lines
  }
}

extension Optimizer {
  /// The name of the rule.
  var name: String {
    switch self {
    case .sgd: "sgd"
    case .momentum(let factor): "momentum \(Quantity.display(factor))"
    case .adam: "adam"
    }
  }
}
