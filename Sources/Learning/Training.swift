package import EventProp

/// A training as a line of steps that can be gone both ways.
///
/// The network, the data, the settings and the seed determine every step to the last bit, on any number
/// of threads. The state before a step is kept now and then. Any other state is the nearest kept one
/// before it, with the steps in between done again. ``look()`` computes what the next step would do,
/// without doing it.
///
/// - Complexity: a step is the gradient of its samples; going back is at most the steps between two
///   kept states. Kept states have at most ``mostKept`` numbers together.
package struct Training: Sendable {
  /// The learnt parameters.
  package let learned: Learned
  /// The samples.
  package let data: TrainingData
  /// What each step does, as far as it is known; longer than ``step`` after going back or looking
  /// ahead.
  package private(set) var facts: [StepFacts?] = []
  /// The state.
  package private(set) var state: State
  /// The network in that state.
  package private(set) var network: Network
  let order: DataOrder
  let horizon: Double
  private let threads: Int
  private(set) var batch: Batch
  private var epochOrder: (epoch: Int, samples: [Int])?
  private var kept: [State]
  private var interval = 16
  /// The state after the next step, if it was computed.
  private(set) var ahead: State?
  /// The settings at the beginning.
  private let given: TrainingSettings
  /// The settings from step 0 on, and from each step on at which they were changed.
  package private(set) var edits: [Edit]

  /// The most numbers in kept states, of 8 bytes; beyond it every second state is dropped.
  package static let mostKept = 1 << 23

  /// A point of the line: the numbers before a step.
  package struct State: Equatable, Sendable {
    /// The number of the step that comes next, from 0.
    package var step: Int
    /// The learnt numbers.
    package var numbers: [Double]
    /// What the optimizer remembers.
    package var memory: Optimizer.State

    /// A state.
    package init(step: Int, numbers: [Double], memory: Optimizer.State) {
      self.step = step
      self.numbers = numbers
      self.memory = memory
    }
  }

  /// The settings from a step on.
  package struct Edit: Equatable, Sendable {
    /// The step.
    package var step: Int
    /// The settings.
    package var settings: TrainingSettings

    /// Settings from a step on.
    package init(step: Int, settings: TrainingSettings) {
      self.step = step
      self.settings = settings
    }
  }

  /// Why a step could not be done; the training stays before it.
  package enum Failure: Error, Equatable, Sendable {
    /// A sample has no gradient; it is given by its place in the data.
    case sample(Int, SimulationError)
    /// The step would lead to a network that cannot be simulated.
    case network(SimulationError)
  }

  /// Begins a training at step 0.
  ///
  /// Throws a ``Failure`` where the network cannot be simulated.
  package init(
    _ network: Network, horizon: Double, _ data: TrainingData, _ settings: TrainingSettings,
    threads: Int = 1
  ) throws(Failure) {
    learned = Learned(settings.learn, in: network)
    self.data = data
    self.network = network
    self.horizon = horizon
    self.threads = threads
    order = DataOrder(count: data.samples.count, settings)
    given = settings
    edits = [Edit(step: 0, settings: settings)]
    state = State(step: 0, numbers: learned.initial, memory: Optimizer.State())
    kept = [state]
    batch = try Self.batch(network, horizon, threads)
  }

  /// Goes on from a state that a file has kept, with the settings of its training where they were
  /// changed; earlier steps stay reachable.
  ///
  /// Throws a ``Failure`` where its network cannot be simulated. The state must have a number for each
  /// learnt parameter.
  package mutating func resume(_ state: State, edits: [Edit]? = nil) throws(Failure) {
    precondition(state.numbers.count == learned.count, "the state belongs to another training")
    try move(to: state)
    self.edits = edits ?? [Edit(step: 0, settings: given)]
    facts = []
    kept.removeAll { $0.step > 0 }
    if state.step > 0 { kept.append(state) }
  }

  /// ``edits`` where a setting was changed on the way; nil elsewhere.
  package var changes: [Edit]? { edits == [Edit(step: 0, settings: given)] ? nil : edits }

  /// The step that comes next, from 0.
  package var step: Int { state.step }
  /// The number of steps of an epoch.
  package var stepsOfEpoch: Int { order.steps }
  /// The number of steps of the whole training.
  package var stepCount: Int { settings.epochs * order.steps }
  /// The settings of the next step.
  package var settings: TrainingSettings {
    edits.last { $0.step <= step }?.settings ?? edits[0].settings
  }

  private static func batch(
    _ network: Network, _ horizon: Double, _ threads: Int
  ) throws(Failure) -> Batch {
    do throws(SimulationError) {
      return try Batch(network, horizon: horizon, threads: threads)
    } catch {
      throw .network(error)
    }
  }

  /// The samples of a step, by their places in the data.
  package mutating func samples(ofStep step: Int) -> [Int] {
    let epoch = step / order.steps
    if epochOrder?.epoch != epoch { epochOrder = (epoch, order.samples(ofEpoch: epoch)) }
    guard let samples = epochOrder?.samples else { return [] }
    return Array(samples[order.places(ofStep: step)])
  }

  /// Does the next step.
  ///
  /// Throws a ``Failure`` and stays where it is.
  package mutating func forward() throws(Failure) {
    try look()
    guard let ahead else { return }
    try move(to: ahead)
    keep()
  }

  /// Computes what the next step does, and notes it in ``facts``; the place stays.
  ///
  /// Throws a ``Failure`` where a sample has no gradient.
  package mutating func look() throws(Failure) {
    guard ahead == nil else { return }
    let places = samples(ofStep: step)
    let settings = settings
    let count = Double(places.count)
    let divisor = data.together == .mean ? count : 1
    let result: Batch.Result
    let existence: (gradient: [Double], samples: Int)?
    do throws(Batch.Failure) {
      result = try batch.gradient(
        of: places.map { data.samples[$0] }, withParameters: learned.needsParameters,
        skippingSilentLabels: settings.skipsSilentLabels)
      existence = try self.existence(places, result.outcomes, dividedBy: divisor)
    } catch {
      throw .sample(places[error.sample], error.reason)
    }
    var gradient = learned.gradient(result.layers, dividedBy: divisor, at: state.numbers)
    if let existence {
      for place in gradient.indices { gradient[place] += existence.gradient[place] }
    }
    let norms = learned.parts.map { part in
      gradient[part.places].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let isClipped = settings.clipping?.limit(&gradient) ?? false
    let rate = settings.rate(atStep: step, ofEpochsWith: order.steps)
    var next = state
    let changes = settings.optimizer.changes(by: gradient, rate: rate, &next.memory)
    for place in next.numbers.indices { next.numbers[place] += changes[place] }
    let bumped = bumped(result.outcomes)
    for place in weights(into: bumped) { next.numbers[place] += settings.bump ?? 0 }
    let projected = learned.project(&next.numbers)
    next.step += 1
    let made = StepFacts(
      loss: result.loss / count, samples: places.count,
      right: data.labels.map { labels in
        zip(places, result.outcomes).count { labels[$0] == $1.chosen }
      }, norms: norms, slope: Self.flattest(result.outcomes, places),
      silent: network.layers.indices.map { layer in
        result.outcomes.reduce(0) { $0 + $1.silentCount(network.neurons(of: layer)) }
      }, rate: rate, isClipped: isClipped,
      skipped: settings.skipsSilentLabels ? result.outcomes.count { $0.isLabelSilent } : 0,
      projected: projected, bumped: bumped.count, lifted: existence?.samples ?? 0)
    while facts.count < next.step { facts.append(nil) }
    facts[step] = made
    ahead = next
  }

  private static func flattest(_ outcomes: [Outcome], _ places: [Int]) -> StepFacts.Flattest? {
    var least: StepFacts.Flattest?
    for (outcome, place) in zip(outcomes, places) {
      guard let slope = outcome.slope, slope.value < least?.slope.value ?? .infinity else {
        continue
      }
      least = StepFacts.Flattest(sample: place, slope: slope)
    }
    return least
  }

  /// Takes over a state.
  private mutating func move(to next: State) throws(Failure) {
    let network = learned.network(with: next.numbers)
    batch = try Self.batch(network, horizon, threads)
    (state, self.network, ahead) = (next, network, nil)
  }

  private mutating func keep() {
    guard step % interval == 0, step > kept[kept.count - 1].step else { return }
    kept.append(state)
    let size = 3 * max(1, learned.count)
    while kept.count * size > Self.mostKept, kept.count > 2 {
      interval *= 2
      let interval = interval
      kept.removeAll { $0.step % interval != 0 }
    }
  }

  /// Goes to a step that was reached before, or does steps up to it.
  ///
  /// Throws a ``Failure`` and stays at the step before the one that failed.
  package mutating func go(to step: Int) throws(Failure) {
    while self.step != step { try approach(step) }
  }

  /// Goes one step nearer to a step, or to a kept state on the way to it.
  ///
  /// Throws a ``Failure`` and stays where it is.
  package mutating func approach(_ step: Int) throws(Failure) {
    precondition(step >= 0, "step \(step) is negative")
    guard let nearest = kept.last(where: { $0.step <= step }),
      step < self.step || nearest.step > self.step
    else { return try forward() }
    try move(to: nearest)
  }

  /// The step of the last kept state at or before a step.
  package func keptStep(before step: Int) -> Int { kept.last { $0.step <= step }?.step ?? 0 }

  /// Changes the settings from the next step on; what was done beyond it is forgotten.
  ///
  /// The data order, the batch and what is learnt stay as they are.
  package mutating func change(_ change: (inout TrainingSettings) -> Void) {
    let (step, first) = (step, edits[0].settings)
    var settings = settings
    change(&settings)
    settings.batch = order.batch
    (settings.seed, settings.shuffles, settings.learn) = (first.seed, first.shuffles, first.learn)
    edits.removeAll { $0.step >= step && $0.step > 0 }
    if step == 0 {
      edits[0].settings = settings
    } else {
      edits.append(Edit(step: step, settings: settings))
    }
    facts.removeLast(max(0, facts.count - step))
    kept.removeAll { $0.step > step }
    ahead = nil
  }
}
