import EventProp
import Files
import Language
import Study

/// A survey of all samples, and what is done with its results.
struct SampleTask: Work {
  let title: String
  /// The order of the results.
  let measure: SampleMeasure
  let goal: Goal
  private(set) var survey: SampleSurvey

  /// What is done with the results.
  enum Goal {
    /// List the worst samples, at most as many.
    case list(most: Int)
    /// Open the sample of a rank from 1; the word is its place in the line.
    case open(rank: Int, Word)
  }

  init(_ title: String, by measure: SampleMeasure, _ goal: Goal, survey: SampleSurvey) {
    self.title = title
    self.measure = measure
    self.goal = goal
    self.survey = survey
  }

  var done: Int { survey.done }
  var total: Int { survey.total }
  var isFinished: Bool { survey.isFinished }

  /// Does the next samples.
  mutating func advance(_ pace: (Progress.Work) -> Pace) throws(SimulationError) {
    try survey.advance(pace: pace(.running))
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    session.bench.survey = survey
    switch goal {
    case .list(let most): line.reply.say(self, most: most, session.names, label: session.wrongLabel)
    case .open(let rank, let word):
      let ranked = measure.ranked(survey.facts)
      guard isFinished else {
        line.reply.say("interrupted after \(done) of \(total)")
        if let first = ranked.first {
          line.reply.lines.append(first.link(by: measure, session.names))
        }
        return
      }
      guard ranked.indices.contains(rank - 1) else {
        let fact =
          ranked.isEmpty
          ? measure.absence
          : "samples by \(measure.rawValue) has only \(ranked.count), no number \(rank)"
        line.reply.complain(
          word.complaint(fact, remedy: "samples by \(measure.rawValue) lists them"),
          about: line.text, indent: line.indent)
        return
      }
      var fault: Diagnostic?
      session.settle(&line) { session, reply in
        reply.say("\(measure.order): \(ranked[rank - 1].phrase(by: measure, session.names))")
        do throws(Diagnostic) {
          try session.open(sample: ranked[rank - 1].number, because: word, &reply)
        } catch {
          fault = error
        }
      }
      if let fault { line.reply.complain(fault, about: line.text, indent: line.indent) }
    }
  }
}

extension Reply {
  /// Says the results of a survey, complete or up to the interruption.
  fileprivate mutating func say(_ task: SampleTask, most: Int, _ names: Names, label: String) {
    let survey = task.survey
    let ranked = task.measure.ranked(survey.facts)
    say((task.isFinished ? "" : "interrupted after ") + survey.summary)
    if ranked.isEmpty {
      if survey.done > 0 { say(task.measure.absence) }
    } else {
      let count = min(most, ranked.count)
      // The other measures are the same by any rule.
      let prefix = task.measure == .gradient || task.measure == .slope ? label : ""
      say(
        "\(prefix)\(task.measure.order)\(count < ranked.count ? ", \(count) of \(ranked.count)" : "")"
      )
      for facts in ranked.prefix(count) { lines.append(facts.link(by: task.measure, names)) }
    }
    if let failures = survey.failureLine({ names.sentence(for: $0) }) { say(failures) }
  }
}

extension SampleFacts {
  /// The sample in a line that opens it.
  fileprivate func link(by measure: SampleMeasure, _ names: Names) -> Reply.Line {
    let command = "sample \(number)"
    return Reply.Line("> \(command)  \(line(by: measure, names))", .link(command))
  }
}
