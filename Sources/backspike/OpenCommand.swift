import ArgumentParser
import EventProp
import Files
import Glibc
import Interface
import Language
import NcursesTerminal
import Presets
import Terminal
import Workbench

/// `backspike [PRESET]`: the debugger, on the screen or in a pipe.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Open a preset in the terminal (the default).")

  @Argument(help: "A preset's name, a file, or - for the standard input.")
  var preset: String?

  @Option(name: .customShort("x"), help: "Run the commands of a file first.")
  var scripts: [String] = []

  @Option(name: .customShort("e"), help: "Run a command first.")
  var commands: [String] = []

  @Flag(help: "Run -x, -e or the standard input without a screen, and exit.")
  var batch = false

  @Flag(help: "In batch, go on after a command that failed.")
  var keepGoing = false

  @Option(help: "The size of the screen that snapshot and screen draw in batch, such as 120x40.")
  var size = "80x24"

  @Option(help: "Carry out the commands of a file one by one, as if they were typed.")
  var replay: String?

  @Option(help: "The pause before each line of --replay, such as 300ms.")
  var wait = "300ms"

  @Option(help: "Colours: auto, always, never, 8, 16 or 256.")
  var color = "auto"

  @Option(help: "The background of the terminal: auto, dark or light.")
  var theme = Setting.Theme.auto

  @Flag(name: .customShort("C"), help: "No colours.")
  var colorless = false

  @Flag(
    help: "No pictures: answers in words, for screen readers, simple terminals and logs.")
  var plain = false

  @Flag(name: [.customShort("U"), .long], help: "Only ASCII characters.")
  var ascii = false

  @Flag(name: [.customShort("M"), .long], help: "Leave the mouse to the terminal.")
  var noMouse = false

  @Flag(help: "Neither read nor write the files that outlast a sitting: history and edits.")
  var noHistory = false

  @Flag(help: .hidden)
  var fault: InteractiveLoop.Fault?

  func validate() throws {
    guard Setting.Color(rawValue: color) != nil else {
      throw ValidationError("--color takes auto, always, never, 8, 16 or 256")
    }
    guard pictureSize != nil else {
      throw ValidationError("--size \(size): expected columns x rows, such as 120x40")
    }
    guard pause != nil else {
      throw ValidationError("--wait \(wait): expected a time, such as 300ms")
    }
  }

  /// The size of pictures, between one cell and a thousand by a thousand.
  private var pictureSize: Size? {
    let parts = size.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let columns = parts[0], let rows = parts[1],
      (1...1000).contains(columns), (1...1000).contains(rows)
    else { return nil }
    return Size(columns: columns, rows: rows)
  }

  /// The pause of a replay, in seconds.
  private var pause: Double? {
    guard let seconds = try? Quantity.time(wait), seconds >= 0 else { return nil }
    return seconds
  }

  func run() throws {
    try endingOnFailure {
      let name = preset ?? Preset.opening
      let isScreen = isatty(0) == 1 && isatty(1) == 1
      var session = try open(name, saying: isScreen && !batch)
      session.looks.settings = settings
      var batchRun = BatchRun(
        session: session, keepsGoing: keepGoing,
        size: pictureSize ?? Size(columns: 80, rows: 24))
      let hasScript = !scripts.isEmpty || !commands.isEmpty || replay != nil
      if batch || isatty(0) != 1 || (hasScript && !isScreen) {
        for script in scripts + [replay].compactMap({ $0 }) { try batchRun.perform(file: script) }
        try batchRun.perform(commands, named: "-e")
        if !hasScript || (!batch && isatty(0) != 1) { try batchRun.performStandardInput() }
        return try batchRun.finish()
      }
      guard isScreen else {
        throw Failure(
          message: "stdout is not a terminal; use --batch", code: Exit.usage)
      }
      if plain {
        try StandardStream.output.print(
          "backspike \(name.unmasked): \(session.experiment.title). Type step, bwd, why, help or quit."
        )
        for script in scripts { try batchRun.perform(file: script) }
        try batchRun.perform(commands, named: "-e")
        return try batchRun.converse(usesASCII: ascii || !NcursesTerminal.localeIsUnicode)
      }
      var app = App(
        session, history: noHistory ? [] : HistoryFile.read(),
        notice: (noHistory ? nil : LastEdits.offer)
          ?? session.bench.remarks.first?.line(session.names), isPlaying: hasScript)
      // A pipe gives its text only once.
      let texts = try scripts.map { (name: $0, text: try Files.script($0)) }
      // Lines pushed last are carried out first, so the order here is reversed.
      if let replay { app.play(file: replay, try Files.script(replay), wait: pause) }
      app.play(commands, named: "-e")
      for script in texts.reversed() { app.play(file: script.name, script.text, wait: nil) }
      Files.claimStandardInput()
      do throws(TerminalFailure) {
        try InteractiveLoop.run(
          app, refusesColor: getenv("NO_COLOR").map { String(cString: $0) != "" } ?? false,
          keepsHistory: !noHistory, failing: fault)
      } catch {
        complain("\(error.sentence); plain lines, quit leaves")
        if let remedy = error.remedy { complain(remedy) }
        for script in texts { try batchRun.perform(file: script.name, script.text) }
        try batchRun.perform(commands, named: "-e")
        try batchRun.converse(usesASCII: ascii || !NcursesTerminal.localeIsUnicode)
      }
    }
  }

  /// Opens a preset and runs it; a message tells that a large one takes a while.
  private func open(_ name: String, saying isSaid: Bool) throws -> Session {
    let notice = "opening \(name.unmasked) ..."
    if isSaid { say(notice) }
    // Blanks erase the message on a terminal without control sequences.
    defer { if isSaid { say("\r" + String(repeating: " ", count: notice.count) + "\r") } }
    return try Self.session(name)
  }

  /// Opens a preset and runs it.
  static func session(_ name: String) throws -> Session {
    let document = try Files.preset(name, tellingDoubt: true)
    let experiment = document.experiment
    do throws(SimulationError) {
      return try Session(
        experiment, named: name, remarks: document.remarks, samples: document.filedSamples)
    } catch {
      let sample = experiment.sample.map { "sample \($0): " } ?? ""
      throw Failure(
        message: sample + Names(experiment, .full).sentence(for: error), code: Exit.software)
    }
  }

  private func say(_ text: String) { try? StandardStream.output.write(Array(text.utf8)) }

  /// The settings that the command line asks for.
  private var settings: Settings {
    var settings = Settings()
    settings.hasMouse = !noMouse
    if ascii { settings.ascii = true }
    settings.theme = theme
    settings.isPlain = plain
    settings.color = colorless ? .never : Setting.Color(rawValue: color) ?? .auto
    return settings
  }
}

extension Setting.Theme: ExpressibleByArgument {}
