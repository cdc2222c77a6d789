import Columns
import EventProp
package import Foundation
package import Language
package import Study

/// The result of a comparison with another program, with the keys of the public format and as text.
///
/// ```json
/// {"verdict": "agrees|close|explained|differs|unknown", "precision": "float64|float32", "tolerance": 1e-10, "residual": 0.14,
///  "forward": {"verdict": "agrees|differs", "spikes": 12, "distance": 3e-16, "loss": {"ours": …, "theirs": …, "agrees": true},
///              "first": {"spike": "hidden.1 spike 0", "ours": 0.012, "theirs": 0.013}, "explanation": "v_leak = 0"},
///  "basis": "ours|their spikes|v_leak = 0",
///  "adjoint": {"verdict": "agrees|differs", "values": 40, "residual": 2e-16, "unit": "λ",
///              "first": {"event": 7, "neuron": "hidden.1", "quantity": "lambda_v", "ours": …, "theirs": …}, "causes": ["…"]},
///  "parts": [{"name": "hidden.weights", "verdict": "agrees|close|differs", "residual": 0.14,
///             "largest": {"parameter": "hidden.1<-in.1", "ours": -4.84, "theirs": -3.55, "ratio": 0.73},
///             "not_finite": […], "transposed": true}],
///  "explanations": [{"name": "no-leak + sign in hidden.weights", "rule": "no-leak", "residual": 2e-16, "meaning": "…",
///                    "scalings": [{"name": "sign", "parts": ["hidden.weights"]}], "events": [4, 6]}],
///  "closest": {…}, "differences": [{"parameter": …, "ours": …, "theirs": …, "ratio": …}], "evidence": ["…"],
///  "samples": {"count": 200, "differing": [{"sample": 17, "residual": 0.3}], "affected": [17]},
///  "matched": ["W0 is hidden.weights"], "passed_over": ["epoch"], "next": ["contrib hidden.1<-in.1"]}
/// ```
///
/// A residual is the largest difference relative to the largest value of the part. `explanations`
/// are equally good, the simplest first; there are none unless a wrong rule or a scaling reproduces
/// the gradient. `close` is a gradient that agrees to more than rounding, without a rule that comes
/// nearer. `unknown` is a file without a gradient that could be compared. `closest` is a rule that explains most of a difference. A scaling without `parts`
/// applies everywhere. `events` is the range of lengths of a truncated pass with the same result.
/// `basis` is the run on which λ and the gradient were compared. `affected` are the samples at which
/// the rule matters. `matched` tells how other names were read, `passed_over` what belongs to
/// nothing. `hint` says what the two programs may start from differently, where they differ. What
/// does not apply is left out.
package struct CompareReport: Encodable, Sendable {
  let verdict: String
  var precision: String?
  var tolerance: Double?
  var residual: Double?
  var forward: Forward?
  var basis: String?
  var adjoint: Adjoint?
  var parts: [Part] = []
  var explanations: [Reason] = []
  /// The nearest wrong rule where nothing explains the difference.
  var closest: Reason?
  /// The largest differences, the largest first.
  var differences: [Difference] = []
  /// What is known about a difference that nothing explains.
  var evidence: [String]?
  var samples: SampleResults?
  /// How arrays with other names were read.
  var matched: [String]?
  /// The names in the file that belong to nothing.
  var passedOver: [String]?
  /// What the other program may start from differently; nil where nothing is known.
  var hint: String?
  /// The lines for the prompt that lead on.
  var next: [String]?
  /// The neuron, counted across layers, at which the difference is largest or first.
  package private(set) var neuron: Int?

  enum CodingKeys: String, CodingKey {
    case verdict, precision, tolerance, residual, forward, basis, adjoint, parts, explanations
    case closest, differences, evidence, samples, matched, hint, next
    case passedOver = "passed_over"
  }

  struct Forward: Encodable, Sendable {
    var verdict: String
    var spikes: Int
    var distance: Double
    var loss: Pair?
    var first: First?
    var explanation: String?
    /// The unit of the other times where it is not s.
    var timeUnit: String?

    enum CodingKeys: String, CodingKey {
      case verdict, spikes, distance, loss, first, explanation
      case timeUnit = "time_unit"
    }

    struct First: Encodable, Sendable {
      var spike: String
      var ours: Double?
      var theirs: Double?
    }
  }

  struct Pair: Encodable, Sendable {
    var ours: Double
    var theirs: Double
    var agrees: Bool
  }

  struct Adjoint: Encodable, Sendable {
    var verdict: String
    var values: Int
    var residual: Double
    var unit: String
    var first: First?
    var causes: [String]

    struct First: Encodable, Sendable {
      var event: Int
      var neuron: String
      var quantity: String
      var ours: Double
      var theirs: Double
    }
  }

  struct SampleResults: Encodable, Sendable {
    var count: Int
    var differing: [Sample]
    var affected: [Int]
    /// The sample that differs most.
    var worst: Int?
    /// The largest difference of a gradient of a single sample; nil where none was given.
    var largest: Double?

    struct Sample: Encodable, Sendable {
      var sample: Int
      var residual: Double?
      var loss: Double?
    }
  }

  struct Part: Encodable, Sendable {
    var name: String
    var verdict: String
    var residual: Double
    /// The place of the largest difference.
    var largest: Difference?
    /// The values that are NaN or infinite.
    var notFinite: [Difference]?
    /// Whether the matrix came as [this][before].
    var transposed: Bool?

    enum CodingKeys: String, CodingKey {
      case name, verdict, residual, largest, transposed
      case notFinite = "not_finite"
    }
  }

  struct Difference: Encodable, Sendable {
    var parameter: String
    var ours: Double
    var theirs: Double
    /// theirs / ours, where ours is not 0.
    var ratio: Double?
  }

  struct Reason: Encodable, Sendable {
    var name: String
    var rule: String
    var scalings: [Change]
    var residual: Double
    var meaning: String?
    /// The least and the largest number of events walked back with the same result.
    var events: [Int]?
  }

  struct Change: Encodable, Sendable {
    var name: String
    /// The parts that it applies to; absent for all parts.
    var parts: [String]?

    /// ` in hidden.weights`; empty for all parts.
    var place: String {
      guard let parts else { return "" }
      let most = 4
      return " in " + parts.prefix(most).joined(separator: ", ")
        + (parts.count > most ? " and \(parts.count - most) more" : "")
    }
  }

  /// The verdict where the file has no gradient that could be compared.
  private static let unknown = "unknown"
  private static let nothing =
    "no gradient was compared: map says what an array is, as in map W0=hidden.weights^T"

  /// Whether everything that was compared agrees.
  package var agrees: Bool { verdict == GradientComparison.Verdict.agrees.rawValue }

  /// Words a comparison with one run; `names` has the spelling of parameters.
  package init(_ comparison: Comparison, of record: ForeignRecord, _ names: Names) {
    let forward = comparison.forward
    let gradient = comparison.gradient
    let isExplained =
      (forward?.agrees ?? true || forward?.explanation != nil)
      && (gradient.map { $0.verdict != .differs }
        ?? comparison.adjoint.map { $0.first == nil || !$0.causes.isEmpty } ?? true)
    let isClose = forward?.agrees ?? true && gradient?.verdict == .close
    let found: GradientComparison.Verdict =
      comparison.agrees ? .agrees : isClose ? .close : isExplained ? .explained : .differs
    // A gradient under a name that is not known must not pass for a right one.
    let isNothing = gradient == nil && comparison.adjoint == nil && !record.passedOver.isEmpty
    verdict = isNothing && comparison.agrees ? Self.unknown : found.rawValue
    self.forward = forward.map { Self.forward($0, names) }
    basis =
      switch comparison.basis {
      case .ours: forward == nil ? nil : "ours"
      case .variant(let variant): names.phrase(variant)
      case .theirSpikes: "their spikes"
      }
    adjoint = comparison.adjoint.map { Self.adjoint($0, names) }
    if let gradient { take(gradient, names) }
    if let obstacle = comparison.obstacle {
      evidence =
        (evidence ?? []) + [
          "on \(basis ?? "their run") there is no gradient to compare with: \(obstacle.description)"
        ]
    }
    hint = found == .differs ? Self.hint(about: names.network) : nil
    if isNothing { evidence = (evidence ?? []) + [Self.nothing] }
    take(record)
    lead(comparison, names)
  }

  /// Words a comparison with all samples; `numbers` are their numbers in the file.
  package init(
    _ comparison: BatchComparison, of record: ForeignRecord, _ names: Names, numbers: [Int]
  ) {
    let gradient = comparison.gradient
    let isExplained =
      gradient?.verdict == .explained
      || (comparison.differing.isEmpty && gradient?.verdict == .close)
    // What belongs to one sample has nothing to be compared with here.
    if !record.spikes.isEmpty || !record.adjoint.isEmpty {
      evidence = ["spikes and λ belong to one sample: sample N, or --sample N, compares them"]
    }
    let isNothing = gradient == nil && comparison.samples.isEmpty
    verdict =
      isNothing && (comparison.losses == nil || !record.passedOver.isEmpty)
      ? Self.unknown
      : (comparison.agrees
        ? GradientComparison.Verdict.agrees
        : isExplained ? gradient?.verdict ?? .explained : .differs).rawValue
    if isNothing { evidence = (evidence ?? []) + [Self.nothing] }
    if let gradient { take(gradient, names) }
    if let losses = comparison.losses {
      forward = Forward(
        verdict: comparison.lossAgrees ? "agrees" : "differs", spikes: 0, distance: 0,
        loss: Pair(
          ours: losses.ours, theirs: losses.theirs, agrees: comparison.lossAgrees))
    }
    samples = SampleResults(
      count: max(comparison.samples.count, numbers.count),
      differing: comparison.differing.map {
        SampleResults.Sample(
          sample: numbers[$0.place], residual: $0.residual, loss: $0.lossResidual)
      }, affected: comparison.affected.map { numbers[$0] },
      worst: comparison.differing.isEmpty ? nil : comparison.worst.map { numbers[$0] },
      largest: comparison.samples.compactMap(\.residual).max())
    take(record)
    if comparison.differing.isEmpty { neuron = comparison.site?.neuron }
    if let worst = comparison.worst {
      let sample = "sample \(numbers[worst]); "
      next = []
      if !comparison.differing.isEmpty {
        next?.append(sample + "compare FILE")
      } else if let site = comparison.site {
        next? += Self.commands(to: site.event).map { sample + $0 }
      } else {
        next?.append(sample + "info spikes")
      }
    }
    if let rule = gradient?.suspect { next = (next ?? []) + ["rule \(rule.fullName)"] }
  }

  private mutating func take(_ record: ForeignRecord) {
    matched = record.matches.isEmpty ? nil : record.matches
    passedOver = record.passedOver.isEmpty ? nil : record.passedOver
  }

  private mutating func take(_ comparison: GradientComparison, _ names: Names) {
    func difference(_ found: GradientComparison.Difference) -> Difference {
      Difference(
        parameter: names.name(of: found.entry, in: found.part), ours: found.ours,
        theirs: found.theirs,
        ratio: found.ours == 0 || !found.theirs.isFinite ? nil : found.theirs / found.ours)
    }
    precision = comparison.isSinglePrecision ? "float32" : "float64"
    tolerance = comparison.tolerance
    residual = comparison.residual
    parts = comparison.parts.map { part in
      let isClose = comparison.verdict == .close && !part.agrees
      return Part(
        name: names.name(of: part.part),
        verdict: (part.agrees ? GradientComparison.Verdict.agrees : isClose ? .close : .differs)
          .rawValue,
        residual: part.residual, largest: part.largest.map(difference),
        notFinite: part.notFinite.isEmpty ? nil : part.notFinite.map(difference),
        transposed: part.isTransposed ? true : nil)
    }
    explanations = comparison.explanations.map { Reason($0, names) }
    closest = comparison.closest.map { Reason($0, names) }
    differences = comparison.differences.map(difference)
    evidence =
      comparison.evidence.isEmpty ? nil : comparison.evidence.map { names.sentence($0) }
  }

  private static func forward(_ forward: ForwardComparison, _ names: Names) -> Forward {
    Forward(
      verdict: forward.agrees ? "agrees" : "differs", spikes: forward.count,
      distance: forward.distance,
      loss: forward.losses.map {
        Pair(ours: $0.ours, theirs: $0.theirs, agrees: forward.lossAgrees)
      },
      first: forward.first.map {
        Forward.First(spike: names.phrase($0), ours: $0.ours, theirs: $0.theirs)
      },
      explanation: forward.explanation.map { names.phrase($0.variant) },
      timeUnit: forward.timeUnit == 1e-3 ? "ms" : forward.timeUnit == 1e-6 ? "us" : nil)
  }

  private static func adjoint(_ adjoint: AdjointComparison, _ names: Names) -> Adjoint {
    Adjoint(
      verdict: adjoint.first == nil ? "agrees" : "differs", values: adjoint.count,
      residual: adjoint.residual, unit: adjoint.convention.phrase,
      first: adjoint.first.map {
        Adjoint.First(
          event: $0.event, neuron: names.name(ofNeuron: $0.neuron),
          quantity: $0.isPotential ? "lambda_v" : "lambda_i", ours: $0.ours, theirs: $0.theirs)
      }, causes: adjoint.causes.map { names.phrase($0) })
  }

  /// The largest difference of a weight, whose terms can be listed; of any value where no weight
  /// differs.
  private static func worst(
    of gradient: GradientComparison
  ) -> GradientComparison.Difference? {
    let all = gradient.parts.filter { !$0.agrees }.compactMap(\.largest)
      .sorted { $0.relative > $1.relative }
    return all.first { $0.part.quantity == .weights || $0.part.quantity == .recurrent }
      ?? all.first
  }

  /// The commands that show every term of the jump at an event.
  private static func commands(to event: Int) -> [String] {
    ["bwd; goto e\(event); equation long"]
  }

  /// Finds the place of the difference, and the commands that lead on from it.
  private mutating func lead(_ comparison: Comparison, _ names: Names) {
    guard !comparison.agrees else { return }
    var commands: [String] = []
    if let forward = comparison.forward, let first = forward.first {
      neuron = first.neuron
      if let remedy = forward.explanation.flatMap({ names.remedy($0.variant) }) {
        commands.append(remedy + "; compare FILE")
      } else if first.ours != nil {
        commands.append("goto spike \(names.name(ofNeuron: first.neuron)) \(first.spike)")
      }
    } else if let first = comparison.adjoint?.first {
      neuron = first.neuron
      commands += Self.commands(to: first.event)
    } else if let site = comparison.site, comparison.basis == .ours {
      neuron = site.neuron
      commands += Self.commands(to: site.event)
    }
    if let gradient = comparison.gradient, gradient.verdict != .agrees,
      let worst = Self.worst(of: gradient)
    {
      let parameter = worst.part.parameter(worst.entry)
      let name = names.name(of: worst.entry, in: worst.part)
      if case .weight(let synapse)? = parameter {
        let network = names.network
        let (_, column) = network.ends(of: synapse)
        neuron = neuron ?? network.offsets[synapse.layer] + column
        commands.append("contrib \(name)")
      } else if case .field(_, let layer, let index)? = parameter {
        neuron = neuron ?? names.network.offsets[layer] + index
        commands.append("why \(name)")
      }
      if let rule = gradient.suspect {
        commands.append("rule \(rule.fullName)")
      }
    }
    next = commands.isEmpty ? nil : commands
  }

  /// Where a neuron does not start at rest, the question whether the other program's does.
  private static func hint(about network: Network) -> String? {
    for layer in network.layers {
      for (parameters, initial) in zip(layer.parameters, layer.initial)
      where initial.potential != parameters.vLeak {
        return "here V(0) of \(layer.name) is \(Quantity.display(initial.potential)) and v_leak is "
          + "\(Quantity.display(parameters.vLeak)): does the other program start at v_leak? initial: { v: … } sets V(0)"
      }
    }
    return nil
  }

  /// The report as JSON, UTF-8; foreign values that are not finite are the texts `nan`, `inf` and
  /// `-inf`.
  package func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(self)
  }
}

