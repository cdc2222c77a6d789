import Language
import Testing

/// Characters that readers overlook or take for others, and bytes that are no characters.
struct HiddenCharacterTests {
  @Test(arguments: [
    ("25\u{A0}ms", "25<U+00A0 no-break space>ms"), ("\u{2212}3", "<U+2212 minus sign>3"),
    ("tau\u{200B}_mem", "tau<U+200B zero width space>_mem"), ("e\u{AD}3", "e<U+00AD soft hyphen>3"),
    ("\u{FEFF}a", "<U+FEFF zero width no-break space>a"), ("a\u{7}", "a<U+0007>"),
    ("a\u{2028}b", "a<U+2028 line separator>b"), ("\u{2013}1", "<U+2013 en dash>1"),
    ("a\u{3000}b", "a<U+3000 ideographic space>b"), ("µs → λV⁻ \t\n", "µs → λV⁻ \t\n"),
    ("größe 日本", "größe 日本"), (String(escaping: [0x63, 0xE9]), "c\\xE9"),
  ]) func `a hidden character is written out`(text: String, unmasked: String) {
    #expect(text.unmasked == unmasked)
    #expect(unmasked.unmasked == unmasked)
  }

  @Test func `bytes come back as they were, whatever they are`() {
    var state: UInt64 = 1
    for _ in 0..<2000 {
      let bytes = (0..<12).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let byte = UInt8(truncatingIfNeeded: state >> 40)
        return state >> 62 == 0 ? byte & 0x7F : byte
      }
      #expect(String(escaping: bytes).escapedBytes == bytes)
    }
    for bytes in [Array("größe 日本".utf8), [0xF4, 0x8F, 0xBF, 0xA9], [0xE2, 0x82], [0xC0, 0x80]] {
      #expect(String(escaping: bytes).escapedBytes == bytes)
    }
    #expect(String(escaping: Array("größe".utf8)) == "größe")
  }

  @Test(arguments: ["25\u{A0}ms", "25\u{2009}ms", "\u{3000}25 ms\u{A0}", "25 ms\r"])
  func `a blank that is no ASCII blank is one in a time`(text: String) throws {
    #expect(try Quantity.time(text) == 0.025)
  }

  @Test(arguments: [
    "25\u{200B}ms", "25 ms\u{200B}", "\u{2212}25 ms", "\u{FEFF}25 ms", "25 m\u{AD}s",
  ])
  func `other hidden characters are no part of a time`(text: String) {
    #expect(throws: Quantity.Failure.self) { try Quantity.time(text) }
  }

  @Test func `the place of a byte that is no UTF-8 counts characters`() {
    func place(_ bytes: [UInt8]) -> SourcePosition? {
      SourceText.complaint(about: bytes)?.span.start
    }
    #expect(place(Array("größe\r\n日本".utf8)) == nil)
    #expect(place(Array("größe\r\n日本".utf8) + [0xE9]) == SourcePosition(line: 2, column: 3))
    #expect(place([0xEF, 0xBB, 0xBF, 0x61, 0x80]) == SourcePosition(line: 1, column: 2))
    #expect(place([0x61, 0x0A, 0xED, 0xA0, 0x80]) == SourcePosition(line: 2, column: 1))
    #expect(place([0xFF, 0xFE, 0x61, 0]) == SourcePosition(line: 1, column: 1))
  }

  @Test func `a byte-order mark takes no column`() {
    let source = SourceText("\u{FEFF}ab\n\u{FEFF}c", named: "t")
    #expect(source.line(1) == "ab" && source.line(2) == "\u{FEFF}c")
  }

  @Test(arguments: [
    "q", "quit", "exit", "bye", "EXIT", "logout", ":q", ":q!", "q!", ":qa!", ":quit",
    ":exit", ":qa", "exit()", "quit()", "\\q", ".exit", ".quit", "exit\r",
  ]) func `the words that leave elsewhere leave here`(word: String) throws {
    #expect(try CommandParser.parse(word).map(\.command) == [.quit])
  }

  @Test(arguments: [":wq", ":x", ":wq!", "ZZ", "exit 0", "exit!", "quit!"])
  func `other words of that kind name quit`(word: String) {
    do throws(Diagnostic) {
      _ = try CommandParser.parse(word)
      Issue.record("\(word) is a command")
    } catch {
      #expect(error.sentence.contains("quit"))
    }
  }
}
