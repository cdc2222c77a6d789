import ArgumentParser
import Glibc
import Language

/// A path of a command, an option or a preset, as the system takes it.
///
/// A leading `~` is the home folder, once. All other characters are as typed; bytes that are no UTF-8
/// are escaped in texts.
struct FilePath {
  /// The path as written by the user, for messages.
  let typed: String
  /// The bytes for the system, without the final 0.
  let bytes: [UInt8]

  /// Expands a path; throws a ``Failure`` with `code` for one that no file can have.
  init(_ typed: String, in folder: FilePath? = nil, failing code: ExitCode) throws {
    self.typed = typed
    let name = typed.escapedBytes
    let isAtHome = name.first == UInt8(ascii: "~") && (name.count == 1 || name[1] == Self.slash)
    guard !name.isEmpty else { throw Failure(message: "a file name is missing", code: code) }
    guard !name.contains(0) else {
      throw Failure(message: "\(typed.unmasked): no file has this name", code: code)
    }
    if isAtHome {
      guard let home = getenv("HOME"), home.pointee != 0 else {
        throw Failure(message: "\(typed.unmasked): HOME is not set", code: code)
      }
      let count = strlen(home)
      let start = UnsafeBufferPointer(start: home, count: count).map { UInt8(bitPattern: $0) }
      bytes = start + name.dropFirst()
    } else if let folder, name.first != Self.slash {
      bytes = folder.bytes + [Self.slash] + name
    } else {
      bytes = name
    }
  }

  private init(typed: String, bytes: [UInt8]) {
    self.typed = typed
    self.bytes = bytes
  }

  private static let slash = UInt8(ascii: "/")

  /// The standard input, by its sign or by one of its paths.
  var isStandardInput: Bool {
    ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].contains(typed)
  }

  var endsWithSlash: Bool { bytes.last == Self.slash }

  /// The folder of the file; the working folder for a bare name.
  var folder: FilePath {
    guard let slash = bytes.lastIndex(of: Self.slash) else {
      return FilePath(typed: ".", bytes: [UInt8(ascii: ".")])
    }
    let folder = Array(bytes[..<max(slash, 1)])
    let shown = typed.lastIndex(of: "/").map { String(typed[..<$0]) } ?? typed
    return FilePath(typed: shown, bytes: folder)
  }

  /// A file in this folder.
  func appending(_ name: String) -> FilePath {
    FilePath(typed: name, bytes: bytes + [Self.slash] + name.escapedBytes)
  }

  /// The file at the end of all links; it need not exist.
  var throughLinks: FilePath {
    var path = self
    // The system follows no more links either.
    for _ in 0..<40 {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path.cString, &buffer, buffer.count)
      guard count > 0 else { break }
      let target = buffer[..<count].map { UInt8(bitPattern: $0) }
      let isAbsolute = target.first == Self.slash
      path = FilePath(
        typed: typed, bytes: isAbsolute ? target : path.folder.bytes + [Self.slash] + target)
    }
    return path
  }

  /// The path from the root, links followed; nil for no file.
  var absolute: String? {
    guard let path = realpath(cString, nil) else { return nil }
    defer { free(path) }
    return String(
      escaping: UnsafeBufferPointer(start: path, count: strlen(path)).map { UInt8(bitPattern: $0) })
  }

  /// What there is at the path, links followed; nil for nothing.
  var status: stat? {
    var status = stat()
    return stat(cString, &status) == 0 ? status : nil
  }

  /// The path for a function of the system.
  var cString: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }
}

extension stat {
  /// What is no regular file, in words; nil for a file.
  var unusualKind: String? {
    switch st_mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }

  /// Whether both are the same file.
  func isSame(as other: stat) -> Bool { st_dev == other.st_dev && st_ino == other.st_ino }
}
