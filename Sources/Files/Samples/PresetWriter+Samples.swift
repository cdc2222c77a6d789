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
    var lines = ["", "samples:", "  file: \(PresetScalar.text(source.file))"]
    lines += PresetKeys.sampleArrays.compactMap { key in
      source.arrays[key].map { "  \(key): \(PresetScalar.text($0))" }
    }
    if let unit = source.timeUnit { lines.append("  time_unit: \(unit.rawValue)") }
    if let ranges = source.selected {
      let texts = ranges.map {
        $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)"
      }
      lines.append(
        "  select: \(texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]")")
    }
    return lines
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

    let encoder = settings.encoder
    var encode = [
      "from: \(Quantity.exactTime(encoder.from))", "to: \(Quantity.exactTime(encoder.to))",
    ]
    if let bias = encoder.bias { encode.append("bias: \(Quantity.exactTime(bias))") }
    if encoder.isMirrored != settings.set.isMirrored {
      encode.append("mirror: \(encoder.isMirrored)")
    }
    if encoder.copies != 1 { encode.append("copies: \(encoder.copies)") }
    if encoder.repeats != 1 { encode.append("repeats: \(encoder.repeats)") }
    if let targets = encoder.targets {
      encode.append("right: \(Quantity.exactTime(targets.right))")
      encode.append("wrong: \(Quantity.exactTime(targets.wrong))")
    }
    return [
      "", "data: \(data.isEmpty ? name : "{ \(all) }")",
      "encode: { \(encode.joined(separator: ", ")) }",
    ]
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
