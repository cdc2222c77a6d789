import Columns
package import EventProp
import Language

extension Session {
  /// Carries out a line to its end; an empty one repeats the last command that repeats.
  package mutating func apply(_ line: String) -> Reply {
    var reply = begin(line)
    while task != nil {
      if let finished = advance() { reply = finished }
    }
    return reply
  }

  /// Carries out a line up to the first command with long work.
  ///
  /// If ``task`` is not nil afterwards, ``advance()`` or ``interrupt()`` returns the reply.
  ///
  /// - Parameters:
  ///   - line: The line.
  ///   - remembering: Whether the history keeps it; a line with a leading blank is never kept.
  /// - Returns: The answer; nil while work continues.
  package mutating func begin(_ line: String, remembering: Bool = true) -> Reply {
    precondition(task == nil, "one line is carried out at a time")
    let isEmpty = line.allSatisfy(\.isWhitespace)
    let text = isEmpty ? sitting.repeatable ?? "" : line
    let entry = remembering && !isEmpty && line.first != " " ? sitting.typed.count : nil
    if entry != nil { sitting.typed.append((line, false)) }
    do throws(Diagnostic) {
      let commands = try CommandParser.parse(text, aliases: sitting.aliases)
      return carryOn(
        UnfinishedLine(
          text: text, isTyped: !isEmpty, indent: isEmpty ? 0 : prompt.columns,
          remaining: commands[...], entry: entry)) ?? Reply()
    } catch {
      if let entry { sitting.typed[entry].failed = true }
      var reply = Reply()
      reply.complain(error, about: text, indent: prompt.columns)
      return reply
    }
  }

  /// Does the next piece of ``task``.
  ///
  /// If ``goesOn`` stops the piece, this is ``interrupt()``.
  ///
  /// - Returns: The reply of the whole line after its last piece, else nil.
  package mutating func advance() -> Reply? {
    let pace = pace
    do throws(SimulationError) {
      try task?.advance(pace)
    } catch {
      return interrupt(because: error)
    }
    guard let task, task.isFinished, var line = sitting.unfinished else { return nil }
    conclude(task, &line)
    return carryOn(line)
  }

  /// Ends ``task`` between two pieces, together with its line.
  ///
  /// If the work took longer than allowed, `error` says so.
  ///
  /// - Returns: The reply with the results so far, or nil if there was no work.
  package mutating func interrupt(because error: SimulationError? = nil) -> Reply? {
    guard let task, var line = sitting.unfinished else { return nil }
    conclude(task, &line)
    if let error, case .stopped(_, .some) = error {
      let names = Names(run.experiment)
      line.reply.say("\(names.sentence(for: error)); \(names.remedy(for: error))")
    }
    sitting.unfinished = nil
    return line.reply
  }

  /// Takes the results of long work, complete or up to the interruption.
  private mutating func conclude(_ task: LongTask, _ line: inout UnfinishedLine) {
    self.task = nil
    let before = line.reply.lines.count
    task.work.conclude(in: &self, &line)
    guard let working = line.working else { return }
    if let figure = line.reply.figure {
      sitting.sweep = figure
      sitting.isSweepShown = true
    }
    note(working, answering: line.reply.lines[before...], wasInterrupted: !task.isFinished)
  }

  /// Goes to the destination of the work, or tells that the way was stopped.
  mutating func settle(
    _ line: inout UnfinishedLine, _ arrive: (inout Session, inout Reply) -> Void
  ) {
    let before = self
    let said = line.reply
    arrive(&self, &line.reply)
    do throws(Diagnostic) {
      try refreshGradient(orReturnTo: before)
    } catch {
      line.reply = said
      line.reply.complain(error, about: line.text, indent: line.indent)
    }
  }

  /// Keeps the answer of a command, and records the command if a recording is on.
  private mutating func note(
    _ parsed: CommandParser.Parsed, answering lines: ArraySlice<Reply.Line>,
    wasInterrupted: Bool = false
  ) {
    if !parsed.command.isAboutScripts { sitting.lastAnswer = lines.map(\.text) }
    record(parsed, wasInterrupted: wasInterrupted)
  }

  /// Carries out the rest of a line up to a command with long work or with an effect.
  private mutating func carryOn(_ line: UnfinishedLine) -> Reply? {
    var line = line
    sitting.unfinished = nil
    while let parsed = line.remaining.popFirst() {
      let before = line.reply.lines.count
      do throws(Diagnostic) {
        if case .script(.repeat(let total, let word, let done)) = parsed.command {
          try goRound(parsed, word, done: done, of: total, &line)
        } else {
          try carryOut(parsed.command, &line.reply)
        }
        if line.isTyped { sitting.repeatable = parsed.repeats ? parsed.text : nil }
        // An explanation continues the previous one.
        if case .ask(.why) = parsed.command { sitting.repeatable = "why" }
      } catch {
        if let entry = line.entry { sitting.typed[entry].failed = true }
        line.reply.complain(
          parsed.alias.map { error.movedTo(alias: $0) } ?? error, about: line.text,
          indent: line.indent)
        break
      }
      if let task {
        line.working = parsed
        sitting.unfinished = line
        // Work without pieces is done already.
        return task.isFinished ? advance() : nil
      }
      if !parsed.command.isAboutScripts, !parsed.command.writesFile { sitting.isSweepShown = false }
      note(parsed, answering: line.reply.lines[before...])
      guard line.reply.effects.isEmpty else {
        if !line.remaining.isEmpty, line.reply.effects.last != .quit {
          line.reply.effects.append(.resume(line.remaining.map(\.restText).joined(separator: "; ")))
        }
        break
      }
    }
    return line.reply
  }

  /// Begins the next round of a repetition; the keyboard is read between two rounds.
  private mutating func goRound(
    _ parsed: CommandParser.Parsed, _ word: Word, done: Int, of total: Int,
    _ line: inout UnfinishedLine
  ) throws(Diagnostic) {
    guard done < total else { return }
    // Leading blanks keep the words at their columns.
    let blanks = String(repeating: " ", count: word.span.start.column - 1)
    let round = try CommandParser.parse(blanks + word.text, aliases: sitting.aliases)
    line.remaining = (round + [parsed.nextRound] + line.remaining)[...]
    if done > 0 {
      task = LongTask(Rounds(title: "repeat \(total) \(word.text)", done: done, total: total))
    }
  }
}
