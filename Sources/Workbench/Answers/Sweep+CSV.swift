import EventProp
import Language
import Study

extension Sweep.Finding {
  /// The runs as a table of values separated by commas; times are in seconds, every number reads
  /// back exactly, and a value that does not exist is empty.
  ///
  /// In the table of a curve `piece` counts the borders before a value. A derivative holds inside
  /// one piece. A name with a comma or a quotation mark stands in quotes.
  var csv: String {
    func number(_ value: Double?) -> String { value.map { Quantity.exact($0) } ?? "" }
    func quoted(_ name: String) -> String {
      name.contains { ",\"\n".contains($0) }
        ? "\"" + name.replacing("\"", with: "\"\"") + "\"" : name
    }
    var rows: [[String]]
    switch self {
    case .curve(let curve):
      let name = quoted(curve.axis.name)
      rows = [[name, "L", "dL/d(\(name))", "spikes", "piece"]]
      for point in curve.points {
        let piece = curve.borders.count { $0.above <= point.value }
        rows.append([
          number(point.value), number(point.loss), number(point.gradient), "\(point.spikeCount)",
          "\(piece)",
        ])
      }
    case .map(let map):
      rows = [[quoted(map.across.name), quoted(map.up.name), "L", "spikes"]]
      for (place, point) in map.points.enumerated() {
        let (row, _) = place.quotientAndRemainder(dividingBy: map.across.values.count)
        rows.append([
          number(point.value), number(map.up.values[row]), number(point.loss),
          "\(point.spikeCount)",
        ])
      }
    }
    return rows.map { $0.joined(separator: ",") + "\n" }.joined()
  }
}
