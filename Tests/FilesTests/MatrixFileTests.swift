import EventProp
import Files
import Foundation
import Language
import Study
import Testing

@Suite("Matrices from files") struct MatrixFileTests {
  /// The document of a preset with these weights, of 3 channels and 2 neurons.
  private func document(
    _ weights: String, channels: Int = 3, file: [UInt8]
  ) throws -> PresetDocument {
    let text = """
      title: x
      t_max: 20 ms
      inputs: { size: \(channels) }
      layers: [{ size: 2, weights: \(weights) }]
      """
    return try PresetReader.read(text, named: "x.yaml") { _ in file }
  }

  private func weights(_ text: String, channels: Int = 3, file: [UInt8]) throws -> [Double] {
    try document(text, channels: channels, file: file).experiment.network.layers[0].weights.weights
  }

  private func complaint(_ text: String, file: [UInt8]) -> String? {
    do throws(PresetComplaints) {
      let text =
        "title: x\nt_max: 20 ms\ninputs: { size: 3 }\nlayers: [{ size: 2, weights: \(text) }]"
      _ = try PresetReader.read(text, named: "x.yaml") { _ in file }
      return nil
    } catch {
      return error.diagnostics.map(\.sentence).joined(separator: " | ")
    }
  }

  @Test func `a safetensors file gives its arrays, of every kind of numbers`() throws {
    let file = try ArrayFixture.bytes("torch.safetensors")
    #expect(try weights("{ file: a, array: w }", file: file) == [0, 1, 2, 3, 4, 5])
    #expect(
      try weights("{ file: a, array: i }", channels: 1, file: file) == [1, 2])
    #expect(
      complaint("{ file: a, array: v }", file: file)
        == "there is no array 'v' in this file; did you mean 'w'?"
        || complaint("{ file: a, array: v }", file: file)
          == "there is no array 'v' in this file; it has i, w, b, h"
    )
    #expect(
      complaint("{ file: a, array: b }", file: file) == "expected [3 × 2], found [2]")
    #expect(
      complaint("{ file: a }", file: file)
        == "this file has named arrays, and none is named here; add 'array'; it has i, w, b, h")
  }

  /// A safetensors file of one array `w`.
  private static func safetensors(
    _ type: String, _ shape: [Int], _ bytes: [UInt8], metadata: String = "", end: Int? = nil
  ) -> [UInt8] {
    let header = Array(
      "{\(metadata)\"w\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[0,\(end ?? bytes.count)]}}"
        .utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + bytes
  }

  @Test(
    arguments: [
      ("BF16", [0x80, 0x3F, 0x00, 0xC0], [1, -2]),
      ("F16", [0x00, 0x3C, 0x01, 0x80], [1, -0x1p-24]),
      ("U8", [255, 1], [255, 1]), ("I8", [255, 1], [-1, 1]),
      ("F32", [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0], [1, -2]),
    ] as [(String, [UInt8], [Double])])
  func `numbers of 8 to 32 bits are exact`(
    type: String, bytes: [UInt8], values: [Double]
  ) throws {
    let file = Self.safetensors(type, [1, 2], bytes)
    #expect(try weights("{ file: a, array: w }", channels: 1, file: file) == values)
  }

  @Test func `a damaged safetensors file is refused`() {
    let bytes = [UInt8](repeating: 0, count: 48)
    func fault(_ file: [UInt8]) -> String? { complaint("{ file: a, array: w }", file: file) }
    #expect(fault(Self.safetensors("F64", [3, 2], bytes)) == nil)
    for (shape, end) in [([3, 3], 48), ([3, 2], 40), ([3, 2], 56), ([-3, -2], 48)] {
      #expect(
        fault(Self.safetensors("F64", shape, bytes, end: end))?.hasPrefix("the file is damaged")
          == true)
    }
    #expect(
      fault(Self.safetensors("F64", [1 << 40, 1 << 40], bytes))
        == "the file is damaged: the shape of an array; write it again")
    #expect(
      fault(Self.safetensors("F8_E4M3", [3, 2], bytes))
        == "arrays of type 'F8_E4M3' are not read; convert with .astype('float64')")
    #expect(
      fault(Array(Self.safetensors("F64", [3, 2], bytes).prefix(30)))
        == "not a .npy, .npz or .safetensors file; numpy.save and numpy.savez write such files")
    #expect(
      fault([3, 0, 0, 0, 0, 0, 0, 0] + Array("{x}".utf8))
        == "the file is damaged: its header cannot be read; write it again")
  }

  // MARK: transpose and factor

  @Test func `transpose exchanges the axes, and factor multiplies`() throws {
    let file = ArrayWriter.npy(NumberArray(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]))
    #expect(try weights("{ file: a, transpose: true }", file: file) == [1, 4, 2, 5, 3, 6])
    #expect(
      try weights("{ file: a, transpose: true, factor: 0.5 }", file: file) == [
        0.5, 2, 1, 2.5, 1.5, 3,
      ])
    #expect(
      complaint("{ file: a, transpose: false }", file: file)
        == "expected [3 × 2], found [2 × 3]; add transpose: true, or take it away")
    #expect(
      complaint("{ file: a, transpose: yes }", file: file)
        == "expected true or false, found 'yes'; true or false")
    #expect(
      complaint("{ file: a, transpose: true, factor: x }", file: file)
        == "expected a number, found 'x'; a number, such as 0.6 or 1e-05")
  }

  @Test func `delays are transposed and scaled too, and stay at 0 or more`() throws {
    let file = ArrayWriter.npy(NumberArray(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]))
    let text = { (factor: String) in
      """
      title: x
      t_max: 20 ms
      inputs: { size: 3 }
      layers:
        - { size: 2, weights: { file: a, transpose: true }, delays: { file: a, transpose: true, factor: \(factor) } }
      """
    }
    let read = try PresetReader.read(text("0.001"), named: "x") { _ in file }
    #expect(
      read.experiment.network.layers[0].weights.delays == [1, 4, 2, 5, 3, 6].map { $0 * 0.001 })
    #expect(throws: PresetComplaints.self) {
      try PresetReader.read(text("-1"), named: "x") { _ in file }
    }
  }

  @Test func `a square matrix says once which way it was read`() throws {
    let square = ArrayWriter.npy(NumberArray(shape: [2, 2], values: [1, 2, 3, 4]))
    func remarks(_ weights: String, _ file: [UInt8]) throws -> [Warning] {
      try document(weights, channels: 2, file: file).remarks
    }
    #expect(
      try remarks("{ file: a }", square) == [
        .reading(.square(matrix: "a", size: 2, isTransposed: false))
      ])
    #expect(
      try remarks("{ file: a, transpose: true }", square)
        == [.reading(.square(matrix: "a", size: 2, isTransposed: true))])
    #expect(try weights("{ file: a, transpose: true }", channels: 2, file: square) == [1, 3, 2, 4])
    // Nothing can be read wrongly where both ways are the same.
    let symmetric = ArrayWriter.npy(NumberArray(shape: [2, 2], values: [1, 2, 2, 4]))
    #expect(try remarks("{ file: a }", symmetric) == [])
  }

  @Test func `a safetensors file from numpy is named, because a version of its writer scrambles`()
    throws
  {
    let bytes = [UInt8](repeating: 0, count: 48)
    let file = Self.safetensors(
      "F64", [3, 2], bytes, metadata: "\"__metadata__\":{\"format\":\"np\"},")
    #expect(
      try document("{ file: a, array: w }", file: file).remarks == [.reading(.fromNumpy(file: "a"))]
    )
    let other = Self.safetensors(
      "F64", [3, 2], bytes, metadata: "\"__metadata__\":{\"format\":\"pt\"},")
    #expect(try document("{ file: a, array: w }", file: other).remarks == [])
  }

  // MARK: network

  private func preset(_ network: String, _ more: String = "") throws -> PresetDocument {
    let text = "title: x\nt_max: 20 ms\ninputs: { spikes: [[1 ms, 0]] }\nnetwork: \(network)\(more)"
    return try PresetReader.read(text, named: "x.yaml") { name in
      name == "net.nir" ? try NIRFixture.bytes("ff.nir") : nil
    }
  }

  private func complaints(_ network: String, _ more: String = "") -> [String] {
    do throws(PresetComplaints) {
      let text =
        "title: x\nt_max: 20 ms\ninputs: { spikes: [[1 ms, 0]] }\nnetwork: \(network)\(more)"
      _ = try PresetReader.read(text, named: "x.yaml") { name in
        name == "net.nir" ? try NIRFixture.bytes("ff.nir") : nil
      }
      return []
    } catch {
      return error.diagnostics.map {
        "\($0.span.start.line):\($0.span.start.column) \($0.sentence)"
      }
    }
  }

  @Test func `a network stands in place of layers, and tells its number of channels`() throws {
    let document = try preset(
      "{ file: net.nir }",
      "\nloss: { kind: first_spike_mse, layer: out, targets: [5 ms, 6 ms, 7 ms] }")
    #expect(document.experiment.network.inputs == 5)
    #expect(document.experiment.loss?.layer == 1)
    #expect(document.places.layers.count == 2)
    let readings = document.remarks.filter { $0.kind == .reading }
    #expect(readings.count == 3)
    #expect(
      readings.first
        == .reading(
          .network(
            file: "net.nir", weights: "dirac", dt: nil, timeUnit: "s",
            reasons: ["r and w_in are near 1", "time constants go from 0.005 to 0.01"])))
  }

  @Test(arguments: [
    (
      "{ file: net.nir, weights: dirc }", "",
      "4:36 unknown meaning of weights 'dirc'; did you mean 'dirac'?"
    ),
    (
      "{ file: net.nir, weights: step }", "",
      "4:18 weights: step needs a dt, and r and w_in do not tell it; dt: 1 ms, with the step of the program that trained it"
    ),
    ("{ file: net.nir, weights: step, dt: -1 ms }", "", "4:46 dt must be greater than 0"),
    ("{ file: net.nir, time_unit: us }", "", "4:38 unknown unit of time 'us'; did you mean 's'?"),
    (
      "{ file: other.nir }", "", "4:18 no file 'other.nir'; paths start at the folder of the preset"
    ),
    ("{ weights: dirac }", "", "4:10 missing key 'file' in network; 'file' is required here"),
    (
      "{ file: net.nir }", "\nlayers: []",
      "4:1 the layers are given twice: in 'layers' and in 'network'; keep one of them"
    ),
    (
      "{ file: net.nir }", "\nparameters: {}",
      "5:1 'parameters' beside 'network', whose file has them; leave it out; backspike import writes the network as a preset that you can change"
    ),
  ])
  func `a complaint about a network`(network: String, more: String, expected: String) {
    #expect(complaints(network, more).first == expected)
  }

  @Test func `a wrong number of channels is named`() {
    let text = "title: x\nt_max: 20 ms\ninputs: { size: 4 }\nnetwork: { file: net.nir }"
    do throws(PresetComplaints) {
      _ = try PresetReader.read(text, named: "x") { _ in try NIRFixture.bytes("ff.nir") }
      Issue.record("it was read")
    } catch {
      #expect(error.diagnostics.map(\.sentence) == ["expected 5 channels, found 4"])
    }
  }
}
