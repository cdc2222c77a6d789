import EventProp
import Files
import Foundation
import Glibc
import Language
import Presets
import Study
import Workbench

/// Reading and writing files, and finding presets.
enum Files {
  /// The bytes of a file.
  static func read(_ path: String) throws -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Failure(message: "\(path): no such file", code: Exit.noInput)
    }
    guard !isDirectory.boolValue else {
      throw Failure(message: "\(path): is a folder, not a file", code: Exit.noInput)
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(message: "\(path): cannot be read", code: Exit.noInput)
    }
    return Array(data)
  }

  /// The names in a folder, a slash after each folder; empty where it cannot be read.
  @Sendable static func names(inFolder path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.map { name in
      var isFolder: ObjCBool = false
      let place = (path as NSString).appendingPathComponent(name)
      let exists = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
      return exists && isFolder.boolValue ? name + "/" : name
    }
  }

  /// Writes a file atomically; only some outputs may replace an existing file.
  static func write(_ bytes: [UInt8], to output: Output) throws {
    try refuse(output)
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: output.path), options: .atomic)
    } catch {
      throw failure(of: output)
    }
  }

  /// Writes a file atomically that `body` makes a piece at a time.
  static func write(
    to output: Output, _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    try refuse(output)
    let part = output.path + ".part\(getpid())"
    guard let file = fopen(part, "wx") else { throw failure(of: output) }
    // An unfinished file is removed.
    defer { unlink(part) }
    do {
      defer { fclose(file) }
      try body { bytes in
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
          throw failure(of: output)
        }
      }
      guard fflush(file) == 0 else { throw failure(of: output) }
    }
    guard rename(part, output.path) == 0 else { throw failure(of: output) }
  }

  /// Refuses to replace a folder, or a file without permission.
  private static func refuse(_ output: Output) throws {
    let path = output.path
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    if exists, isDirectory.boolValue {
      throw Failure(message: "\(path): is a folder, not a file", code: Exit.cannotWrite)
    }
    if exists, !output.isOverwriting {
      throw Failure(
        message: "\(path) exists; \(output.command)! writes over it",
        code: Exit.cannotWrite)
    }
  }

  private static func failure(of output: Output) -> Failure {
    let folder = (output.path as NSString).deletingLastPathComponent
    let isThere = folder.isEmpty || FileManager.default.fileExists(atPath: folder)
    let reason = isThere ? "" : "; there is no folder \(folder)"
    return Failure(message: "\(output.path): cannot be written\(reason)", code: Exit.cannotWrite)
  }

  /// The text of a script.
  static func script(_ path: String) throws -> String {
    guard let text = String(validating: try read(path), as: UTF8.self) else {
      throw Failure(message: "\(path): error: not a UTF-8 text", code: Exit.data)
    }
    return text
  }

  /// A foreign gradient of an experiment.
  static func gradient(_ path: String, of experiment: Experiment) throws -> ForeignGradient {
    let bytes = try read(path)
    do throws(GradientComplaints) {
      return try GradientReader.read(bytes, named: path, of: experiment)
    } catch {
      throw Failure(message: error.rendered, code: Exit.data)
    }
  }

  /// A preset by name, or a file by path.
  static func preset(_ name: String) throws -> PresetDocument {
    let text: String
    let source: String
    if let preset = Preset.all.first(where: { $0.name == name }) {
      text = preset.text
      source = "\(name).yaml"
    } else if FileManager.default.fileExists(atPath: name) {
      guard let decoded = String(validating: try read(name), as: UTF8.self) else {
        throw Failure(message: "\(name): error: not a UTF-8 text", code: Exit.data)
      }
      text = decoded
      source = name
    } else {
      let hint =
        Suggestion.nearest(to: name, among: Preset.all.map(\.name)).map { "; did you mean \($0)?" }
        ?? "; backspike presets lists them"
      throw Failure(message: "no preset and no file '\(name)'\(hint)", code: Exit.noInput)
    }
    return try compose(text, named: source)
  }

  /// Reads the text of a preset; paths in it are relative to the preset.
  private static func compose(_ text: String, named source: String) throws -> PresetDocument {
    let folder = URL(fileURLWithPath: source).deletingLastPathComponent()
    let beside = { (path: String) throws -> [UInt8]? in
      let place =
        path.hasPrefix("/") ? URL(fileURLWithPath: path) : folder.appendingPathComponent(path)
      let file = place.resolvingSymlinksInPath().path
      guard FileManager.default.fileExists(atPath: file) else { return nil }
      // A pipe or a device might never end.
      let type = try FileManager.default.attributesOfItem(atPath: file)[.type]
      guard type as? FileAttributeType == .typeRegular else {
        throw Failure(message: "\(path): not a file", code: Exit.noInput)
      }
      return try read(file)
    }
    do throws(PresetComplaints) {
      return try PresetReader.read(text, named: source, readingFile: beside)
    } catch {
      throw Failure(
        message: error.rendered, code: error.includesUnreadableFile ? Exit.noInput : Exit.data)
    }
  }
}
