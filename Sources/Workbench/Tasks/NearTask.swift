import EventProp
import Language
import Study

/// A search for near misses and grazing spikes, one piece at a time.
struct NearTask: Work {
  let title: String
  let percent: Double
  private(set) var search: SpikeMargin.Search
  /// The error that ended it, or nil.
  private(set) var failure: SimulationError?

  init(title: String, percent: Double, search: SpikeMargin.Search) {
    self.title = title
    self.percent = percent
    self.search = search
  }

  var done: Int { search.margins.count }
  var total: Int { search.total }
  var isFinished: Bool { search.isFinished || failure != nil }

  /// Does the next piece.
  mutating func advance(
    _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError) {
    do throws(SimulationError) {
      try search.advance(pace: pace(search.isListed ? .walkingBack : .looking))
    } catch {
      if case .stopped = error { throw error }
      failure = error
    }
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    guard let failure else { return line.reply.say(session.report(self)) }
    line.reply.complain(
      Word("near").complaint(failure, session.names), about: line.text, indent: line.indent)
  }
}
