import EventProp
import Files
import Language
import Study

/// Steps of gradient descent on all weights, one run after each.
struct Descent: Sendable {
  let total: Int
  /// The experiment reached.
  private(set) var experiment: Experiment
  /// What was printed of each step.
  private(set) var lines: [String] = []
  private(set) var done = 0
  private(set) var isFinished = false
  private let rule: AdjointRule
  private let rate: Double
  private var adjoint: AdjointTrajectory

  /// How much the first step changes the weights, as a part of their length, where no rate is given.
  private static let usualPart = 0.01

  /// `rate` is nil where the first step chooses it; throws nothing, but a gradient of zero leaves nothing to do.
  init(_ adjoint: AdjointTrajectory, steps: Int, rate: Double?) {
    experiment = adjoint.trajectory.experiment
    rule = adjoint.rule
    total = steps
    self.adjoint = adjoint
    let gradient = Self.squares(
      adjoint.gradient.layers.flatMap { [$0.weights.weights, $0.recurrent?.weights ?? []] })
    let weights = Self.squares(
      experiment.network.layers.flatMap { [$0.weights.weights, $0.recurrent?.weights ?? []] })
    if gradient == 0 {
      self.rate = 0
      stop("the gradient of all weights is 0: there is no way down")
    } else {
      self.rate = rate ?? Self.usualPart * (weights / gradient).squareRoot()
      lines.append(
        "LR = \(Quantity.display(self.rate))"
          + (rate == nil ? " (the first step changes the weights by 1 % of their length)" : ""))
    }
  }

  private static func squares(_ lists: [[Double]]) -> Double {
    lists.joined().reduce(0) { $0 + $1 * $1 }
  }

  var title: String { "descend \(total)" }

  private mutating func stop(_ reason: String) {
    lines.append(reason)
    isFinished = true
  }

  /// Makes one step, if the run after it has a loss and a gradient.
  ///
  /// Throws `SimulationError.stopped` where `goesOn` answers false; the step is then still to be made.
  mutating func advance(
    _ goesOn: (Progress.Work) -> (Double) -> Bool
  ) throws(SimulationError) {
    guard !isFinished else { return }
    let next = stepped()
    guard let loss = next.loss else { return }
    let number = done + 1
    do throws(SimulationError) {
      let trajectory = try Trajectory(of: next, goesOn: goesOn(.running))
      guard !trajectory.isCutShort else {
        return stop("step \(number): max_events cuts the run; stopped before it")
      }
      let was = adjoint.evaluation.value
      let after = try AdjointTrajectory(
        of: trajectory, loss: loss, rule: rule, goesOn: goesOn(.walkingBack))
      guard after.evaluation.value.isFinite else {
        return stop("step \(number): the loss is no finite number; stopped before it")
      }
      adjoint = after
      experiment = next
      done = number
      let now = after.evaluation.value
      let spikes = trajectory.spikeCounts.reduce(0, +)
      lines.append(
        "step \(number): L = \(Quantity.display(now, digits: 7)) (\(now > was ? "+" : "")"
          + "\(Quantity.display(now - was)))  \(spikes) spike\(spikes == 1 ? "" : "s")")
    } catch {
      if case .stopped = error { throw error }
      return stop("step \(number): \(Names(next).sentence(for: error)); stopped before it")
    }
    if let tie = Warning.firstTie(in: adjoint.trajectory) {
      return stop("stopped, since here the gradient has two sides: \(tie.sentence)")
    }
    if done == total { isFinished = true }
  }

  /// The experiment after w -= LR dL/dw.
  private func stepped() -> Experiment {
    var next = experiment
    for (number, layer) in adjoint.gradient.layers.enumerated() {
      for (entry, slope) in layer.weights.weights.enumerated() {
        next.network.layers[number].weights.weights[entry] -= rate * slope
      }
      for (entry, slope) in (layer.recurrent?.weights ?? []).enumerated() {
        next.network.layers[number].recurrent?.weights[entry] -= rate * slope
      }
    }
    return next
  }
}

extension Session {
  /// Begins to descend.
  mutating func descend(_ count: Word?, _ rate: Word?) throws(Diagnostic) {
    let place = count ?? Word("descend")
    guard let adjoint = run.adjoint else {
      throw noGradient(place, "to descend")
    }
    guard !bench.isPending else {
      throw place.complaint("there are edits that have not been run", remedy: "run runs them")
    }
    var steps = 1
    if let count {
      guard let number = Int(count.text), number >= 1 else {
        throw count.complaint(
          "expected how many steps, found '\(count.text)'", remedy: "a number from 1")
      }
      steps = number
    }
    var length: Double?
    if let rate {
      do throws(Quantity.Failure) {
        length = try Quantity.number(rate.text)
      } catch {
        throw rate.complaint(error.message, remedy: error.remedy)
      }
      guard (length ?? 0) > 0 else {
        throw rate.complaint("the rate must be greater than 0", remedy: "descend 5 0.001")
      }
    }
    if let tie = Warning.firstTie(in: run.trajectory) {
      throw place.complaint(
        "here the gradient has two sides: \(tie.sentence)", remedy: "ties shows both")
    }
    task = LongTask(.descent(Descent(adjoint, steps: steps, rate: length)))
  }

  /// Stands in the run that a descent has reached; one `undo` takes all of it back.
  mutating func arrive(_ descent: Descent, _ reply: inout Reply) {
    for line in descent.lines { reply.say(wrongLabel + line) }
    if !descent.isFinished {
      reply.say("interrupted after \(descent.done) of \(descent.total)")
    }
    guard descent.done > 0 else { return }
    let before = bench.edited
    do throws(Diagnostic) {
      let steps = descent.done == 1 ? "1 step" : "\(descent.done) steps"
      try rerun(
        descent.experiment, because: Word("descend"), saying: "\(steps) down; undo takes them back",
        &reply)
      bench.noteEdit(of: before)
    } catch {
      // The descent has made this very run already.
      reply.say(error.message)
    }
  }
}
