import EventProp
import Files
import Language
import NcursesTerminal
import Terminal
import Workbench

/// The files on the disk, for the commands of a session.
struct Disk: Shelf {
  /// The store for unsaved edits of this sitting; nil without one.
  var edits: LastEdits?

  mutating func experiment(named name: String) throws -> Opened {
    if edits != nil { NcursesTerminal.showInPassing("opening \(name.asciiOnly) ...") }
    guard name == LastEdits.name else {
      let document = try Files.preset(name)
      return Opened(
        document.experiment, remarks: document.remarks, samples: document.filedSamples)
    }
    let document = try edits?.takeUp() ?? LastEdits.read()
    return Opened(document.experiment, isSaved: false, samples: document.filedSamples)
  }

  func read(_ path: String) throws -> [UInt8] { try Files.read(path) }

  func script(_ path: String) throws -> String { try Files.script(path) }

  func reserve(_ output: Output) throws { try Files.reserve(output) }

  func write(_ bytes: [UInt8], to output: Output) throws { try Files.write(bytes, to: output) }

  func write(
    to output: Output, _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    try Files.write(to: output, body)
  }
}
