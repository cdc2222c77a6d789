import EventProp
import Files
import Foundation
import Glibc
import Workbench

/// Unsaved edits: written to a file as they are made, and offered by `load last` at a later start.
///
/// Each sitting has its own file, so that two sittings do not overwrite each other. The file is
/// locked during its sitting, however the sitting ends. Only a file without a lock is lost: another
/// process may get the same process number, but never the lock. The newest lost edits come back
/// first. They then belong to the sitting that loaded them.
struct LastEdits {
  /// The argument of `load` for these edits; a file of that name is ./last.
  static let name = "last"

  /// The head of the file; the name of the edited experiment follows.
  private static let heading = "# edits that were not saved, of "

  /// The edits in the file, if this sitting has written them.
  private var kept: Experiment?
  /// The file of this sitting, open and locked; nil without edits.
  private var own: (path: String, descriptor: Int32)?
  /// The lost edits loaded by `load last`, until the file of this sitting has them.
  private var taken: Lost?
  /// The name of the edited experiment, if it was opened with `load last`.
  private var origin: String?

  /// Networks with more synapses are written only at the end, because a write after every edit
  /// takes too long.
  private static let mostSynapses = 50_000

  /// The offer at the start, or nil if nothing was lost.
  static var offer: String? {
    let all = Lost.all
    guard let newest = all.first else { return nil }
    let older = all.count > 1 ? " \(all.count - 1) older wait." : ""
    return "Edits of \(newest.origin) were not saved: load last brings them back.\(older)"
  }

  /// The experiment with the lost edits; their file stays.
  static func read() throws -> PresetDocument { try newest().document }

  private static func newest() throws -> (lost: Lost, document: PresetDocument) {
    guard let lost = Lost.all.first else {
      throw Failure(
        message: "no edits were lost that load last could bring back", code: Exit.noInput)
    }
    return (lost, try Files.preset(lost.path))
  }

  /// The experiment with the lost edits, which this sitting then keeps.
  mutating func takeUp() throws -> PresetDocument {
    let (lost, document) = try Self.newest()
    taken = lost
    return document
  }

  /// Writes the present edits of a session; removes the file if they are all saved or undone.
  ///
  /// - Returns: Why this is impossible, in a sentence, or nil.
  mutating func keep(_ session: Session, isLeaving: Bool = false) -> String? {
    if session.bench.name != Self.name {
      taken = nil
      origin = nil
    } else if let taken {
      origin = taken.origin
    }
    guard session.bench.hasUnsavedEdits else {
      forget()
      return nil
    }
    guard session.bench.edited != kept || taken != nil else { return nil }
    let synapses = session.bench.edited.network.layers.reduce(0) {
      $0 + $1.weights.weights.count + ($1.recurrent?.weights.count ?? 0)
    }
    guard isLeaving || synapses <= Self.mostSynapses else { return nil }
    // Loaded edits that are still unsaved belong to their original experiment.
    let text =
      Self.heading + (origin ?? session.bench.name) + "\n"
      + PresetWriter.write(session.bench.edited, samples: session.bench.filedSamples?.moved)
    guard write(text) else {
      return StateFolder.path(Self.name).map {
        "\($0)... cannot be written: edits that are not saved are lost at the end"
      }
    }
    kept = session.bench.edited
    removeTaken()
    return nil
  }

  /// Removes the edits that are saved or undone.
  private mutating func forget() {
    removeTaken()
    kept = nil
    guard let own else { return }
    unlink(own.path)
    close(own.descriptor)
    self.own = nil
  }

  private mutating func removeTaken() {
    if let taken { unlink(taken.path) }
    taken = nil
  }

  /// Writes the file of this sitting atomically: under its name it is complete, and locked from the
  /// start.
  private mutating func write(_ text: String) -> Bool {
    guard let path = own?.path ?? Lost.newPath else { return false }
    StateFolder.make(for: path)
    let part = path + Lost.part
    let descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    var rest = Array(text.utf8)[...]
    flock(descriptor, LOCK_EX)
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    guard rest.isEmpty, rename(part, path) == 0 else {
      unlink(part)
      close(descriptor)
      return false
    }
    if let own { close(own.descriptor) }
    own = (path, descriptor)
    return true
  }

  /// A file with edits whose sitting has ended.
  private struct Lost {
    var path: String
    /// The name of the edited experiment.
    var origin: String
    /// The time of writing.
    private var time: (seconds: Int, nanoseconds: Int)

    /// The suffix of an incomplete file.
    static let part = ".part"
    /// The number of files that are kept; older ones are removed.
    private static let most = 8

    /// A name that no other sitting has used.
    static var newPath: String? {
      let number = String(UInt32.random(in: 0 ... .max), radix: 16)
      return StateFolder.path("last-\(getpid())-\(number).yaml")
    }

    /// All lost edits, the newest first; removes old and incomplete files.
    static var all: [Lost] {
      guard let sample = StateFolder.path(LastEdits.name) else { return [] }
      let folder = (sample as NSString).deletingLastPathComponent
      var found: [Lost] = []
      for name in Files.names(inFolder: folder) where name.hasPrefix(LastEdits.name) {
        let path = (folder as NSString).appendingPathComponent(name)
        if name.hasSuffix(".yaml") {
          if let lost = Lost(path) { found.append(lost) }
        } else if name.hasSuffix(part), !isLocked(path) {
          unlink(path)
        }
      }
      found.sort { $0.time > $1.time }
      for old in found.dropFirst(most) { unlink(old.path) }
      return Array(found.prefix(most))
    }

    /// Examines a file; nil if a sitting has it open, or for another kind of file.
    private init?(_ path: String) {
      var status = stat()
      guard !Self.isLocked(path), stat(path, &status) == 0,
        let data = FileManager.default.contents(atPath: path),
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first,
        line.hasPrefix(LastEdits.heading)
      else { return nil }
      self.path = path
      origin = String(line.dropFirst(LastEdits.heading.count))
      time = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }

    /// Whether a running sitting has locked a file.
    private static func isLocked(_ path: String) -> Bool {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
  }
}
