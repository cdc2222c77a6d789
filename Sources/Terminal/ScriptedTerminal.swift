/// A terminal without a screen: its keys are given, and it keeps all pictures.
package struct ScriptedTerminal: ~Copyable, TerminalDevice {
  /// The size of the imagined screen.
  package private(set) var size: Size

  /// Every grid that was presented, the latest last.
  package private(set) var grids: [Grid] = []

  /// The place of the cursor in the latest grid.
  package private(set) var cursor: (x: Int, y: Int)?

  private var keys: ArraySlice<Key?>
  private var laterSizes: ArraySlice<Size>

  /// A terminal that types the given keys.
  ///
  /// - Parameters:
  ///   - size: The size of the screen.
  ///   - keys: The keys; nil is a pause.
  ///   - laterSizes: The sizes of the screen after each ``Key/resize`` key.
  package init(size: Size, keys: [Key?] = [], laterSizes: [Size] = []) {
    self.size = size
    self.keys = keys[...]
    self.laterSizes = laterSizes[...]
  }

  /// The latest grid, if there is one.
  package var grid: Grid? { grids.last }

  /// Remembers the grid.
  package mutating func present(_ grid: Grid, cursor: (x: Int, y: Int)?) {
    grids.append(grid)
    self.cursor = cursor
  }

  /// The next key of the script.
  ///
  /// - Parameter milliseconds: nil skips pauses, and gives the end of input after the last key.
  /// - Returns: The key; nil at a pause, or after the last key if `milliseconds` is not nil.
  package mutating func nextKey(waiting milliseconds: Int?) -> Key? {
    while let step = keys.popFirst() {
      if step == .resize, let next = laterSizes.popFirst() { size = next }
      if step != nil || milliseconds != nil { return step }
    }
    return milliseconds == nil ? .endOfInput : nil
  }
}
