import EventProp
import Language
import Learning
import Study

/// A number of a place on the line of steps.
enum StepQuantity: Hashable, Sendable {
  /// The mean loss of the samples of the step.
  case loss
  /// The part of the samples that are classified rightly, over the last steps of an epoch's length.
  case accuracy
  /// The length of the gradient, of all that is learnt or of a part by its place in `Learned.parts`.
  case gradient(part: Int?)
  /// The silent neurons of the samples of the step together, of all layers or of one.
  case silent(layer: Int?)
  /// The slope of the flattest spike on which the loss of a sample depends.
  case slope
  /// The rate of the step.
  case rate
  /// The number of epochs done.
  case epoch
  /// The number of steps done.
  case step
  /// Whether the gradient is limited, as 1 or 0.
  case clipped
  /// The samples that are left out because their label neuron is silent.
  case skipped
  /// The delays that are brought back to 0.
  case projected
  /// The silent neurons whose weights are lifted.
  case bumped
  /// The samples with a silent label that are lifted.
  case lifted
  /// The number of spikes of a sample, by its place in the data.
  case count(sample: Int)
  /// Whether a sample is classified wrongly, as 1 or 0.
  case wrong(sample: Int)
  /// A parameter of the network.
  case parameter(Parameter)

  /// Whether the records of the steps have the number, so that the step need not be done again.
  var isRecorded: Bool {
    switch self {
    case .count, .wrong, .parameter: false
    default: true
    }
  }

  /// Whether the number is a time.
  var isTime: Bool {
    if case .parameter(let parameter) = self { parameter.quantity.isTime } else { false }
  }

  /// The words that begin a quantity of the line and mean nothing else.
  static let words = [
    "loss", "accuracy", "gradient", "silent", "slope", "rate", "epoch", "step", "clipped",
    "skipped",
    "projected", "bumped", "lifted", "count", "wrong",
  ]

  /// Reads a quantity.
  ///
  /// Throws a `Diagnostic` at the wrong word.
  init(_ words: [Word], _ course: Course, _ session: Session) throws(Diagnostic) {
    guard let head = words.first else {
      throw Word("break").complaint("expected a quantity", remedy: Self.remedy)
    }
    var rest = words.dropFirst()
    switch head.text.lowercased() {
    case "loss", "l": self = .loss
    case "accuracy": self = .accuracy
    case "slope": self = .slope
    case "rate": self = .rate
    case "epoch": self = .epoch
    case "step": self = .step
    case "clipped": self = .clipped
    case "skipped": self = .skipped
    case "projected": self = .projected
    case "bumped": self = .bumped
    case "lifted": self = .lifted
    case "gradient":
      if rest.first?.text.lowercased() == "of" { rest = rest.dropFirst() }
      self = .gradient(
        part: try rest.popFirst().map { word throws(Diagnostic) in
          try Self.part(word, course, session)
        })
    case "silent":
      self = .silent(
        layer: try rest.popFirst().map { word throws(Diagnostic) in
          guard let layer = session.names.layer(named: word.text) else {
            throw word.complaint(
              "no layer '\(word.text)'",
              remedy: session.experiment.network.layers.map(\.name).joined(separator: ", "))
          }
          return layer
        })
    case "count", "wrong":
      let isSample = rest.first?.text.lowercased() == "sample"
      if isSample { rest = rest.dropFirst() }
      guard let word = rest.popFirst() else {
        throw head.end.complaint("which sample?", remedy: "\(head.text) sample 12")
      }
      let place = try session.samplePlace(word)
      self = head.text.lowercased() == "count" ? .count(sample: place) : .wrong(sample: place)
    default:
      let probe = try Probe(words, session.names, selected: session.selected)
      guard case .setting(.parameters(let parameters)) = probe else {
        throw head.complaint("'\(head.text)' is no number of a step", remedy: Self.remedy)
      }
      guard parameters.count == 1 else {
        throw head.complaint(
          "\(CommandParser.joined(words[...]).text) is \(parameters.count) values",
          remedy: "name one: w n0<-in2, tau_mem n0")
      }
      self = .parameter(parameters[0])
      rest = []
    }
    if let extra = rest.first {
      throw extra.complaint("did not expect '\(extra.text)' here", remedy: Self.remedy)
    }
  }

