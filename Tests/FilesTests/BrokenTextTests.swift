import EventProp
import Files
import Language
import Presets
import Testing

struct BrokenTextTests {
  private func complaints(_ text: String) -> [Diagnostic] {
    do throws(PresetComplaints) {
      _ = try PresetReader.read(text, named: "p")
    } catch {
      #expect(!error.rendered.isEmpty)
      return error.diagnostics
    }
    return []
  }

  @Test(arguments: Preset.all.map(\.name))
  func `no damage to a preset stops the reader`(name: String) throws {
    let text = Array(try #require(Preset.named(name)).text.unicodeScalars)
    let pieces: [String] = [
      "", "[", "]", "{", "}", "-", ":", " ", "\n", "\t", "\"", "'", "#", "&a ", "*a", "!", "|", ">",
      "%", "-1", "1e999", "nan", "µ", "\u{FEFF}", "\u{0}", "\\", "<<: ", "? ", "---\n",
      "99999999999",
    ]
    var state: UInt64 = 1
    func draw(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<200 {
      var damaged = text
      for _ in 0...draw(2) {
        let start = draw(damaged.count)
        let end = min(damaged.count, start + draw(6))
        damaged.replaceSubrange(start..<end, with: pieces[draw(pieces.count)].unicodeScalars)
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: damaged)
      for complaint in complaints(String(view)) {
        #expect(complaint.span.start.line >= 1 && complaint.span.start.column >= 1)
      }
    }
  }

  @Test func `deep nesting and multiplying aliases are refused`() {
    #expect(!complaints(String(repeating: "[", count: 100_000)).isEmpty)
    #expect(!complaints(String(repeating: "- ", count: 100_000)).isEmpty)
    var laughs = "a0: &a0 [1]\n"
    for level in 1...40 {
      let alias = "*a\(level - 1)"
      laughs += "a\(level): &a\(level) [\(alias), \(alias), \(alias), \(alias)]\n"
    }
    laughs += "layers: *a40\n"
    #expect(!complaints(laughs).isEmpty)
  }

  @Test func `a byte order mark and carriage returns change nothing`() throws {
    let text = try #require(Preset.named("reference")).text
    let plain = try PresetReader.read(text, named: "p").experiment
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let windows = "\u{FEFF}" + lines.joined(separator: "\r\n")
    #expect(try PresetReader.read(windows, named: "p").experiment == plain)
  }
}
