/// What `compare` compares: files of another program, with one sample or with all.
package struct ComparePhrase: Equatable, Sendable {
  /// The files; at least one.
  package let files: [Word]
  /// Whether all samples are compared.
  package let isBatch: Bool
  /// The largest relative difference that counts as agreement; nil for the rounding of the values.
  package let tolerance: Double?
  /// The meanings of names, as in `W0=hidden.weights^T`.
  package let mappings: [Word]

  /// Creates a phrase.
  package init(
    _ files: [Word], isBatch: Bool = false, tolerance: Double? = nil, mappings: [Word] = []
  ) {
    self.files = files
    self.isBatch = isBatch
    self.tolerance = tolerance
    self.mappings = mappings
  }

  /// A tolerance: a number greater than 0.
  package static func tolerance(_ text: String) -> Double? {
    Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
  }
}

extension Arguments {
  /// The files before the options: one name, which may have blanks, or several with an ending each.
  private mutating func comparedFiles() throws(Diagnostic) -> [Word] {
    let names = words.prefix { !["tolerance", "map"].contains($0.text) }
    let endings = [".npz", ".npy", ".json", ".safetensors", ".h5", ".nir"]
    let areMany = names.allSatisfy { word in
      let text = word.unquoted.text.lowercased()
      return endings.contains { text.hasSuffix($0) }
    }
    guard names.count > 1, areMany else {
      let rest = words.dropFirst(names.count)
      words = names
      let one = try file("a file with a gradient")
      words = rest
      return [one]
    }
    words = words.dropFirst(names.count)
    return names.map(\.unquoted)
  }

  /// Reads `[batch] FILE... [tolerance X] [map THEIRS=OURS]...`.
  mutating func comparePhrase() throws(Diagnostic) -> ComparePhrase {
    let isBatch = words.count > 1 && take("batch")
    let files = try comparedFiles()
    var tolerance: Double?
    var mappings: [Word] = []
    while let word = first {
      if take("tolerance") {
        _ = take("=")
        let value = try one("a tolerance, such as 1e-6")
        guard let number = ComparePhrase.tolerance(value.text) else {
          throw value.complaint(
            "expected a tolerance, found '\(value.text)'", remedy: "a number above 0, such as 1e-6")
        }
        tolerance = number
      } else if take("map") {
        var mapping = try one("a name with its meaning, such as W0=hidden.weights^T")
        if take("=") {
          let part = try one("the part that \(mapping.text) is, such as hidden.weights^T")
          mapping = Word("\(mapping.text)=\(part.text)", column: mapping.span.start.column)
        }
        mappings.append(mapping)
      } else {
        throw word.complaint(
          "compare does not take '\(word.text)' here", remedy: "usage: \(row.usage)")
      }
    }
    return ComparePhrase(files, isBatch: isBatch, tolerance: tolerance, mappings: mappings)
  }
}
