import EventProp
import Interface
import Language
import Terminal
import Testing
import Workbench

/// The matrix of dL/dw: numbers, shades, signs and the selected synapse.
@Suite struct GradientPaneTests {
  private let size = Size(columns: 120, rows: 40)

  /// The rows of the gradient pane, without its frame.
  private func pane(_ app: inout App, in size: Size? = nil) -> [String] {
    let rows = app.render(in: size ?? self.size).grid.rowTexts
    guard let top = rows.firstIndex(where: { $0.contains(" 6 ") && $0.contains("dL/dw") }) else {
      return []
    }
    let left = (size ?? self.size).columns == 200 ? 133 : 79
    return rows[top..<rows.count - 4].map { String($0.dropFirst(left).dropLast()) }
  }

  private func acting(after lines: [String]) throws -> App {
    var app = try app(after: lines)
    _ = app.render(in: size)
    _ = app.handle(.tab)
    _ = app.handle(.character("6"))
    return app
  }

  @Test func `rows are targets, columns sources, with numbers and two cells of shade`() throws {
    var app = try app(after: ["goto end"])
    let rows = pane(&app, in: Size(columns: 200, rows: 60))
    #expect(rows[1] == "        in0     in1     in2     in3      n0      n1               ")
    #expect(rows[2].hasPrefix(" n0   -7.14██ -4.09▒▒ -4.92▓▓ -5.13▓▓"))
    #expect(rows[3].hasPrefix(" n1  [-9.06██]-4.84▓▓ -7.88██ -5.84▓▓  -8.4██"))
  }

  @Test func `the title says partial and of which events, or final`() throws {
    var app = try acting(after: ["bwd"])
    #expect(pane(&app)[0].contains("dL/dw (partial: nothing walked)"))
    for _ in 0..<7 { _ = app.handle(.character("s")) }
    #expect(pane(&app)[0].contains("dL/dw (partial: events ≥ e5)"))
    #expect(pane(&app)[2].contains("-3.53"))
    _ = app.handle(.character("t"))
    #expect(pane(&app)[0].contains("dL/dw (final: all events)"))
    #expect(pane(&app)[2].contains("-7.14"))
    _ = app.handle(.character("t"))
    #expect(pane(&app)[0].contains("partial"))
    type(":goto end", into: &app)
    #expect(pane(&app)[0].contains("dL/dw (complete)"))
  }

  @Test func `a shade means the same at every step`() throws {
    var app = try acting(after: ["bwd", "7 step"])
    // -3.53 of at most 9.06, although nothing larger than 5.19 has been reached so far.
    #expect(pane(&app)[2].contains("-3.53▒▒"))
    #expect(pane(&app)[3].contains("-5.19▓▓"))
  }

  @Test func `the sign has its colour as well, orange above zero and blue below`() throws {
    for (target, ink) in [(14e-3, Ink.negative), (35e-3, .positive)] {
      var experiment = reference
      experiment.loss = Loss(
        layer: 1,
        rule: .firstSpikeMSE(neurons: [0], targets: [target], tau: 1e-3, clip: 40e-3))
      var app = try app(experiment, after: ["goto end"])
      let grid = app.render(in: size).grid
      var inks: Set<Ink> = []
      for y in 27..<35 {
        for x in 84..<118 where grid[x, y].scalar == "█" { inks.insert(grid[x, y].style.ink) }
      }
      #expect(inks == [ink])
    }
    let palette = Palette(tier: .full256)
    #expect(palette.color(of: .negative) == 75)
    #expect(palette.color(of: .positive) == 215)
  }

  @Test func `arrows select a synapse, whose number is said below`() throws {
    var app = try acting(after: ["bwd", "7 step"])
    _ = app.handle(.right)
    _ = app.handle(.right)
    #expect(pane(&app)[3].contains("[-2.71▒▒]"))
    #expect(pane(&app).contains { $0.contains("n1<-in2: -2.707 so far, final -7.882") })
    _ = app.handle(.up)
    #expect(app.session.selected == 0)
    #expect(pane(&app)[2].contains("[ -0.2░░]"))
    for _ in 0..<9 { _ = app.handle(.left) }
    #expect(app.session.selectedSynapse.map { app.session.names.network.ends(of: $0).row } == 0)
    #expect(app.session.point == .backward(5))
  }

