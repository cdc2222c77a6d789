import EventProp
import Language

/// The name of an array in a file with what it stands for: `W0=hidden.weights^T*0.005`.
///
/// The array is the part, transposed after `^T`, times the factor after `*`. `W0=-` passes over it.
package struct NameMapping: Equatable, Sendable {
  /// The name in the file.
  package let theirs: String
  /// The name of the part; nil where the array is passed over.
  package let part: String?
  /// Whether the array is the transposed part.
  package let isTransposed: Bool
  /// The array is the part times this factor, which is not 0.
  package let factor: Double

  /// Why a text is no mapping.
  package enum Fault: Error, Equatable, Sendable {
    /// There is no `=`, or nothing on one side of it.
    case form(String)
    /// What follows `*` is no number, or 0.
    case factor(String)

    /// The fact, as a sentence without a capital or a full stop.
    package var message: String {
      switch self {
      case .form(let text): "'\(text)' gives no array a meaning"
      case .factor(let text): "'\(text)' is no factor"
      }
    }

    /// The remedy.
    package var remedy: String {
      switch self {
      case .form:
        "THEIRS=OURS, as in W0=hidden.weights^T*0.005; THEIRS=- passes over the array"
      case .factor: "a number that is not 0, as in *0.005"
      }
    }
  }

  /// Reads a mapping.
  package init(_ text: String) throws(Fault) {
    guard let sign = text.firstIndex(of: "=") else { throw .form(text) }
    theirs = String(text[..<sign])
    var rest = text[text.index(after: sign)...]
    guard !theirs.isEmpty, !rest.isEmpty else { throw .form(text) }
    if let star = rest.firstIndex(of: "*") {
      let number = String(rest[rest.index(after: star)...])
      guard let factor = Double(number), factor != 0, factor.isFinite else {
        throw .factor(number)
      }
      self.factor = factor
      rest = rest[..<star]
    } else {
      factor = 1
    }
    isTransposed = rest.hasSuffix("^T")
    if isTransposed { rest = rest.dropLast(2) }
    guard !rest.isEmpty else { throw .form(text) }
    part = rest == "-" ? nil : String(rest)
  }
}
