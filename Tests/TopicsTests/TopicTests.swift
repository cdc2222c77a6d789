import Foundation
import Testing
import Topics

@Suite("The pages of the book") struct TopicTests {
  @Test func `every file of the folder is a page, with names, a title and a body`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Topics/Pages").standardized
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let own = Topic.all.map { $0.name.replacing("-", with: "_") + ".txt" }
    #expect(files.sorted() == own.sorted())
    for page in Topic.all {
      #expect(page.names.allSatisfy { !$0.isEmpty }, "\(page.name)")
      #expect(!page.title.isEmpty && page.body.count > 100, "\(page.name)")
      #expect(page.title.count <= 76 && (page.source ?? "").count <= 90, "\(page.name)")
    }
    #expect(Set(Topic.all.map(\.group)) == Set(Topic.Group.allCases))
  }

  @Test func `no name belongs to two pages, and each finds its own`() {
    let names = Topic.all.flatMap { page in page.names.map { ($0, page.name) } }
    let pages = Dictionary(grouping: names) { $0.0 }
    for (name, all) in pages {
      #expect(all.count == 1, "\(name): \(all.map(\.1))")
      #expect(Topic.named(name)?.name == all[0].1, "\(name)")
    }
  }

  @Test(arguments: [
    ("λ", "lambda"), ("LAMBDA", "lambda"), ("lV", "lambda"), ("λV", "lambda"), ("lv", "lambda"),
    ("adjoint", "lambda"), ("loss", "losses"), ("losses", "losses"), ("Jump", "jump"),
    ("First_Spike_MSE", "first_spike_mse"), ("firstspikemse", "first_spike_mse"),
    ("near miss", "near-miss"), ("×3", "plots"), ("×12", "plots"), ("┃!", "raster"),
    ("'┃!'", "raster"), ("\"#\"", "raster"), ("^", "near-miss"), ("run 4*", "header"),
    ("n7", "notation"), ("e11", "notation"), ("keys", "keys"), ("format", "format"),
    ("preset", "format"),
    ("screen", "screen"), ("notation", "notation"), ("li", "max_over_time_cross_entropy"),
    ("lI", "lambda"), ("v_th", "parameters"), ("vth", "parameters"), ("I", "membrane"),
  ])
  func `a page is found by any of its names, however it is spelled`(name: String, page: String) {
    #expect(Topic.named(name)?.name == page)
  }

  @Test(arguments: ["", " ", "zebra", "0", "7", "'"])
  func `nothing is found by what is no name`(name: String) {
    #expect(Topic.named(name) == nil)
  }

  @Test(arguments: [
    ("why does λ jump", "jump"), ("what is the adjoint", "lambda"),
    ("which losses are there", "losses"), ("how do I write a loss in a file", "losses"),
    ("what units does a preset have", "units"), ("why is my gradient zero", "silent"),
    ("when is a gradient wrong?", "gradient"), ("two spikes at the same instant", "tie"),
  ])
  func `a question finds its page among the first three`(question: String, page: String) {
    let words = question.split(separator: " ").map(String.init)
    #expect(Topic.answering(words).prefix(3).map(\.name).contains(page))
  }

  @Test func `a question of little words, or of unknown ones, finds nothing`() {
    #expect(Topic.answering(["what", "is", "the"]).isEmpty)
    #expect(Topic.answering(["zebra"]).isEmpty)
  }

  @Test func `the lines of a body are read by their signs`() throws {
    let page = try #require(Topic.named("gradient"))
    #expect(page.links.contains("info grad"))
    #expect(page.lines.contains(.answer("total -9.05811")))
    #expect(page.preset == "reference")
    #expect(Topic.named("silent")?.preset == "silent")
    let loss = try #require(Topic.named("losses"))
    #expect(
      loss.lines.contains(
        .link(command: "info loss", words: "the loss on your bench, term by term")))
    let potential = try #require(Topic.named("membrane"))
    #expect(
      potential.lines.contains(
        .computed(command: "print V", otherwise: "this experiment has no neuron")))
  }
}
