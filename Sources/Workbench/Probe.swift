import EventProp
import Files
import Language

/// A number that can be looked at wherever the user stands.
enum Probe: Equatable, Sendable {
  case time
  case loss
  case state(StateQuantity, of: Int)
  case weight(Names.SynapseName)
  case gradient(Names.SynapseName)
  case parameter(LIFParameters.Field, of: Int)
  /// What `set` changes by a name of one word.
  case setting(Edit.Target, name: String)
  /// How far the quantity of a breakpoint jumps, with its sign or without.
  case jump(isAbsolute: Bool)

  /// Reads a quantity; a neuron that is not named is the selected one.
  init(_ words: [Word], in experiment: Experiment, selected: Int) throws(Diagnostic) {
    let names = Names(experiment)
    var words = words
    if words[0].text.lowercased() == "delay"
      || words.count > 1 && words[0].text.lowercased() == "time"
    {
      var rest = words[...]
      try rest.joinName()
      words = Array(rest)
    }
    let head = words[0]
    var taken = 2
    func neuron() throws(Diagnostic) -> Int {
      words.count > 1 ? try names.neuron(words[1]) : selected
    }
    func synapse() throws(Diagnostic) -> Names.SynapseName {
      guard words.count > 1 else {
        throw head.complaint("\(head.text) of which synapse?", remedy: "\(head.text) n0<-in2")
      }
      return try names.synapse(words[1])
    }
    if let quantity = StateQuantity(head.text) {
      self = .state(quantity, of: try neuron())
    } else {
      switch head.text.lowercased() {
      case "t", "time":
        self = .time
        taken = 1
      case "l", "loss":
        self = .loss
        taken = 1
      case "w": self = .weight(try synapse())
      case "grad", "dl/dw": self = .gradient(try synapse())
      case "jump", "abs":
        self = .jump(isAbsolute: head.text.lowercased() == "abs")
        taken = 1
      default:
        if let field = LIFParameters.Field(named: head.text), words.count > 1 {
          self = .parameter(field, of: try neuron())
        } else {
          self = try Self.setting(head, in: experiment)
          taken = 1
        }
      }
    }
    guard words.count > taken else { return }
    throw words[taken].complaint(
      "did not expect '\(words[taken].text)' after the quantity",
      remedy: "one quantity at a time: V n0")
  }

  /// What a name that `set` takes stands for; a weight is a weight, however it is named.
  private static func setting(_ head: Word, in experiment: Experiment) throws(Diagnostic) -> Probe {
    do throws(Diagnostic) {
      let target = try Edit.find(head, in: experiment)
      if case .weight(let synapse) = target { return .weight(synapse) }
      return .setting(target, name: Names(experiment).canonical(target, in: experiment))
    } catch {
      // What looks like a part of the network is looked for there.
      guard !head.text.contains(where: { ".<>[ ".contains($0) }) else { throw error }
      throw head.complaint(
        "no quantity '\(head.text)'",
        remedy: "V n0, I n0, lV n0, lI n0, t, L, w SYN, grad SYN or a name that set takes")
    }
  }

  /// Whether the number is a time, in seconds.
  var isTime: Bool {
    switch self {
    case .time: true
    case .parameter(let field, _): field.isTime
    case .setting(let target, _): target.isTime
    default: false
    }
  }

  /// The quantity in its canonical spelling.
  func text(_ names: Names) -> String {
    switch self {
    case .time: "t"
    case .loss: "L"
    case .state(let quantity, let neuron): "\(quantity.rawValue) n\(neuron)"
    case .weight(let synapse): "w \(names.canonical(synapse))"
    case .gradient(let synapse): "dL/dw \(names.canonical(synapse))"
    case .parameter(let field, let neuron): "\(field.rawValue) n\(neuron)"
    case .setting(_, let name): name
    case .jump(let isAbsolute): isAbsolute ? "abs" : "jump"
    }
  }
}

/// The numbers that a neuron has at every moment.
enum StateQuantity: String, Sendable {
  case potential = "V"
  case current = "I"
  case lambdaV = "λV"
  case lambdaI = "λI"

