import Glibc
import TestSupport
import Testing

/// A run that would take minutes, and what stops it.
@Suite struct RunStoppingTests {
  /// A network that is silent until `set v_th 1`, and then fires faster and faster, up to fifty million events.
  private func runaway(threshold: Int) -> String {
    """
    title: Runaway
    t_max: 1 s
    max_events: 50000000
    parameters: {tau_mem: 10 ms, tau_syn: 5 ms, v_th: \(threshold)}
    inputs: {size: 1, spikes: [[1 ms, 0]]}
    layers:
      - name: net
        size: 40
        weights: {normal: {mean: 12, std: 0.5, seed: 1}}
        recurrent: {normal: {mean: 0.4, std: 0.05, seed: 2}}
    """
  }

  /// Opens the silent network; the other one lies beside it in a file of the home folder.
  private func openSilent() throws -> Tmux {
    let program = try Program.path()
    let tmux = try Tmux(
      running: [
        "sh", "-c",
        """
        printf '%s' "$SILENT" > $HOME/silent.yaml; printf '%s' "$RUNAWAY" > $HOME/runaway.yaml; cd $HOME
        sh -c 'echo $$ > $HOME/process; exec \(program) silent.yaml'; echo status $?; stty -a; cat
        """,
      ], variables: ["SILENT": runaway(threshold: 1000), "RUNAWAY": runaway(threshold: 1)])
    try tmux.wait(forPrompt: "(fwd start)")
    return tmux
  }

  /// Waits until the last row tells of the run.
  private func waitForRun(_ tmux: borrowing Tmux) throws {
    try tmux.wait(for: "a line about the run") {
      ($0.last ?? "").hasPrefix("running: t = ") && ($0.last ?? "").hasSuffix("ms; Ctrl-C stops")
    }
  }

  @Test func `Interrupting: Ctrl-C stops the run of an edit, and nothing was changed`() throws {
    let tmux = try openSilent()
    for _ in 1...2 {
      try tmux.say("set v_th 1")
      try waitForRun(tmux)
      let start = ContinuousClock.now
      try tmux.send(keys: "C-c")
      let rows = try tmux.settledScreen(showing: "stopped at ")
      #expect(.now - start < .seconds(1))
      #expect(rows[0].contains("run 1 "))
      #expect(rows.last == "(fwd start)")
      #expect(rows.contains { $0.contains("nothing was changed") })
    }
    try tmux.say("print v_th n0")
    try tmux.wait(forText: "n0.v_th = 1000")
    // A Ctrl-C on the prompt is none for a run that comes later.
    try tmux.send(keys: "C-c")
    try tmux.wait(forText: "quit or Ctrl-D leaves")
    try tmux.say("set v_th 2000")
    try tmux.wait(forText: "run 2:")
  }

  @Test func `Interrupting: Ctrl-C stops the run of a file, and the old one stays`() throws {
    let tmux = try openSilent()
    try tmux.say("load runaway.yaml")
    try waitForRun(tmux)
    // A new size is no reason to stop.
    try tmux.resize(columns: 100, rows: 30)
    let before = try tmux.screen()
    try tmux.wait(for: "a later time of the run") { $0 != before && $0.count == 30 }
    try tmux.send(keys: "C-c")
    let rows = try tmux.wait(forPrompt: "(fwd start)")
    #expect(rows[0].contains("silent.yaml"))
    #expect(rows.contains { $0.contains("nothing was changed") })
    #expect(rows.count == 30)
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGQUIT])
  func `Terminal given back: a signal during a run ends the program`(signal: Int32) throws {
    let tmux = try openSilent()
    try tmux.say("set v_th 1")
    try waitForRun(tmux)
    kill(try tmux.notedProcess(), signal)
    try tmux.wait(forText: "status \(128 + signal)")
    let modes = try tmux.wait(forText: "isig").joined(separator: " ").split { " ;".contains($0) }
    #expect(modes.contains("icanon") && modes.contains("echo"))
    #expect(try tmux.format("alternate_on") == "0")
  }
}
