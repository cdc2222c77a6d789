import EventProp
import Glibc

/// What a pass costs on networks of many shapes, and how the cost grows.
///
///     swift run -c release engine-table [SECONDS PER ROW [NETWORK]]
///
/// Processor time of a pass on one thread, median of what fits into the time; for batches the time of the clock.
///
/// The work for each neuron of a dense row that an event reaches. Forwards: 6 multiplications, 3 additions and 3 comparisons; 8 bytes of
/// weights are read, and 16 bytes of state are read and written. Backwards: 5 multiplications and 4 additions; the weight is read, and 8 bytes
/// of its gradient are read and written. A feed-forward layer keeps state and weights of a tile in the nearest cache, so that the arithmetic is
/// the limit. A recurrent layer reads a whole row for each event. A spike adds a root and a logarithm at tau_mem = 2 tau_syn, and some six
/// exponentials otherwise, eight neurons side by side.
@main
struct EngineTable {
  static func main() throws {
    let seconds = CommandLine.arguments.dropFirst().first.flatMap(Double.init) ?? 0.5
    let only = CommandLine.arguments.dropFirst(2).first
    if let only {
      for ratio in [2.0, 2.74, 1.0] {
        for (name, experiment) in try dense(ratio) where "\(name) \(ratio)".contains(only) {
          try row("\(name) \(ratio)", experiment, seconds, records: false)
        }
      }
      return
    }
    // First, while nothing that was freed hides what is taken.
    try memory("sparse recurrent, 1000 neurons", try sparse(1000))
    try memory("yin-yang 5-120-3", try dense(2)[0].1)
    print(
      "network                            events    forward   fwd+bwd  all grads   recorded   (µs)")
    for ratio in [2.0, 2.74, 1.0] {
      print("tau_mem = \(ratio) tau_syn")
      for (name, experiment) in try dense(ratio) { try row(name, experiment, seconds) }
    }
    try density(seconds)
    print("sparse recurrent, fan-out 100")
    var costs: [(size: Double, cost: Double)] = []
    for size in [1000, 3000, 10_000, 30_000, 100_000] {
      let experiment = try sparse(size)
      let events = try row("\(size) neurons", experiment, seconds, records: size <= 10_000)
      costs.append((Double(size), events))
    }
    print("cost per event grows as neurons^\(text(exponent(costs)))")
    try growth("untouched neurons", [1000, 3000, 10_000, 30_000, 100_000], seconds) {
      try untouched($0)
    }
    try growth("events", [500, 1000, 2000, 4000, 8000], seconds) { try inputs($0) }
    try growth("fan-out", [50, 100, 200, 400, 800], seconds) { try fanOut($0) }
    try growth("depth", [1, 2, 4, 8], seconds) { try deep($0) }
    try batch(seconds)
  }

  /// Times one network; returns the cost of an event forwards and backwards in µs.
  @discardableResult
  static func row(
    _ name: String, _ experiment: Experiment, _ seconds: Double, records: Bool = true
  ) throws -> Double {
    guard let engine = LayerwiseEngine(try Circuit(experiment)),
      let loss = experiment.loss
    else { fatalError("\(name) cannot be swept") }
    let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
    let forward = try time(seconds) { _ = try engine.forward(queue, loss) }
    let both = try time(seconds) {
      engine.clearGradients()
      _ = try engine.forward(queue, loss)
      try engine.backward()
    }
    let everything = try time(seconds) {
      engine.clearGradients(everything: true)
      _ = try engine.forward(queue, loss)
      try engine.backward(everything: true)
    }
    var columns = [forward, both, everything]
    if records {
      columns.append(
        try time(seconds) {
          _ = try AdjointTrajectory(of: try Trajectory(of: experiment))
        })
    }
    print(
      pad(name, 32) + pad("\(engine.eventCount)", 9, right: true)
        + columns.map { pad(text($0), 11, right: true) }.joined())
    return both / Double(max(1, engine.eventCount))
  }

  /// Prints what a run keeps that is stepped through: the events, the jumps, the gradient, and the states of all neurons.
  ///
  /// The growth of the process over many copies, divided by their number.
  static func memory(_ name: String, _ experiment: Experiment) throws {
    let touches = try Trajectory(of: experiment).touchCount
    let copies = max(1, 10_000_000 / max(1, touches))
    var runs: [AdjointTrajectory] = []
    let before = residentBytes()
    for _ in 0..<copies {
      let adjoint = try AdjointTrajectory(of: try Trajectory(of: experiment))
      // Whoever looks at a neuron has its states kept.
      for neuron in 0..<experiment.network.neuronCount {
        _ = adjoint.trajectory.state(of: neuron, at: experiment.horizon)
      }
      runs.append(adjoint)
    }
    let bytes = Double(residentBytes() - before) / Double(copies)
    let events = withExtendedLifetime(runs) { runs[0].trajectory.events.count }
    print("\(name), \(events) events, \(touches) touches: \(text(bytes / 1e6)) MB to step through")
  }