extension CompareReport.Reason {
  fileprivate init(_ explanation: Explanation, _ names: Names) {
    let alterations = explanation.rule.alterations
    rule = explanation.rule.fullName
    scalings = explanation.changes.flatMap { change in
      change.scaling.names.map { name in
        CompareReport.Change(
          name: name, parts: change.parts?.map { names.name(of: $0) })
      }
    }
    residual = explanation.residual
    meaning = alterations.isEmpty ? nil : explanation.rule.story
    events = explanation.eventRange.map { [$0.lowerBound, $0.upperBound] }
    name =
      ((alterations.isEmpty ? [] : [rule]) + [Self.phrase(of: scalings, joinedBy: " + ")])
      .filter { !$0.isEmpty }.joined(separator: " + ")
  }

  /// `sign and averaged over 32 samples in hidden.weights`: a place is named once, after all its
  /// changes.
  private static func phrase(
    of scalings: [CompareReport.Change], joinedBy joint: String
  ) -> String {
    scalings.enumerated().map { number, change in
      let isLast = number + 1 == scalings.count || scalings[number + 1].parts != change.parts
      return change.name + (isLast ? change.place : "")
    }.joined(separator: joint)
  }

  /// `WRONG rule no-leak, with sign (residual 2e-16): …`.
  fileprivate var sentence: String {
    var text = rule == "exact" ? "the exact gradient" : "WRONG rule \(rule)"
    if !scalings.isEmpty {
      text += " with " + Self.phrase(of: scalings, joinedBy: " and ")
    }
    text += " (residual \(Quantity.display(residual, digits: 2)))"
    if let meaning { text += ": \(meaning)" }
    if let events, events[0] < events[1] {
      text += "; any number of events from \(events[0]) to \(events[1]) gives the same here"
    }
    return text
  }
}

