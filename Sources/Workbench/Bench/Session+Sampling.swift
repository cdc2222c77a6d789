package import EventProp
import Files
import Foundation
import Language
import Study

extension Session {
  /// Opens a sample, or lists the worst ones; a list continues in ``task``.
  mutating func carryOut(_ command: SampleCommand, _ reply: inout Reply) throws(Diagnostic) {
    switch command {
    case .open(let word?): try open(word, &reply)
    case .open(nil):
      _ = try samples(for: Word("sample"))
      reply.say(sampleLine(of: run))
    case .list(let measure, let word):
      let most = try word.map { word throws(Diagnostic) in try Self.rank(word) } ?? 10
      try survey(
        "samples", by: measure, word, goal: .list(most: most))
    case .worst(let measure, let word):
      let rank = try word.map { word throws(Diagnostic) in try Self.rank(word) } ?? 1
      try survey("worst", by: measure, word, goal: .open(rank: rank, word ?? Word("worst")))
    }
  }

  /// The samples of the experiment; throws a `Diagnostic` at a word where there are none.
  func samples(for word: Word) throws(Diagnostic) -> Samples {
    if let samples = bench.samples { return samples }
    throw word.complaint(
      "this experiment has no samples",
      remedy: "the key samples gives a preset some: help samples")
  }

  // MARK: - One sample

  private mutating func open(_ word: Word, _ reply: inout Reply) throws(Diagnostic) {
    let samples = try samples(for: word)
    let number = try Self.number(word, of: samples, from: bench.edited.sample)
    try open(sample: number, because: word, &reply)
  }

  /// The number of the sample that a word means: a number, a distance or an end.
  private static func number(
    _ word: Word, of samples: Samples, from present: Int?
  ) throws(Diagnostic) -> Int {
    let numbers = samples.numbers
    switch word.text.lowercased() {
    case "first": return numbers[0]
    case "last": return numbers[samples.count - 1]
    case let text:
      guard let value = Int(text) else {
        throw word.complaint(
          "expected the number of a sample, found '\(word.text)'",
          remedy: "\(samples.range), +1, -1, first or last")
      }
      if text.first == "+" || text.first == "-" {
        let place = present.flatMap(samples.place) ?? 0
        let (target, overflow) = place.addingReportingOverflow(value)
        guard !overflow, numbers.indices.contains(target) else {
          let isBefore = value < 0
          throw word.complaint(
            "sample \(isBefore ? numbers[0] : numbers[samples.count - 1]) is the \(isBefore ? "first" : "last")",
            remedy: samples.range)
        }
        return numbers[target]
      }
      guard samples.place(of: value) != nil else {
        let isLeftOut = (0..<samples.countInFile).contains(value)
        throw word.complaint(
          isLeftOut ? "sample \(value) is not selected" : "there is no sample \(value)",
          remedy: samples.range)
      }
      return value
    }
  }

  /// Puts a sample on the bench as an edit that `undo` can take back.
  mutating func open(
    sample number: Int, because word: Word, _ reply: inout Reply
  ) throws(Diagnostic) {
    let samples = try samples(for: word)
    let before = bench.edited
    let hasOwnInputs = bench.hasEditedSample
    let edited = samples.experiment(ofSample: number, in: before)
    guard edited != before else { return reply.say(sampleLine(of: run)) }
    let echo =
      hasOwnInputs
      ? "the edits of sample \(before.sample ?? 0) itself are let go; undo brings them back" : ""
    try take(edited, because: word, saying: echo, &reply)
    bench.noteEdit(of: before)
  }

  /// The sample of a run in a line: its number, the class found, L, and a warning.
  func sampleLine(of run: Run) -> String {
    guard let label = bench.sampleLabel(of: run.experiment) else { return "" }
    var parts = [label]
    if let decision = SampleFacts.Decision(of: run.trajectory) { parts.append(decision.phrase) }
    if let loss = run.loss { parts.append("L = \(Quantity.display(loss, digits: 6))") }
    let spikes = run.trajectory.spikeCount
    parts.append("\(spikes) spike\(spikes == 1 ? "" : "s")")
    if let grave = run.overflow.first ?? Warning.firstGrave(in: run.trajectory) {
      parts.append("\(grave.kind.rawValue) (info warnings)")
    }
    return parts.joined(separator: "  ")
  }

  // MARK: - All samples

  /// Begins a survey of all samples, or goes on with the one on the bench.
  private mutating func survey(
    _ verb: String, by measure: SampleMeasure, _ word: Word?, goal: SampleTask.Goal
  ) throws(Diagnostic) {
    let place = word ?? Word(verb)
    let samples = try samples(for: place)
    guard experiment.loss != nil else {
      throw place.complaint(
        "without a loss samples cannot be ranked", remedy: "add a loss to the preset")
    }
    guard !bench.isPending else {
      throw place.complaint("there are edits that have not been run", remedy: "run runs them")
    }
    if measure == .wrong, !(experiment.loss?.rule.kind.required.contains(.label) ?? false) {
      throw place.complaint(
        "a \(experiment.loss?.rule.name ?? "") loss has no label, so nothing is classified",
        remedy: "samples by loss")
    }
    var survey = bench.survey
    if survey?.belongs(to: experiment, run.rule) != true { survey = nil }
    task = LongTask(
      SampleTask(
        "\(verb) by \(measure.rawValue)", by: measure, goal,
        survey: survey
          ?? SampleSurvey(
            of: samples, in: experiment, rule: run.rule,
            threads: ProcessInfo.processInfo.activeProcessorCount)))
  }

  /// Takes `sample N` out of the words after a verb: the number of samples to draw.
  static func takeCount(
    from words: inout [Word], of samples: Samples, for verb: String
  ) throws(Diagnostic) -> Int {
    let place = words.firstIndex { ["sample", "samples"].contains($0.text.lowercased()) }
    guard let place else { return Samples.usualDraw }
    guard place + 1 < words.count else {
      throw words[place].complaint("how many samples?", remedy: "\(verb) batch sample 50")
    }
    let number = words[place + 1]
    guard let count = Int(number.text), count >= 1 else {
      throw number.complaint(
        "expected how many samples, found '\(number.text)'", remedy: "a number from 1")
    }
    guard count <= samples.count else {
      throw number.complaint(
        "there are only \(samples.count) samples", remedy: "a number from 1 to \(samples.count)")
    }
    words.removeSubrange(place...(place + 1))
    return count
  }

  /// A number from 1.
  private static func rank(_ word: Word) throws(Diagnostic) -> Int {
    guard let count = Int(word.text), count >= 1 else {
      throw word.complaint("expected a number, found '\(word.text)'", remedy: "a number from 1")
    }
    return count
  }
}

extension Samples {
  /// The numbers that exist, in a phrase.
  package var range: String {
    guard count > 1 else { return "the only sample is \(numbers[0])" }
    let ends = "\(numbers[0]) to \(numbers[count - 1])"
    let hasGaps = numbers[count - 1] - numbers[0] + 1 > count
    return "the samples are \(hasGaps ? "\(count) of " : "")\(ends)"
  }
}

extension Bench {
  /// The sample of an experiment as the screen names it, such as `sample 17/5000`; nil without
  /// samples.
  package func sampleLabel(of experiment: Experiment) -> String? {
    guard let samples, let number = experiment.sample else { return nil }
    return "sample \(number)/\(samples.countInFile)"
      + (samples.isWhole ? "" : " (\(samples.count) selected)")
  }
}
