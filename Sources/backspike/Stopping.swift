import Glibc
import Synchronization

/// The wish to end long work in the shell: Ctrl-C, `kill -TERM`, or a terminal that goes away.
///
/// The first signal is a wish, so that the work can save what it has. The second one ends the program.
enum Stopping {
  private static let signal = Atomic<Int32>(0)

  /// The signal that came; nil for none.
  static var asked: Int32? {
    let number = signal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Begins to listen.
  static func listen() {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      Glibc.signal(number) { number in
        Stopping.signal.store(number, ordering: .relaxed)
        Glibc.signal(number, SIG_DFL)
      }
    }
  }
}