// The report for people.
extension CompareReport {
  /// A line for each part, then the verdict.
  package var text: String { (table + conclusion + lines).joined(separator: "\n") }

  /// The verdict; on a screen it comes first.
  package var verdictLines: [String] { conclusion }

  /// A line for each part.
  package var partLines: [String] { table }

  /// The lines for the prompt that lead on; `command` is the command that compares again.
  package func nextCommands(repeating command: String) -> [String] {
    (next ?? []).map { $0.replacing("compare FILE", with: command) }
  }

  private var table: [String] {
    let width = parts.map(\.name.columns).max() ?? 0
    return parts.map { $0.name.padded(to: width + 2) + $0.phrase }
      + (matched ?? []).map { "read: " + $0 }
      + (passedOver.map { ["passed over: " + ArrayFault.list($0)] } ?? [])
  }

  /// What follows the verdict: the commands that lead on.
  private var lines: [String] {
    next.map { ["next: " + $0.joined(separator: "; ")] } ?? []
  }

  private static let mostReasons = 6

  private var conclusion: [String] {
    var lines = forward.map(forwardLines) ?? []
    if let adjoint { lines += adjointLines(adjoint) }
    if residual != nil { lines += gradientLines }
    lines += (evidence ?? []).map { "  " + $0 }
    if let samples { lines += sampleLines(samples) }
    return lines + (hint.map { [$0] } ?? [])
  }