  /// Reads `V`, `I`, `lV`, `λV`, `lI` or `λI`.
  init?(_ text: String) {
    switch text.lowercased() {
    case "v": self = .potential
    case "i": self = .current
    case "lv", "λv": self = .lambdaV
    case "li", "λi": self = .lambdaI
    default: return nil
    }
  }

  var isAdjoint: Bool { self == .lambdaV || self == .lambdaI }

  /// The quantity on a side of an event, or nil where there is no adjoint.
  func value(of neuron: Int, at event: Int, side: Side, in run: Run) -> Double? {
    switch self {
    case .potential: run.trajectory.state(of: neuron, at: event, side: side).potential
    case .current: run.trajectory.state(of: neuron, at: event, side: side).current
    case .lambdaV: run.adjoint?.state(of: neuron, at: event, side: side).lambdaV
    case .lambdaI: run.adjoint?.state(of: neuron, at: event, side: side).lambdaI
    }
  }

  /// The quantity at a point, or nil where it is not computed yet.
  func value(of neuron: Int, at point: Timeline.Point, in run: Run) -> Double? {
    switch self {
    case .potential: run.state(of: neuron, at: point).potential
    case .current: run.state(of: neuron, at: point).current
    case .lambdaV: run.adjoint(of: neuron, at: point)?.lambdaV
    case .lambdaI: run.adjoint(of: neuron, at: point)?.lambdaI
    }
  }

  /// By how much the quantity jumps at a point in the order of computation; 0 where it does not.
  func jump(of neuron: Int, at point: Timeline.Point, in run: Run) -> Double {
    guard let event = point.event, !isAdjoint || point.isBackward,
      let before = value(of: neuron, at: event, side: .before, in: run),
      let after = value(of: neuron, at: event, side: .after, in: run)
    else { return 0 }
    return isAdjoint ? before - after : after - before
  }
}

/// A condition whose names are found.
struct Condition: Equatable, Sendable {
  /// It holds when all comparisons of any of these lists hold.
  let alternatives: [[Comparison]]
  let text: String

  struct Comparison: Equatable, Sendable {
    let probe: Probe
    let relation: ConditionPhrase.Relation
    let value: Double
  }

  /// Finds the names of a condition; `jump` and `abs` mean something only where there is a jump.
  init(
    _ phrase: ConditionPhrase, in experiment: Experiment, selected: Int, isAboutJump: Bool
  ) throws(Diagnostic) {
    let names = Names(experiment)
    var alternatives: [[Comparison]] = []
    var texts: [[String]] = []
    for all in phrase.alternatives {
      var comparisons: [Comparison] = []
      var spelt: [String] = []
      for comparison in all {
        let probe = try Probe(comparison.quantity, in: experiment, selected: selected)
        if case .jump = probe, !isAboutJump {
          throw comparison.quantity[0].complaint(
            "only a jump has '\(comparison.quantity[0].text)'",
            remedy: "break jump lV n2 if abs > 4")
        }
        let value = try Self.value(comparison.value, isTime: probe.isTime)
        comparisons.append(
          Comparison(probe: probe, relation: comparison.relation, value: value))
        spelt.append(
          "\(probe.text(names)) \(comparison.relation.rawValue) "
            + (probe.isTime ? Quantity.exactTime(value) : Quantity.exact(value)))
      }
      alternatives.append(comparisons)
      texts.append(spelt)
    }
    self.alternatives = alternatives
    text = texts.map { $0.joined(separator: " and ") }.joined(separator: " or ")
  }

  private static func value(_ word: Word, isTime: Bool) throws(Diagnostic) -> Double {
    do throws(Quantity.Failure) {
      return isTime ? try Quantity.time(word.text) : try Quantity.number(word.text)
    } catch {
      throw word.complaint(error.message, remedy: error.remedy)
    }
  }

  var probes: [Probe] { alternatives.flatMap { $0.map(\.probe) } }
}
