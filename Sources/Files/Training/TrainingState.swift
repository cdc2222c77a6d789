import EventProp
package import Learning

/// A training at a step, as a `.npz` file: every number is exact, so that it goes on bit for bit.
///
/// Arrays: `version`, `step`, `numbers` (the learnt numbers), `m` and `v` (what the optimizer
/// remembers), `updates` (its steps), `training` (a checksum of the network, the samples and the
/// settings, in four parts of 16 bits), and `edits`: for each change of the settings on the way its
/// step, the rate, the number of epochs, and the limits of the norm and of the values, 0 for none.
package struct TrainingState: Equatable, Sendable {
  /// The state.
  package let state: Training.State
  /// A checksum of what determines the training.
  package let fingerprint: UInt64

  /// The changes of the settings: rows of ``width`` numbers.
  private let changes: [Double]

  /// The numbers of a change.
  private static let width = 5

  /// A state of a training, with its settings.
  package init(_ state: Training.State, edits: [Training.Edit]?, fingerprint: UInt64) {
    self.state = state
    changes = (edits ?? []).flatMap { edit in
      var (norm, value) = (0.0, 0.0)
      switch edit.settings.clipping {
      case .norm(let most)?: norm = most
      case .value(let most)?: value = most
      case nil: break
      }
      return [Double(edit.step), edit.settings.rate, Double(edit.settings.epochs), norm, value]
    }
    self.fingerprint = fingerprint
  }

  /// The settings along the training, with what cannot change from the settings at its start; nil where
  /// the file has none.
  package func edits(of settings: TrainingSettings) -> [Training.Edit]? {
    guard !changes.isEmpty else { return nil }
    return stride(from: 0, to: changes.count, by: Self.width).map { first in
      let row = changes[first..<first + Self.width].map { $0 }
      var settings = settings
      settings.rate = row[1]
      settings.epochs = Int(row[2])
      settings.clipping =
        row[3] > 0 ? .norm(row[3]) : row[4] > 0 ? .value(row[4]) : nil
      return Training.Edit(step: Int(row[0]), settings: settings)
    }
  }

  /// The version of the format.
  private static let version = 2.0

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
      ("updates", list([Double(state.memory.steps)])), ("edits", list(changes)),
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
    let version, parts, step, updates, numbers, edits: [Double]
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
      edits = try archive.array(named: "edits").values
    } catch {
      throw .arrays(error)
    }
    guard version == [Self.version] else { throw .version }
    guard parts.count == 4, parts.allSatisfy({ (0..<65536).contains($0) && $0 == $0.rounded() }),
      let step = step.first.flatMap({ Int(exactly: $0) }), step >= 0,
      let updates = updates.first.flatMap({ Int(exactly: $0) }), updates >= 0,
      (numbers + memory.m + memory.v).allSatisfy(\.isFinite),
      [0, numbers.count].contains(memory.m.count), [0, numbers.count].contains(memory.v.count),
      Self.areChanges(edits)
    else { throw .other }
    memory.steps = updates
    changes = edits
    state = Training.State(step: step, numbers: numbers, memory: memory)
    fingerprint = parts.enumerated().reduce(0) { $0 | UInt64($1.element) << (16 * $1.offset) }
  }
}

extension TrainingState {
  /// Whether numbers are rows of changes: the first at step 0, the others at later steps in order.
  private static func areChanges(_ numbers: [Double]) -> Bool {
    guard numbers.count % width == 0 else { return false }
    let rows = stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
    return rows.enumerated().allSatisfy { place, row in
      let isLater = place == 0 ? row[0] == 0 : row[0] > rows[place - 1][0]
      return isLater && Int(exactly: row[0]) != nil && row[1] > 0 && row[1].isFinite
        && (Int(exactly: row[2]).map { $0 >= 1 } ?? false)
        && row[3...].allSatisfy { $0 >= 0 && $0.isFinite }
    }
  }

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