  private func forwardLines(_ forward: Forward) -> [String] {
    var lines: [String] = []
    let time = { (time: Double) in Quantity.displayTime(time, digits: 7) }
    if forward.spikes > 0 || forward.first != nil {
      if let first = forward.first {
        lines.append(
          "the spikes differ, first \(first.spike): "
            + (first.ours.map { "here at \(time($0))" } ?? "missing here") + ", "
            + (first.theirs.map { "there at \(time($0))" } ?? "missing there"))
        lines.append(
          forward.explanation.map { explanation in
            "their spikes are those of another model: \(explanation)"
              + (basis == "their spikes" ? "; what follows is about their spikes" : "")
          }
            ?? "no known model gives their spikes; what follows is about their spikes, given to this network"
        )
      } else {
        if let unit = forward.timeUnit { lines.append("their spike times are in \(unit)") }
        lines.append(
          "the spikes agree (\(forward.spikes) spikes, largest distance \(Quantity.displayTime(forward.distance, digits: 2)))"
        )
      }
    }
    if let loss = forward.loss {
      lines.append(
        loss.agrees
          ? "the loss agrees: \(Quantity.display(loss.ours, digits: 8))"
          : "the loss is \(Quantity.display(loss.ours, digits: 8)) here and \(Quantity.display(loss.theirs, digits: 8)) there (ratio \(Quantity.display(loss.theirs / loss.ours, digits: 8)))"
      )
    }
    return lines
  }

