import Glibc

/// How long a person waits for the answer to a question about a large network, how long for a sign of life, and how
/// much memory the program holds then.
enum LargeTable {
  /// Longer than this, in milliseconds, nothing is waited for.
  private static let most = 20_000.0

  /// Asks each question twice: for an answer, and after an edit, which forgets what was computed, for an end by Ctrl-C halfway.
  static func show(_ file: String, _ program: String) {
    print("\n1000 neurons              silence     done   Ctrl-C           MB")
    guard let screen = PseudoTerminal(running: [program, file, "--no-history"]) else { return }
    defer { screen.end() }
    /// The median of twenty keys, each with its picture.
    func held(_ key: String) -> PseudoTerminal.Work {
      (0..<20).map { _ in screen.work(on: key) }.sorted { $0.milliseconds < $1.milliseconds }[10]
    }
    row("open", screen.work(on: "", atMost: most), on: screen)
    row("first step", screen.work(on: "\u{1B}OC"), on: screen)
    row("step", held("\u{1B}OC"), on: screen)
    let output = file + ".json"
    defer { unlink(output) }
    let questions = [
      "goto end", "unstep", "goto e50000", "contrib n0<-in3", "why grad n0<-in3", "info grad",
      "set w n0<-in3 *1.01", "diff", "info warnings", "info spikes", "info events", "near",
      "export! json \(output)", "check",
    ]
    for question in questions {
      let answer = ask(question, screen, atMost: most)
      var end: PseudoTerminal.Work?
      if answer.isUnfinished {
        end = screen.work(on: "\u{3}", atMost: most)
      } else if answer.milliseconds > 100 {
        _ = ask("set tau_mem *1.0001", screen, atMost: most)
        if ask(question, screen, atMost: answer.milliseconds / 2).isUnfinished {
          end = screen.work(on: "\u{3}", atMost: most)
        }
      }
      row(String(question.prefix { $0 != "/" }), answer, end, on: screen)
      if question == "unstep" { row("step back", held("\u{1B}OD"), on: screen) }
      if end?.isUnfinished ?? false { return }
    }
  }

  /// Types a line without counting that, and looks how long its answer takes.
  private static func ask(
    _ question: String, _ screen: PseudoTerminal, atMost limit: Double
  ) -> PseudoTerminal.Work {
    // What lies over the plots goes, and so do keys that act.
    _ = screen.work(on: "\u{5}\u{15}" + question)
    return screen.work(on: "\r", atMost: limit)
  }

  private static func row(
    _ name: String, _ work: PseudoTerminal.Work, _ end: PseudoTerminal.Work? = nil,
    on screen: PseudoTerminal
  ) {
    func time(_ work: PseudoTerminal.Work) -> String {
      (work.isUnfinished ? ">" : "") + ScreenTable.number(work.milliseconds)
    }
    print(
      name + String(repeating: " ", count: max(0, 24 - name.count))
        + ScreenTable.pad(ScreenTable.number(work.silence), 9) + ScreenTable.pad(time(work), 9)
        + ScreenTable.pad(end.map(time) ?? "-", 9) + "  (ms)"
        + ScreenTable.pad(ScreenTable.number(screen.megabytes), 7))
    fflush(nil)
  }
}