  /// The quantities of a step, for a remedy.
  static let remedy =
    "loss, accuracy, gradient [of PART], silent [LAYER], slope, count sample N, wrong sample N, w SYN"

  private static func part(
    _ word: Word, _ course: Course, _ session: Session
  ) throws(Diagnostic) -> Int {
    let parts = course.training.learned.parts
    let known = parts.map { session.names.name(of: $0.part) }
    if let part = try? session.names.part(named: word.text),
      let place = parts.firstIndex(where: { $0.part == part })
    {
      return place
    }
    throw word.complaint(
      "'\(word.text)' is not learnt", remedy: "learnt: \(known.joined(separator: ", "))")
  }

  /// The quantity as it is typed.
  func text(_ course: Course, _ names: Names) -> String {
    let numbers = course.origin.bench.samples?.numbers ?? []
    return switch self {
    case .loss: "loss"
    case .accuracy: "accuracy"
    case .gradient(nil): "gradient"
    case .gradient(let part?):
      "gradient of " + names.name(of: course.training.learned.parts[part].part)
    case .silent(nil): "silent"
    case .silent(let layer?): "silent " + names.network.layers[layer].name
    case .slope: "slope"
    case .rate: "rate"
    case .epoch: "epoch"
    case .step: "step"
    case .clipped: "clipped"
    case .skipped: "skipped"
    case .projected: "projected"
    case .bumped: "bumped"
    case .lifted: "lifted"
    case .count(let sample): "count sample \(numbers[sample])"
    case .wrong(let sample): "wrong sample \(numbers[sample])"
    case .parameter(let parameter): Probe.setting(.parameters([parameter])).text(names)
    }
  }

  /// The number at a step, from the records; nil where they do not have it.
  func recorded(at step: Int, in course: Course) -> Double? {
    let training = course.training
    switch self {
    case .step: return Double(step)
    case .epoch: return Double(step / training.stepsOfEpoch)
    case .accuracy: return course.score(before: step)?.accuracy
    default: break
    }
    guard let facts = course.facts(at: step) else { return nil }
    return switch self {
    case .loss: facts.loss
    case .gradient(nil): facts.norm
    case .gradient(let part?): facts.norms[part]
    case .silent(nil): Double(facts.silent.reduce(0, +))
    case .silent(let layer?): Double(facts.silent[layer])
    case .slope: facts.slope?.slope.value
    case .rate: facts.rate
    case .clipped: facts.isClipped ? 1 : 0
    case .skipped: Double(facts.skipped)
    case .projected: Double(facts.projected)
    case .bumped: Double(facts.bumped)
    case .lifted: Double(facts.lifted)
    case .step, .epoch, .accuracy, .count, .wrong, .parameter: nil
    }
  }

  /// The number at the present place of the training; nil where it has none.
  ///
  /// - Throws: A `Training.Failure` where its sample cannot be simulated.
  func value(in course: Course) throws(Training.Failure) -> Double? {
    switch self {
    case .parameter(let parameter):
      return Experiment(
        title: "", network: course.training.network, inputSpikes: [], horizon: 0)[parameter]
    case .count(let sample):
      return Double(try course.training.trajectory(ofSample: sample).spikeCount)
    case .wrong(let sample):
      let trajectory = try course.training.trajectory(ofSample: sample)
      let chosen = Outcome.winner(
        of: course.training.data.samples[sample].loss.scores(on: trajectory))
      return course.training.data.labels.map { $0[sample] == chosen ? 0 : 1 }
    default: return recorded(at: course.step, in: course)
    }
  }
}

extension Session {
  /// The place in the data of the sample with a number.
  func samplePlace(_ word: Word) throws(Diagnostic) -> Int {
    let samples = try samples(for: word)
    guard let number = Int(word.text), let place = samples.place(of: number) else {
      throw word.complaint("there is no sample \(word.text)", remedy: samples.range)
    }
    return place
  }
}
