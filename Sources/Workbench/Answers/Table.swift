import Columns
import EventProp
import Language

extension [[String]] {
  /// Rows of cells as lines, each column as wide as its widest cell.
  var table: String {
    let columns = map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      map { $0.indices.contains(column) ? $0[column].columns : 0 }.max() ?? 0
    }
    return map { row in
      var text = zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }
}
