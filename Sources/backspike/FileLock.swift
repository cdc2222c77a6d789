import Glibc

/// A file that only one process at a time may write, told by an empty file beside it.
///
/// The system ends the lock with the process, however that ends.
final class FileLock {
  private let path: FilePath
  private let descriptor: Int32

  private init(_ path: FilePath, _ descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Locks a file; nil where another process has done so, or where the folder cannot be written.
  static func lock(_ file: String) throws -> FileLock? {
    let path = try FilePath(file + ".lock", failing: Exit.cannotWrite)
    let descriptor = open(path.cString, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return nil }
    var own = stat()
    // Another process may have removed the file after it was opened.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &own) == 0,
      path.status?.isSame(as: own) == true
    else {
      close(descriptor)
      return nil
    }
    return FileLock(path, descriptor)
  }

  deinit {
    unlink(path.cString)
    close(descriptor)
  }
}
