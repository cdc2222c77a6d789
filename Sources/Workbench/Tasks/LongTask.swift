import EventProp

/// Work that takes longer than a key press, done a piece at a time.
///
/// So the prompt stays alive, progress can be shown, and Ctrl-C ends the work between two pieces with what was found
/// so far. ``Session/advance()`` does one piece; whoever owns the session decides how many of them to do between two looks
/// at the keyboard.
package struct LongTask: Sendable {
  /// The kinds of work.
  enum Work: Sendable {
    /// Derivatives are verified.
    case check(CheckTask)
    /// A place to stop at is looked for.
    case travel(Travel)
    /// The loss over a range is computed.
    case sweep(SweepTask)
    /// The weights go down the gradient.
    case descent(DescentTask)
    /// Near misses and grazing spikes are looked for.
    case near(NearTask)
    /// A command is repeated.
    case rounds(Rounds)
  }

  private(set) var work: Work

  init(_ work: Work) { self.work = work }

  /// What is being done, as it would be typed.
  package var title: String {
    switch work {
    case .check(let check): check.title
    case .travel(let travel): travel.title
    case .sweep(let sweep): sweep.title
    case .descent(let descent): descent.title
    case .near(let near): near.title
    case .rounds(let rounds): rounds.title
    }
  }

  /// The number of pieces done.
  package var done: Int {
    switch work {
    case .check(let check): check.done
    case .travel(let travel): travel.done
    case .sweep(let sweep): sweep.done
    case .descent(let descent): descent.done
    case .near(let near): near.done
    case .rounds(let rounds): rounds.done
    }
  }

  /// The number of pieces there are.
  package var total: Int {
    switch work {
    case .check(let check): check.total
    case .travel(let travel): travel.total
    case .sweep(let sweep): sweep.total
    case .descent(let descent): descent.total
    case .near(let near): near.total
    case .rounds(let rounds): rounds.total
    }
  }

  /// Whether nothing is left to do.
  var isFinished: Bool {
    switch work {
    case .check: done >= total
    case .travel(let travel): travel.isFinished
    case .sweep(let sweep): sweep.isFinished
    case .descent(let descent): descent.isFinished
    case .near(let near): near.isFinished
    case .rounds(let rounds): rounds.isPassed
    }
  }

  /// Does the next piece.
  ///
  /// Throws `SimulationError.stopped` where the session's `goesOn`, asked during the piece, answers false.
  mutating func advance(
    _ goesOn: (Progress.Work) -> (Double) -> Bool
  ) throws(SimulationError) {
    switch work {
    case .check(var check):
      try check.advance(goesOn: goesOn(.checking))
      work = .check(check)
    case .travel(var travel):
      travel.advance()
      work = .travel(travel)
    case .sweep(var sweep):
      try sweep.advance(goesOn)
      work = .sweep(sweep)
    case .descent(var descent):
      try descent.advance(goesOn)
      work = .descent(descent)
    case .near(var near):
      try near.advance(goesOn)
      work = .near(near)
    case .rounds(var rounds):
      rounds.isPassed = true
      work = .rounds(rounds)
    }
  }
}

/// The moment between two rounds of a repeated command.
struct Rounds: Sendable {
  var title: String
  var done: Int
  var total: Int
  var isPassed = false
}
