import EventProp
import Files
import Language
import Study

/// A search for the weakest place of the gradient in each of some samples, one sample at a time.
///
/// The changes that cross a place are known to first order; `trust` on the sample makes exact runs.
struct BatchTrustTask: Work {
  let title = "trust batch"
  private let samples: Samples
  private let experiment: Experiment
  private let rule: AdjointRule
  /// The numbers of the drawn samples.
  private let numbers: [Int]
  /// The samples done that have a weak place, in the order of their numbers.
  private var weak: [Weakness] = []
  /// The number of samples without a weak place.
  private var soundCount = 0
  /// The samples without a gradient.
  private var failures: [SampleSurvey.Failure] = []

  /// A sample and its weakest place, with the words about it.
  private struct Weakness: Sendable {
    var number: Int
    var danger: Danger
    var text: String
  }

  /// The most samples that are listed.
  private static let listed = 10

  init(of samples: Samples, drawing count: Int, in experiment: Experiment, rule: AdjointRule) {
    self.samples = samples
    self.experiment = experiment
    self.rule = rule
    numbers = samples.drawn(count)
  }

  var done: Int { weak.count + soundCount + failures.count }
  var total: Int { numbers.count }
  var isFinished: Bool { done == total }

  /// Searches the next sample.
  mutating func advance(_ pace: (Progress.Work) -> Pace) throws(SimulationError) {
    guard !isFinished else { return }
    let number = numbers[done]
    do throws(SimulationError) {
      let adjoint = try samples.adjoint(
        ofSample: number, in: experiment, rule, pace: pace(.running))
      var search = TrustSearch(.summary, of: adjoint)
      // The first piece lists the dangers; the others make runs.
      try search.advance { _ in pace(.looking) }
      guard let danger = search.trust.dangers.first else {
        soundCount += 1
        return
      }
      let text = TrustText(search.trust, of: adjoint, isFinished: false).line(of: danger)
      weak.append(Weakness(number: number, danger: danger, text: text))
    } catch {
      if case .stopped = error { throw error }
      failures.append(SampleSurvey.Failure(number: number, reason: error))
    }
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    var reply = Reply()
    let count = isFinished ? "" : "interrupted after \(done) of "
    reply.say(rule.label + count + samples.description(ofDrawn: numbers))
    if !weak.isEmpty {
      let ranked = weak.sorted {
        ($0.danger.rank.0, $0.danger.rank.1, $0.number)
          < ($1.danger.rank.0, $1.danger.rank.1, $1.number)
      }
      let shown = ranked.prefix(Self.listed)
      let part = shown.count < ranked.count ? " (\(shown.count) of \(ranked.count))" : ""
      reply.say(
        "the weakest place of each\(part), the worst first, and the change of one value that crosses it:"
      )
      for weakness in shown {
        let command = "sample \(weakness.number)"
        reply.lines.append(Reply.Line("> \(command)  \(weakness.text)", .link(command)))
      }
      reply.say("trust on a sample says how far its gradient holds, by exact runs")
    }
    if soundCount > 0 {
      reply.say(
        "\(soundCount) sample\(soundCount == 1 ? " has" : "s have") no tie, kink, grazing spike or near miss that the loss depends on"
      )
    }
    let names = session.names
    for failure in failures {
      reply.say("sample \(failure.number) has no gradient: \(names.sentence(for: failure.reason))")
    }
    line.reply.lines += reply.lines
  }
}

extension Session {
  /// Begins to search the weakest places of samples: the words after `trust batch`.
  mutating func trustBatch(_ words: ArraySlice<Word>, after verb: Word) throws(Diagnostic) {
    let samples = try samples(for: verb)
    guard experiment.loss != nil else { throw noGradient(verb, "to trust") }
    var words = Array(words)
    let count = try Self.takeCount(from: &words, of: samples, for: "trust")
    if let extra = words.first {
      throw extra.complaint(
        "trust batch does not take '\(extra.text)'", remedy: "trust batch sample 50")
    }
    task = LongTask(
      BatchTrustTask(of: samples, drawing: count, in: experiment, rule: run.rule))
  }
}
