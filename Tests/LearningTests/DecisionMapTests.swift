import EventProp
import Learning
import Testing

@Suite("The decision map") struct DecisionMapTests {
  static let data: DataSettings = {
    var encoder = Encoder(from: 1e-3, to: 9e-3)
    encoder.isMirrored = true
    encoder.bias = 0
    var data = DataSettings(Circle.self, encoder)
    data.sizes = [.train: 30]
    return data
  }()

  static func training(threads: Int = 1) throws -> Training {
    let parameters = LIFParameters(vThreshold: 1, vReset: -1)
    func layer(_ name: String, _ before: Int, _ size: Int, _ mean: Double) -> Layer {
      let weights = (0..<before * size).map { entry -> Double in
        let spread = Double((entry * 37) % 29 - 14) / 14
        return mean * (1 + 0.9 * spread)
      }
      return Layer(
        name: name, parameters: Array(repeating: parameters, count: size),
        weights: Synapses(rows: before, columns: size, weights: weights))
    }
    let loss = Loss(
      layer: 1, rule: .ttfsCrossEntropy(neurons: [0, 1], label: 0, tau: 1e-3, clip: 30e-3))
    return try Training(
      Network(inputs: 5, layers: [layer("hidden", 5, 11, 1.5), layer("out", 11, 2, 0.4)]),
      horizon: 30e-3, TrainingData(data.samples(.train, for: loss), loss),
      TrainingSettings(batch: 8, rate: 0.02), threads: threads)
  }

  static func map(_ columns: Int, _ rows: Int) throws -> DecisionMap {
    var map = try #require(DecisionMap(data))
    map.resize(columns: columns, rows: rows)
    return map
  }

  @Test(arguments: [1, 2])
  func `classes and first spikes are those of single runs`(threads: Int) throws {
    var training = try Self.training(threads: threads)
    try training.go(to: 40)
    var map = try Self.map(9, 7)
    while !map.isComplete(for: training) { map.fill(10, with: training) }
    var found: Set<Int?> = []
    for row in 0..<7 {
      for column in 0..<9 {
        let features = map.features(column: column, row: row)
        let trajectory = try Trajectory(
          of: Experiment(
            title: "", network: training.network,
            inputSpikes: Self.data.encoder.spikes(of: features), horizon: 30e-3,
            loss: training.data.samples[0].loss))
        let point = try #require(map[column, row])
        let first = (11..<13).map { neuron in
          trajectory.spikes(of: neuron).first.map { trajectory.events[$0].time }
        }
        for (score, time) in zip(point.scores, first) {
          guard let time else {
            #expect(score == -.infinity)
            continue
          }
          #expect(abs(-score - time) < 1e-12)
        }
        let times = first.map { $0 ?? .infinity }
        #expect(
          point.chosen == (times[0] == times[1] ? nil : times[0] < times[1] ? 0 : 1))
        found.insert(point.chosen)
      }
    }
    #expect(found.count > 1, "a map of one class tests nothing")
  }

  @Test func `rows come from coarse to fine, and each of them once`() throws {
    let training = try Self.training()
    var map = try Self.map(3, 6)
    var order: [Int] = []
    while !map.isComplete(for: training) {
      map.fill(3, with: training)
      let filled = (0..<6).filter { row in (0..<3).allSatisfy { map[$0, row] != nil } }
      order += filled.filter { !order.contains($0) }
    }
    #expect(order == [4, 2, 1, 3, 5, 0])
    #expect(map.share == 1)
  }

  @Test func `another network begins a new round, and old values stay until then`() throws {
    var training = try Self.training()
    var map = try Self.map(4, 4)
    map.fill(16, with: training)
    let before = map.points
    #expect(map.isComplete(for: training))
    try training.forward()
    #expect(!map.isComplete(for: training))
    map.fill(6, with: training)
    #expect(map.share == 6.0 / 16)
    #expect(zip(map.points, before).count { $0 == $1 } == 10)
    try training.forward()
    map.fill(10, with: training)
    #expect(zip(map.points, before).allSatisfy { $0 != $1 }, "the round goes on where it stopped")
    map.fill(100, with: training)
    #expect(map.isComplete(for: training))
    try training.go(to: 0)
    map.fill(100, with: training)
    #expect(map.points == before)
  }

  @Test func `a point of the plane finds its cell and its nearest sample`() throws {
    let map = try Self.map(8, 4)
    for row in 0..<4 {
      for column in 0..<8 {
        #expect(map.cell(of: map.features(column: column, row: row)) == (column, row))
      }
    }
    #expect(map.cell(of: [0, 0]) == (0, 0))
    #expect(map.cell(of: [1, 1]) == (7, 3))
    for (number, point) in map.samples.enumerated() {
      #expect(map.sample(nearest: point.features.map { $0 + 1e-9 }) == number)
    }
  }

  @Test func `only a set with two features and labels has a map`() {
    let encoder = Encoder(to: 10e-3)
    #expect(DecisionMap(DataSettings(YinYang.self, encoder)) != nil)
    #expect(DecisionMap(DataSettings(Constant.self, encoder)) == nil)
  }

  @Test func `a map without cells is complete`() throws {
    let training = try Self.training()
    var map = try Self.map(0, 4)
    map.fill(10, with: training)
    #expect(map.isComplete(for: training) && map.share == 1)
  }
}
