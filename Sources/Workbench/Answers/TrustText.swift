import Columns
import EventProp
import Files
import Language
import Study

/// The answer of `trust` in words.
struct TrustText {
  private let trust: Trust
  private let adjoint: AdjointTrajectory
  private let isFinished: Bool
  private let names: Names

  /// The most dangers and radii that a summary lists, so that it fits one screen.
  private static let mostDangers = 6
  private static let mostRadii = 3

  init(_ trust: Trust, of adjoint: AdjointTrajectory, isFinished: Bool) {
    self.trust = trust
    self.adjoint = adjoint
    self.isFinished = isFinished
    names = Names(adjoint.trajectory.experiment)
  }

  private var isSummary: Bool { trust.scope == .summary }

  /// The lines of the answer.
  var lines: [String] {
    var lines: [String] = []
    if adjoint.rule != .exact {
      lines.append(adjoint.rule.label + "this gradient is wrong on purpose")
    }
    if case .name = trust.scope {
      lines += trust.radii.flatMap(details)
      lines += dangerLines
    } else {
      lines += stepLines + dangerLines + radiusLines
    }
    return lines + closing
  }

  /// A short form of the answer, for the room under a picture.
  var caption: [String] {
    guard isSummary else {
      return Array((trust.radii.flatMap(details) + dangerLines).prefix(10))
    }
    return stepLines + dangerLines(most: 3, isShort: true) + radiusLines
  }

  // MARK: - The whole step

  private var stepLines: [String] {
    guard let step = trust.step else {
      return isFinished ? ["the gradient of all weights is 0: there is no step down"] : []
    }
    guard let up = step.up else { return [] }
    let rate = Quantity.display(up.distance, digits: 6)
    let part = Quantity.display(100 * up.distance * trust.stepLength, digits: 3)
    switch up.end {
    case .border(let border):
      if up.distance == 0 { return ["no step down the gradient is safe: at once " + text(border)] }
      return [
        "the gradient is exact along the step down up to LR = \(rate) (\(part) % of the weights);",
        "  there \(text(border))",
        "  sweep LR 0..\(Quantity.display(up.distance * 50, digits: 1)) shows what follows",
      ]
    case .limit:
      return [
        "the gradient is exact along the step down up to LR = \(rate) (\(part) % of the weights)"
      ]
    case .open:
      return [
        "no border of the step down was found up to LR = \(rate) (\(part) % of the weights);",
        "  there the search was given up after \(up.runs) runs, so this is no safe radius",
      ]
    }
  }

  private func text(_ border: Reach.Border) -> String {
    "\(what(border.change)): \(jump(border))"
  }

  /// What changes at a border.
  private func what(_ change: Reach.Border.Change) -> String {
    switch change {
    case .spikes(let change): return change.text(names)
    case .cannotRun(let error): return names.sentence(for: error)
    case .loss(let neuron):
      switch names.experiment.loss?.rule.name {
      case TargetTime.name: return "the first spike of n\(neuron) meets its target"
      case MaxOverTimeCrossEntropy.name: return "another maximum of V of n\(neuron) is the greatest"
      default: return "the first spike of n\(neuron) meets clip"
      }
    }
  }

  /// Whether L and its derivative jump at a border, with the numbers on both sides.
  private func jump(_ border: Reach.Border) -> String {
    func pair(_ one: Double?, _ other: Double?) -> String {
      func text(_ value: Double?, _ digits: Int) -> String {
        value.map { Quantity.display($0, digits: digits) } ?? "none"
      }
      for digits in [4, 7, 12] where text(one, digits) != text(other, digits) {
        return "\(text(one, digits)) → \(text(other, digits))"
      }
      return "\(text(one, 17)) → \(text(other, 17))"
    }
    if case .cannotRun = border.change { return "no run beyond it" }
    let slope = pair(border.inside.gradient, border.outside.gradient)
    if border.lossJumps {
      return "L jumps \(pair(border.inside.loss, border.outside.loss)), slope \(slope)"
    }
    return border.gradientJumps
      ? "L goes on, slope \(slope)" : "L and its slope go on"
  }

  // MARK: - Dangers

