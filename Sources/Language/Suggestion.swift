import EventProp

/// The candidate that a misspelt word probably means, for "did you mean".
package enum Suggestion {
  /// The nearest candidate at a distance of at most two, or nil; of equally near ones the first.
  ///
  /// Case and underscores do not count, so that `tauMem` finds `tau_mem`. A word of up to three
  /// letters may differ in only one place: with two it would resemble everything.
  package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let plain = folded(word)
    let limit = plain.count <= 3 ? 1 : 2
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let other = folded(candidate)
      guard abs(other.count - plain.count) <= limit else { continue }
      let distance = distance(plain, other)
      guard distance <= limit, distance < max(plain.count, other.count) else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// Whether two words differ only in case and underscores.
  package static func areAlike(_ one: String, _ other: String) -> Bool {
    folded(one) == folded(other)
  }

  /// A word without case and underscores.
  static func folded(_ word: String) -> [Character] {
    Array(word.lowercased().filter { $0 != "_" })
  }

  /// The number of insertions, deletions, substitutions and swaps of neighbours between two words.
  ///
  /// Optimal string alignment: no stretch is edited twice.
  ///
  /// - Complexity: O(a · b).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
