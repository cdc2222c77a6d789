package import EventProp

/// A number of a run as a sum of terms, each with its cause.
///
/// The causes lead to the loss, an input or the start of the run. A term of an adjoint comes from
/// later events only, a term of a state from earlier ones.
package struct Provenance: Equatable, Sendable {
  /// The number that is explained.
  package let subject: Subject
  /// Its value.
  package let value: Double
  /// The terms, largest magnitude first; of equal ones in the order of their events.
  package let terms: [Term]

  /// The numbers that can be explained.
  ///
  /// Neurons are counted across layers.
  package enum Subject: Equatable, Sendable {
    /// V of a neuron.
    case potential(neuron: Int, at: Place)
    /// I of a neuron.
    case current(neuron: Int, at: Place)
    /// λ_V, λ_I, or λ_V − λ_I of a neuron.
    case adjoint(Part, neuron: Int, at: Place)
    /// V at the threshold, in the event of a spike.
    case spike(event: Int)
    /// The gradient of the weight of a synapse, over the events from `from` on.
    case weightGradient(SynapseIndex, from: Int)
    /// The gradient of one value of a parameter that some neurons share, over the events from
    /// `from` on; nil for the whole backward pass, down to t = 0.
    case parameterGradient(LIFParameters.Field, neurons: [Int], from: Int?)
    /// The gradient of the time of an input spike, by its position in the experiment's list.
    case inputTimeGradient(Int)
    /// L.
    case loss
    /// The part of a running loss from one neuron, c ∫ V dt.
    case integral(neuron: Int)
  }

  /// A part of an adjoint state.
  package enum Part: Equatable, Sendable {
    case lambdaV, lambdaI
    /// λ_V − λ_I, which a synapse passes back from its target.
    case difference

    /// The factors of λ_V and λ_I.
    var weights: (Double, Double) {
      switch self {
      case .lambdaV: (1, 0)
      case .lambdaI: (0, 1)
      case .difference: (1, -1)
      }
    }
  }

  /// A moment of a run on one of its sides.
  package enum Place: Equatable, Sendable {
    /// A time in seconds, before or after all events of that time.
    case time(Double, Side)
    /// A side of an event.
    case event(Int, Side)
  }

  /// One summand.
  package struct Term: Equatable, Sendable {
    /// The value of the summand.
    package let value: Double
    /// The kind of the summand.
    package let cause: Cause
    /// The number that explains it further; nil for a term of the loss, an input or the start.
    package let origin: Subject?
    /// For an arrival before a spike: the change of the spike's time with the weight, in seconds
    /// per weight.
    package var timePerWeight: Double?
  }

  /// The kind of a summand.
  package enum Cause: Equatable, Sendable {
    /// The adjoint just after a spike of the neuron, decayed.
    case carried(Part, event: Int)
    /// The reset term of a spike of the neuron.
    case reset(event: Int)
    /// The effect of a spike of the neuron on another one through a synapse, at once or in a later
    /// arrival.
    case synapse(SynapseIndex, event: Int, arrival: Int, neuron: Int)
    /// The explicit ∂L/∂t of a spike.
    case loss(event: Int)
    /// The flow of all neurons that the rule `leak-to-next` credits to a delivery.
    case leaked(event: Int)
    /// A running loss ∫ c V dt.
    case runningLoss
    /// A maximum of V that the loss reads; the time in seconds.
    case maximum(neuron: Int, time: Double)
    /// The rule stops the backward pass before this place.
    case cut
    /// −tau_syn λ_I at an arrival.
    case contribution(event: Int)
    /// tau_mem λ_V⁻ or −tau_mem λ_V⁺ at a spike, the gradient of v_th or v_reset.
    case threshold(event: Int), resetHeight(event: Int)
    /// ∫ λ dV/dt or a similar integral over a stretch of a neuron without an event.
    ///
    /// The stretch lies between two events; nil stands for the start of the run and for the
    /// horizon. The part tells which λ at the end of the stretch the term comes from; it is nil for
    /// a running loss.
    case stretch(neuron: Int, from: Int?, to: Int?, Part?)
    /// An arrival through a synapse, and the length since, in seconds.
    case arrival(SynapseIndex, event: Int, since: Double)
    /// V(0), decayed.
    case initialPotential
    /// I(0), decayed or on its way into V.
    case initialCurrent
    /// v_reset of the last spike, decayed.
    case resetPotential(event: Int)
    /// The current just after the last spike.
    case currentAfter(event: Int)
    /// The leak towards v_leak.
    case leak
    /// The term of the loss for a spike of a neuron, by its event; nil for a spike that comes too
    /// late or never.
    ///
    /// The target, in seconds, is nil for a loss without targets.
    case summand(neuron: Int, event: Int?, target: Double?)
    /// A neuron's term of a cross-entropy log Σ exp, by its probability; the event is the spike
    /// that the loss reads.
    case share(neuron: Int, event: Int?, probability: Double)
    /// The term of a loss that pulls the spike of the label to early times; nil for a spike that
    /// comes too late or never.
    case early(neuron: Int, event: Int?)
    /// c ∫ V dt of a neuron.
    case integral(neuron: Int)
  }

  init(_ subject: Subject, _ value: Double, _ terms: [Term]) {
    self.subject = subject
    self.value = value
    self.terms = terms.enumerated().sorted {
      let (one, other) = (abs($0.element.value), abs($1.element.value))
      return one == other ? $0.offset < $1.offset : one > other
    }.map(\.element)
  }
}
