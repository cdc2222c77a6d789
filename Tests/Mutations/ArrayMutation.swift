import Workbench
import Language
import Files
import Presets
import Study
import EventProp

/// Files of arrays and gradients as JSON, damaged here and there, read and compared.
enum ArrayMutation {
  private static let values = [
    0, -0.0, 1, -1, 0.5, 1.7976931348623157e308, .leastNonzeroMagnitude, .nan, .infinity,
    -.infinity, 1e300, 1e-300, 3, 2, 1e16,
  ]

  /// The bytes of a file of the name, whole or damaged.
  static func file(named name: String, _ dice: inout Dice) -> [UInt8] {
    let bytes =
      name.hasSuffix(".npz")
      ? ArrayWriter.npz(["w", "t", "c", "d"].map { ($0, array(&dice)) })
      : ArrayWriter.npy(array(&dice))
    return damaged(bytes, &dice)
  }

  private static func array(_ dice: inout Dice) -> NumberArray {
    let shape = dice.one(of: [
      [], [0], [1], [2], [3], [1, 1], [2, 2], [2, 1], [4, 2], [2, 3], [0, 2], [2, 0], [1, 3],
      [2, 2, 2], [7],
    ])
    let count = shape.reduce(1, *)
    let isWild = dice.once(in: 3)
    return NumberArray(
      shape: shape,
      values: (0..<count).map { _ in
        isWild ? dice.one(of: values) : Double(dice.number(-20...40)) / 10
      })
  }

  /// Bytes with up to three places changed, cut, or doubled.
  static func damaged(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<dice.one(of: [0, 0, 1, 1, 2, 3]) where !bytes.isEmpty {
      let place = dice.number(0...bytes.count - 1)
      switch dice.number(0...7) {
      case 0: bytes.removeSubrange(place...)
      case 1: bytes[place] = UInt8(dice.number(0...255))
      case 2: bytes.insert(UInt8(dice.number(0...255)), at: place)
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + dice.number(1...16)))
      case 4: bytes += bytes[place...]
      case 5: header(&bytes, &dice)
      case 6:
        // A count or a length at its largest.
        for next in place..<min(bytes.count, place + dice.one(of: [2, 4, 8])) { bytes[next] = 0xFF }
      default: bytes[place] ^= 1 << UInt8(dice.number(0...7))
      }
    }
    return dice.once(in: 60) ? [] : bytes
  }

  /// Replaces a word of the header of an array.
  private static func header(_ bytes: inout [UInt8], _ dice: inout Dice) {
    let (old, new) = dice.one(of: [
      ("<f8", ">f8"), ("<f8", "<f4"), ("<f8", "<i8"), ("<f8", "|O "), ("<f8", "<c8"),
      ("<f8", "|u1"), ("<f8", "<U9"), ("False", "True "), ("shape", "shapf"),
      ("(2,", "(9,"), ("(2, ", "(-2,"), ("'", "\""), ("descr", "desc"),
      ("(1", "(99999999999999999999"), (", 2)", ", 4611686018427387904)"), ("}", "]"),
    ])
    let (word, other) = (Array(old.utf8), Array(new.utf8))
    guard bytes.count > word.count,
      let place = (0..<bytes.count - word.count).first(where: {
        bytes[$0..<$0 + word.count].elementsEqual(word)
      })
    else { return }
    bytes.replaceSubrange(place..<place + word.count, with: other)
  }

  /// Experiments with their archives and reports, made once.
  private static let subjects:
    [(name: String, trajectory: Trajectory, npz: [UInt8], json: String)] = Preset.all.compactMap {
      preset in
      guard preset.name != "yin-yang",
        let experiment = try? PresetReader.read(preset.text, named: preset.name).experiment,
        let trajectory = try? Trajectory(of: experiment),
        let adjoint = try? AdjointTrajectory(of: trajectory),
        let report = try? Report(trajectory, adjoint: adjoint, loss: adjoint.loss, warnings: []),
        let json = try? report.json()
      else { return nil }
      return (
        preset.name, trajectory, RunArchive.npz(trajectory, adjoint: adjoint),
        String(decoding: json, as: UTF8.self)
      )
    }

  /// The gradient of an input, and the run to compare it with.
  static func gradient(_ dice: inout Dice, asJSON: Bool) -> (
    name: String, file: String, bytes: [UInt8], trajectory: Trajectory
  ) {
    let subject = dice.one(of: subjects)
    if asJSON {
      var text = dice.once(in: 3) ? subject.json : part(of: subject.trajectory, &dice)
      var mutation = TextMutation(text)
      for _ in 0..<dice.number(0...3) { mutation.mutate(&dice) }
      text = mutation.text
      return (
        subject.name, "g.json",
        dice.once(in: 8) ? damaged(Array(text.utf8), &dice) : Array(text.utf8), subject.trajectory
      )
    }
    if dice.once(in: 3) {
      let names =
        subject.trajectory.experiment.network.layers.map { $0.name + ".weights" } + [
          "input_times", "x",
        ]
      let bytes =
        dice.once(in: 2)
        ? ArrayWriter.npz([(dice.one(of: names), array(&dice))]) : ArrayWriter.npy(array(&dice))
      return (
        subject.name, dice.one(of: ["g.npz", "hidden.weights.npy", "out.weights.npy"]),
        damaged(bytes, &dice), subject.trajectory
      )
    }
    return (subject.name, "g.npz", damaged(subject.npz, &dice), subject.trajectory)
  }

  /// A gradient of one matrix as JSON.
  private static func part(of trajectory: Trajectory, _ dice: inout Dice) -> String {
    let layer = dice.one(of: trajectory.experiment.network.layers)
    let rows = (0..<layer.weights.rows).map { _ in
      "["
        + (0..<layer.size).map { _ in
          dice.once(in: 9) ? dice.one(of: Dice.numbers) : "\(Double(dice.number(-50...50)) / 8)"
        }.joined(separator: ", ") + "]"
    }
    let matrix = "[" + rows.joined(separator: ",\n") + "]"
    return dice.once(in: 2)
      ? "{\"\(layer.name).weights\": \(matrix)}"
      : "{\"layers\": [{\"name\": \"\(layer.name)\", \"gradient\": {\"weights\": \(matrix)}}]}"
  }

  /// Reads a gradient and compares it.
  static func outcome(seed: UInt64, asJSON: Bool) -> Outcome {
    var dice = Dice(seed: seed)
    let input = gradient(&dice, asJSON: asJSON)
    let experiment = input.trajectory.experiment
    var outcome = Outcome()
    let record: ForeignRecord
    do throws(GradientComplaints) {
      record = try RecordReader.read(input.bytes, named: input.file, of: experiment)
    } catch {
      outcome.refusal = error.rendered
      if !error.rendered.hasPrefix(input.file + ":") || error.rendered.count < input.file.count + 15
      {
        outcome.findings.append("a complaint without a place or a sentence: \(error.rendered)")
      }
      return outcome
    }
    let clock = Clock(seconds: 8)
    do throws(SimulationError) {
      let comparison = try Comparison(
        of: record, with: input.trajectory, pace: Pace { _ in clock.goesOn })
      let report = CompareReport(comparison, of: record, Names(experiment, .full))
      if report.text.isEmpty { outcome.findings.append("an empty comparison") }
      do { _ = try report.json() } catch {
        outcome.findings.append("the comparison as JSON: \(error)")
      }
    } catch {
      outcome.refusal = Names(experiment, .full).sentence(for: error)
      outcome.isSlow = !clock.goesOn
    }
    return outcome
  }
}
