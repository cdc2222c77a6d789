/// A screen that shows grids and a keyboard that gives keys.
///
/// A device cannot be copied, because there is one screen: its owner gives the screen back at its
/// end.
package protocol TerminalDevice: ~Copyable {
  /// The size of the screen now; it changes with ``Key/resize``.
  var size: Size { get }

  /// Shows a grid, with the cursor at the given place or hidden.
  mutating func present(_ grid: Grid, cursor: (x: Int, y: Int)?)

  /// Waits for the next key.
  ///
  /// - Parameter milliseconds: How long to wait; nil sleeps until something happens.
  /// - Returns: The key, or nil when the time is over.
  mutating func nextKey(waiting milliseconds: Int?) -> Key?
}
