import Testing
import Workbench

extension Session {
  /// Expects a line to be refused, with a caret under its column (from 1) and one sentence.
  mutating func expectComplaint(about line: String, at column: Int, _ sentence: String) throws {
    let indent = prompt.count + column - 1
    let reply = apply(line)
    #expect(!reply.succeeded)
    let text = try #require(reply.lines.last).text
    #expect(text.prefix { $0 == " " }.count == indent, "\(text)")
    #expect(text.drop { $0 == " " }.first == "^", "\(text)")
    #expect(text.drop { $0 == " " || $0 == "^" } == sentence)
  }
}
