import EventProp
import Files
import Language
import Study

extension Session {
  /// The most lines for one part of a comparison.
  private static let listed = 12

  /// A table of the runs.
  var runTable: String {
    var lines = (bench.earlierRuns + [run]).map { line(of: $0) }
    let gone = run.number - lines.count
    if gone > 0 {
      lines.insert(
        "  \(gone) older run\(gone == 1 ? " was" : "s were") let go to save memory; undo makes them again",
        at: 0)
    }
    return lines.joined(separator: "\n")
  }

  /// The numbers of runs, as a complaint lists them.
  func numbers(of runs: [Run]) -> String {
    guard let first = runs.first, let last = runs.last else { return "" }
    return first.number == last.number
      ? "run \(first.number)" : "runs \(first.number)-\(last.number)"
  }

  private func line(of other: Run) -> String {
    let spikes = other.trajectory.spikeCount
    var text = "\(other.number == run.number ? "▶" : " ") run \(other.number)  "
    if let loss = other.loss { text += "L = \(Quantity.display(loss, digits: 6))  " }
    text += "\(spikes) spike\(spikes == 1 ? "" : "s")"
    if let sample = other.experiment.sample { text += "  sample \(sample)" }
    if other.rule != .exact { text += "  WRONG (\(other.rule.name))" }
    if other.number == bench.ghostNumber {
      text += bench.isGhostPinned ? "  ghost, pinned" : "  ghost"
    }
    let changed = Self.changedParameters(
      from: bench.original(withSampleOf: other.experiment), to: other.experiment)
    if let first = changed.first {
      text += "  \(first())" + (changed.count > 1 ? " and \(changed.count - 1) more" : "")
    }
    return text
  }

  /// The differences between two runs.
  func differences(_ one: Word?, _ other: Word?) throws(Diagnostic) -> String {
    guard let one else {
      guard let before = bench.ghost ?? bench.earlierRuns.last else {
        throw Word("diff").complaint("there is only one run", remedy: "an edit makes another")
      }
      return try differences(from: before, to: run)
    }
    let first = try self.run(one)
    let second = try other.map { word throws(Diagnostic) in try self.run(word) } ?? run
    return try differences(from: first, to: second)
  }

  private func run(_ word: Word) throws(Diagnostic) -> Run {
    let all = bench.earlierRuns + [run]
    let digits = word.text.lowercased().drop { !$0.isNumber }
    guard let number = Int(digits), let found = all.first(where: { $0.number == number }) else {
      throw word.complaint(
        "no run '\(word.text)'",
        remedy: all.count == 1 ? "there is only run \(run.number)" : numbers(of: all))
    }
    return found
  }

  /// The spikes, L and the gradient of a sample that differ between two runs.
  func differencesOfSample(from one: Run, to other: Run) throws(Diagnostic) -> [String] {
    let label = bench.sampleLabel(of: other.experiment) ?? "the experiment"
    let lines =
      try movedSpikes(from: one, to: other).lines
      + Self.changedLossAndGradient(from: one, to: other).lines
    return lines.isEmpty ? ["\(label): nothing differs"] : ["\(label):"] + lines
  }

