import EventProp
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

  /// Carries out a line as far as it needs no long work.
  ///
  /// Where ``task`` is not nil afterwards, the reply is that of ``advance()`` or ``interrupt()``.
  ///
  /// - Parameters:
  ///   - line: What was said.
  ///   - remembering: Whether it belongs to the history; a line that begins with a blank never does.
  /// - Returns: The answer, unless work goes on.
  package mutating func begin(_ line: String, remembering: Bool = true) -> Reply {
    precondition(task == nil, "one line is carried out at a time")
    let isEmpty = line.allSatisfy { $0 == " " || $0 == "\t" }
    let text = isEmpty ? sitting.repeatable ?? "" : line
    let entry = remembering && !isEmpty && line.first != " " ? sitting.typed.count : nil
    if entry != nil { sitting.typed.append((line, false)) }
    do throws(Diagnostic) {
      let commands = try CommandParser.parse(text, aliases: sitting.aliases)
      return carryOn(
        UnfinishedLine(
          text: text, isTyped: !isEmpty, indent: isEmpty ? 0 : prompt.count,
          remaining: commands[...], entry: entry)) ?? Reply()
    } catch {
      if let entry { sitting.typed[entry].failed = true }
      var reply = Reply()
      reply.complain(error, about: text, indent: prompt.count)
      return reply
    }
  }

  /// Does the next piece of ``task``.
  ///
  /// Where ``goesOn`` has the piece stopped, this is ``interrupt()``.
  ///
  /// - Returns: The reply of the whole line when this was its last piece, or nil.
  package mutating func advance() -> Reply? {
    let pace = pace
    do throws(SimulationError) {
      try task?.advance(pace)
    } catch {
      return interrupt()
    }
    guard let task, task.isFinished, var line = sitting.unfinished else { return nil }
    conclude(task, &line)
    return carryOn(line)
  }

  /// Ends ``task`` between two pieces, and the line with it.
  ///
  /// - Returns: The reply with what was found so far, or nil when nothing was at work.
  package mutating func interrupt() -> Reply? {
    guard let task, var line = sitting.unfinished else { return nil }
    conclude(task, &line)
    sitting.unfinished = nil
    return line.reply
  }

  /// Takes what long work has found, all of it or what there was when it was interrupted.
  private mutating func conclude(_ task: LongTask, _ line: inout UnfinishedLine) {
    self.task = nil
    let before = line.reply.lines.count
    task.work.conclude(in: &self, &line)
    guard let working = line.working else { return }
    note(working, answering: line.reply.lines[before...], wasInterrupted: !task.isFinished)
  }

  /// Goes where work has led, or says that the way there was stopped.
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

  /// Remembers what a command answered, and keeps it where commands are recorded.
  private mutating func note(
    _ parsed: CommandParser.Parsed, answering lines: ArraySlice<Reply.Line>,
    wasInterrupted: Bool = false
  ) {
    if !parsed.command.isAboutScripts { sitting.lastAnswer = lines.map(\.text) }
    record(parsed, wasInterrupted: wasInterrupted)
  }

  /// Carries out what remains of a line, up to a command that takes long or that the outside has to carry out.
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
        // An explanation goes on where the last one ended.
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
        // Work without a single piece is done already.
        return task.isFinished ? advance() : nil
      }
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

  /// Begins the next round of a repetition; between two rounds the keyboard is looked at.
  private mutating func goRound(
    _ parsed: CommandParser.Parsed, _ word: Word, done: Int, of total: Int,
    _ line: inout UnfinishedLine
  ) throws(Diagnostic) {
    guard done < total else { return }
    // Blanks in front put the words where they stand on the line.
    let blanks = String(repeating: " ", count: word.span.start.column - 1)
    let round = try CommandParser.parse(blanks + word.text, aliases: sitting.aliases)
    line.remaining = (round + [parsed.nextRound] + line.remaining)[...]
    if done > 0 {
      task = LongTask(Rounds(title: "repeat \(total) \(word.text)", done: done, total: total))
    }
  }
}
