import Glibc
import Language
import Workbench

extension Files {
  /// Writes a file atomically; only some outputs may replace an existing file.
  static func write(_ bytes: [UInt8], to output: Output) throws {
    try write(to: output) { try $0(bytes) }
  }

  /// Makes sure that a file can be written: a new one is made, empty, and an old one stays as it is.
  static func reserve(_ output: Output) throws { try write(to: output, keepingOld: true) { _ in } }

  /// Writes a file atomically that `body` makes a piece at a time.
  ///
  /// A link stays, and the file at its end is written. A file keeps its mode and its owner. With
  /// `keepingOld` an existing file stays as it is, and only the attempt is made.
  static func write(
    to output: Output, keepingOld: Bool = false,
    _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    let path = try FilePath(output.path, failing: Exit.cannotWrite)
    let old = path.status
    if old == nil, errno == ELOOP { throw failure(of: path) }
    try refuse(output, path, old)
    let target = path.throughLinks
    let part = target.folder.appending(
      ".backspike-\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 16))")
    let file = open(part.cString, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw failure(of: path) }
    // An unfinished file is removed.
    defer { unlink(part.cString) }
    do {
      defer { close(file) }
      if let old {
        // Only the superuser gives files away.
        _ = fchown(file, old.st_uid, old.st_gid)
        fchmod(file, old.st_mode & 0o7777)
      }
      try body {
        if let number = writeAll($0, to: file) { throw failure(of: path, number) }
      }
    }
    if keepingOld, old != nil { return }
    try publish(part, as: target, of: output, path)
  }

  /// Gives a complete file its name; a file that has appeared meanwhile is not replaced either.
  private static func publish(
    _ part: FilePath, as target: FilePath, of output: Output, _ path: FilePath
  ) throws {
    if !output.isOverwriting {
      if link(part.cString, target.cString) == 0 { return }
      if errno == EEXIST { throw exists(output) }
      // Some file systems have no links.
    }
    guard rename(part.cString, target.cString) == 0 else { throw failure(of: path) }
  }

  /// Refuses what is no file, and a file without permission.
  private static func refuse(_ output: Output, _ path: FilePath, _ status: stat?) throws {
    func failure(_ reason: String) -> Failure {
      Failure(message: "\(output.path.unmasked): \(reason)", code: Exit.cannotWrite)
    }
    if path.isStandardInput {
      throw failure("is the standard input; ./- is a file of that name")
    }
    if path.typed == "~" { throw failure("is a folder, not a file") }
    guard let status else {
      if path.endsWithSlash { throw failure("a slash at the end means a folder, not a file") }
      return
    }
    if let kind = status.unusualKind { throw failure("is \(kind), not a file") }
    if !output.isOverwriting { throw exists(output) }
    for descriptor: Int32 in 1...2 {
      var stream = stat()
      if fstat(descriptor, &stream) == 0, stream.isSame(as: status) {
        throw failure("this program writes its answers there")
      }
    }
  }

  private static func exists(_ output: Output) -> Failure {
    Failure(
      message: "\(output.path.unmasked) exists; \(output.command)! writes over it",
      code: Exit.cannotWrite)
  }

  /// Why a file cannot be written, by an error number of the system.
  private static func failure(of path: FilePath, _ number: Int32 = errno) -> Failure {
    let folder = path.folder
    let reason =
      folder.status == nil
      ? "; there is no folder \(folder.typed.unmasked)" : ": \(String(cString: strerror(number)))"
    return Failure(
      message: "\(path.typed.unmasked): cannot be written\(reason)", code: Exit.cannotWrite)
  }
}
