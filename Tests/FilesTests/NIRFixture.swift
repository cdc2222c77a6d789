import Files
import Foundation
import Testing

/// NIR files: in the folder `Networks` those of other programs, with the scripts that made them, and
/// two with known spikes; and files made here.
struct NIRFixture {
  /// A node of a file.
  struct Node {
    var type: String
    var numbers: [String: NumberArray] = [:]
    var inner: NIRFixture?
  }

  var nodes: [String: Node]
  var edges: [(String, String)]

  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.url(forResource: "Networks", withExtension: nil))
    return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// Three channels, a matrix of weights 0.001 to 0.006 and two neurons.
  static var small: NIRFixture {
    NIRFixture(
      nodes: [
        "in": Node(type: "Input", numbers: ["shape": list([3])]),
        "w": matrix(2, 3, (1...6).map { Double($0) / 1000 }), "lif": lif(2),
        "out": Node(type: "Output", numbers: ["shape": list([2])]),
      ], edges: [("in", "w"), ("w", "lif"), ("lif", "out")])
  }

  static func list(_ values: [Double]) -> NumberArray {
    NumberArray(shape: [values.count], values: values)
  }

  static func matrix(_ rows: Int, _ columns: Int, _ values: [Double], bias: [Double]? = nil) -> Node
  {
    var numbers = ["weight": NumberArray(shape: [rows, columns], values: values)]
    numbers["bias"] = bias.map(list)
    return Node(type: bias == nil ? "Linear" : "Affine", numbers: numbers)
  }

  /// Neurons of 10 ms and 5 ms; numbers can be replaced.
  static func lif(_ size: Int, _ other: [String: [Double]] = [:]) -> Node {
    var numbers: [String: NumberArray] = [:]
    for (name, value) in [
      "tau_mem": 0.01, "tau_syn": 0.005, "r": 1, "v_leak": 0, "v_threshold": 1, "v_reset": 0,
      "w_in": 1,
    ] {
      numbers[name] = list(Array(repeating: value, count: size))
    }
    for (name, values) in other { numbers[name] = list(values) }
    return Node(type: "CubaLIF", numbers: numbers)
  }

  /// The bytes of the file.
  func bytes() -> [UInt8] {
    let writer = HDF5Writer()
    writer.add("1.0.8", at: "version")
    writer.addGroup("node")
    add(to: writer, "node")
    return writer.bytes()
  }

  private func add(to writer: borrowing HDF5Writer, _ path: String) {
    writer.add("NIRGraph", at: "\(path)/type")
    writer.addGroup("\(path)/nodes")
    for (name, node) in nodes {
      let place = "\(path)/nodes/\(name)"
      writer.addGroup(place)
      if let inner = node.inner {
        inner.add(to: writer, place)
        continue
      }
      writer.add(node.type, at: "\(place)/type")
      for (key, array) in node.numbers { writer.add(array, at: "\(place)/\(key)") }
    }
    let texts = edges.flatMap { [$0.0, $0.1] }
    writer.add(TextArray(shape: [edges.count, 2], values: texts), at: "\(path)/edges")
  }

  /// The network of the file.
  func network(_ choice: NIRChoice = NIRChoice()) throws -> NIRNetwork {
    try NIRNetworkReader.read(bytes(), choice).get()
  }

  /// What stands against the file.
  func faults(_ choice: NIRChoice = NIRChoice()) -> [String] {
    NIRFixture.faults(in: bytes(), choice)
  }

  static func faults(in bytes: [UInt8], _ choice: NIRChoice = NIRChoice()) -> [String] {
    switch NIRNetworkReader.read(bytes, choice) {
    case .success: []
    case .failure(let faults): faults.faults.map(\.message)
    }
  }
}
