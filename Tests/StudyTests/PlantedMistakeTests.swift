import EventProp
import Files
import Foundation
import Language
import Study
import Testing

/// A program that shares nothing with this one, in Planted/planted.py, with one mistake in each case.
@Suite("Planted mistakes") struct PlantedMistakeTests {
  struct Planted: Decodable {
    var cases: [Case]
  }

  struct Case: Decodable {
    var kind: String
    var name: String
    var loss: Double
    var spikes: [[Double]]
    var w1: [[Double]]
    var rec: [[Double]]
    var w2: [[Double]]
    var lambda_v: [[Double]]
    var lambda_i: [[Double]]
    var input_times: [Double]
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Planted")
  private static let data: Data =
    (try? Data(contentsOf: folder.appending(path: "planted.json"))) ?? Data()
  private static let planted = (try? JSONDecoder().decode(Planted.self, from: data))?.cases ?? []

  private static func experiment() throws -> Experiment {
    let text = String(decoding: data, as: UTF8.self)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let preset = try #require(object?["preset"])
    let json = try JSONSerialization.data(withJSONObject: preset)
    return try PresetReader.read(String(decoding: json, as: UTF8.self), named: "planted").experiment
  }

  /// The record of a case: its gradient, and on request its loss, spikes and λ.
  private func record(
    _ planted: Case, _ experiment: Experiment, forward: Bool = false, adjoint: Bool = false,
    rounding: (Double) -> Double = { $0 }
  ) -> ForeignRecord {
    let values: [(GradientPart, [Double])] = [
      (GradientPart(layer: 0, .weights), planted.w1.flatMap { $0 }),
      (GradientPart(layer: 0, .recurrent), planted.rec.flatMap { $0 }),
      (GradientPart(layer: 1, .weights), planted.w2.flatMap { $0 }),
      (GradientPart(layer: nil, .inputTimes), planted.input_times),
    ]
    var record = ForeignRecord(
      ForeignGradient(values.map { ForeignGradient.Part($0.0, $0.1.map(rounding)) }))
    if forward {
      record.loss = planted.loss
      record.spikes = [0: Array(planted.spikes[..<3]), 1: Array(planted.spikes[3...])]
    }
    if adjoint {
      for (isPotential, lists) in [(true, planted.lambda_v), (false, planted.lambda_i)] {
        for (neuron, list) in lists.enumerated() {
          for (spike, value) in list.enumerated() {
            record.adjoint.append(
              ForeignRecord.Reading(
                neuron: neuron, place: .spike(spike), isPotential: isPotential, value: value))
          }
        }
      }
    }
    return record
  }

  @Test func `there are cases`() {
    #expect(Self.planted.filter { $0.kind == "bug" }.count == 17)
    #expect(Self.planted.filter { $0.kind == "model" }.count == 8)
  }

  @Test func `the right program agrees in spikes, λ and gradient`() throws {
    let experiment = try Self.experiment()
    let right = try #require(Self.planted.first { $0.name == "exact" })
    let trajectory = try Trajectory(of: experiment)
    let comparison = try Comparison(
      of: record(right, experiment, forward: true, adjoint: true), with: trajectory)
    #expect(comparison.agrees)
    let forward = try #require(comparison.forward)
    #expect(forward.count == 40 && forward.distance < 1e-13)
    #expect(try #require(comparison.adjoint).residual < 1e-10)
    #expect(try #require(comparison.gradient).verdict == .agrees)
  }

  @Test(arguments: planted.filter { $0.kind == "bug" && $0.name != "exact" }.map(\.name))
  func `each mistake is named from the gradient alone`(name: String) throws {
    let experiment = try Self.experiment()
    let case_ = try #require(Self.planted.first { $0.name == name })
    let comparison = try GradientComparison(
      of: record(case_, experiment).gradient, with: try Trajectory(of: experiment))
    #expect(comparison.verdict == .explained, "\(name): \(comparison.residual)")
    let first = try #require(comparison.explanations.first)
    let rule = ["euler": "euler", "missing-channel": "missing-channel:1"][name] ?? name
    #expect(first.rule.alterations.map(\.fullName).contains { $0.hasPrefix(rule) }, "\(first)")
    #expect(first.count == 1)
  }

