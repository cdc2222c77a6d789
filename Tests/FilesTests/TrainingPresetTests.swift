import EventProp
import Files
import Language
import Learning
import Testing

/// The key `training` of a preset, and the file of a training's state.
@Suite struct TrainingPresetTests {
  private static let archive = ArrayWriter.npz([
    (name: "t", array: NumberArray(shape: [3, 2], values: [1, 2, 3, 4, 2.5, 2.6])),
    (name: "y", array: NumberArray(shape: [3], values: [0, 1, 1])),
  ])

  private static func text(_ training: String) -> String {
    """
    title: t
    t_max: 40 ms
    inputs: { size: 2 }
    samples: { file: d.npz, times: t, labels: y, time_unit: ms }
    layers:
      - { name: hidden, size: 3, weights: [[3, 2, 1], [1, 2, 3]] }
      - { name: out, size: 2, weights: [[2, 1], [1, 2], [2, 2]], delays: 1 ms }
    loss: { kind: ttfs_cross_entropy, tau: 5 ms }
    training: \(training)
    """
  }

  private static func read(_ text: String) throws(PresetComplaints) -> PresetDocument {
    try PresetReader.read(text, named: "p", readingFile: { $0 == "d.npz" ? archive : nil })
  }

  private static func complaints(_ text: String) -> [String] {
    FilesTests.complaints { () throws(PresetComplaints) in try read(text) }
  }

  @Test func `every key is read, and what is left out has its default`() throws {
    let plain = try #require(try Self.read(Self.text("{ epochs: 3 }")).training)
    #expect(plain == TrainingSettings(epochs: 3))
    let full = try Self.read(
      Self.text(
        """
        { epochs: 7, batch: 16, optimizer: adam, beta1: 0.8, beta2: 0.99, epsilon: 1e-10, rate: 0.01, \
        decay: { per: step, factor: 0.999 }, clip: { norm: 2 }, seed: 4, shuffle: false, skip_silent: true, \
        bump: 0.25, existence: 0.5, \
        learn: [weights, out.delays, shared tau_mem, shared hidden.v_th, initial_v] }
        """))
    #expect(
      full.training
        == TrainingSettings(
          epochs: 7, batch: 16, optimizer: .adam(beta1: 0.8, beta2: 0.99, epsilon: 1e-10),
          rate: 0.01, decay: .perStep(0.999), clipping: .norm(2), skipsSilentLabels: true,
          bump: 0.25, existence: 0.5, seed: 4,
          shuffles: false,
          learn: [
            LearnedPart(.weights), LearnedPart(.delays, layer: 1),
            LearnedPart(.tauMem, isShared: true),
            LearnedPart(.vThreshold, layer: 0, isShared: true),
            LearnedPart(.initialV),
          ]))
    let momentum = try Self.read(
      Self.text(
        "{ optimizer: momentum, momentum: 0.5, decay: 0.9, clip: { value: 1 }, learn: delays }"))
    #expect(
      momentum.training
        == TrainingSettings(
          optimizer: .momentum(factor: 0.5), decay: .perEpoch(0.9), clipping: .value(1),
          learn: [LearnedPart(.delays)]))
    for document in [full, momentum] {
      let again = try Self.read(
        PresetWriter.write(document.experiment, samples: document.filedSamples))
      #expect(again.training == document.training)
      #expect(again.experiment == document.experiment)
    }
  }

  @Test(
    arguments: [
      ("{ epochs: 0 }", "9:21 epochs"), ("{ batch: 0 }", "9:20 batch"),
      ("{ rate: nan }", "9:19"), ("{ rate: 0 }", "9:19 rate"), ("{ rate: -1 }", "9:19 rate"),
      ("{ optimizer: adma }", "9:24 unknown optimizer 'adma'"),
      ("{ optimizer: sgd, beta1: 0.5 }", "9:29 'beta1' is no constant of sgd"),
      ("{ beta1: 1 }", "9:20 beta1 must be at least 0 and less than 1"),
      ("{ epsilon: -1 }", "9:22 epsilon must be at least 0"),
      ("{ decay: { per: hour, factor: 1 } }", "9:27 unknown decay 'hour'"),
      ("{ clip: { norm: 1, value: 1 } }", "9:19"), ("{ clip: { norm: 0 } }", "9:27 norm"),
      ("{ learn: [] }", "9:20 nothing is learnt"),
      ("{ learn: [wieghts] }", "9:21 'wieghts' cannot be learnt"),
      ("{ learn: [shared weights] }", "9:21 'shared weights' cannot be learnt"),
      ("{ learn: [hidden.delays] }", "9:21 there is no 'hidden.delays' here"),
      ("{ learn: [recurrent] }", "9:21 there is no 'recurrent' here"),
      ("{ seed: -1 }", "9:19"), ("{ shuffle: maybe }", "9:22"),
      ("{ epoch: 3 }", "9:13 unknown key"),
    ])
  func `a bad setting is refused at its place`(training: String, start: String) {
    let complaints = Self.complaints(Self.text(training))
    #expect(complaints.count == 1 && complaints.allSatisfy { $0.hasPrefix(start) }, "\(complaints)")
  }

  @Test func `a training needs samples and a loss`() {
    let bare = Self.text("{ epochs: 3 }").split(separator: "\n")
    let without = { (key: String) in
      Self.complaints(bare.filter { !$0.hasPrefix(key) }.joined(separator: "\n"))
    }
    #expect(without("samples").contains { $0.contains("'training' without samples") })
    #expect(without("loss").contains { $0.contains("'training' without a loss") })
  }

  @Test(arguments: [nil, 99] as [UInt64?])
  func `the line of an epoch fits 79 columns`(seed: UInt64?) {
    var line = TrainingLine(epoch: 1000, step: 157_000)
    line.seed = seed
    line.train = Training.Score(loss: 0.000_123_456_789, samples: 5000, right: 5000)
    line.test = Training.Score(loss: 123_456.789, samples: 1000, right: 1)
    line.seconds = 12.345
    #expect(line.text.count <= 79, "\(line.text)")
    #expect(line.text.hasSuffix("12.35 s") || line.text.hasSuffix("12.34 s"))
    line.train = nil
    #expect(!line.text.contains("train"))
  }

  @Test func `the state of a training comes back bit for bit, and damage is noticed`() throws {
    var memory = Optimizer.State()
    (memory.m, memory.v, memory.steps) = ([0.1, -1e-300], [1 / 3, .leastNonzeroMagnitude], 12)
    let edits = [
      Training.Edit(step: 0, settings: TrainingSettings(rate: 0.1)),
      Training.Edit(step: 7, settings: TrainingSettings(epochs: 3, clipping: .value(1 / 3))),
    ]
    let kept = TrainingState(
      Training.State(step: 11, numbers: [.pi, -0.1], memory: memory), edits: edits,
      fingerprint: .max - 5)
    #expect(try TrainingState(kept.bytes) == kept)
    #expect(try TrainingState(kept.bytes).edits(of: TrainingSettings()) == edits)
    #expect(throws: TrainingState.Fault.self) { try TrainingState([]) }
    #expect(throws: TrainingState.Fault.self) { try TrainingState(Array(kept.bytes.dropLast(30))) }
    #expect(throws: TrainingState.Fault.self) { try TrainingState(Self.archive) }
    var flipped = kept.bytes
    let place = try #require(flipped.indices.first { flipped[$0...].starts(with: [0x18, 0x2D]) })
    flipped[place] ^= 1
    #expect(throws: TrainingState.Fault.self) { try TrainingState(flipped) }
  }
}
