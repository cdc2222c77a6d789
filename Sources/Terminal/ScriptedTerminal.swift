/// A terminal without a screen: it types what it was told to and remembers what it was shown.
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
  ///   - keys: What is typed; nil is a while in which nothing happens.
  ///   - laterSizes: The sizes that successive ``Key/resize`` keys change the screen to.
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
  /// - Parameter milliseconds: nil never waits in vain: after the last key it finds the end of input.
  /// - Returns: The key, or nil where the script has a pause or is over.
  package mutating func nextKey(waiting milliseconds: Int?) -> Key? {
    while let step = keys.popFirst() {
      if step == .resize, let next = laterSizes.popFirst() { size = next }
      if step != nil || milliseconds != nil { return step }
    }
    return milliseconds == nil ? .endOfInput : nil
  }
}
