import EventProp
import Files
import Language
import Presets
import Study
import Testing
import Workbench

/// The commands `sample`, `samples`, `worst` and `check batch`.
@Suite struct SampleTests {
  private static let archive = ArrayWriter.npz([
    (
      name: "t",
      array: NumberArray(
        shape: [5, 2], values: [1, 2, 3, 4, 2.5, 2.6, .infinity, 1, .nan, .infinity])
    ), (name: "y", array: NumberArray(shape: [5], values: [0, 1, 1, 0, 1])),
  ])

  private static let text = """
    title: small
    t_max: 40 ms
    parameters: { v_th: 0.6 }
    inputs: { size: 2 }
    samples: { file: d.npz, times: t, labels: y, time_unit: ms }
    layers:
      - { name: hidden, size: 3, weights: [[3, 2, 1], [1, 2, 3]] }
      - { name: out, size: 2, weights: [[2, 1], [1, 2], [2, 2]] }
    loss: { kind: ttfs_cross_entropy, tau: 5 ms }
    """

  private static func session(
    _ text: String = SampleTests.text, named name: String = "dir/p.yaml"
  ) throws -> Session {
    let document = try PresetReader.read(
      text, named: name, readingFile: { $0 == "d.npz" ? archive : nil },
      locating: { "/data/" + $0 })
    return try Session(
      document.experiment, named: name, remarks: document.remarks, samples: document.filedSamples)
  }

  private static func answer(_ session: inout Session, _ line: String) -> [String] {
    let reply = session.apply(line)
    return reply.lines.map { $0.isComplaint ? "! " + $0.sentence : $0.text }
  }

  // MARK: - One sample

  @Test func `the program opens with the first sample, and goes to others by number and distance`()
    throws
  {
    var session = try Self.session()
    #expect(session.bench.sample == 0 && session.bench.samples?.count == 5)
    for (line, number) in [
      ("sample 3", 3), ("sample +1", 4), ("sample -2", 2), ("sample last", 4), ("sample first", 0),
      ("sample 0", 0),
    ] {
      #expect(session.apply(line).succeeded, "\(line)")
      #expect(session.bench.sample == number, "\(line)")
      let samples = try #require(session.bench.samples)
      #expect(session.experiment.inputSpikes == samples.inputSpikes(at: number))
      #expect(session.experiment.loss?.rule.values.label == samples.labels?[number])
    }
    let found = Self.answer(&session, "sample")
    #expect(found.first?.hasPrefix("sample 0/5  label 0, found ") == true)
  }

  @Test(arguments: [
    ("sample 5", "there is no sample 5; the samples are 0 to 4"),
    ("sample -1", "sample 0 is the first; the samples are 0 to 4"),
    ("sample +9", "sample 4 is the last; the samples are 0 to 4"),
    (
      "sample x",
      "expected the number of a sample, found 'x'; the samples are 0 to 4, +1, -1, first or last"
    ),
    (
      "sample 1.5",
      "expected the number of a sample, found '1.5'; the samples are 0 to 4, +1, -1, first or last"
    ),
    (
      "samples by colour",
      "no measure 'colour'; one of loss, gradient, slope, margin, silent, wrong"
    ),
    ("samples by los", nil), ("samples 0", "expected a number, found '0'; a number from 1"),
    ("samples by loss 2 3", "samples does not take '3'; usage: samples [by MEASURE] [N]"),
    (
      "worst by wrong 9",
      "samples by wrong has only 4, no number 9; samples by wrong lists them"
    ),
    ("check batch sample", "how many samples?; check batch sample 50"),
    ("check batch sample 6", "there are only 5 samples; a number from 1 to 5"),
    ("check batch sample x", "expected how many samples, found 'x'; a number from 1"),
    (
      "check batch in.0", "an input time belongs to one sample; check in.0 checks that on the bench"
    ),
  ])
  func `what cannot be is refused, and nothing changes`(line: String, sentence: String?) throws {
    var session = try Self.session()
    let before = session.experiment
    let found = Self.answer(&session, line)
    if let sentence {
      #expect(found == ["! " + sentence])
    } else {
      #expect(found.allSatisfy { !$0.hasPrefix("!") })
    }
    #expect(session.experiment == before && session.run.number == 1)
  }

