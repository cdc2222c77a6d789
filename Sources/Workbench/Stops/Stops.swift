import Language

/// The breakpoints and the displayed quantities.
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
    /// The quantity and the place, as typed.
    let words: [Word]
  }
}
