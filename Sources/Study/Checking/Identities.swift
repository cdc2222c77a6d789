package import EventProp

/// Equations between a run, its adjoint and its gradient that hold for every network.
///
/// They come from symmetries of the equations of motion, not from the formulas of the adjoint:
///
/// - *energy*: H = −(tau_mem λ_V dV/dt + tau_syn λ_I dI/dt) + c V of a neuron is constant between its events and is c V(t_max) at the
///   horizon; an arrival changes it by H⁻ − H⁺ = w (λ_V − λ_I)⁺; an own spike by H⁺ − H⁻ = g + what it
///   transmits to others, at once and later (its own zero-delay synapse excluded);
/// - *shift*: a shift of all potentials of a neuron changes the loss only as far as the loss reads
///   them;
/// - *voltage scale*: the same holds for a factor on all potentials, currents and weights of a
///   neuron;
/// - *time dilation*: a factor on all times multiplies spike times, and nothing else.
///
/// They hold for spikes at the threshold. For spikes given at another potential, the residual of
/// the energy tells how far the gradient is from exact. Each residual is relative to the sum of the
/// magnitudes of the terms of its equation, because these terms set its rounding. Together the
/// equations find a wrong sign, unit or missing term without a single difference.
///
/// - Complexity: O(deliveries · log k) in the spikes k of a neuron.
package struct Identities: Equatable, Sendable {
  /// One of the equations.
  package enum Law: Int, CaseIterable, Sendable {
    /// H is constant along a stretch without an event.
    case energyBetweenEvents
    /// H at the horizon.
    case energyAtHorizon
    /// The change of H at an arrival.
    case energyAtArrival
    /// The change of H at a neuron's own spike.
    case energyAtSpike
    /// A shift of all potentials of a neuron.
    case shift
    /// A factor on all potentials, currents and weights of a neuron.
    case voltageScale
    /// A factor on all times.
    case timeDilation

    /// The equation's name in reports.
    package var name: String {
      switch self {
      case .energyBetweenEvents: "energy between events"
      case .energyAtHorizon: "energy at the horizon"
      case .energyAtArrival: "energy at an arrival"
      case .energyAtSpike: "energy at a spike"
      case .shift: "shift"
      case .voltageScale: "voltage scale"
      case .timeDilation: "time dilation"
      }
    }
  }

  /// The place where an equation was tested.
  package enum Place: Equatable, Sendable {
    /// Over a stretch without an event, from one time to another, in seconds.
    case stretch(from: Double, to: Double)
    /// At an event, by its number.
    case event(Int)
    /// Over the whole run.
    case run
  }

  /// The largest violation of an equation.
  package struct Residual: Equatable, Sendable {
    /// The equation.
    package let law: Law
    /// Its residual, relative to the sum of the magnitudes of its terms.
    package let relative: Double
    /// The neuron, counted across layers, or nil for an equation of the whole network.
    package let neuron: Int?
    /// The place.
    package let place: Place
  }

  /// The largest residual of each equation that applies, in the order of ``Law``.
  package let residuals: [Residual]

  /// The largest residual of all, or nil for a network without neurons.
  package var worst: Residual? { residuals.max { $0.relative < $1.relative } }

  /// The largest residual that rounding explains.
  package static let tolerance = 1e-12

  /// Whether every equation holds up to rounding; a NaN does not.
  package func hold(within tolerance: Double = Self.tolerance) -> Bool {
    residuals.allSatisfy { $0.relative <= tolerance }
  }

  /// Tests an adjoint and a gradient; by default the gradient of the adjoint itself.
  package init(of adjoint: AdjointTrajectory, gradient: Gradient? = nil) {
    var walk = IdentityWalk(adjoint, gradient ?? adjoint.gradient)
    while !walk.isFinished { walk.advance() }
    self.init(walk)
  }

  /// The result of a walk that is finished.
  package init(_ walk: IdentityWalk) {
    residuals = walk.worst.compactMap { $0 }
  }
}
