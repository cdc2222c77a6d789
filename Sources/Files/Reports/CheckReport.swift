package import EventProp
package import Foundation
import Language
package import Study

/// What the check of a gradient found, in the keys of the public format and as text.
package struct CheckReport: Encodable, Sendable {
  let verdict: String
  let rows: [Row]
  let identities: [Identity]
  /// How many rows there would have been, where the check was interrupted.
  private let wanted: Int?

  private enum CodingKeys: String, CodingKey { case verdict, rows, identities }

  struct Row: Encodable, Sendable {
    var parameter: String
    var adjoint: Double
    var forwardMode: Double
    var difference: Double?
    var uncertainty: Double?
    var verdict: String
    var reason: String?

    enum CodingKeys: String, CodingKey {
      case parameter, adjoint, difference, uncertainty, verdict, reason
      case forwardMode = "forward_mode"
    }
  }

  struct Identity: Encodable, Sendable {
    var name: String
    var residual: Double
    /// Where the residual is largest.
    var place: String
  }

  /// Whether every reference agrees wherever one exists, and every identity holds.
  package var holds: Bool { verdict != GradientCheck.Verdict.differs.name }

  /// Puts rows and identities of one check together.
  ///
  /// `wanted` is the number of rows that an interrupted check would have had; such a one has no identities, which take a walk through the
  /// whole run.
  package init(
    _ rows: [GradientCheck.Row], verdict: GradientCheck.Verdict, identities: Identities?,
    of experiment: Experiment, interruptedOf wanted: Int? = nil
  ) {
    let network = experiment.network
    self.wanted = wanted
    self.rows = rows.map { row in
      var reason: String?
      if case .notComparable(let why) = row.verdict { reason = why.sentence(in: network) }
      if row.verdict == .differs {
        reason = "the adjoint is \(row.adjoint), forward mode \(row.forwardMode)"
      }
      return Row(
        parameter: row.parameter.name(in: experiment), adjoint: row.adjoint,
        forwardMode: row.forwardMode, difference: row.difference, uncertainty: row.uncertainty,
        verdict: row.verdict.name, reason: reason)
    }
    var worst: [Identity] = []
    for law in Identities.Law.allCases {
      let residuals = identities?.residuals.filter { $0.law == law }
      guard let largest = residuals?.max(by: { $0.relative < $1.relative }) else { continue }
      worst.append(
        Identity(
          name: law.rawValue, residual: largest.relative, place: largest.place(in: network)))
    }
    self.identities = worst
    self.verdict =
      identities?.hold(within: GradientCheck.tolerance(grazing: true)) ?? true
      ? verdict.name : GradientCheck.Verdict.differs.name
  }

  /// The report as JSON, UTF-8.
  package func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// The report for people: every row that does not agree, the largest of those that do, and the identities.
  package var text: String {
    var lines: [String] = []
    if let wanted {
      let words = [
        (GradientCheck.Verdict.agrees.name, "agree"),
        (GradientCheck.Verdict.differs.name, "differ"),
        ("not-comparable", "cannot be compared"),
      ]
      let counts = words.map { name, word in
        (count: rows.count { $0.verdict == name }, word: word)
      }.filter { $0.count > 0 }.map { "\($0.count) \($0.word)" }
      lines.append(
        "interrupted after \(rows.count) of \(wanted): "
          + (counts.isEmpty ? "nothing checked" : counts.joined(separator: ", ")))
    }
    let odd = rows.filter { $0.verdict != GradientCheck.Verdict.agrees.name }
    let agreeing = rows.count - odd.count
    for row in odd {
      lines.append(
        "\(row.verdict)  \(row.parameter)  adjoint \(Quantity.display(row.adjoint, digits: 9))"
          + "  forward mode \(Quantity.display(row.forwardMode, digits: 9))")
      if let reason = row.reason { lines.append("    \(reason)") }
    }
    if wanted == nil {
      lines.append(
        "\(agreeing) of \(rows.count) derivatives agree with forward mode and differences")
    }
    for identity in identities {
      lines.append(
        "identity: \(identity.name)  residual \(Quantity.display(identity.residual, digits: 2))"
          + "  (\(identity.place))")
    }
    // Of nothing there is no verdict.
    if wanted == nil || !rows.isEmpty {
      lines.append("verdict\(wanted == nil ? "" : " so far"): \(verdict)")
    }
    return lines.joined(separator: "\n")
  }
}

extension Identities.Residual {
  /// What does not hold, by how much and where, in a sentence.
  package func sentence(in network: Network) -> String {
    "the identity '\(law.rawValue)' is off by \(Quantity.display(relative, digits: 2)) at "
      + place(in: network)
  }

  /// Where the equation is furthest from holding: neuron and stretch.
  fileprivate func place(in network: Network) -> String {
    let name = neuron.map { neuron in
      let place = network.place(of: neuron)
      return "\(network.layers[place.layer].name).\(place.index), "
    }
    let site =
      switch place {
      case .stretch(let from, let to):
        "\(Quantity.displayTime(from)) to \(Quantity.displayTime(to))"
      case .event(let event): "e\(event)"
      case .run: "whole run"
      }
    return (name ?? "") + site
  }
}

extension CheckedParameter {
  /// The name in reports: `hidden.0<-in.2`, `hidden.0.tau_mem`, `time of input 3`.
  package func name(in experiment: Experiment) -> String {
    let network = experiment.network
    func synapse(_ layer: Int, _ entry: Int, isRecurrent: Bool) -> String {
      let members = network.layers[layer]
      guard let synapses = isRecurrent ? members.recurrent : members.weights,
        let row = (0..<synapses.rows).first(where: { synapses.entries(ofRow: $0).contains(entry) })
      else { return "" }
      let source =
        isRecurrent ? members.name : layer == 0 ? "in" : network.layers[layer - 1].name
      return "\(members.name).\(synapses.column(ofEntry: entry, row: row))<-\(source).\(row)"
    }
    switch self {
    case .weight(let layer, let entry): return synapse(layer, entry, isRecurrent: false)
    case .recurrent(let layer, let entry): return synapse(layer, entry, isRecurrent: true)
    case .delay(let layer, let entry):
      return "delay " + synapse(layer, entry, isRecurrent: false)
    case .recurrentDelay(let layer, let entry):
      return "delay " + synapse(layer, entry, isRecurrent: true)
    case .inputTime(let position): return "time of input \(position)"
    case .parameter(let layer, let neuron, let field):
      return "\(network.layers[layer].name).\(neuron).\(field.rawValue)"
    case .initialPotential(let layer, let neuron):
      return "\(network.layers[layer].name).\(neuron).initial_v"
    case .initialCurrent(let layer, let neuron):
      return "\(network.layers[layer].name).\(neuron).initial_i"
    }
  }
}
