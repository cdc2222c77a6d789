/// Work that takes longer than a key press, done a piece at a time.
///
/// So the prompt stays alive, progress can be shown, and Ctrl-C ends the work between two pieces with what was found
/// so far. ``Session/advance()`` does one piece; whoever owns the session decides how many of them to do between two looks
/// at the keyboard.
public struct LongTask: Sendable {
  /// The kinds of work.
  enum Work: Sendable {
    /// Derivatives are verified.
    case check(CheckTask)
    /// A place to stop at is looked for.
    case travel(Travel)
  }

  private(set) var work: Work

  init(_ work: Work) { self.work = work }

  /// What is being done, as it would be typed.
  public var title: String {
    switch work {
    case .check(let check): check.title
    case .travel(let travel): travel.title
    }
  }

  /// The number of pieces done.
  public var done: Int {
    switch work {
    case .check(let check): check.done
    case .travel(let travel): travel.done
    }
  }

  /// The number of pieces there are.
  public var total: Int {
    switch work {
    case .check(let check): check.total
    case .travel(let travel): travel.total
    }
  }

  /// Whether nothing is left to do.
  var isFinished: Bool {
    switch work {
    case .check: done >= total
    case .travel(let travel): travel.isFinished
    }
  }

  /// Does the next piece.
  mutating func advance() {
    switch work {
    case .check(var check):
      check.advance()
      work = .check(check)
    case .travel(var travel):
      travel.advance()
      work = .travel(travel)
    }
  }
}
