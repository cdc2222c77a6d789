import EventProp

/// What can be said at the prompt.
///
/// Names of neurons, parameters and presets stay words here: only the experiment on the bench knows which exist,
/// and a word remembers where it stood, so that a complaint can point at it.
package enum Command: Equatable, Sendable {
  /// Events further in the order of computation.
  case step(Int)
  /// Events back.
  case unstep(Int)
  /// The next event that touches the selected neuron.
  case next(Int)
  /// The previous event that touches the selected neuron.
  case previous(Int)
  /// To the N-th next stop at a breakpoint, or to the end of the phase.
  case `continue`(Int)
  /// Back to the N-th stop at a breakpoint, or to the start of the phase.
  case rcontinue(Int)
  /// On to a place named this once, or a breakpoint before it.
  case until(StopPhrase)
  /// Stop at a place from now on.
  case `break`(StopPhrase)
  /// Stop at a place once.
  case temporaryBreak(StopPhrase)
  /// Stop where a condition becomes true.
  case watch(StopPhrase)
  /// Forget breakpoints, by number or all.
  case delete([Word])
  /// Let breakpoints stop again.
  case enable([Word])
  /// Keep breakpoints, without stopping.
  case disable([Word])
  /// Pass a breakpoint so many times.
  case ignore(Word, Int)
  /// To the end of the current phase.
  case finish
  /// To the start of the forward phase.
  case forward
  /// To the start of the backward phase.
  case backward
  /// To a place: a time, an event, a spike, start, turn or end.
  case goto([Word])
  /// To where the cursor was before the last jump.
  case back
  /// To the other side of the jump at this event.
  case half
  /// Back to the latest jump of a quantity.
  case last([Word])
  /// Name this place.
  case mark(Word)
  /// The places that have names.
  case marks
  /// The differences between two places.
  case delta(Word, Word)
  /// Show a quantity at every stop.
  case display([Word])
  /// Show quantities no longer, by number or all.
  case undisplay([Word])
  /// Recompute and go to the start.
  case run
  /// Change a parameter, a weight, an input time, a target or the horizon.
  case set(Word, Word)
  /// Restore the preset's value of a name, or of everything.
  case reset(Word)
  /// Take back the last edit.
  case undo
  /// Make the edit again.
  case redo
  /// Which earlier run is drawn dim.
  case ghost(Word?)
  /// A table about a subject.
  case info(Subject)
  /// The value of a quantity at the cursor.
  case print([Word])
  /// The rule of an event in symbols, with numbers, with the result.
  case equation(Word?)
  /// Where a quantity comes from, or a term of the last answer.
  case why([Word])
  /// Peaks that are nearly spikes and spikes that nearly are none, within so many percent of the threshold.
  case near(Word?)
  /// What differs between two runs.
  case diff(Word?, Word?)
  /// The terms of a weight's gradient, and their ways to the loss.
  case contributions(Word)
  /// The events around the cursor.
  case list(Word?)
  /// Open another preset or file.
  case load(Word)
  /// Write the experiment as a preset.
  case save(Word, overwriting: Bool)
  /// The presets that are compiled in.
  case presets
  /// Magnify the time axis: in, out, fit, or a range.
  case zoom(Word?)
  /// Select a neuron, a synapse or a parameter.
  case select(Word)
  /// Change a parameter by a part of what it is.
  case nudge(Word, Word)
  /// Change how the program behaves.
  case setting(Setting)
  /// The settings with their values.
  case settings
  /// Commands and topics about a word.
  case apropos(Word)
  /// The lines typed so far.
  case history
  /// A guided walk over the screen.
  case tour
  /// Which program this is.
  case version
  /// Help on a command, or the list of all.
  case help(Word?)
  /// Verify derivatives: of what the words name, or all.
  case check([Word])
  /// The one-sided gradients at events that coincide.
  case ties
  /// Compare somebody else's gradient, and name the mistake that makes it.
  case compare(Word)
  /// Compute the adjoint by a named wrong rule, or exactly again.
  case rule(Word?)
  /// The loss over a range of values, and where spikes come and go in it.
  case sweep(SweepPhrase)
  /// Steps of gradient descent on the weights: how many, and how long.
  case descend(Word?, Word?)
  /// Change the picture and nothing else.
  case view(ViewCommand)
  /// Something about commands themselves.
  case script(ScriptCommand)
  /// Leave.
  case quit

  /// What `info` can show.
  package enum Subject: String, CaseIterable, Sendable {
    case event, events, spikes, neurons, params, loss, weights, grad, breaks, marks, displays, runs,
      files, warnings
  }
}

/// A word of a line and where it stood.
package struct Word: Equatable, Sendable {
  /// The word as it was typed.
  package var text: String
  /// Its place in the line.
  package var span: SourceSpan

  /// Creates a word; one that nobody typed stands at the start of the line.
  package init(_ text: String, column: Int = 1) {
    self.text = text
    span = SourceSpan(
      start: SourcePosition(line: 1, column: column), length: text.unicodeScalars.count)
  }

  /// A complaint about this word: what is wrong and why, and what to do.
  package func complaint(_ message: String, remedy: String) -> Diagnostic {
    Diagnostic(at: span, message, remedy: remedy)
  }

  /// The two ends of `FROM..TO`, each in its own place; nil for a word without the dots.
  package var ends: (from: Word, to: Word)? {
    guard let dots = text.firstRange(of: "..") else { return nil }
    let column = span.start.column
    return (
      Word(String(text[..<dots.lowerBound]), column: column),
      Word(
        String(text[dots.upperBound...]),
        column: column + text[..<dots.upperBound].unicodeScalars.count)
    )
  }
}
