import EventProp
import Language

/// The progress that long work reports now and then.
package struct Progress: Equatable, Sendable {
  /// The kinds of work.
  package enum Work: String, Sendable {
    /// A run forwards.
    case running
    /// A run of the adjoint.
    case walkingBack = "walking back"
    /// The check of a derivative.
    case checking
    /// The comparison of gradients.
    case comparing
    /// The search for peaks, ties and grazing spikes.
    case looking
    /// The lines of a long table.
    case listing
    /// The output of a file.
    case writing
  }

  /// The part done.
  package enum Reach: Equatable, Sendable {
    /// The work has reached a time of the run, in seconds.
    case time(Double)
    /// The work has done a number of parts.
    case part(Int, of: Int)
  }

  /// The kind of work.
  package var work: Work
  /// The part done.
  package var reach: Reach

  /// Creates the progress of work that has reached a time of the run, in seconds.
  package init(_ work: Work, time: Double) {
    self.work = work
    reach = .time(time)
  }

  /// Creates the progress of work that has done some of its parts.
  package init(_ work: Work, part: Int, of total: Int) {
    self.work = work
    reach = .part(part, of: total)
  }

  /// The progress in one line: `running: t = 430 ms`.
  package var text: String {
    switch reach {
    case .time(let time): "\(work.rawValue): t = \(Quantity.displayTime(time, digits: 4))"
    case .part(let part, let total): "\(work.rawValue): \(part) of \(total)"
    }
  }
}

extension Progress {
  /// The longest time that is measured, in seconds, some 30 years: a longer one is no `Duration`.
  package static let longestTime = 1e9

  /// The pace of a kind of work, from one question about all kinds.
  ///
  /// With a limit each piece of work is stopped when it has taken this many seconds.
  static func pace(
    asking goesOn: @escaping @Sendable (Progress) -> Bool, limit: Double? = nil
  ) -> (Work) -> Pace {
    { work in
      let pace = Pace { goesOn(Progress(work, time: $0)) }
      return limit.map { pace.limited(to: min($0, longestTime)) } ?? pace
    }
  }
}

extension Session {
  /// The pace of a kind of work, for an engine that reports times.
  var pace: (Progress.Work) -> Pace { Progress.pace(asking: goesOn, limit: looks.settings.limit) }

  /// The parts of a long table, each made by `body`; throws a `Diagnostic` where it is stopped.
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

  /// A table asks whether to go on at line numbers with none of these bits.
  private static let tablePause = 15

  /// Throws a `Diagnostic` if a long table is stopped.
  func goOnListing(_ done: Int, _ total: Int) throws(Diagnostic) {
    guard goesOn(Progress(.listing, part: done, of: total)) else {
      throw Word("stopped").complaint(
        "stopped at line \(done) of \(total)", remedy: "nothing was changed")
    }
  }
}
