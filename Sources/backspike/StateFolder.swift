import EventProp
import Foundation

/// The folder in which the program keeps what outlasts a sitting.
enum StateFolder {
  /// The path of a file in it, or nil where the environment names no home.
  static func path(_ name: String) -> String? {
    let environment = ProcessInfo.processInfo.environment
    if let state = environment["XDG_STATE_HOME"], !state.isEmpty {
      return "\(state)/backspike/\(name)"
    }
    return environment["HOME"].map { "\($0)/.local/state/backspike/\(name)" }
  }

  /// Makes the folder of a file in it.
  static func make(for path: String) {
    try? FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
  }
}