  private func adjointLines(_ adjoint: Adjoint) -> [String] {
    let unit = adjoint.unit == "λ" ? "" : "; their λ is \(adjoint.unit)"
    guard let first = adjoint.first else {
      return [
        "λ agrees at all \(adjoint.values) values (largest difference \(Quantity.display(adjoint.residual, digits: 2)))\(unit)"
      ]
    }
    let name = first.quantity == "lambda_v" ? "λV" : "λI"
    return [
      "λ differs, on the way back first at e\(first.event): \(name) \(first.neuron) just before it is "
        + "\(Quantity.display(first.ours, digits: 7)) here and \(Quantity.display(first.theirs, digits: 7)) there\(unit)"
    ]
      + (adjoint.causes.isEmpty && explanations.isEmpty
        ? ["  no single term and no wrong rule gives this value"]
        : adjoint.causes.prefix(Self.mostReasons).map { "  " + $0 })
  }

  private func sampleLines(_ samples: SampleResults) -> [String] {
    let list = { (numbers: [Int]) in
      numbers.prefix(10).map(String.init).joined(separator: ", ")
        + (numbers.count > 10 ? ", … " : "")
    }
    var lines: [String] = []
    if !samples.differing.isEmpty {
      lines.append(
        "\(samples.differing.count) of \(samples.count) samples differ: \(list(samples.differing.map(\.sample)))"
      )
    }
    if !samples.affected.isEmpty {
      lines.append(
        "the rule matters at \(samples.affected.count) of \(samples.count) samples: \(list(samples.affected))"
      )
    }
    if let largest = samples.largest, samples.differing.isEmpty {
      lines.append(
        "all \(samples.count) samples agree (largest difference \(Quantity.display(largest, digits: 2)))"
      )
    }
    if let worst = samples.worst, let first = samples.differing.first(where: { $0.sample == worst })
    {
      lines.append(
        "most at sample \(worst): "
          + (first.residual.map { "its gradient is off by \(Quantity.display($0, digits: 2))" }
            ?? "its loss is off by \(Quantity.display(first.loss ?? 0, digits: 2))"))
    }
    return lines
  }

