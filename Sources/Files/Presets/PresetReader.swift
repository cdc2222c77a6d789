package import EventProp
package import Language
package import Learning
package import Study

/// Reads the description of an experiment from YAML or JSON; JSON is a subset of YAML.
///
/// `formats.md` defines the keys, units and defaults. Every scalar is read as text and then by
/// `Quantity`. Presets and the prompt therefore share one grammar, and the types of YAML do not
/// matter.
package enum PresetReader {
  /// Reads a preset.
  ///
  /// - Parameters:
  ///   - text: The whole text of the preset.
  ///   - name: Its file name or path as written by the user, for complaints.
  ///   - readingFile: Reads a file that the preset names, relative to the preset; nil for no file.
  ///   - locating: The path of such a file that holds in every folder.
  ///   - drawing: A seed that changes the drawn weights; 0 leaves them as they are.
  /// - Returns: The experiment, with the places for later complaints.
  /// - Throws: All complaints about the text, in the order of their places.
  package static func read(
    _ text: String, named name: String,
    readingFile: @escaping (String) throws -> [UInt8]? = { _ in nil },
    locating: @escaping (String) -> String = { $0 }, drawing: UInt64 = 0
  ) throws(PresetComplaints) -> PresetDocument {
    let source = SourceText(text, named: name)
    let root: PresetNode
    do {
      root = try PresetTree.compose(source)
    } catch {
      throw PresetComplaints(source: source, diagnostics: [error])
    }
    var reading = PresetReading(source: source, readingFile: readingFile, locating: locating)
    reading.drawing = drawing
    let document = reading.document(root)
    guard let document, reading.complaints.isEmpty else {
      throw PresetComplaints(source: source, diagnostics: reading.sortedComplaints)
    }
    return document
  }
}

/// All faults of a preset.
package struct PresetComplaints: Error, Equatable, Sendable {
  /// The text to which the complaints point.
  package let source: SourceText
  /// The complaints in the order of their places; at least one.
  package let diagnostics: [Diagnostic]

  /// Whether a complaint is about a file that the preset names and that cannot be read.
  package var includesUnreadableFile: Bool { diagnostics.contains(where: \.isAboutUnreadableFile) }

  /// All complaints, each with its line and caret.
  package var rendered: String {
    diagnostics.map { $0.rendered(in: source) }.joined(separator: "\n")
  }
}

/// An experiment and the text that describes it.
package struct PresetDocument: Equatable, Sendable {
  /// The experiment; with samples, that of the first sample.
  package var experiment: Experiment
  /// The samples of the preset with their source; nil where it has input spikes of its own.
  package let filedSamples: FiledSamples?
  /// The text of the description.
  package let source: SourceText
  /// The places of its parts in the text.
  package let places: Places
  /// The first time of 1 s or more without a unit, which may be meant in milliseconds; nil for none.
  package let doubt: Diagnostic?
  /// The warnings about the text: its times without a unit, and a loss without its time scale.
  package let remarks: [Warning]

  /// The rules of a training; nil where the preset has none.
  package var training: TrainingSettings? { filedSamples?.training }

  /// The samples of the preset; nil where it has input spikes of its own.
  package var samples: Samples? { filedSamples?.samples }

  /// The places of the parts of a preset, for complaints that only a run can cause.
  package struct Places: Equatable, Sendable {
    /// The loss, if there is one.
    package var loss: SourceSpan?
    /// The terms of a linear loss, in their order; empty for other losses.
    package var lossTerms: [SourceSpan] = []
    /// The layers, in order.
    package var layers: [SourceSpan] = []
    /// The input spikes, in the preset's order.
    package var inputSpikes: [SourceSpan] = []
  }
}
