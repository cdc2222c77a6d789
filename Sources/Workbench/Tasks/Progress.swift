import EventProp
import Language

/// What long work tells now and then while it goes on.
package struct Progress: Equatable, Sendable {
  /// The kinds of work.
  package enum Work: String, Sendable {
    /// A network runs forwards.
    case running
    /// The adjoint runs back.
    case walkingBack = "walking back"
    /// A derivative is checked.
    case checking
    /// Gradients are compared.
    case comparing
    /// Peaks, ties and grazing spikes are looked for.
    case looking
    /// A long table is made.
    case listing
    /// A file is written.
    case writing
  }

  /// How far it has come.
  package enum Reach: Equatable, Sendable {
    /// To a time of the run, in seconds.
    case time(Double)
    /// To the end of this many parts of all.
    case part(Int, of: Int)
  }

  /// What is done.
  package var work: Work
  /// How far it has come.
  package var reach: Reach

  /// Tells which time of the run some work has come to, in seconds.
  package init(_ work: Work, time: Double) {
    self.work = work
    reach = .time(time)
  }

  /// Tells how many parts of some work are done.
  package init(_ work: Work, part: Int, of total: Int) {
    self.work = work
    reach = .part(part, of: total)
  }

  /// The same in one line: `running: t = 430 ms`.
  package var text: String {
    switch reach {
    case .time(let time): "\(work.rawValue): t = \(Quantity.displayTime(time, digits: 4))"
    case .part(let part, let total): "\(work.rawValue): \(part) of \(total)"
    }
  }
}

extension Progress {
  /// The pace of each kind of work, where one question is asked about all kinds.
  static func pace(
    asking goesOn: @escaping @Sendable (Progress) -> Bool
  ) -> (Work) -> Pace {
    { work in Pace { goesOn(Progress(work, time: $0)) } }
  }
}

extension Session {
  /// The pace of a kind of work, for an engine that says which time it has reached.
  var pace: (Progress.Work) -> Pace { Progress.pace(asking: goesOn) }

  /// The parts of a long table, each made by `body`; a `Diagnostic` where it is stopped.
  func table<Part>(
    of parts: some Collection<Part>, _ body: (Part) -> String
  ) throws(Diagnostic) -> [String] {
    var lines: [String] = []
    lines.reserveCapacity(parts.count)
    for part in parts {
      if lines.count & Self.tablePause == Self.tablePause {
        try goOnListing(lines.count, parts.count)
      }
      lines.append(body(part))
    }
    return lines
  }

  /// A table asks whether to go on where the number of the line has none of these bits.
  private static let tablePause = 15

  /// Asks whether a long table goes on.
  func goOnListing(_ done: Int, _ total: Int) throws(Diagnostic) {
    guard goesOn(Progress(.listing, part: done, of: total)) else {
      throw Word("stopped").complaint(
        "stopped at line \(done) of \(total)", remedy: "nothing was changed")
    }
  }
}
