import EventProp
import NcursesTerminal
import Synchronization
import Workbench

/// What is asked during long work on the screen: whether it goes on; its progress is told in the last row meanwhile.
final class RunWatch: Sendable {
  /// How long the program is at work before it says so.
  private static let patience = Duration.milliseconds(80)
  /// How long a line stays before the next one.
  private static let interval = Duration.milliseconds(80)

  private struct State {
    var start = ContinuousClock.now
    var shown: ContinuousClock.Instant?
    var hasStopped = false
  }

  private let state = Mutex(State())

  /// Begins to count the time, at a key or at a line.
  func begin() {
    state.withLock {
      $0.start = .now
      $0.shown = nil
    }
  }

  /// Whether some work was stopped by the Ctrl-C that is taken now, which has then had its effect.
  func takeStop() -> Bool {
    state.withLock { state in
      defer { state.hasStopped = false }
      return state.hasStopped
    }
  }

  /// Whether work goes on that has come so far.
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
