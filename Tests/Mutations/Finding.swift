import EventProp
import Files
import Language

/// What an input led to.
struct Outcome {
  /// What it was refused with; nil if it was accepted.
  var refusal: String?
  /// What contradicts a law; empty where all is well.
  var findings: [String] = []
  /// Whether it took longer than the work of one input may take.
  var isSlow = false
}

/// The laws of what a person reads.
enum Law {
  /// Why a text shows a number that is not finite; nil if it does not.
  ///
  /// Lines in `source` are the user's own.
  static func unreal(in text: String, unless source: String = "") -> String? {
    for line in text.split(separator: "\n") {
      let words = line.split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == ".") }
      guard let word = words.first(where: { ["nan", "inf", "infinity"].contains($0.lowercased()) })
      else { continue }
      if source.lowercased().contains(word.lowercased()) { continue }
      return "shows \(word): \(line.prefix(160))"
    }
    return nil
  }

  /// Why a complaint of a file has no place or no sentence; nil if it has both.
  static func fault(ofComplaint rendered: String, named name: String) -> String? {
    guard let heading = rendered.split(separator: "\n").first else {
      return "a complaint without a text"
    }
    let parts = heading.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == name[...], (Int(parts[1]) ?? 0) > 0,
      (Int(parts[2]) ?? 0) > 0
    else {
      return "a complaint without a place: \(heading)"
    }
    return parts[3].count < 12 ? "a complaint without a sentence: \(heading)" : nil
  }
}
