internal import EventProp
internal import Language

extension Names {
  /// The fault of a name in a file that belongs to no part, and is no misspelt one; nil for others.
  ///
  /// A name near the name of a part is misspelt, unless the file has this part already.
  func strangeness(of name: String, beside given: Set<String>) -> PartFault? {
    do throws(PartFault) {
      _ = try part(named: name)
      return nil
    } catch {
      guard case .unknown(_, let known) = error,
        Suggestion.nearest(to: name, among: known.filter { !given.contains($0) }) == nil
      else { return nil }
      return error
    }
  }

  /// The parts that some names of a file belong to, by their own names.
  func parts(among names: [String]) -> Set<String> {
    Set(names.compactMap { try? part(named: $0) }.map { name(of: $0) })
  }
}
