import EventProp
import Foundation
import Learning
import Testing

/// The points of the data sets.
@Suite struct DataSetTests {
  /// The numbers of an array that the authors of the yin-yang set published; the folder `YinYang`
  /// holds these files as they are, float64 or int64, from github.com/lkriener/yin_yang_data_set.
  private static func published(_ name: String) throws -> [UInt64] {
    let folder = try #require(Bundle.module.url(forResource: "YinYang", withExtension: nil))
    let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name + ".npy")))
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    return stride(from: start, to: bytes.count, by: 8).map { place in
      bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  @Test(arguments: [(DataSettings.Part.train, 5000), (.validation, 1000), (.test, 1000)])
  func `yin-yang is the published set, bit for bit`(_ part: DataSettings.Part, _ count: Int) throws
  {
    // With times from 0 to 1 s a time is the feature itself.
    var encoder = Encoder(to: 1)
    encoder.isMirrored = YinYang.isMirrored
    let settings = DataSettings(YinYang.self, encoder)
    let loss = Loss(
      layer: 0, rule: .ttfsCrossEntropy(neurons: [0, 1, 2], label: 0, tau: 1, clip: 1))
    let samples = settings.samples(part, for: loss)
    #expect(samples.count == count && settings.channels == 4)
    let times = (0..<count).flatMap { samples.inputSpikes(at: $0).map(\.time.bitPattern) }
    #expect(times == (try Self.published("\(part)_samples")))
    #expect(samples.labels?.map(UInt64.init) == (try Self.published("\(part)_labels")))
  }

  @Test func `a smaller yin-yang set is the start of a larger one, another seed another set`() {
    let points = YinYang.points(50, seed: 42)
    #expect(points == Array(YinYang.points(80, seed: 42)[..<50]))
    #expect(points != YinYang.points(50, seed: 43))
  }

  @Test func `half of the square lies inside the circle`() {
    let points = Circle.points(2000, seed: 3)
    for point in points {
      let distance = hypot(point.features[0] - 0.5, point.features[1] - 0.5)
      #expect(point.label == (distance < 0.3989422804014327 ? 1 : 0))
    }
    // The standard deviation of the number is 22.
    #expect(abs(points.count { $0.label == 1 } - 1000) < 70)
    #expect(Set(points.map(\.features)).count == 2000)
  }

  @Test func `the label of the linear set is 1 where x is below y`() {
    let points = Linear.points(100, seed: 3)
    #expect(points.allSatisfy { $0.label == ($0.features[0] < $0.features[1] ? 1 : 0) })
    #expect(Set(points.map(\.label)) == [0, 1])
    #expect(points.map(\.features) == Circle.points(100, seed: 3).map(\.features))
  }

  @Test func `the exclusive or has four points, which are repeated`() {
    let points = XOR.points(6, seed: 0)
    #expect(points.map(\.features) == [[0, 0], [0, 1], [1, 0], [1, 1], [0, 0], [0, 1]])
    #expect(points.map(\.label) == [0, 1, 1, 0, 0, 1])
  }

  @Test func `sizes and seeds are the usual ones until others are given`() {
    var settings = DataSettings(Circle.self, Encoder(to: 1))
    #expect(DataSettings.Part.allCases.map { settings.size(of: $0) } == [5000, 1000, 1000])
    #expect(DataSettings.Part.allCases.map { settings.seed(of: $0) } == [42, 41, 40])
    settings.sizes[.test] = 7
    settings.seeds[.test] = 8
    let samples = settings.samples(.test, for: nil, together: .sum)
    #expect(samples.count == 7 && samples.together == .sum && samples.labels == nil)
    let first = Circle.points(1, seed: 8)[0].features
    #expect(samples.inputSpikes(at: 0).map(\.time) == first)
    #expect(DataSettings(XOR.self, Encoder(to: 1)).size(of: .train) == 4)
    #expect(DataSettings(Constant.self, Encoder(to: 1)).size(of: .test) == 1)
  }

  @Test func `each set keeps what it says of itself`() {
    for set in DataSettings.sets {
      let points = set.points(20, seed: 1)
      #expect(points.count == 20)
      #expect(points.allSatisfy { $0.features.count == set.features })
      #expect(points.allSatisfy { $0.features.allSatisfy { (0...1).contains($0) } })
      if let different = set.different {
        #expect(Set(points.map(\.features)).count == different)
      }
      switch set.answer {
      case .label(let classes):
        #expect(Set(points.map(\.label)) == Set(0..<classes))
      case .targets(let neurons):
        #expect(points.allSatisfy { $0.targets.count == neurons })
      }
    }
    #expect(Set(DataSettings.sets.map { $0.name }).count == DataSettings.sets.count)
  }
}
