import Columns
import Terminal
import Testing

@Suite struct ASCIITests {
  @Test(arguments: [
    ("┌─┬─┐│├┼┤└┴┘", "+-+-+|+++" + "+++"),
    ("┏━┓┃┻┛╎┊", "+-+|++::"),
    ("λτϑΣ∂Δ", "ltvSdD"),
    ("→←▶▲≥≤±×µ", "><>^><+xu"),
    ("⁻⁺¹²³⋅…", "-+123.."), ("1·952.68", "1*952.68"),
    ("░▒▓█▪", ".:###"),
    ("◆◇●", "*o*"),
    ("漢é", "? ?"), ("952.7 → 982", "952.7-> 982"), ("← back", "<-back"),
    ("events ≥ e5", "events >=e5"),
    ("a ≤ b", "a <=b"), ("→", ">"), ("n0→n1", "n0>n1"),
  ])
  func `every column becomes one character of ASCII`(text: String, expected: String) {
    #expect(text.asciiOnly == expected)
    #expect(text.asciiOnly.unicodeScalars.count == text.columns)
  }

  @Test func `all that ASCII has stays as it is`() {
    let text = String(String.UnicodeScalarView((0x20..<0x7F).compactMap { Unicode.Scalar($0) }))
    #expect(text.asciiOnly == text)
  }

  @Test func `a curve of dots becomes strokes at three heights`() {
    #expect("⠉⠒⠤⣀⠁⠂⠄⡀⠀".asciiOnly == "'--.'--. ")
    #expect("⡇⢸⣿".asciiOnly == "||#")
    #expect("⣀⡠⠔⠊⠉".asciiOnly == "..-''")
  }

  @Test func `the dotted threshold differs from the curve`() {
    var grid = Grid(columns: 4, rows: 1)
    grid.put("⡀ ⡀", x: 0, y: 0, style: .threshold)
    grid.put("⡀", x: 3, y: 0, style: .series(1))
    #expect(grid.asciiOnly().rowTexts == ["~ ~."])
    #expect(grid.asciiOnly()[3, 0].style == .series(1))
  }

  @Test func `no byte outside of printable ASCII is left, whatever is drawn`() {
    var grid = Grid(columns: 256, rows: 260)
    for value in UInt32(0)..<65536 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      grid[Int(value % 256), Int(value / 256)] = Cell(scalar)
    }
    for row in grid.asciiOnly().rowTexts {
      #expect(row.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    }
  }
}
