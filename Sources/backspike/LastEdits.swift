import EventProp
import Files
import Foundation
import Glibc
import Workbench

/// Edits that nobody has saved: kept in a file as they are made, and offered back at a later start by `load last`.
///
/// Each sitting has a file of its own, so that two at once do not write over each other. The file is locked as long as its sitting lives,
/// however that ends, and only what is not locked has been lost: a process number could belong to another process by now, a
/// lock cannot. The newest of the lost ones comes back first; what is brought back belongs to the sitting that has it from then on.
struct LastEdits {
  /// The word that `load` takes for them; a file of that name is ./last.
  static let name = "last"

  /// What begins the file; the name of what was edited follows.
  private static let heading = "# edits that were not saved, of "

  /// The edits in the file, where this sitting has written them.
  private var kept: Experiment?
  /// The file of this sitting, open and locked; nil where there is nothing to keep.
  private var own: (path: String, descriptor: Int32)?
  /// The lost edits that `load last` has brought back, until this sitting has them in its own file.
  private var taken: Lost?
  /// The name of what was edited, where the experiment is named after `load last`.
  private var origin: String?

  /// Networks with more synapses than these are written only at the end, since it takes too long for every edit.
  private static let mostSynapses = 50_000

  /// What is offered at the start, or nil where nothing was lost.
  static var offer: String? {
    let all = Lost.all
    guard let newest = all.first else { return nil }
    let older = all.count > 1 ? " \(all.count - 1) older wait." : ""
    return "Edits of \(newest.origin) were not saved: load last brings them back.\(older)"
  }

  /// The experiment with those edits; they stay where they are.
  static func read() throws -> Experiment { try newest().experiment }

  private static func newest() throws -> (lost: Lost, experiment: Experiment) {
    guard let lost = Lost.all.first else {
      throw Failure(
        message: "no edits were lost that load last could bring back", code: Exit.noInput)
    }
    return (lost, try Files.preset(lost.path).experiment)
  }

  /// The same, for this sitting to keep.
  mutating func takeUp() throws -> Experiment {
    let (lost, experiment) = try Self.newest()
    taken = lost
    return experiment
  }

  /// Keeps the edits of a session as they stand; removes the file when all that it holds is saved or taken back.
  ///
  /// Edits that cannot be kept are no reason to stop.
  mutating func keep(_ session: Session, isLeaving: Bool = false) {
    if session.bench.name != Self.name {
      taken = nil
      origin = nil
    } else if let taken {
      origin = taken.origin
    }
    guard session.bench.hasUnsavedEdits else { return forget() }
    guard session.bench.edited != kept || taken != nil else { return }
    let synapses = session.bench.edited.network.layers.reduce(0) {
      $0 + $1.weights.weights.count + ($1.recurrent?.weights.count ?? 0)
    }
    guard isLeaving || synapses <= Self.mostSynapses else { return }
    // What was brought back and is still not saved belongs to what it was made from.
    let text =
      Self.heading + (origin ?? session.bench.name) + "\n"
      + PresetWriter.write(session.bench.edited)
    guard write(text) else { return }
    kept = session.bench.edited
    removeTaken()
  }

  /// Removes what is saved or taken back.
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

  /// Writes the file of this sitting atomically: what bears its name is complete, and locked from the start.
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
    /// The name of what was edited.
    var origin: String
    /// When it was written.
    private var time: (seconds: Int, nanoseconds: Int)

    /// The end of the name of a file that is not complete.
    static let part = ".part"
    /// How many are kept; older ones nobody has missed.
    private static let most = 8

    /// A name that no sitting has had.
    static var newPath: String? {
      let number = String(UInt32.random(in: 0 ... .max), radix: 16)
      return StateFolder.path("last-\(getpid())-\(number).yaml")
    }

    /// All of them, the newest first; removes what is too old or was never completed.
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

    /// Looks at a file; nil where a sitting has it, or it is something else.
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

    /// Whether a sitting has a file open that it writes.
    private static func isLocked(_ path: String) -> Bool {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
  }
}