  private var dangerLines: [String] {
    dangerLines(most: trust.scope == .all ? .max : Self.mostDangers, isShort: false)
  }

  private func dangerLines(most: Int, isShort: Bool) -> [String] {
    let all = trust.dangers
    let silent = all.compactMap { danger -> Int? in
      if case .warning(.silent(let neuron)) = danger.kind { neuron } else { nil }
    }
    let listed = all.filter {
      if case .warning(.silent) = $0.kind { false } else { true }
    }
    var lines: [String] = []
    let shown = listed.prefix(most)
    if !shown.isEmpty {
      let count = listed.count > most ? " (\(most) of \(listed.count))" : ""
      lines.append(
        "the weakest places\(count), and the smallest change of one value that crosses each:")
      lines +=
        shown.map { danger -> [String] in
          ["  " + text(danger.kind), danger.crossing.map(text) ?? ""]
        }.table.splitIntoLines
    }
    if isShort { return lines }
    if listed.count > most {
      lines.append("  … and \(listed.count - most) more: trust all lists them")
    }
    if shown.contains(where: { $0.crossing.map { !$0.isFound } ?? false }) {
      lines.append("  ~: to first order; on exact runs another border comes first")
    }
    if !silent.isEmpty {
      let some = silent.prefix(6).map { "n\($0)" }.joined(separator: ", ")
      lines.append(
        "  silent, so that no gradient passes: \(some)\(silent.count > 6 ? " and \(silent.count - 6) more" : "")"
      )
    }
    if lines.isEmpty, isFinished, trust.radii.isEmpty || isSummary {
      lines.append("no tie, kink, grazing spike or near miss that the loss depends on")
    }
    return lines
  }

  /// A danger in a line: what it is, and the change that crosses it.
  func line(of danger: Danger) -> String {
    [text(danger.kind), danger.crossing.map(text)].compactMap { $0 }.joined(separator: "  ")
  }

  private func text(_ kind: Danger.Kind) -> String {
    switch kind {
    case .warning(.tie(let tie, let spike)):
      let trajectory = adjoint.trajectory
      let time = Quantity.displayTime(trajectory.events[tie.delivering].time, digits: 5)
      let source = name(trajectory.source(of: tie.delivering))
      return spike.map {
        "tie: \(source) and spike n\(tie.neuron) \($0) at \(time): two gradients (ties)"
      } ?? "tie: \(source) cancels a spike of n\(tie.neuron) at \(time) (ties)"
    case .warning(let warning): return warning.line(names)
    case .near(let requirement, let margin, let time): return text(requirement, margin, time)
    }
  }

  private func text(_ requirement: Requirement, _ margin: Double, _ time: Double) -> String {
    let height = Quantity.display(margin, digits: 3)
    let gap = Quantity.displayTime(margin, digits: 3)
    let moment = Quantity.displayTime(time, digits: 5)
    switch requirement {
    case .order(let source, let neuron, let spike, let isBefore):
      return
        "\(name(source)) arrives \(gap) \(isBefore ? "before" : "after") spike n\(neuron) \(spike) (\(moment))"
    case .peak(let neuron, _): return "n\(neuron) misses a spike by \(height) at \(moment)"
    case .edge(let neuron): return "n\(neuron) is \(height) below v_th, rising, at \(moment)"
    case .rise(let neuron, let spike):
      return "spike n\(neuron) \(spike) rises only \(height) above v_th (\(moment))"
    case .clip(let neuron): return "the first spike of n\(neuron) is \(gap) from clip"
    case .cusp(let neuron): return "the first spike of n\(neuron) is \(gap) from its target, a cusp"
    case .maximum(let neuron, _):
      return "two maxima of V of n\(neuron) differ by \(height) (\(moment))"
    case .sign(let neuron): return "the maximum of V of n\(neuron) is \(height) from 0"
    }
  }

  private func name(_ source: Incomparability.Source) -> String {
    switch source {
    case .input(let position): names.name(ofInput: position)
    case .spike(let neuron, let ordinal): "spike n\(neuron) \(ordinal)"
    }
  }

  private func text(_ crossing: Danger.Crossing) -> String {
    let name = names.name(of: crossing.named)
    let change = change(crossing.change, from: crossing.value, of: crossing.named)
    switch crossing.exact {
    case .found?: return "\(name) \(change)"
    case .another?, .notFound?, nil: return "\(name) ~\(change)"
    }
  }

