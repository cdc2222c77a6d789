import Files
import Foundation
import TestSupport
import Testing

/// Files that another program may write by mistake: none passes for a right gradient, and none ends
/// the program.
@Suite("What compare must not call right") struct CompareFaultTests {
  private static let preset = """
    title: Four samples
    t_max: 30 ms
    inputs: { size: 2 }
    samples: { file: data.npz, times: t, time_unit: ms }
    layers:
      - { name: hid, size: 3, weights: [[2, 1.5, 2.5], [1, 2, 1.5]] }
      - { name: ro, size: 1, weights: [[2], [1.5], [2.5]] }
    loss: { kind: first_spike_mse, targets: [9 ms], tau: 1 ms }
    """

  private struct Gradient: Decodable {
    var layers: [Layer]
    struct Layer: Decodable {
      var gradient: Matrices
    }
    struct Matrices: Decodable {
      var weights: [[Double]]
    }
  }

  private typealias Arrays = [(name: String, array: NumberArray)]

  /// Compares arrays made from the right mean gradient; `more` are options.
  private func compare(
    _ more: [String] = [], _ change: (_ hid: [Double], _ ro: [Double]) -> [Arrays]
  ) throws -> (status: Int32, output: String, errors: String) {
    try withFolder { folder in
      func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = folder + "/" + name
        try Data(bytes).write(to: URL(filePath: path))
        return path
      }
      let times = NumberArray(
        shape: [4, 2], values: [1, 3, 2, 1.5, 4, .infinity, 0.5, 2.5])
      _ = try write(ArrayWriter.npz([(name: "t", array: times)]), "data.npz")
      let preset = try write(Array(Self.preset.utf8), "four.yaml")
      let report = try backspike(["run", preset, "--format", "json"]).output
      let gradient = try JSONDecoder().decode(Gradient.self, from: Data(report.utf8))
      let right = gradient.layers.map { $0.gradient.weights.flatMap { $0 } }
      let files = try change(right[0], right[1]).enumerated().map { number, arrays in
        try write(ArrayWriter.npz(arrays), "theirs\(number).npz")
      }
      let result = try backspike(["compare", preset] + files + more)
      return (result.status, result.output, result.errors)
    }
  }

  private func hid(_ values: [Double], _ name: String = "hid.weights") -> Arrays {
    [(name, NumberArray(shape: [2, 3], values: values))]
  }

  @Test func `the right gradient agrees, under any name`() throws {
    #expect(try compare { hid, _ in [self.hid(hid)] }.status == 0)
    #expect(try compare { hid, _ in [self.hid(hid, "W0")] }.status == 0)
  }

  @Test func `the times of inputs belong to one sample and are passed over`() throws {
    let result = try compare { hid, _ in
      [self.hid(hid) + [("input_times", NumberArray(shape: [2], values: [1, 1]))]]
    }
    #expect(result.status == 0)
    #expect(result.output.contains("passed over: input_times"))
  }

  @Test func `numbers that overflow do not agree, nor do they hide others`() throws {
    let all = try compare { hid, _ in [self.hid(hid.map { _ in 1.7e308 })] }
    #expect(all.status == 1)
    let one = try compare { hid, ro in
      [
        self.hid([1.7e308] + hid.dropFirst())
          + [("ro.weights", NumberArray(shape: [3, 1], values: ro.map { $0 * 1.01 }))]
      ]
    }
    #expect(one.status == 1)
    #expect(!one.output.contains("ro.weights   agrees"))
  }

  @Test func `what has nothing to be compared with is unknown, not right`() throws {
    let spikes = try compare { _, _ in
      [[("hid.spikes", NumberArray(shape: [3, 1], values: [0.001, 0.002, 0.003]))]]
    }
    #expect(spikes.status == 1)
    #expect(spikes.output.contains("spikes and λ belong to one sample"))
    #expect(spikes.output.contains("no gradient was compared"))
    let strange = try compare { hid, _ in
      [[("w", NumberArray(shape: [7, 7], values: Array(repeating: 1, count: 49)))]]
    }
    #expect(strange.status != 0)
  }

  @Test func `a part in two files, and a mapping of nothing or twice, are told`() throws {
    let two = try compare { hid, _ in [self.hid(hid), self.hid(hid.map { 2 * $0 })] }
    #expect(two.status == 65 && two.errors.contains("hid.weights is given twice"))
    let nothing = try compare(["--map", "nix=hid.weights"]) { hid, _ in [self.hid(hid)] }
    #expect(nothing.status == 65 && nothing.errors.contains("there is no 'nix' to map"))
    let twice = try compare(["--map", "W=hid.weights", "--map", "W=ro.weights"]) { hid, _ in
      [self.hid(hid, "W")]
    }
    #expect(twice.status == 65 && twice.errors.contains("'W' is mapped twice"))
  }

  @Test(arguments: [2.0, 3, 10, 0.1, 4]) func `a plain factor is called by its name`(
    factor: Double
  ) throws {
    let result = try compare { hid, _ in [self.hid(hid.map { $0 * factor })] }
    #expect(result.status == 1)
    let name =
      factor == 4 ? "summed over 4 samples" : "times \(factor == 0.1 ? "0.1" : "\(Int(factor))")"
    #expect(result.output.contains("the exact gradient with \(name) "), "\(result.output)")
  }

  @Test func `the gradients of single samples agree, or say where they do not`() throws {
    // The mean of four equal gradients is right only where all samples are.
    let result = try compare { hid, _ in
      [
        [
          (
            "W0",
            NumberArray(shape: [4, 2, 3], values: Array(repeating: hid, count: 4).flatMap { $0 })
          )
        ]
      ]
    }
    #expect(result.status == 1)
    #expect(result.output.contains("of 4 samples differ"))
    #expect(result.output.contains("most at sample "))
    #expect(result.output.contains("read: W0 is hid.weights"))
  }

  @Test func `at the prompt the options are read, too`() throws {
    let result = try backspike([
      ResearcherTests.file("classifier.yaml"), "--batch", "-e",
      "compare batch \(ResearcherTests.file("wrong.npz")) tolerance 0.1 map fc1.weight=hidden.weights^T",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("agrees with the exact gradient"))
    #expect(result.output.contains("read: fc1.weight is hidden.weights, transposed"))
  }
}
