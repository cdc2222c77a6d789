package import EventProp

/// The chains of spikes through which a number of the backward pass reaches the loss, each with its
/// share.
///
/// The paths and the rest add up to the number.
package struct LossPaths: Equatable, Sendable {
  /// The paths found, largest magnitude first.
  package let paths: [Path]
  /// The share of all other paths.
  package let remainder: Double

  /// One chain of spikes.
  package struct Path: Equatable, Sendable {
    /// The events of the chain in order; the last one is the spike that the loss reads, if it reads one.
    package let events: [Int]
    /// How the loss reads the end.
    package let end: End
    /// The share of the number.
    package let value: Double
  }

  /// How the loss reads the end of a path.
  package enum End: Hashable, Sendable {
    /// By the time of the last spike.
    case spike
    /// By the potential of a neuron: the integral, or the maximum over time.
    case potential(neuron: Int)
  }

  private struct Key: Hashable {
    var events: [Int]
    var end: End
  }

  private struct Walk {
    var node: Explainer.Node
    var events: [Int]
  }

  /// Follows a gradient of a weight or a part of an adjoint to the loss; nil for numbers of the
  /// forward pass.
  ///
  /// A branch with less than `precision` of the largest term goes to the remainder, and so do all
  /// branches after `steps` steps. Throws `SimulationError.stopped` where `pace` stops it, and
  /// nothing else.
  ///
  /// - Complexity: O(steps · (synapses of a spike + log k)).
  package init?(
    of subject: Provenance.Subject, in explainer: Explainer, precision: Double = 1e-4,
    steps: Int = 20_000, pace: Pace = .free
  ) throws(SimulationError) {
    guard let adjoint = explainer.adjoint else { return nil }
    var open: [Walk] = []
    switch subject {
    case .adjoint(let part, let neuron, let place):
      let (p, q) = part.weights
      open = [
        Walk(node: Explainer.Node(neuron: neuron, place: place, p: p, q: q), events: [])
      ]
    case .weightGradient(let synapse, let first):
      let all = WeightContributions(of: adjoint, through: synapse)
      let scale =
        adjoint.rule.isScaled
        ? adjoint.trajectory.circuit.flows[all.neuron].parameters.tauSyn : 1
      open = all.terms.filter { $0.event >= first }.map { term in
        Walk(
          node: Explainer.Node(
            neuron: all.neuron, place: .event(term.event, .after),
            p: adjoint.rule.collectsPotential ? -scale : 0,
            q: adjoint.rule.collectsPotential ? 0 : -scale),
          events: [term.event])
      }
    case .potential, .current, .spike, .parameterGradient, .inputTimeGradient, .loss, .integral:
      return nil
    }
    func value(_ walk: Walk) -> Double {
      let state = explainer.adjointState(
        of: walk.node.neuron, at: walk.node.place, in: adjoint)
      return walk.node.p * state.lambdaV + walk.node.q * state.lambdaI
    }
    let least = precision * (open.map { abs(value($0)) }.max() ?? 0)
    var found: [Key: Double] = [:]
    var remainder = 0.0
    var left = steps
    while let walk = open.popLast() {
      guard left > 0, abs(value(walk)) > least else {
        remainder += value(walk)
        continue
      }
      left -= 1
      if left & 63 == 0 {
        let time = explainer.time(of: walk.node.place)
        try pace.reach(time)
      }
      /// The share that stays in the neuron itself, past its next spike.
      var onwards: Explainer.Node?
      for part in explainer.parts(walk.node, in: adjoint) {
        switch part.cause {
        case .loss(let event):
          found[Key(events: walk.events + [event], end: .spike), default: 0] += part.value
        case .runningLoss:
          let key = Key(events: walk.events, end: .potential(neuron: walk.node.neuron))
          found[key, default: 0] += part.value
        case .maximum(let neuron, _):
          let key = Key(events: walk.events, end: .potential(neuron: neuron))
          found[key, default: 0] += part.value
        case .synapse(_, let event, _, _):
          guard let node = part.node else { continue }
          open.append(Walk(node: node, events: walk.events + [event]))
        default:
          guard let node = part.node else { continue }
          onwards =
            onwards.map {
              Explainer.Node(
                neuron: $0.neuron, place: $0.place, p: $0.p + node.p, q: $0.q + node.q)
            } ?? node
        }
      }
      if let onwards { open.append(Walk(node: onwards, events: walk.events)) }
    }
    self.remainder = remainder
    paths = found.map { Path(events: $0.key.events, end: $0.key.end, value: $0.value) }
      .sorted {
        let (one, other) = (abs($0.value), abs($1.value))
        return one == other ? $0.events.lexicographicallyPrecedes($1.events) : one > other
      }
  }
}
