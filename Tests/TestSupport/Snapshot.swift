import Glibc
public import Testing

/// Whether snapshots are to be written anew rather than compared.
public let recordsSnapshots = inheritedEnvironment()["RECORD_SNAPSHOTS"] == "1"

/// Compares a text with the one kept in the folder `Snapshots` beside the test file.
///
/// A snapshot that is missing fails the test like one that differs; only RECORD_SNAPSHOTS=1 writes
/// them anew.
///
/// - Parameters:
///   - text: The text as it is now.
///   - name: The name of the file, without `.txt`.
///   - filePath: The test file.
///   - sourceLocation: Where a failure is reported.
public func assertSnapshot(
  _ text: String, named name: String, filePath: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let slash = filePath.lastIndex(of: "/") ?? filePath.startIndex
  let folder = filePath[..<slash] + "/Snapshots"
  let path = "\(folder)/\(name).txt"
  let text = text + "\n"
  if recordsSnapshots {
    mkdir(String(folder), 0o755)
    #expect(writeFile(path, text), "cannot write \(path)", sourceLocation: sourceLocation)
    return
  }
  let kept = readFile(path)
  guard kept != text else { return }
  Issue.record(
    """
    \(kept == nil ? "missing" : "different"): \(path)
    \(firstDifference(kept ?? "", text))
    now:
    \(text)
    RECORD_SNAPSHOTS=1 swift test records it anew.
    """,
    sourceLocation: sourceLocation)
}

/// The first line in which two texts differ.
private func firstDifference(_ old: String, _ new: String) -> String {
  let olds = old.split(separator: "\n", omittingEmptySubsequences: false)
  let news = new.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(olds, news).prefix { $0 == $1 }.count
  return """
    line \(line + 1)
    kept: \(line < olds.count ? String(olds[line]) : "(end)")
    now:  \(line < news.count ? String(news[line]) : "(end)")
    """
}

private func readFile(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
    bytes += buffer[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}

private func writeFile(_ path: String, _ text: String) -> Bool {
  guard let file = fopen(path, "w") else { return false }
  let bytes = Array(text.utf8)
  let written = fwrite(bytes, 1, bytes.count, file)
  return fclose(file) == 0 && written == bytes.count
}
