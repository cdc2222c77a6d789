/// Reads the graph of a NIR file.
struct NIRGraphReader: ~Copyable {
  private let file: HDF5File
  private var graph = NIRGraph()
  private var edges: Set<[Int]> = []

  /// The most graphs around a node; more would be a mistake, or a file that contains itself.
  private static let mostDepth = 16
  /// The most nodes of a file.
  private static let mostNodes = 10_000

  private init(_ bytes: [UInt8]) throws(NIRFault) {
    do throws(ArrayFault) { file = try HDF5File(bytes) } catch { throw .arrays(error) }
  }

  /// Reads the bytes of a file.
  ///
  /// - Throws: A `NIRFault` for a file that is damaged or no NIR graph.
  static func read(_ bytes: [UInt8]) throws(NIRFault) -> NIRGraph {
    var reader = try NIRGraphReader(bytes)
    guard try reader.kind("node") == .group else {
      throw try reader.kind("nodes") == .group ? .isData : .noGraph
    }
    guard try reader.kind("node/type") == .text else { throw .unfinished }
    guard try reader.text("node/type") == "NIRGraph" else { throw .noGraph }
    _ = try reader.add("node", prefix: "", depth: 0)
    return reader.graph
  }

  /// The nodes through which a graph is entered and left.
  private struct Ends {
    var entries: [Int]
    var exits: [Int]
  }

  /// Adds the nodes and the edges of a graph.
  private mutating func add(
    _ path: String, prefix: String, depth: Int
  ) throws(NIRFault) -> Ends {
    guard depth < Self.mostDepth else { throw .tooDeep(prefix) }
    try state("\(path)/metadata", isOuter: depth == 0)
    var ends: [String: Ends] = [:]
    let first = graph.nodes.count
    var entries: [Int] = []
    var exits: [Int] = []
    for name in try members("\(path)/nodes") {
      let place = "\(path)/nodes/\(name)"
      let full = prefix + name
      guard try kind("\(place)/type") == .text else { throw .noType(full) }
      let type = try text("\(place)/type")
      if type == "NIRGraph" {
        ends[name] = try add(place, prefix: full + "/", depth: depth + 1)
        continue
      }
      guard graph.nodes.count < Self.mostNodes else { throw .tooManyNodes(Self.mostNodes) }
      let number = graph.nodes.count
      graph.nodes.append(try node(place, full, type, isInner: depth > 0))
      graph.targets.append([])
      ends[name] = Ends(entries: [number], exits: [number])
      if type == "Input" { entries.append(number) }
      if type == "Output" { exits.append(number) }
      if depth == 0 { try state("\(place)/metadata", isOuter: false) }
    }
    for (from, to) in try edges("\(path)/edges") {
      guard let start = ends[from] else { throw .edgeToNothing(from, to, missing: from) }
      guard let end = ends[to] else { throw .edgeToNothing(from, to, missing: to) }
      for from in start.exits {
        for to in end.entries where edges.insert([from, to]).inserted {
          graph.targets[from].append(to)
        }
      }
    }
    guard depth > 0 else { return Ends(entries: [], exits: []) }
    let inside = first..<graph.nodes.count
    if entries.isEmpty { entries = try missing("Input", of: prefix, inside, graph.origins) }
    if exits.isEmpty { exits = try missing("Output", of: prefix, inside, graph.targets) }
    return Ends(entries: entries, exits: exits)
  }

  /// The ends of an inner graph without a node for them: nodes with an open side, or its only neurons.
  private func missing(
    _ type: String, of prefix: String, _ inside: Range<Int>, _ links: [[Int]]
  ) throws(NIRFault) -> [Int] {
    let open = inside.filter { links[$0].isEmpty }
    if !open.isEmpty { return open }
    let populations = inside.filter { graph.nodes[$0].isPopulation }
    guard populations.count == 1 else { throw .noPort(type, String(prefix.dropLast())) }
    return populations
  }

  private func node(
    _ path: String, _ name: String, _ type: String, isInner: Bool
  ) throws(NIRFault) -> NIRNode {
    var node = NIRNode(
      name: name, type: type, role: NIRNode.role(ofType: type, isInner: isInner))
    for parameter in NIRNode.parameters[type] ?? [] {
      let place = "\(path)/\(parameter)"
      guard try kind(place) != nil else {
        guard NIRNode.defaults[parameter] != nil || parameter == "shape" else {
          throw .noParameter(name, parameter)
        }
        continue
      }
      do throws(ArrayFault) {
        node.parameters[parameter] = try file.numbers(place)
      } catch {
        throw .parameter(name, parameter, error)
      }
    }
    return node
  }

  /// Notes what a writer says in short texts.
  private mutating func state(_ path: String, isOuter: Bool) throws(NIRFault) {
    guard isOuter, try kind(path) == .group else { return }
    for name in try members(path) where try kind("\(path)/\(name)") == .text {
      graph.statements[name] = try text("\(path)/\(name)")
    }
  }

  // MARK: The file

  private func reading<Value>(
    _ read: () throws(ArrayFault) -> Value
  ) throws(NIRFault) -> Value {
    do throws(ArrayFault) { return try read() } catch { throw .arrays(error) }
  }

  private func kind(_ path: String) throws(NIRFault) -> ArrayFault.MemberKind? {
    try reading { () throws(ArrayFault) in try file.kind(path) }
  }

  private func members(_ path: String) throws(NIRFault) -> [String] {
    try reading { () throws(ArrayFault) in try file.members(path) }
  }

  private func text(_ path: String) throws(NIRFault) -> String {
    try reading { () throws(ArrayFault) in try file.texts(path) }.values.first ?? ""
  }

  private func edges(_ path: String) throws(NIRFault) -> [(String, String)] {
    // h5py writes an empty list of edges as numbers.
    guard try kind(path) == .text else { return [] }
    let edges = try reading { () throws(ArrayFault) in try file.texts(path) }
    guard edges.shape.count == 2, edges.shape[1] == 2 else {
      throw .arrays(.wrongShape(expected: [nil, 2], found: edges.shape))
    }
    return stride(from: 0, to: edges.values.count, by: 2).map {
      (edges.values[$0], edges.values[$0 + 1])
    }
  }
}
