import EventProp
import Foundation
import Learning
import ReferenceCases
import Testing

/// How points become input spikes and targets.
@Suite struct EncoderTests {
  /// A call of jaxsnn's own encoders or of its classes of the yin-yang set, with its result.
  private struct Call: Decodable {
    var fn: String
    var inputs: [Double]?
    var late: Double?
    var duplication: Int?
    var duplicateNeurons: Bool?
    var target: Int?
    var correct: Double?
    var wrong: Double?
    var classes: Int?
    var coords: [[Double]]?
    var out: Output

    enum CodingKeys: String, CodingKey {
      case fn, inputs, duplication, target, correct, wrong, coords, out
      case late = "t_late"
      case duplicateNeurons = "duplicate_neurons"
      case classes = "n_classes"
    }

    enum Output: Decodable {
      case spikes(times: [Double], channels: [Int])
      case values([Double])

      private struct Spikes: Decodable {
        var time: [Double]
        var idx: [Int]
      }

      init(from decoder: any Decoder) throws {
        if let values = try? [Double](from: decoder) {
          self = .values(values)
        } else {
          let spikes = try Spikes(from: decoder)
          self = .spikes(times: spikes.time, channels: spikes.idx)
        }
      }
    }
  }

  private static func calls(of name: String) throws -> [Call] {
    struct Functions: Decodable { var encode: [Call] }
    let functions = try JSONDecoder().decode(
      Functions.self, from: JaxsnnCase.data("functions.json"))
    return functions.encode.filter { $0.fn == name }
  }

  @Test func `jaxsnn encodes the same times, bit for bit, on the same channels`() throws {
    let calls = try Self.calls(of: "spatio_temporal_encode")
    #expect(calls.count == 3)
    for call in calls {
      var encoder = Encoder(to: try #require(call.late))
      let count = call.duplication ?? 1
      if call.duplicateNeurons == true { encoder.copies = count } else { encoder.repeats = count }
      let inputs = try #require(call.inputs)
      // jaxsnn puts the spikes in order of time.
      let spikes = encoder.spikes(of: inputs).sorted {
        ($0.time, $0.channel) < ($1.time, $1.channel)
      }
      guard case .spikes(let times, let channels) = call.out else {
        Issue.record("no spikes")
        continue
      }
      #expect(spikes.map(\.time) == times && spikes.map(\.channel) == channels)
      #expect(encoder.channels(ofFeatures: inputs.count) == inputs.count * encoder.copies)
    }
  }

  @Test func `jaxsnn gives the same targets`() throws {
    let calls = try Self.calls(of: "target_temporal_encode")
    #expect(calls.count == 3)
    for call in calls {
      let targets = Encoder.Targets(
        right: try #require(call.correct), wrong: try #require(call.wrong))
      let times = targets.times(
        of: try #require(call.target), neurons: try #require(call.classes))
      guard case .values(let expected) = call.out else {
        Issue.record("no times")
        continue
      }
      #expect(times == expected)
    }
  }

  @Test func `jaxsnn gives the same classes of the yin-yang set`() throws {
    let call = try #require(try Self.calls(of: "yinyang get_class").first)
    let coordinates = try #require(call.coords)
    guard case .values(let expected) = call.out else {
      Issue.record("no classes")
      return
    }
    // jaxsnn adds 10 outside the circle.
    #expect(
      coordinates.map { YinYang.label($0[0], $0[1]) } == expected.map { Int($0) % 10 })
    #expect(Set(expected) == [0, 1, 2, 10, 11])
  }

  @Test func `features come first, then mirrored features, then the bias`() {
    var encoder = Encoder(from: 0.01, to: 0.04)
    encoder.isMirrored = true
    encoder.bias = 0.02
    #expect(
      encoder.spikes(of: [0.25, 1]) == [
        InputSpike(time: 0.0175, channel: 0), InputSpike(time: 0.04, channel: 1),
        InputSpike(time: 0.0325, channel: 2), InputSpike(time: 0.01, channel: 3),
        InputSpike(time: 0.02, channel: 4),
      ])
    #expect(encoder.channels(ofFeatures: 2) == 5)
    encoder.copies = 2
    encoder.repeats = 3
    let spikes = encoder.spikes(of: [0.25, 1])
    #expect(encoder.channels(ofFeatures: 2) == 10 && spikes.count == 30)
    #expect(spikes.map(\.channel) == (0..<30).map { $0 / 3 })
    #expect(spikes[6...].prefix(6).allSatisfy { $0.time == 0.04 })
  }

  @Test func `a time is rounded as from + x (to - from)`() {
    let encoder = Encoder(from: 0.01, to: 0.04)
    let x = 0.7
    #expect(encoder.time(of: x) == 0.01 + 0.7 * (0.04 - 0.01))
    #expect(encoder.time(of: x) != (1 - x) * 0.01 + x * 0.04)
  }

  @Test func `targets come from the set or, by the label, from the encoder`() {
    let loss = Loss(
      layer: 0,
      rule: .firstSpikeMSE(neurons: [0, 1], targets: [0, 0], tau: 1e-3, clip: 1))
    func targets(_ settings: DataSettings, at place: Int) -> [[Double]] {
      settings.samples(.train, for: loss).loss(at: place, in: loss).rule.targets
    }
    let constant = DataSettings(Constant.self, Encoder(to: 0.01))
    #expect(targets(constant, at: 0) == [[0.2 * 0.01], [0.3 * 0.01]])
    var xor = DataSettings(XOR.self, Encoder(to: 0.01))
    #expect(targets(xor, at: 1) == [[0], [0]])
    xor.encoder.targets = Encoder.Targets(right: 4e-3, wrong: 5e-3)
    #expect(targets(xor, at: 0) == [[4e-3], [5e-3]])
    #expect(targets(xor, at: 1) == [[5e-3], [4e-3]])
  }
}
