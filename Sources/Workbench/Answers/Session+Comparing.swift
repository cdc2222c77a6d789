import EventProp
package import Files
package import Language
import Study

extension Session {
  /// Asks for the files of another program.
  func compare(_ phrase: ComparePhrase, _ reply: inout Reply) throws(Diagnostic) {
    guard run.adjoint != nil else {
      throw noGradient(phrase.files[0], "to compare with")
    }
    if phrase.isBatch, bench.samples == nil {
      throw phrase.files[0].complaint(
        "there are no samples", remedy: "help samples tells how a preset names them")
    }
    for word in phrase.mappings {
      do throws(NameMapping.Fault) {
        _ = try NameMapping(word.text)
      } catch {
        throw word.complaint(error.message, remedy: error.remedy)
      }
    }
    reply.effects.append(.compare(phrase))
  }

  /// Compares what `Effect.compare` asked for with this run, or with all samples, and selects the
  /// neuron of the difference.
  ///
  /// Throws everything that is wrong with the files.
  package mutating func compare(
    _ files: [(name: String, bytes: [UInt8])], _ phrase: ComparePhrase
  ) throws(GradientComplaints) -> Reply {
    let mapping = phrase.mappings.compactMap { try? NameMapping($0.text) }
    let samples = bench.samples.map { all in
      (all: all, place: phrase.isBatch ? nil : bench.sample.flatMap { all.place(of: $0) })
    }
    let record = try RecordReader.read(
      files, of: experiment, mapping: mapping, samples: samples)
    guard experiment.loss != nil else {
      return Reply(complaint: "there is no gradient to compare with: \(noWayBack.reason)")
    }
    var reply = Reply()
    let report: CompareReport
    do throws(SimulationError) {
      if phrase.isBatch, let samples {
        report = try compareBatch(record, samples.all, phrase)
      } else {
        report = CompareReport(
          try Comparison(
            of: record, with: run.trajectory, tolerance: phrase.tolerance, pace: pace(.comparing)),
          of: record, names)
      }
    } catch {
      let isStopped = if case .stopped = error { true } else { false }
      return Reply(
        complaint: names.sentence(for: error) + (isStopped ? "; nothing was compared" : ""))
    }
    if !report.agrees, !phrase.isBatch, let sample = bench.sample {
      reply.say(
        "this is sample \(sample) alone; compare batch takes the gradient of all samples")
    }
    if let neuron = report.neuron { looks.selected = neuron }
    let command = "compare " + phrase.text
    reply.say(lines: report.verdictLines)
    reply.lines += report.nextCommands(repeating: command).map {
      Reply.Line("> " + $0, .link($0))
    }
    if !report.partLines.isEmpty { reply.say(lines: [""] + report.partLines) }
    sitting.lastAnswer = reply.lines.map(\.text)
    sitting.recording?.keep(command)
    return reply
  }

  private func compareBatch(
    _ record: ForeignRecord, _ all: Samples, _ phrase: ComparePhrase
  ) throws(SimulationError) -> CompareReport {
    do throws(BatchComparison.Failure) {
      let goesOn = goesOn
      return CompareReport(
        try BatchComparison(
          of: record, with: all, in: experiment, tolerance: phrase.tolerance,
          goesOn: { goesOn(Progress(.comparing, part: $0, of: all.count)) },
          pace: pace(.comparing)), of: record, names, numbers: all.numbers)
    } catch {
      throw error.reason
    }
  }
}

extension ComparePhrase {
  /// The phrase as it would be typed.
  fileprivate var text: String {
    ((isBatch ? ["batch"] : []) + files.map { Word.quoted($0.text) }
      + (tolerance.map { ["tolerance", "\($0)"] } ?? []) + mappings.flatMap { ["map", $0.text] })
      .joined(separator: " ")
  }
}
