import EventProp
import Files
import Interface
import Language
import Study
import Terminal
import Testing
import Workbench

/// The samples of a preset on the screen.
@Suite struct SampleScreenTests {
  /// The network of the reference, with three samples of one spike each.
  private func app() throws -> App {
    let samples = Samples(
      numbers: [0, 1, 2], countInFile: 3, starts: [0, 4, 8, 12],
      times: [2, 5, 9, 13, 3, 4, 8, 14, 1, 6, 10, 12].map { $0 * 1e-3 },
      channels: [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
    let filed = FiledSamples(
      samples: samples, source: .file(SampleSource(file: "d.npz", wholePath: "/data/d.npz")))
    let first = samples.experiment(ofSample: 0, in: reference)
    return App(try Session(first, named: "reference", samples: filed))
  }

  private func header(_ app: inout App, columns: Int) -> String {
    app.render(in: Size(columns: columns, rows: 24)).grid.rowTexts[0]
  }

  @Test func `the header names the sample, also where there is little room`() throws {
    var app = try app()
    #expect(header(&app, columns: 120).contains("reference  run 1  sample 0/3  FWD"))
    type("sample 2", into: &app)
    #expect(header(&app, columns: 120).contains("reference  run 2  sample 2/3  FWD"))
    for line in ["set tau_mem 21ms", "rule no-reset-term", "bwd"] { type(line, into: &app) }
    let wide = header(&app, columns: 120)
    #expect(wide.contains("sample 2/3  WRONG:no-reset-term  ghost:run3"))
    let narrow = header(&app, columns: 60)
    #expect(narrow.contains("sample 2/3  BWD <- turn") && !narrow.contains("run 4"))
    let least = header(&app, columns: 40)
    #expect(least.contains("BWD <- turn") && !least.contains("run 4"))
  }

  @Test func `a ranked sample opens on Enter`() throws {
    var app = try app()
    type("samples by loss", into: &app)
    while app.isBusy { _ = app.tick() }
    let facts = try #require(app.session.bench.survey?.facts)
    let worst = try #require(SampleMeasure.loss.ranked(facts).first)
    let rows = app.render(in: Size(columns: 100, rows: 30)).grid.rowTexts
    #expect(rows.contains { $0.contains("> sample \(worst.number)  L = ") })
    #expect(rows[0].contains("sample 0/3"))
    _ = app.handle(.tab)
    _ = app.handle(.enter)
    #expect(app.session.bench.sample == worst.number)
  }
}
