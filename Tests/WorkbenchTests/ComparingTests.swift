import EventProp
import Testing
import Workbench

@Suite("near, diff and the pinned ghost") struct ComparingTests {
  private func session(_ name: String = "reference") throws -> Session {
    try SessionTests.session(name)
  }

  @Test func `criterion 16: near names the change that tips a spike, and it does`() throws {
    var session = try session("grazing")
    let lines = session.apply("near").lines.map(\.text)
    #expect(
      lines == [
        "within 5 % of v_th - v_leak, the smallest first; changes to first order:",
        "spike n0 0 (e1) grazes  margin 5e-05 (0.0083 %)  w n0<-in0 -0.0002 deletes it  all weights: 0.0002",
      ])
    let weight = session.experiment.network.layers[0].weights.weights[0]
    _ = session.apply("set n0<-in0 \(weight - 0.00021)")
    #expect(session.run.trajectory.spikeCounts == [0])
    #expect(session.apply("near 1%").lines[1].text.hasPrefix("no spike of n0 at "))
    _ = session.apply("set n0<-in0 \(weight - 0.00019)")
    #expect(session.run.trajectory.spikeCounts == [1])
  }

  @Test func `near says so where nothing is near`() throws {
    var session = try session()
    #expect(
      session.apply("near").lines.map(\.text)
        == ["no near miss and no grazing spike within 5 % of v_th - v_leak"])
    let times = session.apply("near 30").lines.dropFirst()
    #expect(times.count == 5)
  }

  @Test func `diff lists parameters, spikes, loss and gradients`() throws {
    var session = try session()
    #expect(!session.apply("diff").succeeded)
    _ = session.apply("set n0<-in0 0.5")
    let lines = session.apply("diff").lines.map(\.text)
    #expect(lines[0] == "run 1 → run 2")
    #expect(lines[1] == "n0<-in0: 3.2 → 0.5  (-2.7)")
    #expect(lines.contains { $0.hasPrefix("spike n0 1 vanished, was at 24.1229 ms") })
    #expect(lines.contains { $0.hasPrefix("spike n0 0 moved: 13.0831 ms → ") })
    #expect(lines.contains { $0.hasPrefix("L: 80.7427 → ") })
    #expect(lines.contains { $0.hasPrefix("dL/dw n2<-n0: -22.74 → ") })
    let back = session.apply("diff 2 1").lines.map(\.text)
    #expect(back[1] == "n0<-in0: 0.5 → 3.2  (+2.7)")
    #expect(back.contains { $0.hasPrefix("spike n0 1 appeared at 24.1229 ms") })
    #expect(session.apply("diff 2 2").lines.map(\.text) == ["run 2 → run 2", "nothing differs"])
    _ = session.apply("undo")
    #expect(session.apply("diff 1 3").lines.map(\.text) == ["run 1 → run 3", "nothing differs"])
  }

  @Test func `diff of a wrong rule shows the gradients that it changes, labelled`() throws {
    var session = try session()
    _ = session.apply("rule no-reset-term")
    let lines = session.apply("diff").lines.map(\.text)
    #expect(lines[0] == "run 1 → run 2 WRONG (no-reset-term)")
    #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("dL/dw ") || $0.hasPrefix("…") })
    #expect(lines.count > 4)
  }

  @Test func `a pinned ghost stays through edits`() throws {
    var session = try session()
    _ = session.apply("set tau_mem 22ms; ghost pin; set tau_mem 23ms; set v_th 1.01")
    #expect(session.bench.ghostNumber == 1 && session.bench.isGhostPinned)
    let runs = session.apply("info runs").lines.map(\.text)
    #expect(runs.count == 4)
    #expect(runs[0] == "  run 1  L = 80.7427  5 spikes  ghost, pinned")
    #expect(runs[3].hasPrefix("▶ run 4  L = "))
    _ = session.apply("ghost off; set v_th 1.02")
    #expect(session.bench.ghostNumber == 4 && !session.bench.isGhostPinned)
  }

  @Test func `the oldest runs are let go when all have too many events, but never the ghost`()
    throws
  {
    var session = try session()
    session.bench.keptEvents = 30
    _ = session.apply("set tau_mem 22ms; ghost pin; set tau_mem 23ms; set tau_mem 24ms")
    #expect(session.bench.earlierRuns.map(\.number) == [1, 3])
    let runs = session.apply("info runs").lines.map(\.text)
    #expect(runs.count == 4)
    #expect(runs[0] == "  1 older run was let go to save memory; undo makes them again")
    let loss = try #require(session.run.loss)
    _ = session.apply("undo; undo")
    #expect(session.experiment.network.layers[0].parameters[0].tauMem == 22e-3)
    _ = session.apply("redo; redo")
    #expect(session.run.loss == loss)
    let numbers = session.bench.earlierRuns.map(\.number)
    try session.expectComplaint(
      about: "ghost 2", at: 7,
      "no earlier run '2'; runs \(numbers[0])-\(numbers[numbers.count - 1]), or off")
  }

  @Test func `a step back in a long run starts from a place that was kept`() throws {
    var session = try SessionTests.session("yin-yang")
    _ = session.apply("goto end; unstep")
    for back in [1, 40, 60, 7] {
      _ = session.apply("unstep \(back)")
      var fresh = try Session(session.experiment, named: "yin-yang")
      _ = fresh.apply("bwd; step \(session.cursor.number - session.run.timeline.turn)")
      #expect(fresh.cursor.number == session.cursor.number)
      #expect(fresh.cursor.partialGradient == session.cursor.partialGradient, "after \(back)")
    }
  }

  @Test func `an edit whose run is stopped changes nothing`() throws {
    let inputs = (0..<9000).map { InputSpike(time: Double($0) * 1e-4, channel: 0) }
    let layer = Layer(
      name: "a", parameters: [LIFParameters(tauMem: 10e-3, tauSyn: 5e-3, vThreshold: 9)],
      weights: Synapses(rows: 1, columns: 1, weights: [0.01]))
    var session = try Session(
      Experiment(
        title: "long", network: Network(inputs: 1, layers: [layer]), inputSpikes: inputs,
        horizon: 1), named: "long")
    session.goesOn = { _ in false }
    let before = session.experiment
    try session.expectComplaint(
      about: "set tau_mem 12ms", at: 5, "stopped at 409.4 ms; nothing was changed")
    #expect(session.experiment == before && session.bench.earlierRuns.isEmpty)
  }

  @Test func `going back and on again leaves the partial gradient as it was, bit for bit`() throws {
    var session = try session()
    _ = session.apply("bwd")
    var seen: [MatrixGradients?] = [session.cursor.partialGradient]
    for _ in 0..<12 {
      _ = session.apply("step")
      seen.append(session.cursor.partialGradient)
    }
    for gradient in seen.dropLast().reversed() {
      _ = session.apply("unstep")
      #expect(session.cursor.partialGradient == gradient)
    }
    _ = session.apply("goto end; unstep 5; step 2")
    #expect(session.cursor.partialGradient == seen[10])
  }

  @Test(arguments: [
    ("near x", 6, "'x' is not a number; a number of percent: near 2"),
    ("near 3ms", 6, "a plain number takes no unit, found 'ms'; a number of percent: near 2"),
    ("near -1", 6, "a part of the threshold lies in 0..100 percent; near 2"),
    ("diff", 1, "there is only one run; an edit makes another"),
    ("diff 7", 6, "no run '7'; there is only run 1"),
    ("diff 1 7", 8, "no run '7'; there is only run 1"),
    ("diff 1 1 1", 10, "diff does not take '1'; usage: diff [RUN] [RUN]"),
    ("ghost pin", 7, "there is no ghost to pin; an edit makes one"),
  ]) func `a bad line says where, why and what to do`(line: String, column: Int, sentence: String)
    throws
  {
    var session = try session()
    try session.expectComplaint(about: line, at: column, sentence)
  }
}
