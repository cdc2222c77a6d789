import EventProp
package import Learning

/// A training at a step, as a `.npz` file: every number is exact, so that it goes on bit for bit.
///
/// Arrays: `version`, `step`, `numbers` (the learnt numbers), `m` and `v` (what the optimizer
/// remembers), `updates` (its steps), and `training` (a checksum of the network, the samples and the
/// settings, in four parts of 16 bits).
package struct TrainingState: Equatable, Sendable {
  /// The state.
  package let state: Training.State
  /// A checksum of what determines the training.
  package let fingerprint: UInt64

  /// A state of a training.
  package init(_ state: Training.State, fingerprint: UInt64) {
    self.state = state
    self.fingerprint = fingerprint
  }

  /// The version of the format.
  private static let version = 1.0

  /// The bytes of the file.
  package var bytes: [UInt8] {
    func list(_ values: [Double]) -> NumberArray {
      NumberArray(shape: [values.count], values: values)
    }
    let parts = (0..<4).map { Double(fingerprint >> (16 * UInt64($0)) & 0xFFFF) }
    return ArrayWriter.npz([
      ("version", list([Self.version])), ("training", list(parts)),
      ("step", list([Double(state.step)])), ("numbers", list(state.numbers)),
      ("m", list(state.memory.m)), ("v", list(state.memory.v)),
      ("updates", list([Double(state.memory.steps)])),
    ])
  }

  /// Why a file is not the state of a training.
  package enum Fault: Error {
    case arrays(ArrayFault)
    case version
    case other

    /// The fault in words.
    package var message: String {
      switch self {
      case .arrays(let fault): fault.message
      case .version: "this is the state of a training from a newer version"
      case .other: "this is no state of a training"
      }
    }
  }

  /// Reads a file.
  ///
  /// - Throws: A ``Fault``.
  package init(_ bytes: [UInt8]) throws(Fault) {
    let version, parts, step, updates, numbers: [Double]
    var memory = Optimizer.State()
    do throws(ArrayFault) {
      let archive = try NpzArchive(bytes)
      version = try archive.array(named: "version").values
      parts = try archive.array(named: "training").values
      step = try archive.array(named: "step").values
      updates = try archive.array(named: "updates").values
      numbers = try archive.array(named: "numbers").values
      memory.m = try archive.array(named: "m").values
      memory.v = try archive.array(named: "v").values
    } catch {
      throw .arrays(error)
    }
    guard version == [Self.version] else { throw .version }
    guard parts.count == 4, parts.allSatisfy({ (0..<65536).contains($0) && $0 == $0.rounded() }),
      let step = step.first.flatMap({ Int(exactly: $0) }), step >= 0,
      let updates = updates.first.flatMap({ Int(exactly: $0) }), updates >= 0,
      (numbers + memory.m + memory.v).allSatisfy(\.isFinite),
      [0, numbers.count].contains(memory.m.count), [0, numbers.count].contains(memory.v.count)
    else { throw .other }
    memory.steps = updates
    state = Training.State(step: step, numbers: numbers, memory: memory)
    fingerprint = parts.enumerated().reduce(0) { $0 | UInt64($1.element) << (16 * $1.offset) }
  }
}

extension TrainingState {
  /// A checksum of the text of a preset, a seed and the samples: what determines a training.
  package static func fingerprint(of text: String, seed: UInt64, _ data: TrainingData) -> UInt64 {
    var sum = SplitMix64.mixed(seed &+ 1)
    func add(_ bits: UInt64) { sum = SplitMix64.mixed(sum ^ bits) &+ 1 }
    for byte in text.utf8 { add(UInt64(byte)) }
    for sample in data.samples {
      for spike in sample.inputs.spikes {
        add(spike.time.bitPattern)
        add(UInt64(spike.channel))
      }
      add(UInt64(bitPattern: Int64(sample.loss.rule.values.label)))
      for time in sample.loss.rule.values.targets.joined() { add(time.bitPattern) }
    }
    return sum
  }
}
