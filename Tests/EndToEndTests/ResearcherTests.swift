import Foundation
import TestSupport
import Testing

/// A researcher comes with weights, 200 samples and a gradient that is wrong in three of them.
///
/// The files are those of Researcher/researcher.py, a program of its own.
@Suite("A researcher's own network, samples and gradient") struct ResearcherTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Researcher").path()

  static func file(_ name: String) -> String { folder + "/" + name }

  @Test func `eight commands lead from the files to the line with the term`() throws {
    let commands = [
      "compare batch \(Self.file("wrong.npz"))", "sample 4", "bwd; goto e3", "equation long",
      "rule overwritten", "equation",
    ]
    // The command that opens the preset is one more.
    #expect(commands.count + 1 <= 8)
    let result = try backspike(
      [Self.file("classifier.yaml"), "--batch"] + commands.flatMap { ["-e", $0] })
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    func index(_ start: String) throws -> Int {
      try #require(lines.firstIndex { $0.hasPrefix(start) }, "\(start): \(result.output)")
    }
    let rule = try index("reproduced by WRONG rule overwritten")
    #expect(lines.contains("the rule matters at 3 of 200 samples: 4, 19, 20"))
    #expect(lines.contains("read: fc1.weight is hidden.weights as [this][before]"))
    // The answer itself names the next commands.
    let next = try index("> sample 4")
    #expect(
      lines[next...].prefix(2) == ["> sample 4; bwd; goto e3; equation long", "> rule overwritten"])
    let right = try index("λV⁻ = λV⁺ + [")
    let wrong = try index("λV⁻ = [")
    #expect(rule < next && next < right && right < wrong)
    // λV⁺ is not zero there: this is what the other program loses.
    let lost = try #require(lines[right...].first { $0.hasPrefix("λV⁺ = ") })
    #expect(!lost.hasPrefix("λV⁺ = 0"))
  }

  @Test func `the neuron of the spike is selected`() throws {
    let result = try backspike([
      Self.file("classifier.yaml"), "--batch", "-e", "compare batch \(Self.file("wrong.npz"))",
      "-e", "sample 4; bwd; goto e3; screen",
    ])
    #expect(result.output.contains("n4*"), "\(result.output)")
  }

  @Test func `the shell says the same and ends with 1`() throws {
    let result = try backspike(["compare", Self.file("classifier.yaml"), Self.file("wrong.npz")])
    #expect(result.status == 1)
    #expect(result.output.contains("the rule matters at 3 of 200 samples: 4, 19, 20"))
    #expect(result.output.contains("the loss agrees: 1.1114796"))
    let json = try backspike([
      "compare", Self.file("classifier.yaml"), Self.file("wrong.npz"), "--format", "json",
    ])
    #expect(json.output.contains(#""verdict":"explained""#))
    #expect(json.output.contains(#""affected":[4,19,20]"#))
  }

  @Test func `gradients of single samples name the samples that differ`() throws {
    try withFolder { folder in
      let script = "rule overwritten; export npz \(folder)/one.npz"
      let made = try backspike([
        Self.file("classifier.yaml"), "--batch", "-e", "sample 19; \(script)",
      ])
      #expect(made.status == 0, "\(made.errors)")
      let result = try backspike([
        Self.file("classifier.yaml"), "--batch", "-e", "sample 19", "-e",
        "compare \(folder)/one.npz",
      ])
      #expect(result.output.contains("reproduced by WRONG rule overwritten"))
      #expect(result.output.contains("\n> bwd; goto e"))
    }
  }
}
