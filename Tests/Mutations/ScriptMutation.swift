import EventProp
import Files
import Language
import Presets
import Workbench

/// Scripts of commands with a few changes, carried out, undone, saved and loaded.
enum ScriptMutation {
  /// Lines that are right, one at least for each command.
  static let lines: [String] =
    CommandTable.rows.map(\.example)
    + [
      "step", "3 step", "unstep 2", "bwd", "fwd", "finish", "goto end", "goto e3", "goto 12.4ms",
      "run", "set tau_mem 25ms", "set tau_syn 20ms",
      "set v_th 0.5", "set t_max 80ms", "set v_th 5", "undo", "redo", "reset all", "info grad",
      "info weights", "info events", "info spikes",
      "info params", "info loss", "info warnings", "info runs", "print lV n0", "print V n0 @ e5-",
      "equation", "list", "select n1", "zoom in",
      "zoom 12ms..18ms", "help set", "ghost off", "ghost 1", "next", "prev", "c", "rc", "why L",
      "why grad tau_mem", "why spike n0 1", "why in.0",
      "why lV n0 @ e3", "contrib n0<-in0", "near 20", "diff", "diff 1", "set n0<-in0 1.5",
      "set in.0 3ms", "set target.0 12ms", "set max_events 100",
      "set n0.initial_v 0.2", "nudge tau_mem +5%", "set n0<-in0 *1.1", "sweep tau_mem 10ms..30ms 5",
      "sweep tau_mem 5ms..30ms v_th 0.5..2 3",
      "descend 2", "descend 2 1e-3", "check n0<-in0", "check tau_mem", "check in.0",
      "break spike n0", "break spike n0 if t > 10ms", "break input in0",
      "watch lV n0 > 1", "watch V n0 > 0.5", "display V n0", "until 12ms", "mark a", "delta e1 e2",
      "rule no-reset-term", "rule exact", "ties",
      "compare g.npz", "compare r.json", "export! npz g.npz", "export! json r.json",
      "export! csv t.csv traces", "export! csv s.csv spikes",
      "export! csv e.csv events", "export! csv g.csv gradient", "export! svg f.svg", "save! s.yaml",
      "load s.yaml", "load reference",
      "load delays", "load readout", "load integral", "load leaky", "record! r.txt", "record off",
      "source r.txt", "source bad.txt", "repeat 3 step",
      "repeat 2 set tau_mem +10%", "alias tail bwd; 2 step", "tail", "assert L < 81",
      "assert V n0 == 1 tol=1e-6", "echo x", "auto off", "auto on",
      "limit 5s", "yrange 0.9..1.05", "yrange potential auto", "pan left", "plot V I",
      "snapshot! a.txt", "screen", "hide events", "show events",
      "last V n0", "first V n0", "delete all", "back", "info breaks; info marks",
      "set delay n0<-in0 1ms", "set out.v_th 0.8", "info files",
    ]

  /// A line with up to three changes.
  static func line(_ dice: inout Dice) -> String {
    var mutation = TextMutation(dice.one(of: lines))
    for _ in 0..<dice.one(of: [0, 0, 0, 1, 1, 2, 3]) { mutation.mutate(&dice) }
    return bounded(mutation.text)
  }

  /// A line whose work ends soon: counts of rounds and of values have no end of their own.
  private static func bounded(_ line: String) -> String {
    let isLong = ["repeat", "sweep", "descend", "check", "desc", "sw"].contains {
      line.contains($0)
    }
    let hasLargeCount = line.split { !$0.isNumber }.contains { $0.count > 3 }
    return isLong && hasLargeCount ? String(line.prefix { !$0.isNumber }) : line
  }

  private static let experiments: [(name: String, experiment: Experiment)] = Preset.all.compactMap {
    preset in
    guard preset.name != "yin-yang",
      let document = try? PresetReader.read(preset.text, named: preset.name)
    else { return nil }
    var experiment = document.experiment
    experiment.maxEvents = 500
    return (preset.name, experiment)
  }

  /// The preset and the lines of an input.
  static func script(_ dice: inout Dice) -> (name: String, experiment: Experiment, lines: [String])
  {
    let (name, experiment) = dice.one(of: experiments)
    return (name, experiment, (0..<dice.number(1...6)).map { _ in line(&dice) })
  }

  /// Carries out a script and looks at what it has left.
  static func outcome(seed: UInt64) -> Outcome {
    var dice = Dice(seed: seed)
    let input = script(&dice)
    var outcome = Outcome()
    let clock = Clock(seconds: 10)
    guard
      let session = try? Session(
        input.experiment, named: input.name,
        goesOn: { _ in clock.goesOn })
    else { return Outcome(findings: ["\(input.name) does not run"]) }
    var desk = Desk(session)
    desk.session.looks.settings.limit = 5
    desk.drawer.files["bad.txt"] = Array("step\nset tau_mem\nstp\n".utf8)
    desk.perform(input.lines)
    let typed = input.lines.joined(separator: "\n")
    for (line, text) in desk.answers {
      if let unreal = Law.unreal(in: text, unless: typed) {
        outcome.findings.append("\(line.text) " + unreal)
      }
    }
    for complaint in desk.complaints {
      let parts = complaint.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
      if !parts[0].contains(":") && parts[0] != "-e" || parts.count < 2 || parts[1].count < 6 {
        outcome.findings.append("a complaint without a place or a sentence: \(complaint)")
      }
    }
    outcome.refusal = desk.complaints.first
    testUndo(of: &desk.session, &outcome)
    let edited = desk.session.bench.edited
    do throws(PresetComplaints) {
      if try PresetReader.read(PresetWriter.write(edited), named: "s.yaml").experiment != edited {
        outcome.findings.append("saved and loaded it is another experiment")
      }
    } catch {
      outcome.findings.append("what was saved cannot be loaded: \(error.rendered)")
    }
    outcome.isSlow = !clock.goesOn
    return outcome
  }

  /// Edits, takes back and makes again; the reports must be the same.
  static func testUndo(of session: inout Session, _ outcome: inout Outcome) {
    guard session.task == nil else { return outcome.findings.append("work is left over") }
    let all = session
    defer { session = all }
    _ = session.apply("auto on")
    _ = session.apply("run")
    let before = PresetMutation.report(of: session)
    guard session.apply("set tau_mem +7%; set t_max +10%").succeeded else { return }
    let after = PresetMutation.report(of: session)
    guard after != before else { return }
    let edits = session.apply("undo; undo")
    if edits.succeeded, PresetMutation.report(of: session) != before {
      outcome.findings.append("undo gives another report")
    }
    let again = session.apply("redo; redo")
    if again.succeeded, PresetMutation.report(of: session) != after {
      outcome.findings.append("redo gives another report")
    }
  }
}
