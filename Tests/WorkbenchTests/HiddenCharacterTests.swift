import Testing
import Workbench

/// A complaint never shows a word as if it were right.
struct HiddenCharacterTests {
  @Test(arguments: [
    "step\u{A0}3", "\u{A0}step", "print\u{2003}V n0", "set tau_mem\u{A0}25ms", "goto e\u{200B}3",
    "set tau\u{200B}_mem 25ms", "set tau_mem 25m\u{200B}s", "set v_th \u{FEFF}0.5",
    "set w n0<-in0 \u{2212}1.5", "break spike n\u{2060}0", "help st\u{AD}ep", "info gra\u{200B}d",
    "export cs\u{200B}v x", "mark a\u{200B}", "alias t\u{200B} step", "check tau_mem\u{200B}",
    "assert L < 8\u{200B}1", "why V n\u{200B}0", "theme dar\u{200B}k", "nudge v_th\u{200B}",
    "descend 1\u{200B}", "delete 1\u{200B}", "select n\u{200B}0", "display V n\u{200B}0",
    "sweep tau\u{200B}_mem 1ms..2ms", "\u{FEFF}step", "undo\u{3000}", "3\u{200B} step",
  ]) func `a hidden character in a command is named`(line: String) throws {
    var session = try SessionTests.session()
    let reply = session.apply(line)
    #expect(!reply.succeeded)
    let sentence = reply.lines.last?.sentence ?? ""
    #expect(sentence.contains("<U+"), "\(sentence)")
  }

  @Test func `blanks and returns that are taken do what they say`() throws {
    for line in ["set tau_mem 25\u{A0}ms", "set tau_mem 25ms\r", "set\ttau_mem 25\u{2009}ms"] {
      var session = try SessionTests.session()
      #expect(session.apply(line).lines.first?.text == "tau_mem = 25 ms (was 20 ms)")
    }
  }

  @Test func `a line of blanks only is an empty line`() throws {
    var session = try SessionTests.session()
    for line in ["\r", "\u{A0}", " \t\u{2003}"] { #expect(session.apply(line).succeeded) }
  }
}
