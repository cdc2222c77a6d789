import EventProp
import Files
import Glibc
import Language
import NcursesTerminal
import Presets
import Study
import Synchronization
import Workbench

/// Reading files, and finding presets.
enum Files {
  /// Whether something has read the standard input, or reads commands from it.
  private static let isInputClaimed = Mutex(false)

  /// Claims the standard input, which gives its text only once.
  ///
  /// - Returns: Whether nothing else has claimed it.
  @discardableResult
  static func claimStandardInput() -> Bool {
    isInputClaimed.withLock { isClaimed in
      defer { isClaimed = true }
      return !isClaimed
    }
  }

  /// The bytes of a file, a pipe or the standard input.
  static func read(_ name: String) throws -> [UInt8] {
    try read(try FilePath(name, failing: Exit.noInput))
  }

  private static func read(_ path: FilePath) throws -> [UInt8] {
    func failure(_ reason: String) -> Failure {
      Failure(message: "\(path.typed.unmasked): \(reason)", code: Exit.noInput)
    }
    if path.isStandardInput {
      guard claimStandardInput() else { throw failure("the standard input is in use already") }
      return try read(descriptor: 0, failing: failure)
    }
    guard let status = path.status else {
      throw failure(
        errno == ENOENT
          ? "no such file"
          : errno == ENOTDIR && path.endsWithSlash
            ? "is a file, not a folder" : "cannot be read: \(String(cString: strerror(errno)))")
    }
    switch status.unusualKind {
    case nil, "a pipe": break
    case "a device" where isNull(status): break
    case let kind?: throw failure("is \(kind), not a file")
    }
    // Opening a pipe does not wait, so that Ctrl-C can end the wait for its writer.
    let descriptor = open(path.cString, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw failure("cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, failing: failure)
  }

  /// Whether a file is the empty device, the only device that always ends.
  private static func isNull(_ status: stat) -> Bool {
    var null = stat()
    return status.st_mode & S_IFMT == S_IFCHR && stat("/dev/null", &null) == 0
      && status.st_rdev == null.st_rdev
  }

  private static func read(
    descriptor: Int32, failing failure: (String) -> Failure
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var source = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&source, 1, 100) != 0 else {
        if NcursesTerminal.isAskedToStop { throw failure("nothing came, and the wait was stopped") }
        continue
      }
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += buffer[..<count]
      } else if errno != EINTR, errno != EAGAIN {
        throw failure("cannot be read: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// The names in a folder, a slash after each folder; empty where it cannot be read.
  @Sendable static func names(inFolder name: String) -> [String] {
    guard let path = try? FilePath(name, failing: Exit.noInput), let folder = opendir(path.cString)
    else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { name in
        String(escaping: name.prefix { $0 != 0 })
      }
      guard name != ".", name != ".." else { continue }
      let isFolder = path.appending(name).status?.unusualKind == "a folder"
      names.append(isFolder ? name + "/" : name)
    }
    return names
  }

  /// The text of a script, without a byte-order mark.
  static func script(_ name: String) throws -> String {
    let text = try text(try read(name), named: name).unicodeScalars
    return String(text.first == "\u{FEFF}" ? text.dropFirst() : text[...])
  }

  private static func text(_ bytes: [UInt8], named name: String) throws -> String {
    if let complaint = SourceText.complaint(about: bytes) {
      let source = SourceText(String(decoding: bytes, as: UTF8.self), named: name.unmasked)
      throw Failure(message: complaint.rendered(in: source), code: Exit.data)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What another program says about an experiment, in one file or several.
  static func record(
    _ names: [String], of experiment: Experiment, mapping: [NameMapping],
    samples: (all: Samples, place: Int?)?
  ) throws -> ForeignRecord {
    let files = try names.map { (name: $0, bytes: try read($0)) }
    do throws(GradientComplaints) {
      return try RecordReader.read(files, of: experiment, mapping: mapping, samples: samples)
    } catch {
      throw Failure(message: error.rendered, code: Exit.data)
    }
  }

  /// A preset by name, or a file by path.
  ///
  /// With `tellingDoubt`, a time that may be meant in another unit is named on the standard error.
  /// `drawing` is a seed that changes the drawn weights; 0 leaves them as they are.
  static func preset(
    _ name: String, tellingDoubt: Bool, drawing: UInt64 = 0
  ) throws -> PresetDocument {
    let document = try preset(name, drawing: drawing)
    if tellingDoubt, let doubt = document.doubt {
      complain(doubt.rendered(in: document.source, severity: "warning"))
    }
    return document
  }

  /// The preset of a name or a path, and the places of its parts.
  static func preset(_ name: String, drawing: UInt64 = 0) throws -> PresetDocument {
    if let preset = Preset.named(name) {
      return try compose(preset.text, named: "\(name).yaml", in: nil, drawing, isCompiledIn: true)
    }
    let path = try FilePath(name, failing: Exit.noInput)
    guard path.isStandardInput || path.status != nil || path.endsWithSlash else {
      let hint =
        Suggestion.nearest(to: name, among: Preset.known.map(\.name)).map {
          "; did you mean \($0)?"
        }
        ?? "; backspike presets lists them"
      throw Failure(message: "no preset and no file '\(name.unmasked)'\(hint)", code: Exit.noInput)
    }
    // Beside a pipe there are no files, so paths start at the working folder.
    let isFile = !path.isStandardInput && path.status?.unusualKind == nil
    let source = name == "-" ? "stdin" : name.unmasked
    let bytes = try read(path)
    guard !HDF5File.isHDF5(bytes) else {
      throw Failure(
        message:
          "\(source) is an HDF5 file, not a preset; backspike import \(source) -o net.yaml reads a network from it",
        code: Exit.data)
    }
    return try compose(
      try text(bytes, named: source), named: source, in: isFile ? path.folder : nil, drawing)
  }

  /// Reads the text of a preset; paths in it are relative to the preset.
  ///
  /// The files of a compiled-in preset are compiled in too. Another preset, such as the one that its
  /// training wrote, finds them where no file beside it has their name.
  private static func compose(
    _ text: String, named source: String, in folder: FilePath?, _ drawing: UInt64,
    isCompiledIn: Bool = false
  ) throws -> PresetDocument {
    let beside = { (name: String) throws -> [UInt8]? in
      if isCompiledIn { return Preset.file(named: name) }
      let path = try FilePath(name, in: folder, failing: Exit.noInput)
      guard let status = path.status else { return Preset.file(named: name) }
      // A pipe or a device might never end.
      guard status.unusualKind == nil else {
        throw Failure(message: "\(name): not a file", code: Exit.noInput)
      }
      return try read(path)
    }
    let locating = { (name: String) -> String in
      let path = try? FilePath(name, in: folder, failing: Exit.noInput)
      let isOwn = isCompiledIn || path?.status == nil
      return isOwn && Preset.file(named: name) != nil ? name : path?.absolute ?? name
    }
    do throws(PresetComplaints) {
      return try PresetReader.read(
        text, named: source, readingFile: beside, locating: locating, drawing: drawing)
    } catch {
      throw Failure(
        message: error.rendered, code: error.includesUnreadableFile ? Exit.noInput : Exit.data)
    }
  }
}
