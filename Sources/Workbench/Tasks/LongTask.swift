import EventProp

/// Work that takes longer than a key press, one piece at a time.
///
/// The prompt stays usable, progress can be shown, and Ctrl-C ends the work between two pieces with
/// the results so far. ``Session/advance()`` does one piece. The owner of the session decides how
/// many pieces to do before it reads the keyboard.
package struct LongTask: Sendable {
  /// The work.
  private(set) var work: any Work

  init(_ work: any Work) { self.work = work }

  /// The command as it would be typed.
  package var title: String { work.title }
  /// The number of pieces done.
  package var done: Int { work.done }
  /// The total number of pieces.
  package var total: Int { work.total }
  /// Whether all pieces are done.
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

/// A kind of long work and its result.
protocol Work: Sendable {
  /// The command as it would be typed.
  var title: String { get }
  /// The number of pieces done.
  var done: Int { get }
  /// The total number of pieces.
  var total: Int { get }
  /// Whether all pieces are done.
  var isFinished: Bool { get }
  /// Does the next piece; throws `SimulationError.stopped` where `pace` stops it.
  mutating func advance(
    _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError)
  /// Answers with the results, complete or up to the interruption.
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
