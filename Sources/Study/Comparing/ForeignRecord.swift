package import EventProp

/// What another program says about a run: its loss, its spikes, its λ and its gradient, each as far
/// as it was given.
package struct ForeignRecord: Equatable, Sendable {
  /// The gradient; without parts where none was given.
  package var gradient: ForeignGradient
  /// The loss.
  package var loss: Double?
  /// The spike times of each neuron of a layer, in seconds and in order, by the number of the layer.
  package var spikes: [Int: [[Double]]] = [:]
  /// λ at events.
  package var adjoint: [Reading] = []
  /// The gradients of single samples, by their place among the samples; empty where only one
  /// gradient was given.
  package var samples: [ForeignGradient] = []
  /// The losses of the samples, by their place; empty where they were not given.
  package var losses: [Double] = []

  /// How arrays with other names were read, in sentences without a full stop.
  package var matches: [String] = []
  /// The names in the file to which a mapping gave a meaning.
  package var mapped: Set<String> = []
  /// The names in the file that belong to nothing.
  package var passedOver: [String] = []

  /// The place of a value of λ, which is meant just before an event.
  package enum Place: Equatable, Sendable {
    /// An event, by its number.
    case event(Int)
    /// A spike of the neuron itself, from 0.
    case spike(Int)
  }

  /// One value of λ.
  package struct Reading: Equatable, Sendable {
    /// The neuron, counted across layers.
    package let neuron: Int
    /// The place.
    package let place: Place
    /// Whether it is λ_V; otherwise it is λ_I.
    package let isPotential: Bool
    /// The value, in loss per volt-second.
    package let value: Double

    /// Creates a reading.
    package init(neuron: Int, place: Place, isPotential: Bool, value: Double) {
      self.neuron = neuron
      self.place = place
      self.isPotential = isPotential
      self.value = value
    }
  }

  /// Creates a record of a gradient alone.
  package init(_ gradient: ForeignGradient) { self.gradient = gradient }

  /// The relative rounding of the times.
  var rounding: Double { isSinglePrecision ? 1e-6 : 1e-10 }

  /// A part that another record has, too; nil if there is none.
  package func sharedPart(with other: ForeignRecord) -> GradientPart? {
    let own = gradient.parts + (samples.first?.parts ?? [])
    let others = other.gradient.parts + (other.samples.first?.parts ?? [])
    return own.map(\.part).first { part in others.contains { $0.part == part } }
  }

  /// Adds what another file says; what both say stays as it is.
  package mutating func merge(_ other: ForeignRecord) {
    let known = Set(gradient.parts.map(\.part))
    gradient = ForeignGradient(
      gradient.parts + other.gradient.parts.filter { !known.contains($0.part) })
    loss = loss ?? other.loss
    spikes.merge(other.spikes) { own, _ in own }
    if adjoint.isEmpty { adjoint = other.adjoint }
    if samples.isEmpty { samples = other.samples }
    if losses.isEmpty { losses = other.losses }
    matches += other.matches
    mapped.formUnion(other.mapped)
    passedOver += other.passedOver
  }

  /// Whether the times and the loss are no more precise than float32.
  package var isSinglePrecision: Bool {
    let values = spikes.values.joined().joined() + [loss].compactMap { $0 }
    return !values.isEmpty && values.allSatisfy { ForeignGradient.isSingle($0) }
  }
}
