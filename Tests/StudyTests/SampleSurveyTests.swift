import EventProp
import Files
import Language
import Presets
import Study
import Testing

/// The survey of samples against runs of each sample by itself.
@Suite struct SampleSurveyTests {
  /// Yin-yang with a cross-entropy, and moved inputs with a label for each sample.
  private static func yinYang(
    _ count: Int, _ together: Samples.Together = .mean
  ) throws -> (experiment: Experiment, samples: Samples) {
    let preset = try #require(Preset.named("yin-yang"))
    var experiment = try PresetReader.read(preset.text, named: "yin-yang").experiment
    experiment.loss = Loss(
      layer: 1, rule: .ttfsCrossEntropy(neurons: [0, 1, 2], label: 0, tau: 2e-3, clip: 20e-3))
    let spikes = experiment.inputSpikes
    let times = (0..<count).flatMap { sample in
      spikes.enumerated().map { $1.time + 1e-4 * Double((7 * sample + 3 * $0) % 11) }
    }
    let samples = Samples(
      numbers: (0..<count).map { 2 * $0 + 1 }, countInFile: 2 * count + 5,
      starts: (0...count).map { $0 * spikes.count }, times: times,
      channels: (0..<count).flatMap { _ in spikes.map { Int32($0.channel) } },
      labels: (0..<count).map { $0 % 3 }, together: together)
    return (experiment, samples)
  }

  private static func finish(_ survey: consuming SampleSurvey) throws -> SampleSurvey {
    while !survey.isFinished { try survey.advance() }
    return survey
  }

  @Test func `every fact is that of the run of the sample`() throws {
    let (experiment, samples) = try Self.yinYang(7)
    let survey = try Self.finish(SampleSurvey(of: samples, in: experiment))
    #expect(survey.facts.map(\.number) == samples.numbers && survey.failures.isEmpty)
    for facts in survey.facts {
      let sample = samples.experiment(ofSample: facts.number, in: experiment)
      let trajectory = try Trajectory(of: sample)
      let adjoint = try AdjointTrajectory(of: trajectory)
      #expect(facts.loss == adjoint.loss)
      let squares = adjoint.gradient.layers.flatMap(\.weights.weights).map { $0 * $0 }
      #expect(abs(facts.gradient - squares.reduce(0, +).squareRoot()) < 1e-12 * facts.gradient)
      let slopes = trajectory.events.indices.filter { adjoint.timeGradients[$0] != 0 }
        .compactMap { trajectory.slopeAtThreshold(of: $0) }
      #expect(facts.slope?.value == slopes.min())
      #expect(facts.silent == trajectory.spikeCounts.count { $0 == 0 })
      let margins = try SpikeMargin.all(in: trajectory, within: 1, most: 1)
      #expect(facts.margin?.part == margins.first?.relative)
      #expect(facts.margin?.neuron == margins.first?.neuron)
      let firsts = (120..<123).map { trajectory.spikeTimes[$0].first ?? .infinity }
      #expect(facts.decision?.chosen == firsts.firstIndex(of: firsts.min() ?? 0))
      #expect(facts.decision?.label == samples.labels?[facts.number / 2])
    }
    #expect(survey.rightCount == survey.facts.count { $0.decision?.isRight ?? false })
  }

  @Test(arguments: Samples.Together.allCases)
  func `the gradient of the batch is that of the engine for batches`(
    together: Samples.Together
  ) throws {
    let (experiment, samples) = try Self.yinYang(40, together)
    let survey = try Self.finish(SampleSurvey(of: samples, in: experiment, threads: 2))
    let batch = try #require(survey.batch)
    let engine = try Batch(experiment.network, horizon: experiment.horizon)
    let result = try engine.gradient(
      of: (0..<40).map { place in
        let loss = try #require(experiment.loss)
        return Sample(
          inputSpikes: samples.inputSpikes(at: place), loss: samples.loss(at: place, in: loss))
      }, withParameters: true)
    let divisor = together == .mean ? 40.0 : 1
    #expect(abs(batch.loss - result.loss / divisor) <= 1e-12 * abs(batch.loss))
    for (own, other) in zip(batch.gradient.layers, result.layers) {
      let scale = own.weights.weights.map { abs($0) }.max() ?? 0
      #expect(scale > 0)
      for (a, b) in zip(own.weights.weights, other.weights.weights) {
        #expect(abs(a - b / divisor) <= 1e-12 * scale)
      }
    }
  }

  @Test func `any number of threads gives the same bits`() throws {
    let (experiment, samples) = try Self.yinYang(30)
    let one = try Self.finish(SampleSurvey(of: samples, in: experiment))
    let three = try Self.finish(SampleSurvey(of: samples, in: experiment, threads: 3))
    #expect(one.batch == three.batch && one.facts == three.facts)
  }

