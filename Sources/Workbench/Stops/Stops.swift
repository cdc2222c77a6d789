import Language

/// The places where a computation stops, and the quantities that are shown there.
package struct Stops: Sendable {
  /// Breakpoints and watches, in the order in which they were set.
  package internal(set) var breakpoints: [Breakpoint] = []
  /// The quantities that are shown at every stop.
  var displays: [Display] = []
  /// The number of the next breakpoint.
  var nextBreakpoint = 1
  /// The number of the next display.
  var nextDisplay = 1

  /// A quantity that is shown at every stop.
  struct Display: Sendable {
    /// Its number, from 1.
    let number: Int
    /// The quantity and the place, as they were typed.
    let words: [Word]
  }
}
