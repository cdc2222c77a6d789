import EventProp

/// Work that takes longer than a key press, done a piece at a time.
///
/// So the prompt stays alive, progress can be shown, and Ctrl-C ends the work between two pieces with what was found
/// so far. ``Session/advance()`` does one piece; whoever owns the session decides how many of them to do between two looks
/// at the keyboard.
package struct LongTask: Sendable {
  /// The work.
  private(set) var work: any Work

  init(_ work: any Work) { self.work = work }

  /// What is being done, as it would be typed.
  package var title: String { work.title }
  /// The number of pieces done.
  package var done: Int { work.done }
  /// The number of pieces there are.
  package var total: Int { work.total }
  /// Whether nothing is left to do.
  var isFinished: Bool { work.isFinished }

  /// Does the next piece.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  mutating func advance(
    _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError) {
    try work.advance(pace)
  }
}

/// A kind of long work, and what it comes to.
protocol Work: Sendable {
  /// What is being done, as it would be typed.
  var title: String { get }
  /// The number of pieces done.
  var done: Int { get }
  /// The number of pieces there are.
  var total: Int { get }
  /// Whether nothing is left to do.
  var isFinished: Bool { get }
  /// Does the next piece; throws `SimulationError.stopped` where `pace` stops it.
  mutating func advance(
    _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError)
  /// Says and does what was found, all of it or what there was when it was interrupted.
  func conclude(in session: inout Session, _ line: inout UnfinishedLine)
}

/// The moment between two rounds of a repeated command.
struct Rounds: Work {
  var title: String
  var done: Int
  var total: Int
  private(set) var isFinished = false

  init(title: String, done: Int, total: Int) {
    self.title = title
    self.done = done
    self.total = total
  }

  mutating func advance(_ pace: (Progress.Work) -> Pace) { isFinished = true }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    if !isFinished { line.reply.say("\(title) interrupted after \(done) of \(total)") }
  }
}
