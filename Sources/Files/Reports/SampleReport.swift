package import EventProp
package import Foundation
import Language
package import Study

/// The report of a whole batch, with the keys of the public format and as text.
package struct SampleReport: Encodable, Sendable {
  private let survey: SampleSurvey
  private let batch: SampleSurvey.Batch?
  private let failures: [Failure]
  private let remarks: [Warning]
  private let names: Names

  /// A sample without a gradient.
  private struct Failure: Encodable, Sendable {
    var sample: Int
    var message: String
  }

  /// The number of samples that are listed for each measure.
  private static let listed = 10

  /// Creates the report of a complete survey.
  ///
  /// Where a sample has no gradient the batch has none, unless it `allowsPartial`: it is then that of
  /// the other samples. `sentence` says why a sample has no gradient.
  package init(
    _ survey: SampleSurvey, allowingPartial allowsPartial: Bool, remarks: [Warning],
    sentence: (SimulationError) -> String
  ) {
    precondition(survey.isFinished, "a report tells of all samples")
    self.survey = survey
    self.remarks = remarks
    batch = survey.failures.isEmpty || allowsPartial ? survey.batch : nil
    failures = survey.failures.map { Failure(sample: $0.number, message: sentence($0.reason)) }
    names = Names(survey.experiment, .full)
  }

  private var experiment: Experiment { survey.experiment }
  private var network: Network { experiment.network }
  private var rule: AdjointRule { survey.rule }

  /// The measures that the samples have.
  private var measures: [SampleMeasure] {
    SampleMeasure.allCases.filter { $0 != .wrong || survey.rightCount != nil }
  }
}

// JSON.
extension SampleReport {
  private enum CodingKeys: String, CodingKey {
    case version, title, loss, layers, gradient, warnings, rule, samples
    case tMax = "t_max"
  }

  /// Writes the keys of the report of a run that a batch has, and the key `samples`.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(1, forKey: .version)
    try container.encode(experiment.title, forKey: .title)
    try container.encode(experiment.horizon, forKey: .tMax)
    try container.encodeIfPresent(batch?.loss, forKey: .loss)
    try container.encode(network.layers.indices.map(layer), forKey: .layers)
    try container.encodeIfPresent(batch.map { gradient($0) }, forKey: .gradient)
    try container.encode(remarks.map { WarningReport($0, in: network) }, forKey: .warnings)
    if rule != .exact { try container.encode("WRONG: \(rule.name)", forKey: .rule) }
    try container.encode(Part(report: self), forKey: .samples)
  }

  /// The report as JSON, UTF-8.
  package func json() throws -> Data { try Report.encoder.encode(self) }

  private struct LayerPart: Encodable {
    var name: String
    var gradient: GradientReport?
  }

  private func layer(_ number: Int) -> LayerPart {
    LayerPart(
      name: network.layers[number].name, gradient: batch.map { gradient($0, ofLayer: number) })
  }

  private func gradient(
    _ batch: SampleSurvey.Batch, ofLayer layer: Int? = nil
  ) -> GradientReport {
    GradientReport(
      gradient: batch.gradient, experiment: experiment, layer: layer, isOfBatch: true)
  }

  /// The value of the key `samples`.
  private struct Part: Encodable {
    let report: SampleReport

    enum CodingKeys: String, CodingKey {
      case count, batch, right, accuracy, failed, worst, numbers, losses
      case inFile = "in_file"
    }

    func encode(to encoder: any Encoder) throws {
      let survey = report.survey
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(survey.total, forKey: .count)
      try container.encode(survey.samples.countInFile, forKey: .inFile)
      try container.encode(survey.samples.together.rawValue, forKey: .batch)
      try container.encodeIfPresent(survey.rightCount, forKey: .right)
      if let right = survey.rightCount {
        try container.encode(Double(right) / Double(survey.facts.count), forKey: .accuracy)
      }
      try container.encode(report.failures, forKey: .failed)
      try container.encode(survey.facts.map(\.number), forKey: .numbers)
      try container.encode(survey.facts.map(\.loss), forKey: .losses)
      let worst = report.measures.map { measure in
        (
          measure.rawValue,
          measure.ranked(survey.facts).prefix(SampleReport.listed).map {
            Entry(facts: $0, network: report.network)
          }
        )
      }
      try container.encode(Dictionary(worst) { first, _ in first }, forKey: .worst)
    }
  }

  /// The facts about one sample.
  private struct Entry: Encodable {
    let facts: SampleFacts
    let network: Network

    enum CodingKeys: String, CodingKey {
      case sample, loss, gradient, slope, margin, silent, label, found
    }

    enum PlaceKeys: String, CodingKey {
      case value, part, time, layer, neuron, spike
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(facts.number, forKey: .sample)
      try container.encode(facts.loss, forKey: .loss)
      try container.encode(facts.gradient, forKey: .gradient)
      try container.encode(facts.silent, forKey: .silent)
      try container.encodeIfPresent(facts.decision?.label, forKey: .label)
      try container.encodeIfPresent(facts.decision?.chosen, forKey: .found)
      if let slope = facts.slope {
        var part = container.nestedContainer(keyedBy: PlaceKeys.self, forKey: .slope)
        try part.encode(slope.value, forKey: .value)
        try encode(slope.neuron, spike: slope.spike, to: &part)
      }
      if let margin = facts.margin {
        var part = container.nestedContainer(keyedBy: PlaceKeys.self, forKey: .margin)
        try part.encode(margin.part, forKey: .part)
        try part.encode(margin.time, forKey: .time)
        try encode(margin.neuron, spike: margin.spike, to: &part)
      }
    }

    private func encode(
      _ neuron: Int, spike: Int?, to part: inout KeyedEncodingContainer<PlaceKeys>
    ) throws {
      let place = network.place(of: neuron)
      try part.encode(network.layers[place.layer].name, forKey: .layer)
      try part.encode(place.index, forKey: .neuron)
      try part.encodeIfPresent(spike, forKey: .spike)
    }
  }
}

// Text.
extension SampleReport {
  /// The report for people: the batch, its gradient, and the worst samples by each measure.
  package var text: String {
    var lines = [
      "\(experiment.title): \(batch == nil ? "\(survey.total) samples" : survey.summary)"
    ]
    if rule != .exact {
      lines.append("WRONG gradient on purpose (\(rule.name)): \(rule.story)")
    }
    if !failures.isEmpty {
      let shown = failures.prefix(Self.listed).map { "  sample \($0.sample): \($0.message)" }
      lines.append(
        "\(failures.count) of \(survey.total) samples have no gradient, so "
          + (batch == nil
            ? "the batch has no loss and no gradient; --allow-partial leaves them out"
            : "this is the batch of the other \(survey.facts.count)"))
      lines += shown
      if failures.count > shown.count {
        lines.append("  … and \(failures.count - shown.count) more")
      }
    }
    if let batch {
      for (number, layer) in network.layers.enumerated() {
        lines += ["", "\(layer.name)"]
        lines += TextReport.lines(of: batch.gradient.layers[number], layer)
      }
      lines += TextReport.sharedLines(of: batch.gradient)
    }
    for measure in measures {
      let worst = measure.ranked(survey.facts).prefix(Self.listed)
      guard !worst.isEmpty else { continue }
      lines += ["", measure.order]
      lines += worst.map { "  sample \($0.number)  \($0.line(by: measure, names))" }
    }
    if !remarks.isEmpty { lines.append("") }
    lines += remarks.map { "warning: " + $0.line(names) }
    return lines.joined(separator: "\n")
  }
}
