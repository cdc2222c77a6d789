import EventProp
import ReferenceCases
import Testing

/// Ways back that are stopped, and the part of them in which nothing happens.
@Suite struct StoppingBackTests {
  /// The run of ``StoppingTests`` with a loss on a spike of its middle.
  private func run(_ form: StoppingTests.Form) throws -> Trajectory {
    let trajectory = try Trajectory(of: StoppingTests.experiment(form))
    let middle = trajectory.spikeCounts[0] / 2
    return try trajectory.read(
      by: Loss(
        layer: 0,
        rule: .linearSpikeTimes([Loss.SpikeTerm(neuron: 0, spike: middle, coefficient: 1)])))
  }

  @Test(arguments: StoppingTests.Form.allCases)
  func `a way back asks whether to go on, and stops where it is told to`(
    form: StoppingTests.Form
  ) throws {
    let trajectory = try run(form)
    var times: [Double] = []
    let whole = try AdjointTrajectory(
      of: trajectory,
      pace: Pace {
        times.append($0)
        return true
      })
    #expect(times.count >= 2)
    #expect(throws: SimulationError.self) {
      _ = try AdjointTrajectory(of: trajectory, pace: Pace { _ in false })
    }
    // What was stopped leaves nothing behind.
    #expect(try AdjointTrajectory(of: trajectory).gradient == whole.gradient)
  }

  @Test(arguments: StoppingTests.Form.allCases)
  func `a pass that is stopped goes on from where it is`(form: StoppingTests.Form) throws {
    let trajectory = try run(form)
    let evaluation = try trajectory.evaluateLoss()
    var whole = BackwardPass(trajectory, evaluation)
    while try whole.next() != nil {}
    var other = BackwardPass(trajectory, evaluation)
    var stops = 0
    while !other.isComplete {
      do throws(SimulationError) {
        var asked = 0
        while try other.next(
          pace: Pace { _ in
            asked += 1
            return asked < 3
          }) != nil
        {}
      } catch {
        stops += 1
        // The next one goes on past the place.
        _ = try other.next()
      }
    }
    #expect(stops > 5)
    #expect(other.gradient == whole.gradient)
    #expect(other.timeGradients == whole.timeGradients)
    #expect(other.transitions == whole.transitions)
  }

  @Test(arguments: StoppingTests.Form.allCases)
  func `events after the last that the loss names are passed over, and give the same numbers`(
    form: StoppingTests.Form
  ) throws {
    let trajectory = try run(form)
    let evaluation = try trajectory.evaluateLoss()
    // λ that is given, though it is zero, is carried through every event.
    let zero = [AdjointState](
      repeating: AdjointState(), count: trajectory.circuit.neuronCount)
    var carried = BackwardPass(trajectory, evaluation, from: zero)
    while try carried.next() != nil {}
    var passed = BackwardPass(trajectory, evaluation)
    while try passed.next() != nil {}
    #expect(passed.gradient == carried.gradient)
    #expect(passed.timeGradients == carried.timeGradients)
    #expect(passed.transitions == carried.transitions)
    #expect(passed.gradient.layers[0].weights.weights.contains { $0 != 0 })
  }
}
