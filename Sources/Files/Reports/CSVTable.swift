package import EventProp
package import Language
import Study

/// A run as CSV tables: SI units, numbers that read back to the same Double, and a heading in the
/// first line.
package enum CSVTable {
  /// A number of a table that is infinite or no number, in a column that tells its meaning.
  package struct NonFinite: Error, Equatable {
    /// The heading of its column; the name of the parameter in a table of gradients.
    package let column: String
    /// The first field of its row: a time in seconds, or a name.
    package let row: String
  }

  /// A table of a run; throws if a number of it is not finite.
  package static func text(
    _ table: ScriptCommand.Table, of trajectory: Trajectory, adjoint: AdjointTrajectory?
  ) throws(NonFinite) -> String {
    let rows =
      switch table {
      case .events: events(trajectory, adjoint)
      case .spikes: spikes(trajectory)
      case .gradient: adjoint.map(gradient) ?? []
      case .traces: traces(trajectory, adjoint)
      case .sweep: preconditionFailure("a sweep is no table of a run")
      }
    for row in rows.dropFirst() {
      // Names of layers are in front, and a layer may be called nan.
      for (column, field) in row.enumerated().reversed()
      where isNumber(column, in: table) && ["inf", "-inf", "nan", "-nan"].contains(field) {
        throw NonFinite(column: rows[0][column], row: row[0])
      }
    }
    return rows.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
  }

  private static func isNumber(_ column: Int, in table: ScriptCommand.Table) -> Bool {
    switch table {
    case .events: column > 6
    case .spikes: column > 2
    case .gradient: column > 0
    case .traces: column > 2
    case .sweep: true
    }
  }

  /// The number of sample times of the traces between start and horizon; both sides of every event
  /// come in addition.
  private static let samples = 200

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }

  private static func events(
    _ trajectory: Trajectory, _ adjoint: AdjointTrajectory?
  ) -> [[String]] {
    let network = trajectory.experiment.network
    var rows = [
      [
        "event", "time", "kind", "layer", "neuron", "channel", "spike", "current", "slope",
        "dloss_dt",
      ]
    ]
    for (number, event) in trajectory.events.enumerated() {
      var row = ["\(number)", Quantity.exact(event.time)]
      switch event.kind {
      case .input(let channel, _): row += ["input", "", "", "\(channel)", "", "", ""]
      case .spike(let neuron, let ordinal, let current):
        let place = network.place(of: neuron)
        row += [
          "spike", network.layers[place.layer].name, "\(place.index)", "", "\(ordinal)",
          Quantity.exact(current),
          trajectory.slopeAtThreshold(of: number).map(Quantity.exact) ?? "",
        ]
      case .arrival: row += ["arrival", "", "", "", "", "", ""]
      }
      rows.append(row + [adjoint.map { Quantity.exact($0.timeGradients[number]) } ?? ""])
    }
    return rows
  }

  private static func spikes(_ trajectory: Trajectory) -> [[String]] {
    let network = trajectory.experiment.network
    return [["layer", "neuron", "spike", "time"]]
      + trajectory.events.compactMap { event in
        guard case .spike(let neuron, let ordinal, _) = event.kind else { return nil }
        let place = network.place(of: neuron)
        return [
          network.layers[place.layer].name, "\(place.index)", "\(ordinal)",
          Quantity.exact(event.time),
        ]
      }
  }

  private static func gradient(_ adjoint: AdjointTrajectory) -> [[String]] {
    let experiment = adjoint.trajectory.experiment
    var rows = [["parameter", "gradient"]]
    let names = Names(experiment, .full)
    for part in GradientPart.all(of: experiment) {
      for (entry, value) in part.values(in: adjoint.gradient).enumerated() {
        rows.append([names.name(of: entry, in: part), Quantity.exact(value)])
      }
    }
    return rows
  }

  private static func traces(
    _ trajectory: Trajectory, _ adjoint: AdjointTrajectory?
  ) -> [[String]] {
    let network = trajectory.experiment.network
    let neurons = 0..<network.neuronCount
    let quantities = adjoint == nil ? ["V", "I"] : ["V", "I", "lambda_v", "lambda_i"]
    let names = neurons.map { Names(trajectory.experiment).full($0) }
    var rows = [
      ["time", "event", "side"] + names.flatMap { name in quantities.map { "\(name) \($0)" } }
    ]
    func row(_ head: [String], _ states: (Int) -> (LIFState, AdjointState?)) {
      rows.append(
        head
          + neurons.flatMap { neuron in
            let (state, lambda) = states(neuron)
            return
              ([state.potential, state.current]
              + (lambda.map { [$0.lambdaV, $0.lambdaI] } ?? [])).map(Quantity.exact)
          })
    }
    let horizon = trajectory.experiment.horizon
    var event = 0
    for sample in 0...samples {
      let part = horizon * Double(sample)
      let time =
        sample == samples
        ? horizon
        : part.isFinite ? part / Double(samples) : horizon * (Double(sample) / Double(samples))
      while event < trajectory.events.count, trajectory.events[event].time <= time {
        for (side, name) in [(Side.before, "before"), (.after, "after")] {
          row([Quantity.exact(trajectory.events[event].time), "\(event)", name]) {
            (
              trajectory.state(of: $0, atEvent: event, side: side),
              adjoint?.state(of: $0, atEvent: event, side: side)
            )
          }
        }
        event += 1
      }
      row([Quantity.exact(time), "", ""]) {
        (trajectory.state(of: $0, at: time), adjoint?.state(of: $0, at: time))
      }
    }
    return rows
  }
}
