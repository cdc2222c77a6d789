package import EventProp

/// The comparison of another program with a run: forward, then λ, then the gradient.
///
/// A gradient belongs to the spikes of its own forward pass. Where these differ from ours, λ and
/// gradient are compared on a run with their model, or with their spikes.
package struct Comparison: Sendable {
  /// The run on which λ and the gradient are compared.
  package enum Basis: Equatable, Sendable {
    /// Ours.
    case ours
    /// The run of another model, which has the other spikes.
    case variant(ModelVariant)
    /// The other spikes, given to our network.
    case theirSpikes
  }

  /// Loss and spikes; nil where neither was given.
  package let forward: ForwardComparison?
  /// The run on which λ and the gradient are compared.
  package let basis: Basis
  /// That run.
  package let trajectory: Trajectory
  /// λ; nil where it was not given, or has nothing to be compared with.
  package let adjoint: AdjointComparison?
  /// The gradient; nil where none was given, or it has nothing to be compared with.
  package let gradient: GradientComparison?
  /// Where the rule that explains the gradient first matters; nil where no rule does, or λ was given.
  package let site: RuleSite?
  /// Why λ and the gradient were not compared, although they were given.
  package let obstacle: SimulationError?

  /// Compares a record with a run.
  ///
  /// `tolerance` replaces the rounding of the values. Throws a `SimulationError` where our own
  /// gradient does not exist, and `SimulationError.stopped` where `pace` stops it.
  package init(
    of record: ForeignRecord, with ours: Trajectory, tolerance: Double? = nil, pace: Pace = .free
  ) throws(SimulationError) {
    let hasForward = record.loss != nil || !record.spikes.isEmpty
    let forward =
      hasForward
      ? try ForwardComparison(of: record, with: ours, tolerance: tolerance, pace: pace) : nil
    self.forward = forward
    var basis = Basis.ours
    var trajectory = ours
    if let forward, !forward.agrees {
      if let model = forward.explanation, let run = model.trajectory {
        (basis, trajectory) = (.variant(model.variant), run)
      } else {
        basis = .theirSpikes
        trajectory = try Trajectory(of: ours.experiment.imposing(record.spikes), pace: pace)
      }
    }
    self.basis = basis
    self.trajectory = trajectory
    guard !record.gradient.parts.isEmpty || !record.adjoint.isEmpty else {
      (adjoint, gradient, site, obstacle) = (nil, nil, nil, nil)
      return
    }
    var adjoint: AdjointComparison?
    var gradient: GradientComparison?
    var site: RuleSite?
    var obstacle: SimulationError?
    do throws(SimulationError) {
      if !record.gradient.parts.isEmpty {
        gradient = try GradientComparison(
          of: record.gradient, with: trajectory, tolerance: tolerance, pace: pace)
      }
      if !record.adjoint.isEmpty {
        let suspects = gradient.map { $0.explanations + [$0.closest].compactMap { $0 } } ?? []
        adjoint = try AdjointComparison(
          of: record.adjoint, with: try AdjointTrajectory(of: trajectory, pace: pace),
          suspecting: suspects.map(\.rule), tolerance: tolerance, pace: pace)
      }
      if let rule = gradient?.suspect, adjoint == nil {
        site = try RuleSite(of: rule, in: trajectory, pace: pace)
      }
    } catch {
      if case .stopped = error { throw error }
      guard basis != .ours else { throw error }
      obstacle = error
    }
    (self.adjoint, self.gradient, self.site, self.obstacle) = (adjoint, gradient, site, obstacle)
  }

  /// Whether everything that was compared agrees.
  package var agrees: Bool {
    let isForwardRight =
      forward.map { forward in
        forward.agrees && forward.lossAgrees
      } ?? true
    return isForwardRight && adjoint?.first == nil && obstacle == nil
      && (gradient.map { $0.verdict == .agrees } ?? true)
  }
}

extension Experiment {
  /// The experiment with given spikes in some layers; integrators keep none.
  fileprivate func imposing(_ spikes: [Int: [[Double]]]) -> Experiment {
    var changed = self
    for (layer, lists) in spikes {
      let kinds = network.layers[layer].kinds
      changed.network.layers[layer].imposedSpikes = zip(lists, kinds).map { times, kind in
        kind == .lif ? times.filter { $0 < horizon } : []
      }
    }
    return changed
  }
}