  @Test func `ranks have the worst first, and leave out what has no rank`() throws {
    let (experiment, samples) = try Self.yinYang(12)
    let facts = try Self.finish(SampleSurvey(of: samples, in: experiment)).facts
    let losses = SampleMeasure.loss.ranked(facts).map(\.loss)
    #expect(losses == facts.map(\.loss).sorted(by: >))
    let gradients = SampleMeasure.gradient.ranked(facts).map(\.gradient)
    #expect(gradients == facts.map(\.gradient).sorted(by: >))
    let slopes = SampleMeasure.slope.ranked(facts).compactMap { $0.slope?.value }
    #expect(slopes == facts.compactMap { $0.slope?.value }.sorted())
    let margins = SampleMeasure.margin.ranked(facts).compactMap { $0.margin?.part }
    #expect(margins == facts.compactMap { $0.margin?.part }.sorted() && !margins.isEmpty)
    let wrong = SampleMeasure.wrong.ranked(facts)
    #expect(wrong.allSatisfy { $0.decision?.isRight == false } && !wrong.isEmpty)
    #expect(wrong.count == facts.count { $0.decision?.isRight == false })
    #expect(SampleMeasure.silent.ranked(facts).allSatisfy { $0.silent > 0 })
  }

  /// A layer of one neuron whose spike the loss names, and a sample that leaves it silent.
  private static func named() throws -> (experiment: Experiment, samples: Samples) {
    let text = """
      title: t
      t_max: 40 ms
      inputs: { size: 1 }
      layers: [{ size: 1, weights: [[3]] }]
      loss: { kind: linear_spike_times, terms: [{ neuron: 0, spike: 0, coefficient: 1 }] }
      """
    let samples = Samples(
      numbers: [0, 1, 2], countInFile: 3, starts: [0, 1, 1, 2], times: [0.001, 0.002],
      channels: [0, 0])
    return (try PresetReader.read(text, named: "t").experiment, samples)
  }

  @Test func `a sample without a gradient is named, and the batch is that of the others`() throws {
    let (experiment, samples) = try Self.named()
    let survey = try Self.finish(SampleSurvey(of: samples, in: experiment))
    #expect(survey.failures.map(\.number) == [1] && survey.facts.map(\.number) == [0, 2])
    #expect(
      survey.failures.first?.reason == .missingSpike(term: 0, neuron: 0, spike: 0, found: 0))
    let batch = try #require(survey.batch)
    #expect(batch.count == 2 && batch.loss == survey.facts.map(\.loss).reduce(0, +) / 2)
  }

  @Test func `a survey belongs to its experiment with any sample, and to no edited one`() throws {
    let (experiment, samples) = try Self.yinYang(3)
    let survey = SampleSurvey(of: samples, in: experiment)
    #expect(survey.belongs(to: samples.experiment(ofSample: 5, in: experiment), .exact))
    var moved = samples.experiment(ofSample: 5, in: experiment)
    moved.inputSpikes[0].time += 1e-3
    #expect(survey.belongs(to: moved, .exact))
    moved.network.layers[0].weights.weights[0] += 1
    #expect(!survey.belongs(to: moved, .exact))
    #expect(!survey.belongs(to: experiment, AdjointRule.wrong[0]))
  }

  @Test func `a pace stops a survey between two pieces, and it goes on from there`() throws {
    let (experiment, samples) = try Self.yinYang(5)
    var survey = SampleSurvey(of: samples, in: experiment)
    try survey.advance()
    let done = survey.done
    #expect(throws: SimulationError.self) { try survey.advance(pace: Pace { _ in false }) }
    #expect(survey.done == done && done > 0 && done < 5)
    let whole = try Self.finish(SampleSurvey(of: samples, in: experiment))
    #expect(try Self.finish(survey).batch == whole.batch)
  }

  // MARK: - The check of a batch

  private static func finish(_ check: consuming BatchCheck) throws -> BatchCheck {
    while !check.isFinished { try check.advance() }
    return check
  }

  @Test func `the check of a batch agrees, and draws evenly`() throws {
    let (experiment, samples) = try Self.named()
    let check = try Self.finish(BatchCheck(of: samples, drawing: 3, in: experiment))
    #expect(check.verdict == .agrees && check.count == 2 && check.failures.map(\.number) == [1])
    let survey = try Self.finish(SampleSurvey(of: samples, in: experiment))
    let weight = try #require(
      check.rows.first { if case .weight = $0.row.parameter { true } else { false } })
    #expect(weight.row.adjoint == survey.batch?.gradient.layers[0].weights.weights[0])
    #expect(abs(weight.row.adjoint - weight.row.forwardMode) < 1e-12 * abs(weight.row.adjoint))
    let (many, hundred) = try Self.yinYang(100)
    #expect(BatchCheck(of: hundred, drawing: 4, in: many).numbers == [1, 51, 101, 151])
    #expect(!check.parameters.contains { if case .inputTime = $0 { true } else { false } })
  }

  @Test func `a wrong rule is found in the sample that shows it`() throws {
    let (experiment, samples) = try Self.yinYang(2)
    let weights = Parameter.all(of: experiment).filter {
      if case .weight = $0 { true } else { false }
    }
    let checks = try AdjointRule.wrong.map { rule in
      try Self.finish(
        BatchCheck(
          of: samples, drawing: 2, in: experiment, parameters: Array(weights.prefix(3)), rule: rule)
      )
    }
    let check = try #require(checks.first { $0.verdict == .differs })
    #expect(check.rows.contains { $0.row.verdict == .differs && $0.sample != nil })
  }
}
