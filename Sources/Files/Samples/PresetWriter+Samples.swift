import EventProp
import Language
import Learning

extension PresetWriter {
  /// The lines of the keys `samples`, or `data` and `encode`, and `batch`.
  static func lines(of filed: FiledSamples) -> [String] {
    let lines =
      switch filed.source {
      case .file(let source): lines(of: source)
      case .data(let settings): lines(of: settings)
      }
    return lines + ["batch: \(filed.samples.together.rawValue)"]
  }

  private static func lines(of source: SampleSource) -> [String] {
    var lines = ["", "samples:"] + fields(of: source).map { "  " + $0 }
    if let unit = source.timeUnit { lines.append("  time_unit: \(unit.rawValue)") }
    for part in PresetKeys.heldOut {
      guard let held = source.parts[part] else { continue }
      let value =
        switch held {
        case .last(let count): "\(count)"
        case .drawn(let count, let seed): "{ count: \(count), seed: \(seed) }"
        case .own(let own): "{ \(fields(of: own).joined(separator: ", ")) }"
        }
      lines.append("  \(part.rawValue): \(value)")
    }
    return lines + (source.encoder.map { [encode($0, isUsuallyMirrored: false)] } ?? [])
  }

  /// The file, its arrays and what is selected of them.
  private static func fields(of source: SampleSource) -> [String] {
    var fields = ["file: \(PresetScalar.text(source.file))"]
    fields += PresetKeys.sampleArrays.compactMap { key in
      source.arrays[key].map { "\(key): \(PresetScalar.text($0))" }
    }
    if let ranges = source.selected {
      let texts = ranges.map {
        $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)"
      }
      fields.append(
        "select: \(texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]")")
    }
    return fields
  }

  /// What is not usual of a data set, and its encoder.
  private static func lines(of settings: DataSettings) -> [String] {
    let usual = DataSettings(settings.set, settings.encoder)
    let parts = DataSettings.Part.allCases
    var data = parts.filter { settings.size(of: $0) != usual.size(of: $0) }
      .map { "\($0.rawValue): \(settings.size(of: $0))" }
    let seeds = parts.map { settings.seed(of: $0) }
    if seeds != parts.map(\.usualSeed) { data.append("seeds: \(seeds)") }
    let name = settings.set.name
    let all = (["set: \(name)"] + data).joined(separator: ", ")

    return [
      "", "data: \(data.isEmpty ? name : "{ \(all) }")",
      encode(settings.encoder, isUsuallyMirrored: settings.set.isMirrored),
    ]
  }

  /// The line of an encoder.
  private static func encode(_ encoder: Encoder, isUsuallyMirrored: Bool) -> String {
    var encode: [String] = []
    if let values = encoder.values {
      encode.append("range: [\(Quantity.exact(values.first)), \(Quantity.exact(values.last))]")
      if let silent = values.silent { encode.append("silent: \(Quantity.exact(silent))") }
    }
    encode += [
      "from: \(Quantity.exactTime(encoder.from))", "to: \(Quantity.exactTime(encoder.to))",
    ]
    if let bias = encoder.bias { encode.append("bias: \(Quantity.exactTime(bias))") }
    if encoder.isMirrored != isUsuallyMirrored { encode.append("mirror: \(encoder.isMirrored)") }
    if encoder.copies != 1 { encode.append("copies: \(encoder.copies)") }
    if encoder.repeats != 1 { encode.append("repeats: \(encoder.repeats)") }
    if let targets = encoder.targets {
      encode.append("right: \(Quantity.exactTime(targets.right))")
      encode.append("wrong: \(Quantity.exactTime(targets.wrong))")
    }
    return "encode: { \(encode.joined(separator: ", ")) }"
  }
}

extension LossField {
  /// The values of a loss that samples with these keys give.
  static func given(by keys: some Collection<String>) -> [LossField] {
    (keys.contains("labels") ? [.label] : [])
      + (keys.contains("targets") ? [.target, .targets] : [])
  }

  /// The values of a loss that a data set gives.
  static let givenByData = given(by: ["labels", "targets"])
}
