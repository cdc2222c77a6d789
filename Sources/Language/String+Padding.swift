extension String {
  /// The text padded with blanks to at least `width` characters, for a column of a table.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
