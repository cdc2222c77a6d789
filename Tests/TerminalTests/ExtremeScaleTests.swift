import Terminal
import Testing

/// Axes and scales over ranges at the ends of the numbers.
@Suite struct ExtremeScaleTests {
  private static let most = Double.greatestFiniteMagnitude
  static let ranges: [ClosedRange<Double>] = [
    -most...most, 0...most, -most...0, 0...1e308, -1e308...1e308, 0 ... .leastNonzeroMagnitude,
    -.leastNonzeroMagnitude ... .leastNonzeroMagnitude,
    0...1e-300, 1e308...most, 0...0, most...most, 0...40,
  ]

  @Test(arguments: ranges)
  func `values lead to dots, and dots to values`(range: ClosedRange<Double>) {
    let axis = Axis(range: range, columns: 60)
    let scale = ValueScale(range: range, rows: 10)
    #expect(axis.dot(of: range.lowerBound) == 0)
    #expect(axis.dot(of: range.upperBound) == (range.lowerBound == range.upperBound ? 0 : 119))
    #expect(axis.dot(of: .infinity) == nil && axis.dot(of: .nan) == nil)
    #expect(scale.nearestDot(of: .infinity) != nil && scale.nearestDot(of: .nan) == nil)
    for dot in 0..<axis.dots {
      #expect(axis.value(atDot: dot).isFinite && axis.value(atColumn: dot / 2).isFinite)
    }
    for dot in 0..<scale.dots { #expect(scale.value(atDot: dot).isFinite) }
    if range.upperBound - range.lowerBound > 1e-300 {
      for dot in 0..<scale.dots { #expect(scale.dot(of: scale.value(atDot: dot)) == dot) }
    }
    var grid = Grid(columns: 70, rows: 3)
    axis.draw(into: &grid, x: 8, y: 0, unit: "ms")
  }

  @Test func `ticks reach the ends of the range of numbers`() {
    #expect(
      Axis(range: 0...1e308, columns: 60).ticks.map(\.label) == [
        "0", "2e307", "4e307", "6e307", "8e307", "1e308",
      ])
    #expect(Axis(range: 0...1e-300, columns: 60).ticks.last?.value == 1e-300)
    #expect(Axis(range: -1e308...1e308, columns: 60).ticks.map(\.value).contains(0))
    #expect(Axis(range: 0...40, columns: 60).ticks.map(\.label) == ["0", "10", "20", "30", "40"])
  }
}
