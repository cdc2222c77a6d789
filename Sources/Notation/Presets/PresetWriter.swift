public import EventProp

/// Writes an experiment as a preset.
public enum PresetWriter {
  /// The canonical form.
  public static func write(_ experiment: Experiment) -> String { "" }
}
