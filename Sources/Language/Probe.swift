package import EventProp
package import Study

/// A number that has a value at any place of the user.
package enum Probe: Equatable, Sendable {
  case time
  case loss
  case state(StateQuantity, of: Int)
  /// dL by the weight of a synapse.
  case gradient(SynapseIndex)
  /// A number that `set` changes.
  case setting(Named)
  /// The jump of the quantity of a breakpoint, with or without its sign.
  case jump(isAbsolute: Bool)

  /// Reads a quantity; the default neuron is the selected one.
  package init(_ words: [Word], _ names: Names, selected: Int) throws(Diagnostic) {
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
    func synapse() throws(Diagnostic) -> SynapseIndex {
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
      case "w": self = .setting(.parameters([.weight(try synapse())]))
      case "grad", "dl/dw": self = .gradient(try synapse())
      case "jump", "abs":
        self = .jump(isAbsolute: head.text.lowercased() == "abs")
        taken = 1
      default:
        if let quantity = Parameter.Quantity(ofNeuronsNamed: head.text), words.count > 1 {
          self = .setting(
            .parameters(Parameter.each(quantity, of: [try neuron()], in: names.network)))
        } else {
          self = .setting(try Self.setting(head, names))
          taken = 1
        }
      }
    }
    guard words.count > taken else { return }
    throw words[taken].complaint(
      "did not expect '\(words[taken].text)' after the quantity",
      remedy: "one quantity at a time: V n0")
  }

  /// The number of a name in `set`.
  private static func setting(_ head: Word, _ names: Names) throws(Diagnostic) -> Named {
    do throws(Diagnostic) {
      return try names.find(head)
    } catch {
      // A word that looks like a part of the network is looked up there.
      guard !head.text.contains(where: { ".<>[ ".contains($0) }) else { throw error }
      throw head.complaint(
        "no quantity '\(head.text)'",
        remedy: "V n0, I n0, lV n0, lI n0, t, L, w SYN, grad SYN or a name that set takes")
    }
  }

  /// Whether the number is a time, in seconds.
  package var isTime: Bool {
    switch self {
    case .time: true
    case .setting(let named): named.isTime
    case .loss, .state, .gradient, .jump: false
    }
  }

  /// The quantity in its standard spelling.
  package func text(_ names: Names) -> String {
    switch self {
    case .time: "t"
    case .loss: "L"
    case .state(let quantity, let neuron): "\(quantity.rawValue) \(names.name(ofNeuron: neuron))"
    case .gradient(let synapse): "dL/dw \(names.name(of: synapse))"
    case .setting(let named): (named.weight == nil ? "" : "w ") + names.name(of: named)
    case .jump(let isAbsolute): isAbsolute ? "abs" : "jump"
    }
  }
}

/// The quantities that a neuron has at every time.
package enum StateQuantity: String, Sendable {
  case potential = "V"
  case current = "I"
  case lambdaV = "λV"
  case lambdaI = "λI"

  /// Reads `V`, `I`, `lV`, `λV`, `lI` or `λI`.
  package init?(_ text: String) {
    switch text.lowercased() {
    case "v": self = .potential
    case "i": self = .current
    case "lv", "λv": self = .lambdaV
    case "li", "λi": self = .lambdaI
    default: return nil
    }
  }

  /// Whether the number belongs to the adjoint.
  package var isAdjoint: Bool { self == .lambdaV || self == .lambdaI }
}