  /// On which run the gradient was compared, where it is not ours.
  private var place: String {
    switch basis {
    case nil, "ours": ""
    case "their spikes": "on their spikes the gradient "
    case let other?: "on the run with \(other) the gradient "
    }
  }

  private var gradientLines: [String] {
    let far = Quantity.display(residual ?? 0, digits: 2)
    let isClose = parts.contains { $0.verdict == GradientComparison.Verdict.close.rawValue }
    let isRight = parts.allSatisfy { $0.verdict == GradientComparison.Verdict.agrees.rawValue }
    if !explanations.isEmpty {
      var lines = explanations.prefix(Self.mostReasons).enumerated().map { number, reason in
        (number == 0 ? "\(place)reproduced by " : "equally well by ") + reason.sentence
      }
      if explanations.count > Self.mostReasons {
        lines.append("and by \(explanations.count - Self.mostReasons) more")
      }
      return lines
    }
    if isClose {
      return [
        "\(place)agrees to \(far), more than rounding (\(Quantity.display(tolerance ?? 0, digits: 2))): an error of a method, or a small mistake; a tolerance of \(Quantity.display((residual ?? 0) * 2, digits: 1)) accepts it"
      ]
    }
    if isRight {
      let limit = precision == "float32" ? ", as well as float32 can" : ""
      return ["\(place)agrees with the exact gradient\(limit) (largest difference \(far))"]
    }
    var lines: [String] = []
    if parts.contains(where: { $0.notFinite != nil }) {
      lines.append("\(place)differs: some values are no finite numbers")
    } else {
      lines.append(
        "\(place)differs: no known wrong rule, pair of rules or scaling reproduces it (largest difference \(far))"
      )
    }
    if let closest {
      lines.append(
        "most of it is explained by \(closest.sentence); the rest is \(Quantity.display(closest.residual, digits: 2))"
      )
    }
    return lines + differences.map { "  \($0.phrase)" }
  }
}

extension CompareReport.Part {
  fileprivate var phrase: String {
    let size = Quantity.display(residual, digits: 2)
    let way = transposed == nil ? "" : "  as [this][before]"
    if let first = notFinite?.first {
      let others = (notFinite?.count ?? 1) - 1
      return "differs  \(first.parameter) is \(first.theirs)"
        + (others > 0 ? ", and \(others) more" : "") + way
    }
    if transposed != nil, verdict == GradientComparison.Verdict.differs.rawValue,
      largest?.ratio.map({ abs($0 - 1) < 1e-9 }) ?? false
    {
      return "equal to \(size)," + way + " where this name means [before][this]"
    }
    guard verdict == GradientComparison.Verdict.differs.rawValue, residual > 0 else {
      return verdict.padded(to: 6) + (residual == 0 ? "" : "   to \(size)") + way
    }
    return "differs  by \(size)" + (largest.map { ", most at \($0.phrase)" } ?? "") + way
  }
}

extension CompareReport.Difference {
  /// `hidden.0<-in.2: ours -3.9277, theirs -4.1 (ratio 1.044)`.
  fileprivate var phrase: String {
    "\(parameter): ours \(Quantity.display(ours, digits: 6)), theirs \(Quantity.display(theirs, digits: 6))"
      + (ratio.map { " (ratio \(Quantity.display($0, digits: 5)))" } ?? "")
  }
}
