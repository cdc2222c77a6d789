import EventProp
import Interface
import Terminal
import Testing
import Workbench

/// What a stop looks like.
@Suite struct StopTests {
  private func rows(_ app: inout App, _ columns: Int, _ rows: Int) -> [String] {
    app.render(in: Size(columns: columns, rows: rows)).grid.rowTexts
  }

  @Test(arguments: [(80, 24), (120, 40)])
  func `the last line says which breakpoint stopped it, and what that means`(
    columns: Int, height: Int
  ) throws {
    var app = try app(after: ["break spike n0", "bwd", "c"])
    let shown = rows(&app, columns, height)
    let line = try #require(shown.first { $0.contains("stopped: ") })
    #expect(line.hasPrefix(" stopped: breakpoint 1, spike n0 (back)   dL/dw n1<- partial"))
    // A step away from it says what it did before.
    _ = app.handle(.right)
    #expect(!rows(&app, columns, height).contains { $0.contains("stopped: ") })
  }

  @Test func `the event list marks the places of breakpoints, hit or not`() throws {
    var app = try app(after: ["break spike n0", "break input in2", "c", "c"])
    let shown = rows(&app, 120, 40)
    #expect(shown.contains { $0.contains("▶B e5   13.083") })
    #expect(shown.contains { $0.contains(" B e2   9") })
    #expect(shown.contains { $0.contains(" B e8   24.123") })
    #expect(shown.contains { $0.contains("   e9   25.5") })
    app = try self.app(after: ["break spike n2", "finish"])
    #expect(rows(&app, 120, 40).contains { $0.contains(" b e11  26.708") })
    app = try self.app(after: ["finish"])
    #expect(rows(&app, 120, 40).contains { $0.contains("  e11  26.708") })
  }

  @Test func `what is displayed stands under the stop, not over the plots`() throws {
    var app = try app(after: ["display V n0", "display I n0", "step"])
    let shown = rows(&app, 80, 24)
    #expect(shown.contains { $0.contains("1: V n0 = ") })
    #expect(shown.contains { $0.contains("2: I n0 = ") })
    #expect(!shown.contains { $0.contains("Esc closes") })
  }

  @Test func `Enter goes on with an explanation`() throws {
    var app = try app(after: ["bwd", "7 step", "why lV n0 @ e5-"])
    #expect(rows(&app, 80, 24).contains { $0.contains("λV n0 @ e5- = 982.019 is the sum of") })
    _ = app.handle(.tab)
    _ = app.handle(.enter)
    #expect(rows(&app, 80, 24).contains { $0.contains("λV n0 @ e5+ = 952.675 is the sum of") })
  }

  private func app(after lines: [String] = []) throws -> App {
    try InterfaceTests.app(after: lines)
  }
}
