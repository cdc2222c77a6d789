/// The datasets of an HDF5 file as arrays with names: `hidden/weights` by its path, and the times and
/// neurons of a node of NIR data as `hidden.time` and `hidden.idx`.
struct HDF5Archive: ArrayArchive {
  let names: [String]
  private let bytes: [UInt8]
  private let paths: [String: String]

  /// The deepest groups that are searched.
  private static let depth = 5
  /// The most datasets that are listed.
  private static let mostNames = 1_000

  /// Lists the datasets of a file.
  init(_ bytes: [UInt8]) throws(ArrayFault) {
    self.bytes = bytes
    let file = try HDF5File(bytes)
    var found: [String] = []
    try Self.collect("", in: file, depth: 0, &found)
    var names: [String] = []
    var paths: [String: String] = [:]
    for path in found {
      let name = Self.name(ofNode: path) ?? path
      names.append(name)
      paths[name] = path
    }
    self.names = names
    self.paths = paths
  }

  private static func collect(
    _ group: String, in file: borrowing HDF5File, depth: Int, _ found: inout [String]
  ) throws(ArrayFault) {
    for member in try file.members(group) {
      guard found.count < mostNames else { return }
      let path = group.isEmpty ? member : group + "/" + member
      switch try file.kind(path) {
      case .group where depth < Self.depth:
        try collect(path, in: file, depth: depth + 1, &found)
      case .numbers: found.append(path)
      default: break
      }
    }
  }

  /// `hidden.time` for `nodes/hidden/observables/spikes/time`; nil for another path.
  private static func name(ofNode path: String) -> String? {
    let parts = path.split(separator: "/").map(String.init)
    guard parts.count == 5, parts[0] == "nodes", parts[2] == "observables", parts[3] == "spikes",
      ["time", "idx"].contains(parts[4])
    else { return nil }
    return parts[1] + "." + parts[4]
  }

  func array(named name: String) throws(ArrayFault) -> NumberArray {
    guard let path = paths[name] else { throw .noArray(name, present: names) }
    return try HDF5File(bytes).numbers(path)
  }
}