  @Test(arguments: ["n0<-in2", "in2->n0", "w[n0,in2]"])
  func `a synapse is selected at the prompt, with its target`(name: String) throws {
    var app = try app(after: ["bwd", "7 step", "select \(name)"])
    #expect(app.session.selected == 0)
    #expect(pane(&app)[2].contains("[ -0.2░░]"))
    type("select n2", into: &app)
    #expect(app.session.selectedSynapse.map { app.session.names.name(of: $0) } == "n2<-n0")
  }

  @Test func `a synapse that does not exist has no cell and is never selected`() throws {
    var experiment = reference
    experiment.network.layers[0].weights = Synapses(
      rows: 4, columns: 2,
      sparse: [(0, 0, 3.2), (1, 0, 1.4), (1, 1, 3), (3, 1, 2.5)].map {
        (row: $0.0, column: $0.1, weight: $0.2)
      })
    var app = try app(experiment, after: ["goto end", "select n1"])
    #expect(app.session.selectedSynapse.map { app.session.names.name(of: $0) } == "n1<-in1")
    let row = pane(&app)[3]
    #expect(row.dropFirst(5).prefix(8).allSatisfy { $0 == " " })
    #expect(row.dropFirst(22).prefix(7).allSatisfy { $0 == " " })
    _ = app.handle(.tab)
    _ = app.handle(.character("6"))
    _ = app.handle(.right)
    #expect(app.session.selectedSynapse.map { app.session.names.name(of: $0) } == "n1<-in3")
  }

  /// A layer of so many neurons, each reached by as many channels.
  private func dense(_ count: Int) -> Experiment {
    let parameters = LIFParameters(tauMem: 20e-3, tauSyn: 5e-3, vThreshold: 1)
    return Experiment(
      title: "Dense",
      network: Network(
        inputs: count,
        layers: [
          Layer(
            name: "out", parameters: Array(repeating: parameters, count: count),
            weights: Synapses(
              rows: count, columns: count,
              weights: (0..<count * count).map { 6 / Double(count) * (1 + Double($0 % 7) / 20) }))
        ]),
      inputSpikes: (0..<count).map { InputSpike(time: Double($0) * 1e-4, channel: $0) },
      horizon: 40e-3,
      loss: Loss(
        layer: 0,
        rule: .firstSpikeMSE(neurons: [0], targets: [14e-3], tau: 1e-3, clip: 40e-3)))
  }

  @Test func `above twelve there are only shades, and the number of the selected one`() throws {
    var twelve = try app(dense(12), after: ["goto end"])
    #expect(pane(&twelve)[1].contains("in0"))
    var app = try app(dense(30), after: ["goto end", "select n0<-in20"])
    let rows = pane(&app)
    #expect(rows[1].contains("in12 to in27") || rows[1].contains(" to in"))
    #expect(!rows[2].contains("."))
    #expect(rows.contains { $0.contains("n0<-in20: ") && $0.contains("complete") })
  }

  @Test func `the number of a neuron is never cut`() throws {
    var experiment = dense(3)
    let parameters = LIFParameters(tauMem: 20e-3, tauSyn: 5e-3, vThreshold: 1)
    experiment.network.layers[0] = Layer(
      name: "out", parameters: Array(repeating: parameters, count: 1200),
      weights: Synapses(rows: 3, columns: 1200, weights: Array(repeating: 2, count: 3600)))
    var app = try app(experiment, after: ["goto end", "select n1199"])
    let rows = app.render(in: size).grid.rowTexts
    for text in ["Vn1199│", "λn1199│", "n1199*┤", "│ n1199 "] {
      #expect(rows.contains { $0.contains(text) }, "\(text)")
    }
  }

  @Test func `what shades are measured by is not looked for again at every picture`() throws {
    var app = try app(dense(300), after: ["goto end"])
    _ = app.render(in: size)
    let clock = ContinuousClock()
    let elapsed = clock.measure { for _ in 0..<10 { _ = app.render(in: size) } }
    // 90 000 synapses: looking through them ten times takes longer than all ten pictures in a debugging build.
    #expect(elapsed < .seconds(3))
  }
}
