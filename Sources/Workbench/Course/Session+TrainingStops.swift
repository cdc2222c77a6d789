import EventProp
import Language
import Learning
import Study

extension Session {
  /// Goes to the end of a way along the training, and tells what stopped it.
  mutating func arrive(_ work: TrainingTask, _ reply: inout Reply) {
    guard let before = course else { return }
    var course = work.course
    if !work.isFinished {
      // What is known of the step belongs to the line that tells it; a failure shows at the next move.
      while !((try? course.settle()) ?? true) {}
    }
    var breakpoints = work.breakpoints.filter { breakpoint in
      breakpoint.number != 0
        && !(breakpoint.isTemporary && work.stoppedBy.contains(breakpoint.number))
    }
    // A jump looks at no breakpoint and keeps them all.
    if work.breakpoints.isEmpty { breakpoints = before.stops.breakpoints }
    course.stops = before.stops
    course.stops.breakpoints = breakpoints
    self.course = course
    watch(&reply)
    if let failure = work.failure {
      reply.stop("stopped before step \(course.step): " + sentence(for: failure))
      if case .sample(let place, _) = failure { reply.lines.append(openLink(place, "opens it")) }
    } else if !work.stoppedBy.isEmpty {
      let stopping = work.breakpoints.filter { work.stoppedBy.contains($0.number) }
      let numbers = work.stoppedBy.filter { $0 != 0 }
      let kind = stopping.count == 1 && stopping[0].isTemporary ? "temporary " : ""
      let cause = numbers.isEmpty ? "until" : kind + Stops.phrase(numbers)
      let back = work.goal < before.step ? " (back)" : ""
      reply.stop(
        "stopped: \(cause), \(Self.unique(stopping.map(\.text)).joined(separator: ", "))\(back)")
    } else if !work.isFinished {
      reply.stop("interrupted")
    }
    reply.say(courseLine)
    let quantities = work.breakpoints.filter { work.stoppedBy.contains($0.number) }
      .flatMap { breakpoint -> [StepQuantity] in
        guard case .step(let condition) = breakpoint.place else { return [] }
        return condition.quantities
      }
    for (place, quantity) in quantities.enumerated()
    where quantities.firstIndex(of: quantity) == place {
      if let line = evidence(for: quantity) { reply.lines.append(line) }
    }
  }

  /// A line that opens a sample.
  private func openLink(_ place: Int, _ text: String) -> Reply.Line {
    let number = course?.origin.bench.samples?.numbers[place] ?? place
    let command = "open sample \(number)"
    return Reply.Line("> \(command)  \(text)", .link(command))
  }

  /// The sample, the neuron and the spike behind a number of the present step; nil where none is.
  private func evidence(for quantity: StepQuantity) -> Reply.Line? {
    guard var training = course?.training else { return nil }
    func worst(_ measure: @escaping (SampleShare) -> Double) -> (SampleShare, Double, Double)? {
      guard let shares = try? training.shares({ ($0, measure($0)) }),
        let worst = shares.max(by: { $0.1 < $1.1 })
      else { return nil }
      return (worst.0, worst.1, shares.reduce(0) { $0 + $1.1 })
    }
    func spike(_ slope: Outcome.Slope?) -> String {
      slope.map {
        "; its flattest spike is n\($0.neuron) \($0.spike), slope \(Quantity.display($0.value))"
      } ?? ""
    }
    switch quantity {
    case .loss:
      guard let (share, loss, sum) = worst(\.outcome.loss) else { return nil }
      return openLink(
        share.sample,
        "its loss is \(Quantity.display(loss)) of \(Quantity.display(sum)) in all"
          + spike(share.outcome.slope))
    case .gradient(let part):
      let places = part.map { training.learned.parts[$0].places } ?? 0..<training.learned.count
      let measured = worst { share in
        share.gradient[places].reduce(0) { $0 + $1 * $1 }.squareRoot()
      }
      guard let (share, norm, sum) = measured else { return nil }
      return openLink(
        share.sample,
        "its gradient is \(Quantity.display(norm)) long, \(sum > 0 ? Int((100 * norm / sum).rounded()) : 0) %"
          + " of the lengths" + spike(share.outcome.slope))
    case .slope:
      guard let flattest = course?.facts?.slope else { return nil }
      return openLink(
        flattest.sample,
        "n\(flattest.slope.neuron) spike \(flattest.slope.spike) crosses v_th with slope "
          + Quantity.display(flattest.slope.value))
    case .silent(let layer):
      let network = training.network
      let neurons = layer.map { network.neurons(of: $0) } ?? 0..<network.neuronCount
      guard
        let (share, _, _) = worst({ share in
          Double(share.outcome.silentCount(neurons))
        }), let trajectory = try? training.trajectory(ofSample: share.sample)
      else { return nil }
      let silent = neurons.filter { trajectory.spikeCounts[$0] == 0 }
      let shown = silent.prefix(5).map { "n\($0)" }.joined(separator: ", ")
      return openLink(
        share.sample, "\(silent.count) silent: \(shown)\(silent.count > 5 ? ", …" : "")")
    case .count(let sample):
      guard let now = try? training.trajectory(ofSample: sample) else { return nil }
      var text = "\(now.spikeCount) spikes"
      if training.step > 0, (try? training.go(to: training.step - 1)) != nil,
        let was = try? training.trajectory(ofSample: sample)
      {
        let changed = now.spikeCounts.indices.filter { now.spikeCounts[$0] != was.spikeCounts[$0] }
        text +=
          ", were \(was.spikeCount): "
          + changed.prefix(4).map {
            "n\($0) \(was.spikeCounts[$0]) → \(now.spikeCounts[$0])"
          }.joined(separator: ", ") + (changed.count > 4 ? ", …" : "")
      }
      return openLink(sample, text)
    case .wrong(let sample):
      guard let now = try? training.trajectory(ofSample: sample) else { return nil }
      let loss = training.data.samples[sample].loss
      let neurons = loss.rule.values.neurons
      let chosen = Outcome.winner(of: loss.scores(on: now))
      let offset = training.network.offsets[loss.layer]
      func name(_ position: Int) -> String {
        neurons.indices.contains(position) ? "n\(offset + neurons[position])" : "no neuron"
      }
      let right = training.data.labels.map { name($0[sample]) } ?? "no label"
      return openLink(
        sample, "\(right) should be first, \(chosen.map(name) ?? "no neuron alone") is")
    case .parameter(let parameter):
      guard let entry = training.learned.place(of: parameter),
        let (share, part, _) = worst({ abs($0.gradient[entry]) })
      else { return nil }
      return openLink(
        share.sample,
        "it has the largest part of the gradient, \(Quantity.display(part))"
          + spike(share.outcome.slope))
    case .accuracy, .rate, .epoch, .step, .clipped, .skipped, .projected, .bumped, .lifted:
      return nil
    }
  }
}