  @Test(arguments: ["sample 1", "samples", "worst", "check batch", "trust batch"])
  func `without samples the commands say what is missing`(line: String) throws {
    var session = try SessionTests.session("reference")
    let found = Self.answer(&session, line)
    #expect(
      found == [
        "! this experiment has no samples; the key samples gives a preset some: help samples"
      ])
  }

  @Test func `edits stay when the sample changes, and undo goes back through both`() throws {
    var session = try Self.session()
    let start = session.experiment
    #expect(session.apply("set tau_mem 11ms").succeeded)
    #expect(session.apply("sample 2").succeeded)
    #expect(session.experiment.network.layers[0].parameters[0].tauMem == 0.011)
    #expect(session.bench.isEdited)
    #expect(session.apply("reset tau_mem").succeeded)
    #expect(!session.bench.isEdited && session.bench.sample == 2)
    for _ in 0..<3 { #expect(session.apply("undo").succeeded) }
    #expect(session.experiment == start)
    for _ in 0..<2 { #expect(session.apply("redo").succeeded) }
    #expect(session.bench.sample == 2)
    #expect(session.experiment.network.layers[0].parameters[0].tauMem == 0.011)
  }

  @Test func `another sample is no edit, and nothing is lost with it`() throws {
    var session = try Self.session()
    #expect(session.apply("sample 2").succeeded)
    #expect(!session.bench.isEdited && !session.bench.hasUnsavedEdits)
    #expect(session.apply("set v_th 0.5").succeeded)
    #expect(session.bench.isEdited && session.bench.hasUnsavedEdits)
    #expect(session.apply("sample 3").succeeded && session.apply("reset all").succeeded)
    #expect(session.bench.sample == 3 && !session.bench.isEdited)
  }

  @Test func `edits of a sample itself are let go with a word, and undo brings them back`() throws {
    var session = try Self.session()
    #expect(session.apply("set in.0 2ms").succeeded)
    let edited = session.experiment
    let found = Self.answer(&session, "sample 1")
    #expect(found.first == "the edits of sample 0 itself are let go; undo brings them back")
    #expect(session.apply("undo").succeeded && session.experiment == edited)
  }

  @Test func `the ghost is a run of the same sample`() throws {
    var session = try Self.session()
    _ = session.apply("sample 1")
    #expect(session.bench.ghost == nil)
    _ = session.apply("set tau_mem 11ms")
    #expect(session.bench.ghost?.number == 2)
    _ = session.apply("sample 0")
    #expect(session.bench.ghost?.number == 1)
    let runs = session.apply("info runs").lines.map(\.text)
    #expect(runs.filter { $0.contains("sample 1") }.count == 2 && runs.count == 4)
    let found = session.apply("diff 1 2").lines.map(\.text)
    #expect(found.contains("sample 0 → sample 1"))
    #expect(!found.contains { $0.contains("in.") })
  }

  @Test func `the phase stays when the sample changes`() throws {
    var session = try Self.session()
    _ = session.apply("2 step; sample 1")
    #expect(session.point == .start)
    _ = session.apply("bwd; 2 step; sample 2")
    #expect(session.point == .turn)
    _ = session.apply("goto end; sample 1")
    #expect(session.point == .end)
    #expect(
      session.cursor.partialGradient == session.run.adjoint.map { MatrixGradients($0.gradient) })
  }

  @Test func `without auto a sample waits for run`() throws {
    var session = try Self.session()
    let found = Self.answer(&session, "auto off; sample 2")
    #expect(found.last == "sample 2/5; edited, not run: run")
    #expect(session.bench.sample == 0)
    #expect(Self.answer(&session, "samples").last?.hasPrefix("! there are edits") == true)
    #expect(session.apply("run").succeeded && session.bench.sample == 2)
  }

  // MARK: - Saving

  @Test func `save keeps the samples in their file`() throws {
    var session = try Self.session()
    _ = session.apply("sample 2; set tau_mem 11ms")
    func text(_ reply: Reply) -> String? {
      guard case .write(_, let bytes)? = reply.effects.first else { return nil }
      return String(decoding: bytes, as: UTF8.self)
    }
    let beside = try #require(text(session.apply("save dir/q.yaml")))
    #expect(beside.contains("  file: d.npz\n") || beside.contains("  file: \"d.npz\"\n"))
    let again = try Self.session(beside)
    let samples = try #require(session.bench.samples)
    #expect(samples.experiment(ofSample: 2, in: again.experiment) == session.experiment)
    let away = try #require(text(session.apply("save other/q.yaml")))
    #expect(away.contains("/data/d.npz"))
    #expect(session.apply("save dir/q.yaml").lines.isEmpty)
    _ = session.apply("set in.0 2ms")
    let reply = session.apply("save dir/q.yaml")
    #expect(
      reply.lines.map(\.text) == [
        "the edits of sample 2 itself are not written: samples stay in d.npz"
      ])
    #expect(text(reply) == beside)
  }

  @Test func `a generated set is on the bench as a file is, and save keeps its keys`() throws {
    let text = Self.text.replacing(
      "samples: { file: d.npz, times: t, labels: y, time_unit: ms }",
      with: "data: xor\nencode: { from: 1 ms, to: 5 ms }")
    var session = try Self.session(text)
    #expect(session.bench.sample == 0 && session.bench.samples?.count == 4)
    _ = session.apply("sample 2; set tau_mem 11ms")
    #expect(session.experiment.inputSpikes.map(\.time) == [5e-3, 1e-3])
    #expect(session.experiment.loss?.rule.values.label == 1)
    #expect(
      session.apply("samples by loss").lines.first?.text.hasPrefix("4 samples, mean L") == true)
    #expect(session.apply("worst by loss").succeeded)
    _ = session.apply("sample 2; set in.0 2ms")
    let reply = session.apply("save other/q.yaml")
    #expect(
      reply.lines.map(\.text) == [
        "the edits of sample 2 itself are not written: samples stay in the set xor"
      ])
    guard case .write(_, let bytes)? = reply.effects.first else {
      Issue.record("nothing is written")
      return
    }
    let written = String(decoding: bytes, as: UTF8.self)
    #expect(written.contains("\ndata: xor\nencode: { from: 1 ms, to: 5 ms }\n"))
    let again = try Self.session(written)
    #expect(again.experiment.network == session.experiment.network)
    #expect(again.bench.samples == session.bench.samples)
  }

  // MARK: - All samples

  @Test func `samples are ranked with links, and worst opens the first`() throws {
    var session = try Self.session()
    let reply = session.apply("samples by loss 2")
    let facts = try #require(session.bench.survey?.facts)
    let ranked = SampleMeasure.loss.ranked(facts)
    #expect(reply.lines.count == 4 && reply.lines[1].text == "by loss, the largest first, 2 of 5")
    #expect(
      reply.lines.suffix(2).map(\.kind) == ranked.prefix(2).map { .link("sample \($0.number)") })
    for measure in SampleMeasure.allCases {
      #expect(session.apply("worst by \(measure.rawValue)").succeeded)
      #expect(session.bench.sample == measure.ranked(facts).first?.number, "\(measure)")
      #expect(session.apply("worst by \(measure.rawValue) 2").succeeded)
      #expect(session.bench.sample == measure.ranked(facts)[1].number, "\(measure)")
    }
  }

  @Test func `the summary is the mean, and the part classified rightly`() throws {
    var session = try Self.session()
    let line = try #require(session.apply("samples").lines.first?.text)
    let survey = try #require(session.bench.survey)
    let mean = survey.facts.map(\.loss).reduce(0, +) / 5
    #expect(
      line
        == "5 samples, mean L = \(Quantity.display(mean, digits: 8)), 1 classified rightly (20 %)")
  }

  @Test func `results stay for every sample until an edit`() throws {
    var session = try Self.session()
    _ = session.apply("samples; sample 3")
    let survey = try #require(session.bench.survey)
    _ = session.begin("samples by margin")
    #expect(session.task == nil)
    #expect(session.bench.survey?.facts == survey.facts)
    _ = session.apply("set tau_mem 11ms; samples")
    #expect(session.bench.survey?.facts != survey.facts)
  }

  @Test func `Ctrl-C keeps what was found, and samples goes on from there`() throws {
    var session = try Self.session()
    #expect(session.begin("samples").lines.isEmpty)
    let task = try #require(session.task)
    #expect(task.total == 5 && task.title == "samples by loss")
    var reply = session.interrupt()
    #expect(reply?.lines.first?.text == "interrupted after 0 of 5 samples")
    _ = session.begin("worst by loss")
    _ = session.advance()
    if session.task != nil {
      let done = session.task?.done ?? 0
      reply = session.interrupt()
      #expect(reply?.lines.first?.text == "interrupted after \(done) of 5")
      #expect(session.bench.survey?.done == done && session.bench.sample == 0)
    }
    #expect(session.apply("samples").succeeded && session.bench.survey?.isFinished == true)
  }

  @Test func `a loss without a label classifies nothing`() throws {
    let text = Self.text.replacing(", labels: y", with: "").replacing(
      "{ kind: ttfs_cross_entropy, tau: 5 ms }",
      with: "{ kind: first_spike_mse, targets: [10 ms, 12 ms], tau: 1 ms }")
    var session = try Self.session(text)
    #expect(
      Self.answer(&session, "samples by wrong") == [
        "! a first_spike_mse loss has no label, so nothing is classified; samples by loss"
      ])
    #expect(Self.answer(&session, "samples").first?.contains("classified") == false)
  }

  @Test func `a sample without a gradient is named`() throws {
    let text = Self.text.replacing(", labels: y", with: "").replacing(
      "{ kind: ttfs_cross_entropy, tau: 5 ms }",
      with: "{ kind: linear_spike_times, terms: [{ neuron: 0, spike: 0, coefficient: 1 }] }")
    var session = try Self.session(text)
    let found = Self.answer(&session, "samples")
    #expect(found.last?.contains("4 (the loss names spike 0 of n3, which has 0)") == true)
    #expect(found.last?.contains("no gradient, and are not in L") == true)
  }

  // MARK: - The check of the batch

  @Test func `check batch agrees on all samples and on some`() throws {
    var session = try Self.session()
    let all = Self.answer(&session, "check batch")
    #expect(all.first == "the mean over all 5 samples" && all.last == "verdict: agrees")
    #expect(all[1].hasSuffix("derivatives agree with forward mode and differences in every sample"))
    let some = Self.answer(&session, "check batch n3<-n0 sample 2")
    #expect(some.first == "the mean over 2 of 5 samples, drawn evenly: 0, 2")
    let survey = session.apply("samples")
    #expect(survey.succeeded)
    let experiment = session.experiment
    let samples = try #require(session.bench.samples)
    let mean =
      try [0, 2].map {
        try AdjointTrajectory(
          of: Trajectory(of: samples.experiment(ofSample: $0, in: experiment))
        ).gradient.layers[1].weights.weights[0]
      }.reduce(0, +) / 2
    #expect(some[1].hasPrefix("n3<-n0: adjoint \(Quantity.display(mean, digits: 9))  forward mode"))
    #expect(some[1].hasSuffix("agrees"))
  }

  @Test func `check batch finds a wrong rule, and names the sample`() throws {
    var session = try Self.session()
    let rule = try #require(
      AdjointRule.wrong.first { rule in
        _ = session.apply("rule \(rule.name)")
        return Self.answer(&session, "check batch").last == "verdict: differs"
      })
    _ = session.apply("rule \(rule.name)")
    let found = Self.answer(&session, "check batch")
    #expect(found.contains { $0.contains(" in sample ") && $0.contains("differs") })
    #expect(found.first?.hasPrefix("WRONG (") == true)
  }

  // MARK: - Trust

  @Test func `trust batch has the weakest place of each drawn sample, and a link to it`() throws {
    var session = try Self.session()
    let reply = session.apply("trust batch sample 3")
    #expect(reply.lines.first?.text == "3 of 5 samples, drawn evenly: 0, 1, 3")
    let links = reply.lines.filter(\.isLink)
    let samples = try #require(session.bench.samples)
    #expect(!links.isEmpty)
    for link in links {
      guard case .link(let command) = link.kind, let number = Int(command.dropFirst(7)) else {
        Issue.record("\(link)")
        continue
      }
      #expect([0, 1, 3].contains(number))
      let adjoint = try samples.adjoint(ofSample: number, in: session.experiment, .exact)
      var search = TrustSearch(.summary, of: adjoint)
      try search.advance { _ in .free }
      let neuron = search.trust.dangers.compactMap { danger -> Int? in
        if case .warning(let warning) = danger.kind { warning.neuron } else { nil }
      }.first
      #expect(!search.trust.dangers.isEmpty)
      if let neuron { #expect(link.text.contains("n\(neuron)")) }
    }
    let without = reply.lines.contains { $0.text.contains("no tie, kink, grazing spike or near") }
    #expect(without == (links.count < 3))
  }
}
