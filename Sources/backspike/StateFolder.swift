import EventProp
import Foundation

/// The folder for files that outlast a sitting.
enum StateFolder {
  /// The path of a file in the folder, or nil if the environment names no home.
  static func path(_ name: String) -> String? {
    let environment = ProcessInfo.processInfo.environment
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return "\(state)/backspike/\(name)"
    }
    return environment["HOME"].map { "\($0)/.local/state/backspike/\(name)" }
  }

  /// Creates the folder of a file.
  static func make(for path: String) {
    try? FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
  }
}
