import EventProp
import NcursesTerminal
import Synchronization
import Workbench

/// Whether long work on the screen goes on; the last row shows its progress.
final class RunWatch: Sendable {
  /// The time of work after which progress is shown.
  private static let patience = Duration.milliseconds(80)
  /// The time between two progress lines.
  private static let interval = Duration.milliseconds(80)

  private struct State {
    var start = ContinuousClock.now
    var shown: ContinuousClock.Instant?
    var hasStopped = false
  }

  private let state = Mutex(State())

  /// Starts the clock, at a key or at a line.
  func begin() {
    state.withLock {
      $0.start = .now
      $0.shown = nil
    }
  }

  /// Whether the Ctrl-C that is handled now has already stopped some work.
  func takeStop() -> Bool {
    state.withLock { state in
      defer { state.hasStopped = false }
      return state.hasStopped
    }
  }

  /// Whether work continues; `progress` is how far it has come.
  func goesOn(_ progress: Progress) -> Bool {
    let isStopped = NcursesTerminal.isAskedToStop
    return state.withLock { state in
      state.hasStopped = state.hasStopped || isStopped
      let now = ContinuousClock.now
      if !isStopped, now - state.start >= Self.patience,
        state.shown.map({ now - $0 >= Self.interval }) ?? true
      {
        state.shown = now
        NcursesTerminal.showInPassing("\(progress.text); Ctrl-C stops")
      }
      return !isStopped
    }
  }
}
