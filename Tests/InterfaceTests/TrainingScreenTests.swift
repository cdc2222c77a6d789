import EventProp
import Files
import Interface
import Language
import Learning
import Terminal
import TestSupport
import Testing
import Workbench

/// The screen of a training.
@Suite struct TrainingScreenTests {
  private static let text = smallTraining("seed: 7, clip: { norm: 0.5 }")

  private static let sizes = [(80, 24), (120, 40), (200, 60), (79, 23), (60, 16), (40, 10)]

  /// A session with typed lines; the map of its screen is full.
  private func app(after lines: [String] = ["train", "goto step 13", "unstep 3"]) throws -> App {
    let document = try PresetReader.read(Self.text, named: "small.yaml")
    var app = App(
      try Session(document.experiment, named: "small.yaml", samples: document.filedSamples))
    for line in lines { run(line, in: &app) }
    return app
  }

  private func run(_ line: String, in app: inout App) {
    type(line, into: &app)
    finish(&app)
  }

  private func finish(_ app: inout App) {
    while app.isBusy { _ = app.tick() }
  }

  private func picture(_ app: inout App, _ columns: Int, _ rows: Int) -> Grid {
    let size = Size(columns: columns, rows: rows)
    _ = app.render(in: size)
    app.paint(for: nil)
    return app.render(in: size).grid
  }

  private func press(_ letters: String, in app: inout App) {
    for letter in letters.unicodeScalars {
      _ = app.handle(.character(letter))
      finish(&app)
    }
  }

  private func step(_ app: App) -> Int? { app.session.course?.step }

  // MARK: - Pictures

  @Test(arguments: sizes)
  func `in the middle of a training`(columns: Int, rows: Int) throws {
    var app = try app()
    let grid = picture(&app, columns, rows)
    assertSnapshot(grid.snapshot, named: "training-\(columns)x\(rows)")
    let ascii = grid.asciiOnly().rowTexts.joined().unicodeScalars
    #expect(ascii.allSatisfy { (0x20...0x7e).contains($0.value) })
  }

  @Test(arguments: 1...8)
  func `each pane by itself`(pane: Int) throws {
    var app = try app()
    _ = app.render(in: Size(columns: 80, rows: 24))
    _ = app.handle(.tab)
    press("\(pane)", in: &app)
    assertSnapshot(picture(&app, 80, 24).snapshot, named: "training-pane-\(pane)")
  }

  @Test func `in ASCII`() throws {
    var app = try app()
    let rows = picture(&app, 120, 40).asciiOnly().rowTexts
    assertSnapshot(rows.joined(separator: "\n"), named: "training-ascii-120x40")
  }

  @Test(arguments: [
    (0, 0), (0, 5), (5, 0), (1, 1), (39, 9), (41, 11), (60, 16), (300, 12), (45, 90),
  ])
  func `any size can be drawn, at any place`(columns: Int, rows: Int) throws {
    for lines in [
      ["train"], ["train", "step 1"], ["train", "goto end"], ["train", "step 7", "fwd"],
    ] {
      var app = try app(after: lines)
      for _ in TrainingPane.count {
        #expect(picture(&app, columns, rows).size == Size(columns: columns, rows: rows))
        _ = app.handle(.tab)
      }
    }
  }

  /// How often Tab is pressed to see every pane.
  private enum TrainingPane { static let count = 0..<8 }

