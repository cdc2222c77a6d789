package import EventProp

extension AdjointRule.Fault {
  /// The fact, as a sentence without a capital or a full stop.
  package var message: String {
    switch self {
    case .unknown(let name): "no rule '\(name)'"
    case .badValue(let value, let kind): "'\(value)' is no value of \(kind)"
    case .incompatible(let one, let other) where one == other: "\(one) stands twice"
    case .incompatible(let one, let other): "\(one) and \(other) alter the same term"
    }
  }

  /// The remedy.
  package var remedy: String? {
    switch self {
    case .unknown(let name):
      Suggestion.nearest(to: name, among: ["exact"] + Alteration.all.map(\.kind))
        .map { "did you mean \($0)?" }
    case .badValue(_, let kind) where kind == Alteration.clampedSlope(1).kind:
      "a number above 0, such as \(kind):0.1"
    case .badValue(_, let kind) where kind == Alteration.truncated(1).kind:
      "a number of events, such as \(kind):5"
    case .badValue(_, let kind) where kind == Alteration.missingChannel(0).kind:
      "the number of an input channel, such as \(kind):2"
    case .badValue(_, let kind) where kind == Alteration.euler(1).kind:
      "the length of a step, such as \(kind):0.1ms"
    case .badValue(_, let kind): "\(kind) takes none"
    case .incompatible: "one of them is enough"
    }
  }
}
