import EventProp
import Files
import Language

extension Command {
  /// Whether the command only writes a file, so that a picture stays on the screen.
  var writesFile: Bool {
    switch self {
    case .script(.export), .script(.snapshot): true
    default: false
    }
  }

  /// Whether the command is about commands, so that the last answer stays as it is.
  var isAboutScripts: Bool {
    switch self {
    case .script(.copy), .script(.note), .script(.pause), .script(.assert), .script(.echo),
      .script(.repeat), .script(.alias),
      .script(.record),
      .script(.recordOff), .script(.source), .script(.replay), .script(.screen), .ask(.compare),
      .file(.load):
      true
    default: false
    }
  }
}

extension Session {
  mutating func carryOut(_ command: ScriptCommand, _ reply: inout Reply) throws(Diagnostic) {
    switch command {
    case .assert(let phrase): try check(phrase)
    case .echo(let text): reply.say(text?.text ?? "")
    case .repeat: preconditionFailure("a repetition is taken apart on its line")
    case .alias(let name, let meaning): try alias(name, meaning, &reply)
    case .record(let word, let isForced):
      guard sitting.recording == nil else {
        throw word.complaint("commands are being recorded", remedy: "record off ends that")
      }
      reply.effects.append(
        .record(Output(path: word.text, command: "record", isOverwriting: isForced)))
    case .recordOff:
      guard let recording = sitting.recording else {
        throw Word("record").complaint("nothing is being recorded", remedy: "record FILE begins")
      }
      reply.effects.append(write(recording))
      sitting.recording = nil
    case .source(let word): reply.effects.append(.source(word, wait: nil, isPaused: false))
    case .replay(let word, let wait, let isPaused):
      let wait = try wait.map { word throws(Diagnostic) in try time(word) } ?? Self.usualWait
      reply.effects.append(.source(word, wait: wait, isPaused: isPaused))
    case .pause(let text): reply.effects.append(.pause(text?.text))
    case .note: break
    case .export(let form, let word, let table, let isForced):
      let output = Output(path: word.text, command: "export", isOverwriting: isForced)
      reply.effects.append(try export(form, table, to: output, naming: word))
      if form == .nir { reply.say(nirLosses) }
    case .snapshot(let word, let isForced):
      reply.effects.append(
        .snapshot(Output(path: word.text, command: "snapshot", isOverwriting: isForced)))
    case .screen:
      if looks.settings.isPlain { throw noPicture("screen") }
      reply.effects.append(.screen)
    case .copy(let words): reply.effects.append(.copy(try text(toCopy: words)))
    }
  }

  /// The text to put on the clipboard; nil for the screen.
  private func text(toCopy words: [Word]) throws(Diagnostic) -> String? {
    guard let first = words.first else {
      guard !sitting.lastAnswer.isEmpty else {
        throw Word("copy").complaint("there is no answer yet", remedy: "copy screen, copy lV n0")
      }
      return sitting.lastAnswer.joined(separator: "\n")
    }
    if words.count == 1, first.text.lowercased() == "screen" { return nil }
    return try value(of: words)
  }

  /// The default pause before a replayed line, in seconds.
  package static let usualWait = 0.3

  private mutating func alias(
    _ name: Word?, _ meaning: Word?, _ reply: inout Reply
  ) throws(Diagnostic) {
    guard let name else {
      return reply.say(
        sitting.aliases.isEmpty
          ? "no aliases; alias tail bwd; 2 step makes one"
          : sitting.aliases.sorted { $0.key < $1.key }.map { "\($0.key)  \($0.value)" }
            .joined(separator: "\n"))
    }
    let key = name.text.lowercased()
    guard Int(key) == nil, key.contains(where: \.isLetter), key == key.unmasked else {
      throw name.complaint("'\(name.text)' cannot be an alias", remedy: "a name has a letter")
    }
    guard let meaning else {
      guard sitting.aliases.removeValue(forKey: key) != nil else {
        throw name.complaint("no alias \(name.text)", remedy: "alias NAME COMMANDS makes one")
      }
      return reply.say("\(key) is no alias any more")
    }
    if let row = CommandTable.row(called: key) {
      throw name.complaint(
        "'\(key)' is a command\(row.name == key ? "" : ", \(row.name)"), and an alias may not hide it",
        remedy: "another name, such as my\(row.name)")
    }
    sitting.aliases[key] = meaning.text
    reply.say("\(key) means \(meaning.text)")
  }

  private func export(
    _ form: ScriptCommand.Export, _ what: ScriptCommand.Table?, to output: Output,
    naming word: Word
  ) throws(Diagnostic) -> Effect {
    let isSweep = what == .sweep || what == nil && sitting.isSweepShown
    if isSweep, form == .csv || form == .svg {
      guard let sweep = sitting.sweep else {
        throw word.complaint(
          "there is no sweep of this experiment to write", remedy: "sweep tau_mem 10ms..30ms")
      }
      return form == .svg ? .drawSweep(output, sweep) : .write(output, bytes: Array(sweep.csv.utf8))
    }
    let table = what ?? .events
    switch form {
    case .svg: return .draw(output)
    case .html: return .page(output)
    case .csv:
      if table == .gradient, run.adjoint == nil {
        throw noGradient(word, "to export")
      }
      do throws(CSVTable.NonFinite) {
        let text = try CSVTable.text(table, of: run.trajectory, adjoint: run.adjoint)
        return .write(output, bytes: Array(text.utf8))
      } catch {
        throw word.complaint(
          "not written: \(error.column) is not a finite number in the row of \(error.row)",
          remedy: "the values of this experiment leave the range of numbers")
      }
    case .npz:
      return .write(output, bytes: RunArchive.npz(run.trajectory, adjoint: run.adjoint))
    case .json: return .report(output)
    case .nir:
      do throws(NIRWriter.Refusal) {
        return .write(output, bytes: try NIRWriter.write(bench.edited).bytes)
      } catch {
        throw word.complaint("not written: \(error.message)", remedy: error.remedy)
      }
    }
  }

  /// What a NIR file of the network does not say.
  private var nirLosses: String {
    let losses = (try? NIRWriter.write(bench.edited).losses) ?? []
    return
      (["NIR holds the network: inputs, t_max and the loss are not in the file"]
      + losses.map(\.message)).joined(separator: "\n")
  }

  /// Writes the report of the run as JSON in UTF-8, a piece at a time.
  ///
  /// Throws `SimulationError.stopped` where ``goesOn`` answers false, an `EncodingError` where a
  /// number is not finite, and the errors of `write`.
  package func writeReport(to write: ([UInt8]) throws -> Void) throws {
    let report = try Report(
      run.trajectory, adjoint: run.adjoint, loss: run.loss,
      warnings: bench.remarks + run.warnings(pace: pace(.looking)), pace: pace(.looking))
    try report.write(pace: pace(.writing), to: write)
    try write([UInt8(ascii: "\n")])
  }
}
