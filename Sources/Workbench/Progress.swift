import Notation

/// What long work tells now and then while it goes on.
public struct Progress: Equatable, Sendable {
  /// The kinds of work.
  public enum Work: String, Sendable {
    /// A network runs forwards.
    case running
    /// The adjoint runs back.
    case walkingBack = "walking back"
    /// A derivative is checked.
    case checking
    /// Peaks, ties and grazing spikes are looked for.
    case looking
    /// A file is written.
    case writing
  }

  /// What is done.
  public var work: Work
  /// The time of the run that it has come to, in seconds.
  public var time: Double

  /// Tells how far some work has come.
  public init(_ work: Work, time: Double) {
    self.work = work
    self.time = time
  }

  /// The same in one line: `running: t = 430 ms`.
  public var text: String { "\(work.rawValue): t = \(Quantity.displayTime(time, digits: 4))" }
}

extension Session {
  /// Asks whether a kind of work goes on, for an engine that says which time it has reached.
  var asking: (Progress.Work) -> (Double) -> Bool {
    let goesOn = goesOn
    return { work in { goesOn(Progress(work, time: $0)) } }
  }
}