  @Test func `the header tells the place, the loss, the accuracy and the sample`() throws {
    var app = try app(after: ["train", "step 10"])
    let wide = picture(&app, 120, 40).rowTexts[0]
    let loss = try #require(app.session.course?.facts?.loss)
    #expect(
      wide.hasPrefix(" small.yaml  TRN -> epoch 2/6  step 10/30  loss \(Quantity.display(loss))"))
    #expect(wide.contains("  accuracy ") && wide.hasSuffix("watched: sample 0/40"))
    let narrow = picture(&app, 60, 16).rowTexts[0]
    #expect(narrow.hasPrefix(" TRN -> epoch 2/6  step 10/30  loss "))
  }

  @Test func `the bench has its own screen again`() throws {
    var before = try app(after: [])
    let screen = picture(&before, 120, 40).rowTexts
    for line in ["train", "step 2", "leave"] { run(line, in: &before) }
    let after = picture(&before, 120, 40).rowTexts
    #expect(after[1..<30] == screen[1..<30])
    var opened = try app(after: ["train", "step 2", "open sample 3"])
    #expect(picture(&opened, 120, 40).rowTexts[0].contains("sample 3/40  at step 2  FWD -> start"))
  }

  // MARK: - Keys

  @Test func `keys go along the steps`() throws {
    var app = try app(after: ["train"])
    _ = app.render(in: Size(columns: 80, rows: 24))
    _ = app.handle(.tab)
    var places: [Int?] = []
    for key in [".", "s", "S", "e", "G", "g", " "] {
      press(key, in: &app)
      places.append(step(app))
    }
    #expect(places == [1, 2, 1, 5, 30, 0, 30])
    press("o", in: &app)
    #expect(!app.session.isInTraining)
  }

  @Test func `Space stops at a step, and goes on`() throws {
    var app = try app(after: ["train", "set epochs 100000"])
    _ = app.render(in: Size(columns: 80, rows: 24))
    _ = app.handle(.tab)
    var places = [0]
    for _ in 0..<2 {
      _ = app.handle(.character(" "))
      #expect(app.isBusy)
      _ = app.handle(.character(" "))
      #expect(!app.isBusy)
      places.append(try #require(step(app)))
    }
    #expect(places[0] < places[1] && places[1] < places[2])
  }

  @Test func `Tab goes round the panes, z fills the screen`() throws {
    var app = try app()
    var titles: [String] = []
    for _ in 0..<9 {
      _ = picture(&app, 80, 24)
      _ = app.handle(.tab)
      titles.append(String(picture(&app, 80, 24).rowTexts[1].prefix(3)))
    }
    #expect(titles == [" 2 ", " 3 ", " 4 ", " 5 ", " 6 ", " 7 ", " 8 ", " 1 ", " 2 "])
    let boxes = picture(&app, 120, 40).rowTexts.joined().count { $0 == "┌" || $0 == "┏" }
    #expect(boxes == 5)
    press("z", in: &app)
    #expect(!picture(&app, 120, 40).rowTexts.joined().contains("┌"))
  }

  @Test func `the list of keys is that of the training`() throws {
    var app = try app()
    _ = picture(&app, 120, 40)
    _ = app.handle(.tab)
    press("?", in: &app)
    let rows = picture(&app, 120, 40).rowTexts
    #expect(rows.contains { $0.contains("keys in the training") })
    #expect(rows.contains { $0.contains("one step of the optimizer") })
  }

  // MARK: - Mouse

  private func click(_ x: Int, _ y: Int, in app: inout App) {
    _ = app.handle(.mouse(MouseEvent(.press(button: 1), x: x, y: y)))
    _ = app.handle(.mouse(MouseEvent(.release(button: 1), x: x, y: y)))
    finish(&app)
  }

  @Test func `a click in the curves goes to the step under it`() throws {
    var app = try app()
    let rows = picture(&app, 120, 40).rowTexts
    let axis = try #require(rows.last { $0.contains("epoch └") })
    let y = try #require(rows.lastIndex(of: axis))
    let start = try #require(axis.firstIndex(of: "└"))
    let x = axis.distance(from: axis.startIndex, to: start)
    click(x + 1, 5, in: &app)
    #expect(step(app) == 0)
    click(x + 1, y, in: &app)
    #expect(step(app) == 0)
    let end = try #require(axis.lastIndex { "─┴┻".contains($0) })
    click(axis.distance(from: axis.startIndex, to: end), 5, in: &app)
    #expect(step(app) == 25)
  }

  @Test func `a click in the map opens the nearest sample`() throws {
    var app = try app()
    _ = picture(&app, 120, 40)
    let points = Circle.points(40, seed: 42)
    let rows = picture(&app, 120, 40).rowTexts
    let title = try #require(rows.firstIndex { $0.contains("4 class") })
    let corner =
      rows[title].distance(
        from: rows[title].startIndex, to: try #require(rows[title].firstIndex(of: "4"))) - 3
    // The left lower corner of the map.
    let bottom = try #require(rows[(title + 1)...].firstIndex { $0.contains("5 first spike") }) - 2
    click(corner + 1, bottom, in: &app)
    let nearest = points.indices.min { one, other in
      let square = { (point: DataPoint) in point.features.reduce(0) { $0 + $1 * $1 } }
      return square(points[one]) < square(points[other])
    }
    #expect(app.session.bench.sample == nearest)
    #expect(!app.session.isInTraining)
  }

  // MARK: - The map

  @Test func `the map is filled in pieces, and again after a step`() throws {
    var app = try app()
    _ = app.render(in: Size(columns: 120, rows: 40))
    #expect(app.isPainting && app.patienceForKeys == 0)
    app.paint(for: .zero)
    #expect(app.isPainting)
    app.paint(for: nil)
    #expect(!app.isPainting && app.patienceForKeys == nil)
    run("step", in: &app)
    #expect(app.isPainting)
    run("leave", in: &app)
    #expect(!app.isPainting)
  }
}
