extension String {
  /// The text with blanks after it, at least `width` characters wide: a column of a table.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
