import Terminal
import Testing

@Suite struct GeometryTests {
  @Test func `negative extents become zero`() {
    #expect(Size(columns: -3, rows: 4) == Size(columns: 0, rows: 4))
    #expect(Rect(x: -2, y: 1, width: -1, height: 5).isEmpty)
  }

  @Test func `a rectangle is cut into pieces that cover it`() {
    let rect = Rect(x: 2, y: 3, width: 10, height: 6)
    #expect(rect.split(top: 2).top == Rect(x: 2, y: 3, width: 10, height: 2))
    #expect(rect.split(top: 2).rest == Rect(x: 2, y: 5, width: 10, height: 4))
    #expect(rect.split(bottom: 1).bottom == Rect(x: 2, y: 8, width: 10, height: 1))
    #expect(rect.split(left: 4).rest == Rect(x: 6, y: 3, width: 6, height: 6))
    #expect(rect.split(right: 4).right == Rect(x: 8, y: 3, width: 4, height: 6))
  }

  @Test(arguments: [-1, 0, 3, 7, 100])
  func `pieces never leave the rectangle`(cut: Int) {
    let rect = Rect(x: 0, y: 0, width: 5, height: 3)
    let pieces = [
      rect.split(top: cut).top, rect.split(top: cut).rest, rect.split(bottom: cut).bottom,
      rect.split(left: cut).left, rect.split(right: cut).right, rect.split(right: cut).rest,
    ]
    for piece in pieces where !piece.isEmpty { #expect(rect.intersection(piece) == piece) }
    #expect(rect.split(top: cut).top.height + rect.split(top: cut).rest.height == 3)
    #expect(rect.split(right: cut).right.width + rect.split(right: cut).rest.width == 5)
  }

  @Test func `insetting too far leaves nothing`() {
    #expect(
      Rect(x: 0, y: 0, width: 4, height: 3).inset(by: 1) == Rect(x: 1, y: 1, width: 2, height: 1))
    #expect(Rect(x: 0, y: 0, width: 1, height: 1).inset(by: 1).isEmpty)
    #expect(Rect(x: 0, y: 0, width: 0, height: 0).inset(left: 3, bottom: 2).isEmpty)
  }

  @Test func `edges belong to the rectangle, the first cell beyond does not`() {
    let rect = Rect(x: -1, y: 0, width: 2, height: 1)
    #expect(rect.contains(x: -1, y: 0))
    #expect(!rect.contains(x: 1, y: 0))
    #expect(!rect.contains(x: 0, y: 1))
  }
}
