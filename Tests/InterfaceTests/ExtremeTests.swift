import Columns
import EventProp
import Interface
import Terminal
import Testing
import Workbench

/// Pictures and tables of experiments whose numbers lie at the ends of the range, or whose names are wide.
@Suite struct ExtremeTests {
  static let changes: [@Sendable (inout Experiment) -> Void] = [
    { $0.network.layers[0].parameters[0].vThreshold = .greatestFiniteMagnitude },
    { $0.network.layers[1].parameters[0].vLeak = -1e308 },
    { $0.network.layers[0].parameters[1].vReset = -.greatestFiniteMagnitude },
    { $0.horizon = 1e308 }, { $0.horizon = .greatestFiniteMagnitude },
    { $0.horizon = .leastNonzeroMagnitude },
    { $0.network.layers[0].weights.weights[0] = 1e300 },
    { $0.network.layers[0].weights.weights = Array(repeating: -1e308, count: 8) },
    { $0.network.layers[0].parameters[0].tauMem = 1e-300 },
    { $0.network.layers[0].parameters[0].tauSyn = .leastNonzeroMagnitude },
    { $0.network.layers[1].parameters[0].tauMem = 1e308 },
    {
      $0.network.layers[0].parameters[0].vThreshold = 1.7e308
      $0.network.layers[0].parameters[0].vLeak = -1.7e308
      $0.horizon = 1e300
    },
    { $0.loss = Loss(layer: 1, rule: .voltageIntegral([1e307])) },
    { $0.loss = Loss(layer: 1, rule: .voltageIntegral([-.leastNonzeroMagnitude])) },
  ]

  @Test(arguments: changes.indices)
  func `a picture is made at every size, place and zoom, and tables are made or refused`(
    number: Int
  ) throws {
    var experiment = reference
    experiment.maxEvents = 50
    Self.changes[number](&experiment)
    guard experiment.faults.isEmpty, var app = try? app(experiment) else { return }
    for line in [
      "plot V I lambda_v lambda_i", "finish", "zoom in", "zoom event", "pan right", "zoom fit",
      "bwd",
      "3 step", "overlay", "finish", "gradient final", "set v_leak 0.1",
    ] {
      type(line, into: &app)
      for (columns, rows) in [(80, 24), (120, 40), (200, 60)] {
        let size = Size(columns: columns, rows: rows)
        #expect(app.render(in: size).grid.size == size)
      }
    }
    let figure = Figure.svg(of: app.session)
    #expect(!figure.contains("inf") && !figure.contains("nan"))
    for table in ["events", "spikes", "gradient", "traces"] {
      for effect in app.perform("export! csv x.csv \(table)", echo: false) {
        guard case .write(_, let bytes) = effect else { continue }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("nan") && !text.contains("inf"))
      }
    }
  }

  @Test func `the axis of a large adjoint shows its size`() throws {
    var experiment = reference
    experiment.loss = Loss(layer: 1, rule: .voltageIntegral([1e300]))
    var app = try app(experiment, after: ["bwd; finish"])
    let rows = app.render(in: Size(columns: 120, rows: 40)).grid.rowTexts
    #expect(rows.contains { $0.contains("e+30") || $0.contains("e30") || $0.contains("e29") })
  }

  @Test func `the time axis of a long run is in seconds`() throws {
    var experiment = reference
    experiment.horizon = 1e308
    var app = try app(experiment)
    let rows = app.render(in: Size(columns: 120, rows: 40)).grid.rowTexts
    #expect(rows.contains { $0.contains("e307") })
  }

  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 16), (40, 10)])
  func `wide names and titles move nothing`(columns: Int, rows: Int) throws {
    var experiment = reference
    experiment.title = "脉冲网络"
    experiment.about = "两个输入 为什么不发放 e\u{301} 👨\u{200D}👩"
    experiment.network.layers[0].name = "隠れ層"
    experiment.network.layers[1].name = "出力\u{1B}[31m"
    var app = try app(experiment)
    let (first, _) = app.render(in: Size(columns: columns, rows: rows))
    if rows > 16 { #expect(first.rowTexts.contains { $0.contains("两个输入 为什么不发放") }) }
    for line in ["finish", "bwd; 3 step", "info params", "info neurons", "set 隠 3ms", "echo 出力漢字"] {
      type(line, into: &app)
      let grid = app.render(in: Size(columns: columns, rows: rows)).grid
      for text in grid.rowTexts {
        #expect(text.columns <= columns)
        #expect(text.unicodeScalars.allSatisfy { $0.columns != nil })
      }
      _ = app.handle(.tab)
    }
    // Escape may have given the keys to a pane.
    _ = app.handle(.character(":"))
    for scalar in "set 隠れ層".unicodeScalars { _ = app.handle(.character(scalar)) }
    let (_, cursor) = app.render(in: Size(columns: columns, rows: rows))
    #expect(cursor?.x == app.session.prompt.columns + 10)
    #expect(Figure.svg(of: app.session).contains("脉冲网络"))
  }
}
