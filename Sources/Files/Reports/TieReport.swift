import Columns
package import EventProp
package import Language
package import Study

/// The two one-sided gradients at a tie, with the keys of the public format and as text.
///
/// ```json
/// {"events": [1, 2], "time": 0.00163, "layer": "out", "neuron": 0, "jumps": false,
///  "orders": [{"order": ["e1", "e2"], "loss": …, "layers": [{"name": …, "gradient": {…}}], "gradient": {…}},
///             {"order": ["e2", "e1"], "loss": …, "layers": …, "gradient": …}],
///  "differences": [{"parameter": "time of input 1", "values": [0.184, 0]}]}
/// ```
///
/// The first order is the order of the run. `values` are in the order of `orders`; equal
/// derivatives are left out. `jumps` is true where the loss itself differs, because only one order
/// has a certain spike. An order in which the loss names a missing spike has no loss and no
/// gradients.
package struct TieReport: Encodable, Sendable {
  let events: [Int]
  let time: Double
  let layer: String
  let neuron: Int
  let jumps: Bool
  let orders: [Order]
  let differences: [Difference]

  struct Order: Encodable, Sendable {
    var order: [String]
    var loss: Double?
    var layers: [OrderLayer]?
    var gradient: GradientReport?
  }

  struct OrderLayer: Encodable, Sendable {
    var name: String
    var gradient: GradientReport
  }

  struct Difference: Encodable, Sendable {
    var parameter: String
    var values: [Double]
  }

  /// The name of the neuron in the text.
  private let place: String

  private enum CodingKeys: String, CodingKey {
    case events, time, layer, neuron, jumps, orders, differences
  }

  /// Words both sides of a tie; `names` has the spelling of parameters and neurons.
  package init(_ sides: OneSidedGradients, of trajectory: Trajectory, _ names: Names) {
    let experiment = trajectory.experiment
    let tie = sides.tie
    let (layer, index) = experiment.network.place(of: tie.neuron)
    events = [tie.first] + (tie.second.map { [$0] } ?? [])
    time = trajectory.events[tie.first].time
    self.layer = experiment.network.layers[layer].name
    neuron = index
    place = names.name(ofNeuron: tie.neuron)
    jumps = sides.jumps
    let second = tie.second.map { "e\($0)" } ?? "spike of \(place)"
    let maker = ReportMaker(trajectory: trajectory, adjoint: nil)
    func order(_ names: [String], _ order: OneSidedGradients.Order?) -> Order {
      Order(
        order: names, loss: order?.loss,
        layers: order.map { order in
          experiment.network.layers.enumerated().map { number, layer in
            OrderLayer(name: layer.name, gradient: maker.report(order.gradient, ofLayer: number))
          }
        }, gradient: order.map { maker.report($0.gradient) })
    }
    orders = [
      order(["e\(tie.first)"] + (tie.second == nil ? [] : [second]), sides.processed),
      order([second, "e\(tie.first)"], sides.exchanged),
    ]
    differences = sides.differences.map {
      Difference(
        parameter: names.name(of: $0.parameter), values: [$0.processed, $0.exchanged])
    }
  }

  private static let mostDifferences = 24

  /// The ties of a run for people.
  package static func text(_ ties: [TieReport]) -> String {
    ties.isEmpty
      ? "no ties: no event reaches a neuron at the instant of its spike"
      : ties.map(\.text).joined(separator: "\n\n")
  }

  /// The tie and a table of the derivatives that differ.
  private var text: String {
    let names = orders.map { $0.order.joined(separator: " then ") }
    var lines = [
      events.count > 1
        ? "e\(events[0]) and e\(events[1]) come at one instant, \(Quantity.displayTime(time, digits: 7)): "
          + "one reaches \(place), which spikes in the other"
        : "e\(events[0]) cancels the spike of \(place) at the instant of its crossing, "
          + Quantity.displayTime(time, digits: 7)
    ]
    if jumps {
      let losses = orders.map { order in
        order.loss.map { Quantity.display($0, digits: 7) } ?? "a missing spike"
      }
      lines.append("the loss jumps: \(names[0]): \(losses[0]), \(names[1]): \(losses[1])")
    } else {
      lines.append("the gradient does not exist; it has two one-sided values")
    }
    guard !differences.isEmpty else { return lines.joined(separator: "\n") }
    let shown = differences.prefix(Self.mostDifferences)
    let width = (shown.map(\.parameter.columns).max() ?? 0) + 2
    let column = max(14, names[0].count + 2)
    lines.append("".padded(to: width + 2) + names[0].padded(to: column) + names[1])
    for difference in shown {
      let values = difference.values.map { Quantity.display($0, digits: 7) }
      lines.append(
        "  " + difference.parameter.padded(to: width) + values[0].padded(to: column) + values[1])
    }
    if shown.count < differences.count {
      lines.append(
        "  and \(differences.count - shown.count) more: run --ties --format json has them all")
    }
    return lines.joined(separator: "\n")
  }
}
