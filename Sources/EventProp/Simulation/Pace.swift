/// The progress of long work, and the way to stop it.
///
/// Long work now and then tells its pace which time of the run it has reached. The owner of the
/// pace may show progress or stop the work.
public struct Pace {
  private let goesOn: ((Double) -> Bool)?
  /// The longest duration of the work, in seconds, and the moment at which it is over.
  private var limit: (seconds: Double, end: ContinuousClock.Instant)?

  /// The pace of work that nothing stops.
  public static var free: Pace { Pace(goesOn: nil) }

  /// Asks `goesOn` now and then, with the time reached in seconds; the answer false stops the work.
  public init(_ goesOn: @escaping (_ time: Double) -> Bool) { self.init(goesOn: goesOn) }

  private init(goesOn: ((Double) -> Bool)?) { self.goesOn = goesOn }

  /// The same pace, which stops the work when it has taken `seconds` from now on.
  package func limited(to seconds: Double) -> Pace {
    var pace = self
    pace.limit = (seconds, .now + .seconds(seconds))
    return pace
  }

  /// Tells the pace that work has reached a time of the run, in seconds.
  ///
  /// Throws `SimulationError.stopped` where the work is to stop.
  package func reach(_ time: Double) throws(SimulationError) {
    if let goesOn, !goesOn(time) { throw .stopped(time: time) }
    if let limit, ContinuousClock.now > limit.end {
      throw .stopped(time: time, limit: limit.seconds)
    }
  }

  /// Tells the pace a time once in `stride` steps, by default 4096; `stride` is a power of two.
  ///
  /// `step` counts the steps from 0; a step is usually an event.
  @inline(__always)
  package func reach(
    step: Int, every stride: Int = 4096, _ time: @autoclosure () -> Double
  ) throws(SimulationError) {
    if step & (stride - 1) == stride - 1 { try reach(time()) }
  }
}
