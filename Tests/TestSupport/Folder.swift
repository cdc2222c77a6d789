import Glibc

/// Carries out a test with a folder of its own, and removes it.
///
/// - Parameter body: The test; it is given the path.
/// - Returns: What the test returns.
/// - Throws: What the test throws.
public func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = "/tmp/backspike-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  mkdir(folder, 0o700)
  defer { _ = try? run(["rm", "-rf", folder]) }
  return try body(folder)
}

/// Writes a file in a folder of its own, hands over its path, and removes it.
///
/// - Parameters:
///   - bytes: What the file holds.
///   - name: Its name.
///   - body: The test; it is given the path.
/// - Returns: What the test returns.
/// - Throws: What the test throws.
public func withFile<Result>(
  _ bytes: some Collection<UInt8>, named name: String, _ body: (String) throws -> Result
) throws -> Result {
  try withFolder { folder in
    let path = folder + "/" + name
    let bytes = Array(bytes)
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    defer { close(file) }
    guard write(file, bytes, bytes.count) == bytes.count else {
      throw ProcessFailure.notStarted(path, reason: "it cannot be written")
    }
    return try body(path)
  }
}