  /// A change relative to its value, or itself where the value is 0.
  private func change(_ change: Double, from value: Double, of named: Named) -> String {
    let sign = change < 0 ? "" : "+"
    if case .rate = named { return "= \(Quantity.display(change, digits: 3))" }
    guard value != 0 else {
      return sign + Quantity.display(change, isTime: named.isTime, digits: 3)
    }
    return "\(sign)\(Quantity.display(100 * change / abs(value), digits: 3)) %"
  }

  // MARK: - Radii

  private var radiusLines: [String] {
    let searched = trust.radii.filter { $0.down != nil && $0.up != nil }
    guard !searched.isEmpty else { return [] }
    let bordered = isSummary ? searched.filter(\.hasBorder) : searched
    guard !bordered.isEmpty else { return ["no value has a border within 100 % of itself"] }
    let shown = bordered.prefix(isSummary ? Self.mostRadii : bordered.count)
    let title =
      isSummary
      ? "the \(shown.count == 1 ? "value" : "\(shown.count) values") with the smallest radius, moved alone:"
      : "how far each value may move alone:"
    return [title]
      + shown.map { radius -> [String] in
        [
          "  " + names.name(of: radius.named),
          Quantity.display(radius.value, isTime: radius.named.isTime, digits: 5),
          end(radius.down, radius) + " .. " + end(radius.up, radius), nearer(radius),
        ]
      }.table.splitIntoLines
  }

  private func end(_ reach: Reach?, _ radius: Trust.Radius) -> String {
    guard let reach else { return "?" }
    let text = change(reach.inside - reach.start, from: radius.value, of: radius.named)
    return reach.border == nil ? "\(text) free" : text
  }

  /// What happens at the nearer border.
  private func nearer(_ radius: Trust.Radius) -> String {
    let borders = [radius.down, radius.up].compactMap { reach in
      reach.flatMap { reach in reach.border.map { (reach.distance, $0) } }
    }
    return borders.min { $0.0 < $1.0 }.map { what($0.1.change) } ?? ""
  }

  /// Both sides of one name.
  private func details(_ radius: Trust.Radius) -> [String] {
    let name = names.name(of: radius.named)
    let isTime = radius.named.isTime
    var lines = [
      "\(name) = \(Quantity.display(radius.value, isTime: isTime, digits: 7)); "
        + "the order of events that its gradient needs holds"
    ]
    for (reach, side) in [(radius.down, "down"), (radius.up, "up")] {
      guard let reach else { continue }
      let value = Quantity.display(reach.inside, isTime: isTime, digits: 10)
      let part = change(reach.inside - reach.start, from: radius.value, of: radius.named)
      switch reach.end {
      case .border(let border):
        lines.append("  \(side) to \(value) (\(part)); there \(text(border))")
      case .limit: lines.append("  \(side) to \(value) (\(part)), the end of the search")
      case .open:
        lines.append(
          "  \(side) to \(value) (\(part)); not verified, given up after \(reach.runs) runs")
      }
    }
    return lines
  }

  // MARK: - Closing

  private var closing: [String] {
    var lines: [String] = []
    if trust.apart > 0 {
      lines.append(
        "not listed: \(trust.apart) warning\(trust.apart == 1 ? "" : "s") about what the loss does not depend on (info warnings)"
      )
    }
    if trust.unsearched > 0 {
      lines.append(
        "\(trust.unsearched) values were judged by their derivatives alone; trust NAME searches one"
      )
    }
    if trust.isLarge {
      lines.append("the run is large: single values are not searched; trust NAME searches one")
    }
    if !trust.reaches.isEmpty {
      let isWatched = trust.reaches.allSatisfy(\.isWatched)
      lines.append(
        isWatched
          ? "borders to the last digit on \(trust.runs) exact runs; one that opens and closes between two may be missed"
          : "borders to 1e-6 of the way, on \(trust.runs) exact runs; those between two runs could be missed"
      )
    }
    if !isFinished { lines.append("interrupted; this is what was found") }
    return lines
  }
}