  /// What the process occupies now.
  static func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 128)
    let count = fread(&line, 1, line.count, file)
    let fields = String(decoding: line.prefix(count), as: UTF8.self).split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
  }

  /// How the cost of an event grows with a number.
  static func growth(
    _ what: String, _ numbers: [Int], _ seconds: Double, _ make: (Int) throws -> Experiment
  ) throws {
    var costs: [(size: Double, cost: Double)] = []
    for number in numbers {
      let experiment = try make(number)
      guard let engine = LayerwiseEngine(try Circuit(experiment)) else { continue }
      let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
      let cost = try time(seconds / 2) {
        engine.clearGradients()
        _ = try engine.forward(queue, experiment.loss)
        try engine.backward()
      }
      costs.append((Double(number), cost / Double(engine.eventCount)))
    }
    print(
      "cost per event grows as \(what)^\(text(exponent(costs)))  "
        + costs.map { "\(Int($0.size)): \(text($0.cost))" }.joined(separator: "  "))
  }

  /// Compares three ways through a recurrent network of which a part of the synapses exist: its own engine, the dense engine on the same
  /// network stored with zeros, and one event at a time.
  static func density(_ seconds: Double) throws {
    print(
      "density                              sparse     zeros  one by one   (µs, forwards and back)")
    for (size, fanOut) in [
      (1000, 10), (1000, 30), (1000, 100), (1000, 300), (4000, 40), (4000, 400),
    ] {
      let experiment = try sparse(size, fanOut: fanOut)
      var stored = experiment
      for layer in stored.network.layers.indices {
        stored.network.layers[layer].weights = dense(stored.network.layers[layer].weights)
        stored.network.layers[layer].recurrent = stored.network.layers[layer].recurrent.map(dense)
      }
      var costs: [Double] = []
      for experiment in [experiment, stored] {
        guard let engine = LayerwiseEngine(try Circuit(experiment)) else {
          continue
        }
        let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
        costs.append(
          try time(seconds) {
            engine.clearGradients()
            _ = try engine.forward(queue, experiment.loss)
            try engine.backward()
          })
      }
      let circuit = try Circuit(experiment)
      costs.append(
        try time(seconds) {
          var forward = ForwardPass(circuit)
          while try forward.next() != nil {}
          let trajectory = Trajectory(forward)
          var backward = BackwardPass(
            trajectory, try trajectory.evaluateLoss(), keepsRecord: false)
          while try backward.next() != nil {}
        })
      print(
        pad("\(size) neurons, fan-out \(fanOut)", 34)
          + costs.map { pad(text($0), 10, right: true) }.joined())
    }
  }

  /// The same matrix with a weight for every pair.
  static func dense(_ synapses: Synapses) -> Synapses {
    var weights = [Double](repeating: 0, count: synapses.rows * synapses.columns)
    for row in 0..<synapses.rows {
      for entry in synapses.entries(ofRow: row) {
        weights[row * synapses.columns + synapses.column(ofEntry: entry, row: row)] =
          synapses.weights[entry]
      }
    }
    return Synapses(rows: synapses.rows, columns: synapses.columns, weights: weights)
  }

  static func batch(_ seconds: Double) throws {
    var random = Generator(state: 7)
    let network = try yinYang(120, 2, &random).network
    let samples = try (0..<64).map { _ in
      let experiment = try yinYang(120, 2, &random)
      guard let loss = experiment.loss else { fatalError("a sample has a loss") }
      return Sample(inputSpikes: experiment.inputSpikes, loss: loss)
    }
    for threads in [1, 2] {
      let batch = try Batch(network, horizon: 20e-3, threads: threads)
      let cost = try time(seconds, CLOCK_MONOTONIC) { _ = try batch.gradient(of: samples) }
      print("64 samples of yin-yang 5-120-3 on \(threads) threads: \(text(cost)) µs")
    }
  }

  // The networks.

  static func dense(_ ratio: Double) throws -> [(String, Experiment)] {
    var random = Generator(state: 1)
    let recurrent = try linear(
      layers: [
        layer(20, 100, ratio, random.normal(0.12, 0.4, 2000), random.normal(0, 0.05, 10_000))
      ], inputs: 20, spikes: random.spikes(60, 20, 40e-3), horizon: 50e-3)
    let wide = try linear(
      layers: [
        layer(100, 1000, ratio, random.normal(0.009, 0.08, 100_000)),
        layer(1000, 10, ratio, random.normal(0.035, 0.15, 10_000)),
      ], inputs: 100, spikes: random.spikes(1000, 100, 95e-3), horizon: 100e-3)
    let one = try linear(
      layers: [layer(10, 1, ratio, random.normal(0.07, 0.04, 10))], inputs: 10,
      spikes: random.spikes(10_000, 10, 1), horizon: 1.005)
    return [
      ("yin-yang 5-120-3", try yinYang(120, ratio, &random)),
      ("feed-forward 5-30-3", try yinYang(30, ratio, &random)),
      ("dense recurrent 100", recurrent), ("feed-forward 100-1000-10", wide),
      ("one neuron, 10000 inputs", one),
    ]
  }

  static func yinYang(
    _ hidden: Int, _ ratio: Double, _ random: inout Generator
  ) throws -> Experiment {
    let (x, y) = (random.uniform(), random.uniform())
    let spikes = [x, y, 1 - x, 1 - y, 0].enumerated().map {
      InputSpike(time: $0.element * 10e-3, channel: $0.offset)
    }
    return Experiment(
      title: "yin-yang",
      network: Network(
        inputs: 5,
        layers: [
          layer(5, hidden, ratio, random.normal(3, 1.6, 5 * hidden), reset: -1000),
          layer(hidden, 3, ratio, random.normal(0.5, 0.8, 3 * hidden), reset: -1000),
        ]),
      inputSpikes: spikes, horizon: 20e-3,
      loss: Loss(
        layer: 1,
        rule: .firstSpikeMSE(
          neurons: [0, 1, 2], targets: [4.5e-3, 5.5e-3, 5.5e-3], tau: 10e-3, clip: 20e-3)))
  }

  /// The network of 1000 neurons among others that reach only each other and never spike.
  static func untouched(_ size: Int) throws -> Experiment {
    var experiment = try sparse(1000)
    var random = Generator(state: 5)
    func extended(_ synapses: Synapses, others: Bool) -> Synapses {
      var triples = (0..<synapses.rows).flatMap { row in
        synapses.entries(ofRow: row).map {
          (row: row, column: synapses.column(ofEntry: $0, row: row), weight: synapses.weights[$0])
        }
      }
      if others, size > 1000 {
        for row in 1000..<size {
          let start = Int(random.uniform() * Double(size - 1000))
          for number in 0..<100 {
            triples.append((row, 1000 + (start + number * 7) % (size - 1000), 0.1))
          }
        }
      }
      return Synapses(
        rows: others ? size : synapses.rows, columns: size, sparse: triples)
    }
    let layer = experiment.network.layers[0]
    experiment.network = Network(
      inputs: experiment.network.inputs,
      layers: [
        Layer(
          name: layer.name,
          parameters: Array(repeating: layer.parameters[0], count: size),
          weights: extended(layer.weights, others: false),
          recurrent: layer.recurrent.map { extended($0, others: true) })
      ])
    return experiment
  }

  static func sparse(_ size: Int, fanOut count: Int = 100) throws -> Experiment {
    var random = Generator(state: 3)
    func fanOut(_ rows: Int, _ mean: Double, _ deviation: Double) -> Synapses {
      Synapses(
        rows: rows, columns: size,
        sparse: (0..<rows).flatMap { row in
          // An odd step through the columns meets different ones.
          let start = Int(random.uniform() * Double(size))
          return random.normal(mean, deviation, count).enumerated().map {
            (row: row, column: (start + $0.offset * (size / count | 1)) % size, weight: $0.element)
          }
        })
    }
    // Every neuron gets about the same input, so that they all are at work whatever the size.
    let spikes = random.spikes(2000, 100, 95e-3)
    let network = Network(
      inputs: 100,
      layers: [
        Layer(
          name: "net", parameters: parameters(size, 2),
          weights: fanOut(100, 0.5, 0.25),
          recurrent: fanOut(size, -0.01, 0.03))
      ])
    return try first(network, spikes, 100e-3)
  }

  static func inputs(_ count: Int) throws -> Experiment {
    var random = Generator(state: 4)
    return try linear(
      layers: [layer(50, 200, 2, random.normal(0.02, 0.1, 10_000))], inputs: 50,
      spikes: random.spikes(count, 50, Double(count) * 1e-4), horizon: Double(count) * 1e-4)
  }

  static func fanOut(_ columns: Int) throws -> Experiment {
    var random = Generator(state: 5)
    return try linear(
      layers: [layer(50, columns, 2, random.normal(0.005, 0.05, 50 * columns))], inputs: 50,
      spikes: random.spikes(1000, 50, 95e-3), horizon: 100e-3)
  }

  static func deep(_ layers: Int) throws -> Experiment {
    var random = Generator(state: 6)
    return try linear(
      layers: (0..<layers).map { _ in layer(50, 50, 2, random.normal(0.15, 0.3, 2500)) },
      inputs: 50, spikes: random.spikes(100, 50, 20e-3), horizon: 40e-3)
  }

  static func parameters(_ size: Int, _ ratio: Double, reset: Double = 0) -> [LIFParameters] {
    Array(
      repeating: LIFParameters(
        tauMem: ratio * 5e-3, tauSyn: 5e-3, vThreshold: 1, vReset: reset), count: size)
  }

  static func layer(
    _ before: Int, _ size: Int, _ ratio: Double, _ weights: [Double],
    _ recurrent: [Double]? = nil, reset: Double = 0
  ) -> Layer {
    Layer(
      name: "layer", parameters: parameters(size, ratio, reset: reset),
      weights: Synapses(rows: before, columns: size, weights: weights),
      recurrent: recurrent.map { Synapses(rows: size, columns: size, weights: $0) })
  }

  /// A loss on every spike of the last layer, so that everything has a gradient.
  static func linear(
    layers: [Layer], inputs: Int, spikes: [InputSpike], horizon: Double
  ) throws -> Experiment {
    try first(Network(inputs: inputs, layers: layers), spikes, horizon)
  }

  static func first(
    _ network: Network, _ spikes: [InputSpike], _ horizon: Double
  ) throws -> Experiment {
    let trajectory = try Trajectory(
      of: Experiment(title: "net", network: network, inputSpikes: spikes, horizon: horizon))
    let offset = network.offsets[network.layers.count - 1]
    let terms = trajectory.spikeCounts[offset...].enumerated().flatMap { neuron, count in
      (0..<count).map {
        Loss.SpikeTerm(neuron: neuron, spike: $0, coefficient: Double((neuron + $0) % 5) - 2)
      }
    }
    return Experiment(
      title: "net", network: network, inputSpikes: spikes, horizon: horizon,
      loss: Loss(layer: network.layers.count - 1, rule: .linearSpikeTimes(terms)))
  }

  // Measuring and printing.

  static func time(
    _ seconds: Double, _ clock: clockid_t = CLOCK_PROCESS_CPUTIME_ID, _ pass: () throws -> Void
  ) throws -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(clock, &time)
      return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }
    try pass()
    // Asking the clock takes longer than a small network's pass: once for a millisecond of passes.
    let once = now()
    try pass()
    let passes = max(1, Int((1000 / max(0.1, now() - once)).rounded(.up)))
    let start = now()
    var measurements: [Double] = []
    while measurements.count < 3 || now() - start < seconds * 1e6 {
      let before = now()
      for _ in 0..<passes { try pass() }
      measurements.append((now() - before) / Double(passes))
    }
    return measurements.sorted()[measurements.count / 2]
  }

  /// The slope of a line through the logarithms.
  static func exponent(_ points: [(size: Double, cost: Double)]) -> Double {
    let x = points.map { log($0.size) }
    let y = points.map { log($0.cost) }
    let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
    let products = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    return products / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
  }

  static func text(_ value: Double) -> String {
    let scale = value < 100 ? 100.0 : 1
    return "\((value * scale).rounded() / scale)"
  }

  static func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return right ? space + text : text + space
  }
}

/// A repeatable source of numbers (SplitMix64).
struct Generator {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  mutating func normal(_ mean: Double, _ deviation: Double, _ count: Int) -> [Double] {
    (0..<count).map { _ in
      mean + deviation * (-2 * log(1 - uniform())).squareRoot() * cos(2 * Double.pi * uniform())
    }
  }

  mutating func spikes(_ count: Int, _ channels: Int, _ end: Double) -> [InputSpike] {
    (0..<count).map { _ in
      InputSpike(time: uniform() * end, channel: Int(uniform() * Double(channels)))
    }.sorted { $0.time < $1.time }
  }
}
