import EventProp
import Language

extension PresetWriter {
  /// The lines of the keys `samples` and `batch`.
  static func lines(of filed: FiledSamples) -> [String] {
    let source = filed.source
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
    lines.append("batch: \(filed.samples.together.rawValue)")
    return lines
  }
}

extension LossField {
  /// The values of a loss that samples with these keys give.
  static func given(by keys: some Collection<String>) -> [LossField] {
    (keys.contains("labels") ? [.label] : [])
      + (keys.contains("targets") ? [.target, .targets] : [])
  }
}