  @Test(arguments: planted.filter { $0.kind == "bug" && $0.name != "exact" }.map(\.name))
  func `λ leads to the mistake where the mistake is in λ`(name: String) throws {
    let experiment = try Self.experiment()
    let case_ = try #require(Self.planted.first { $0.name == name })
    var record = record(case_, experiment, forward: true, adjoint: true)
    record.gradient = ForeignGradient([])
    let comparison = try Comparison(of: record, with: try Trajectory(of: experiment))
    let adjoint = try #require(comparison.adjoint)
    // These alter only what the gradient collects, or only what an input gets.
    if ["unscaled", "potential-gradient", "missing-channel"].contains(name) {
      #expect(adjoint.first == nil)
      return
    }
    #expect(adjoint.first != nil)
    let rules = adjoint.causes.compactMap { cause in
      if case .rule(let rule) = cause { rule.name } else { nil }
    }
    #expect(rules.contains(name), "\(name): \(adjoint.causes)")
  }

  @Test(arguments: planted.filter { $0.kind == "model" }.map(\.name))
  func `a gradient of another model is compared on its own spikes`(name: String) throws {
    let experiment = try Self.experiment()
    let case_ = try #require(Self.planted.first { $0.name == name })
    let comparison = try Comparison(
      of: record(case_, experiment, forward: true), with: try Trajectory(of: experiment))
    #expect(!comparison.agrees)
    let forward = try #require(comparison.forward)
    let explanation = try #require(forward.explanation)
    let report = CompareReport(
      comparison, of: record(case_, experiment, forward: true), Names(experiment, .full))
    let sentence = "their spikes are those of another model: \(name)"
    #expect(report.text.contains(sentence), "\(report.text)")
    if explanation.trajectory != nil {
      #expect(comparison.gradient?.verdict == .agrees, "\(String(describing: comparison.gradient))")
    }
  }

  @Test(arguments: [1e-5, 1e-9, 1e-12]) func `an error of a method is no mistake`(
    size: Double
  ) throws {
    let experiment = try Self.experiment()
    let right = try #require(Self.planted.first { $0.name == "exact" })
    var phase = 0.0
    let foreign = record(right, experiment) {
      phase += 1.7
      return $0 * (1 + size * Foundation.sin(phase))
    }.gradient
    let trajectory = try Trajectory(of: experiment)
    let plain = try GradientComparison(of: foreign, with: trajectory)
    #expect(plain.verdict == (size < 1e-10 ? .agrees : .close), "\(size): \(plain.residual)")
    #expect(plain.explanations.isEmpty && plain.closest == nil)
    #expect(abs(plain.residual / size - 0.9) < 0.2)
    let tolerant = try GradientComparison(of: foreign, with: trajectory, tolerance: 2 * size)
    #expect(tolerant.verdict == .agrees)
  }

  @Test(arguments: ["no-leak", "current-only", "missing-channel"])
  func `a mistake under an error of a method is named with what it leaves`(name: String) throws {
    let experiment = try Self.experiment()
    let case_ = try #require(Self.planted.first { $0.name == name })
    var phase = 0.0
    let foreign = record(case_, experiment) {
      phase += 1.7
      return $0 * (1 + 1e-7 * Foundation.sin(phase))
    }.gradient
    let comparison = try GradientComparison(of: foreign, with: try Trajectory(of: experiment))
    #expect(comparison.verdict == .differs)
    let closest = try #require(comparison.closest)
    #expect(closest.residual < 1e-5 && closest.residual > 1e-9, "\(closest)")
    let rule = ["missing-channel": "missing-channel:1"][name] ?? name
    #expect(closest.rule.alterations.map(\.fullName).contains { $0.hasPrefix(rule) }, "\(closest)")
  }

  @Test func `float32 is enough`() throws {
    let experiment = try Self.experiment()
    let trajectory = try Trajectory(of: experiment)
    let names = ["exact", "no-leak", "overwritten", "potential-only", "slope-at-reset"]
    for case_ in Self.planted where names.contains(case_.name) {
      let foreign = record(case_, experiment) { Double(Float($0)) }.gradient
      let comparison = try GradientComparison(of: foreign, with: trajectory)
      if case_.name == "exact" {
        #expect(comparison.verdict == .agrees)
      } else {
        let rules = comparison.explanations.map(\.rule.name)
        #expect(
          rules.contains { $0.hasPrefix(case_.name) }, "\(case_.name): \(rules)")
      }
    }
  }

  @Test(arguments: 1...2) func `random gradients stay unexplained`(seed: UInt64) throws {
    let experiment = try Self.experiment()
    let right = try #require(Self.planted.first { $0.name == "exact" })
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    let foreign = record(right, experiment) { value in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return value * (Double(state >> 40) / Double(1 << 24) * 4 - 2)
    }.gradient
    let comparison = try GradientComparison(of: foreign, with: try Trajectory(of: experiment))
    #expect(comparison.verdict == .differs)
    #expect(comparison.closest == nil)
    #expect(comparison.explanations.isEmpty)
  }
}
