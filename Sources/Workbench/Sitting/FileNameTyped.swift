import EventProp
import Language
import Presets

/// A file name that is being typed: the rest of a line, or the word after a form.
struct FileNameTyped {
  /// The name as typed, perhaps with a quote in front.
  private let typed: String
  /// Other words that are possible in its place.
  private let others: [String]

  /// Finds the name in a command; nil where the command does not take a file at this place.
  init?(in sentence: Substring) {
    var words = sentence.drop { $0 == " " }
    func next() -> Substring? {
      guard let blank = words.firstIndex(of: " ") else { return nil }
      defer { words = words[blank...].drop { $0 == " " } }
      return words[..<blank]
    }
    guard var verb = next() else { return nil }
    if verb.hasSuffix("!") { verb = verb.dropLast() }
    guard let row = try? CommandTable.row(for: Word(String(verb))) else { return nil }
    switch row.completes {
    case .files: others = row.name == "record" ? ["off"] : []
    case .presets: others = Preset.known.map(\.name) + ["last"]
    case .exports:
      guard next() != nil else { return nil }
      others = []
    default: return nil
    }
    typed = String(words)
    // After a name of one word comes something else.
    let isOneWord = row.completes == .exports || row.name == "replay"
    if isOneWord, !typed.hasPrefix("\""), typed.contains(" ") { return nil }
    if isOneWord, typed.count(where: { $0 == "\"" }) > 1 { return nil }
  }

  /// The addition by Tab: a name gets the quotes that it needs, and a folder waits for more.
  func completion(among namesInFolder: (String) -> [String]) -> Completion {
    let path = typed.hasPrefix("\"") ? String(typed.dropFirst()) : typed
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let start = path.dropFirst(folder.count)
    let names = namesInFolder(folder.isEmpty ? "." : folder)
      .filter { start.hasPrefix(".") || !$0.hasPrefix(".") }.map { folder + $0 }
    let matches = (others.filter { !names.contains($0) } + names.sorted()).filter {
      $0.hasPrefix(path)
    }
    guard let first = matches.first else { return Completion() }
    let length = typed.unicodeScalars.count
    guard matches.count > 1 else {
      let isWhole = !first.hasSuffix("/")
      return Completion(
        insertion: written(first, isWhole: isWhole) + (isWhole ? " " : ""), replacing: length)
    }
    let common = matches.commonPrefix
    let isLonger = common.count > path.count
    return Completion(
      insertion: isLonger ? written(common, isWhole: false) : "", replacing: isLonger ? length : 0,
      candidates: matches.map { String($0.dropFirst(folder.count)) })
  }

  private func written(_ path: String, isWhole: Bool) -> String {
    guard typed.hasPrefix("\"") || Word.needsQuotes(path) else { return path }
    return "\"" + path + (isWhole ? "\"" : "")
  }
}
