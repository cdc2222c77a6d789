import Glibc

/// Finding the program under test.
public enum Program {
  /// What went wrong in the test's surroundings.
  public struct Missing: Error, CustomStringConvertible {
    /// What is missing and how to get it.
    public let description: String
  }

  /// The path of a program of this package, which is built into the folder of the tests.
  ///
  /// - Parameter name: The name of the executable target.
  /// - Returns: The path of its binary.
  /// - Throws: ``Missing``, if it has not been built.
  public static func path(_ name: String = "backspike") throws -> String {
    let folder = try buildFolder()
    let path = folder + "/" + name
    guard access(path, X_OK) == 0 else {
      throw Missing(description: "\(path) is missing: swift build")
    }
    return path
  }

  /// The folder of the running test bundle, or of the helper that has loaded it.
  private static func buildFolder() throws -> String {
    // `swift test` names the bundle on the command line; run directly, the bundle is the program.
    let candidates = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
    guard let bundle = candidates.first, let slash = bundle.lastIndex(of: "/") else {
      throw Missing(description: "cannot tell where the tests were built")
    }
    return String(bundle[..<slash])
  }
}