  private func differences(from one: Run, to other: Run) throws(Diagnostic) -> String {
    func label(_ run: Run) -> String {
      "run \(run.number)" + (run.rule == .exact ? "" : " WRONG (\(run.rule.name))")
    }
    var lines = ["\(label(one)) → \(label(other))"]
    let parameters = Self.changedParameters(from: one.experiment, to: other.experiment)
    lines += Self.shortened(parameters) { $0() }
    let spikes = try movedSpikes(from: one, to: other)
    let derived = Self.changedLossAndGradient(from: one, to: other)
    lines += spikes.lines + derived.lines
    if spikes.lines.isEmpty, derived.lines.isEmpty {
      let compared = one.adjoint == nil ? "spikes" : "spikes, L and gradient"
      if spikes.areRounded || derived.areRounded {
        lines.append("\(compared) agree to rounding")
      } else {
        lines.append(lines.count == 1 ? "nothing differs" : "\(compared) are the same")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The changes in words, and whether there are others within rounding, which count as equal.
  private struct Changes {
    var lines: [String] = []
    var areRounded = false
  }

  /// The first of many things in words, and the number of the others.
  private static func shortened<Thing>(
    _ things: [Thing], _ words: (Thing) -> String
  ) -> [String] {
    things.count <= listed + 1
      ? things.map(words)
      : things.prefix(listed).map(words) + ["… and \(things.count - listed) more"]
  }

  private static func change(
    _ was: Double, _ now: Double, _ show: (Double) -> String
  ) -> String {
    "\(show(was)) → \(show(now))  (\(now < was ? "" : "+")\(show(now - was)))"
  }

  /// The changed parameters, worded only for the lines that are shown.
  private static func changedParameters(
    from one: Experiment, to other: Experiment
  ) -> [() -> String] {
    var lines: [() -> String] = []
    let names = Names(one)
    if let was = one.sample, let now = other.sample, was != now {
      lines.append { "sample \(was) → sample \(now)" }
    }
    for parameter in Parameter.all(of: one) {
      // The inputs of two samples are not the same ones.
      if case .inputTime = parameter, one.sample != other.sample { continue }
      let (was, now) = (one[parameter], other[parameter])
      guard was != now else { continue }
      lines.append {
        let isTime = parameter.quantity.isTime
        return names.name(of: parameter) + ": "
          + change(was, now) { Quantity.display($0, isTime: isTime) }
      }
    }
    if one.horizon != other.horizon {
      lines.append {
        "t_max: \(change(one.horizon, other.horizon) { Quantity.displayTime($0) })"
      }
    }
    for layer in [nil] + one.network.layers.indices.map({ Optional($0) }) {
      let (was, now) = (one[maxEventsOf: layer], other[maxEventsOf: layer])
      guard was != now else { continue }
      let name = names.name(of: .maxEvents(layer: layer))
      lines.append { "\(name): \(Edit.shown(limit: was)) → \(Edit.shown(limit: now))" }
    }
    if one.loss != other.loss, one.sample == other.sample {
      lines.append { "the loss has another target" }
    }
    return lines
  }

  /// A spike that differs between two runs: its times, nil in a run without it.
  private struct ChangedSpike {
    var neuron: Int
    var ordinal: Int
    var was: Double?
    var now: Double?

    /// The distance of the move; infinite where only one run has the spike.
    var distance: Double {
      guard let was, let now else { return .infinity }
      return abs(now - was)
    }

    var text: String {
      func time(_ value: Double) -> String { Quantity.displayTime(value, digits: 6) }
      let name = "spike n\(neuron) \(ordinal)"
      guard let now else { return "\(name) vanished, was at \(time(was ?? 0))" }
      guard let was else { return "\(name) appeared at \(time(now))" }
      return "\(name) moved: \(time(was)) → \(time(now))  "
        + "(\(now < was ? "" : "+")\(Quantity.displayTime(now - was)))"
    }
  }

  /// The spikes that only one run has, and the spikes that moved, the farthest first.
  private func movedSpikes(from one: Run, to other: Run) throws(Diagnostic) -> Changes {
    let (was, now) = (one.trajectory.spikeTimes, other.trajectory.spikeTimes)
    var changed: [ChangedSpike] = []
    var areRounded = false
    for (neuron, (before, after)) in zip(was, now).enumerated() {
      try goOnListing(neuron, was.count)
      for ordinal in 0..<max(before.count, after.count) {
        let spike = ChangedSpike(
          neuron: neuron, ordinal: ordinal,
          was: ordinal < before.count ? before[ordinal] : nil,
          now: ordinal < after.count ? after[ordinal] : nil)
        guard spike.distance != 0 else { continue }
        let rounding = [one, other].compactMap { run in
          run.trajectory.event(ofSpike: ordinal, of: neuron).map(run.trajectory.rounding(ofSpike:))
        }.max()
        if spike.distance > rounding ?? 0 { changed.append(spike) } else { areRounded = true }
      }
    }
    changed.sort {
      // At equal distances the lowest neuron comes first.
      ($1.distance, $0.neuron, $0.ordinal) < ($0.distance, $1.neuron, $1.ordinal)
    }
    return Changes(lines: Self.shortened(changed, \.text), areRounded: areRounded)
  }

  /// The relative error of L, and of the largest derivative of a matrix, to which tests hold the
  /// engine with 64-digit references.
  ///
  /// A smaller difference may be rounding. A spike that grazes the threshold may increase rounding;
  /// such differences are listed.
  private static let accuracy = 1e-10

  /// L, and the gradients of weights that changed, the largest change first.
  private static func changedLossAndGradient(from one: Run, to other: Run) -> Changes {
    guard let before = one.adjoint, let after = other.adjoint else {
      let missing = [one, other].filter { $0.adjoint == nil }
      return Changes(
        lines: missing.count == 1
          ? ["the event limit cut run \(missing[0].number): no L and no gradient"] : [])
    }
    var (changed, areRounded) = changedGradients(from: before, to: after)
    var changes = Changes(areRounded: areRounded)
    let (was, now) = (before.evaluation.value, after.evaluation.value)
    if abs(now - was) > accuracy * max(abs(was), abs(now)) {
      changes.lines.append("L: \(change(was, now) { Quantity.display($0, digits: 6) })")
    } else if now != was {
      changes.areRounded = true
    }
    let names = Names(one.experiment)
    changed.sort { abs($0.now - $0.was) > abs($1.now - $1.was) }
    changes.lines += shortened(changed) { found in
      "dL/dw \(names.name(of: found.synapse)): "
        + change(found.was, found.now) { Quantity.display($0) }
    }
    return changes
  }

  /// A derivative by a weight that differs between two runs.
  private struct ChangedDerivative {
    var synapse: SynapseIndex
    var was: Double
    var now: Double
  }

  /// The derivatives that changed, and whether other changes are within rounding.
  private static func changedGradients(
    from one: AdjointTrajectory, to other: AdjointTrajectory
  ) -> (changed: [ChangedDerivative], areRounded: Bool) {
    let circuit = one.trajectory.circuit
    var changed: [ChangedDerivative] = []
    var areRounded = false
    for (number, projection) in circuit.projections.enumerated() {
      func values(_ gradient: Gradient) -> [Double] {
        gradient.layers[projection.target][recurrent: projection.isRecurrent]?.weights ?? []
      }
      let (old, new) = (values(one.gradient), values(other.gradient))
      guard old != new else { continue }
      let least = accuracy * zip(old, new).reduce(0) { max($0, abs($1.0), abs($1.1)) }
      for entry in old.indices where old[entry] != new[entry] {
        guard abs(new[entry] - old[entry]) > least else {
          areRounded = true
          continue
        }
        changed.append(
          ChangedDerivative(
            synapse: circuit.synapse(number, entry), was: old[entry], now: new[entry]))
      }
    }
    return (changed, areRounded)
  }
}
