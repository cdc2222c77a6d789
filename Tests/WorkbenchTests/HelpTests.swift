import Columns
import EventProp
import Files
import Language
import Presets
import Study
import Testing
import Topics
import Workbench

@Suite("Help, and the pages in a session") struct HelpTests {
  private func lines(_ line: String, _ preset: String = "reference") throws -> [Reply.Line] {
    var session = try SessionTests.session(preset)
    let reply = session.apply(line)
    #expect(reply.succeeded, "\(line): \(reply.lines.map(\.text))")
    return reply.lines
  }

  // MARK: - The pages

  @Test(arguments: Topic.all.map(\.name))
  func `every line of a page fits 76 columns, and most pages a screen`(name: String) throws {
    let page = try #require(Topic.named(name))
    let lines = try SessionTests.session(page.preset).lines(of: page)
    for line in lines {
      #expect(line.text.columns <= 76, "\(page.name): \(line.text)")
      #expect(line.text.firstHidden == nil, "\(page.name)")
      #expect(line.text.last != " ", "\(page.name): \(line.text)")
    }
    // A panel of 80x24 has 19 rows.
    let isLong = ["glossary", "warnings", "example", "jump", "trust"].contains(page.name)
    #expect(lines.count <= (isLong ? 60 : 19), "\(page.name) has \(lines.count) lines")
  }

  @Test(arguments: Topic.all.map(\.name))
  func `every link of a page runs on its preset, and answers what the page quotes`(
    name: String
  ) throws {
    let page = try #require(Topic.named(name))
    // The links are run in their order, as a reader runs them.
    var desk = try Desk(page.preset)
    var answer: [String] = []
    for line in page.lines {
      switch line {
      case .link(let command, let words):
        let before = desk.answers.count
        desk.perform(command)
        #expect(desk.complaint == nil, "\(page.name): \(command)")
        #expect(!words.isEmpty, "\(page.name): \(command)")
        answer = Array(desk.answers[before...])
      case .answer(let text):
        #expect(answer.contains { $0.contains(text) }, "\(page.name): \(text)\n\(answer)")
      case .text, .computed: break
      }
    }
  }

  @Test(arguments: Topic.all.map(\.name))
  func `every help named in a page explains something`(name: String) throws {
    let page = try #require(Topic.named(name))
    var session = try SessionTests.session("reference")
    for verb in ["help ", "topic "] {
      var rest = page.body[...]
      while let place = rest.firstRange(of: verb) {
        rest = rest[place.upperBound...]
        let name = String(rest.prefix { $0.isLetter || $0.isNumber || "_-".contains($0) })
        guard !name.isEmpty else { continue }
        let isExact = Topic.named(name) != nil || CommandTable.row(called: name) != nil
        #expect(session.apply(verb + name).succeeded, "\(page.name): \(verb)\(name)")
        #expect(isExact || name == "why", "\(page.name): \(verb)\(name)")
      }
    }
  }

  @Test(arguments: Preset.all.map(\.name))
  func `every page can be read on every preset, and nothing moves`(
    name: String
  ) throws {
    let session = try SessionTests.session(name)
    let place = session.point
    for page in Topic.all {
      let lines = session.lines(of: page)
      for line in page.lines {
        guard case .computed(_, let otherwise) = line else { continue }
        #expect(!otherwise.isEmpty, "\(page.name)")
        let computed = lines.filter { $0.text.hasPrefix("    ") }.map(\.text)
        #expect(!computed.isEmpty, "\(page.name)")
        for text in computed {
          #expect(!text.contains("^^") && !text.contains("did you mean"), "\(page.name): \(text)")
        }
      }
    }
    #expect(session.point == place && session.bench.run.number == 1)
  }

  @Test func `a page says in words what an experiment does not have`() throws {
    let silent = try SessionTests.session("silent")
    let jump = try #require(Topic.named("jump"))
    #expect(silent.lines(of: jump).contains { $0.text.contains("does not jump in this run") })
    let trust = try #require(Topic.named("trust"))
    #expect(silent.lines(of: trust).contains { $0.text.contains("this neuron never spikes") })
    let race = try SessionTests.session("race")
    #expect(race.lines(of: jump).contains { $0.text.contains("λV n0 @ e2- = -4800") })
  }

  // MARK: - Everything is on a page

  @Test func `every command, setting, loss, warning, key and pane is explained`() throws {
    let book = Topic.all.map { $0.body + " " + $0.names.joined(separator: " ") }
      .joined(separator: "\n")
    let words = Set(
      book.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "-" }.map(String.init))
    for kind in Loss.kinds { #expect(Topic.named(kind.name)?.group == .losses, "\(kind.name)") }
    let warnings = try #require(Topic.named("warnings"))
    for kind in Warning.Kind.allCases {
      #expect(
        warnings.body.contains("\n  \(kind.rawValue) ")
          || warnings.body.hasPrefix("  \(kind.rawValue)"))
    }
    for pane in Pane.allCases {
      let screen = try #require(Topic.named("screen"))
      #expect(screen.body.contains(" \(pane.number) \(pane.rawValue) "), "\(pane)")
    }
    for key in PresetKeys.all { #expect(words.contains(key), "\(key)") }
    for field in LIFParameters.Field.allCases { #expect(Topic.named(field.rawValue) != nil) }
    let example = Topic.starter
    for key in PresetKeys.all
    where ![
      "array", "times", "channels", "label", "coefficients", "terms",
      "spike", "coefficient", "neuron", "beta1", "beta2", "epsilon", "momentum", "value",
    ].contains(key) {
      #expect(example.contains(key), "the example lacks \(key)")
    }
    // Each command is on the first page of help, each setting on a page of the book.
    var session = try SessionTests.session("reference")
    let first = session.apply("help").lines.map(\.text).joined(separator: " ")
    let listed = Set(first.split(separator: " ").map(String.init))
    for row in CommandTable.rows { #expect(listed.contains(row.name), "\(row.name)") }
    for setting in ["theme", "color", "ascii", "mouse", "auto", "confirm", "limit"] {
      #expect(Topic.named("display")?.body.contains(setting) == true, "\(setting)")
    }
  }

  @Test func `the page of each loss has all of its keys, and the others have not`() throws {
    for kind in Loss.kinds {
      let page = try #require(Topic.named(kind.name))
      for field in kind.required {
        #expect(page.body.contains("\n \(field.key) "), "\(kind.name): \(field.key)")
        #expect(page.body.contains("     \(field.key):"), "\(kind.name): \(field.key)")
      }
      for field in kind.optional {
        #expect(page.body.contains("\n \(field.key) "), "\(kind.name): \(field.key)")
      }
      for field in ["targets", "label", "tau", "clip", "early", "coefficients", "terms"] {
        let isOwn = (kind.required + kind.optional).contains { $0.key == field }
        #expect(page.body.contains("\n \(field) ") == isOwn, "\(kind.name): \(field)")
      }
    }
  }

  @Test func `the lines of YAML on the page of a loss make that loss`() throws {
    for kind in Loss.kinds {
      let page = try #require(Topic.named(kind.name))
      let preset = try #require(Preset.named(page.preset)).text
      let loss = page.body.split(separator: "\n").drop { $0 != "   loss:" }
        .prefix { $0.hasPrefix("   ") }.map { $0.dropFirst(3) }.joined(separator: "\n")
      let start = try #require(preset.firstRange(of: "\nloss:")).lowerBound
      let text = preset[..<start] + "\n" + loss + "\n"
      let experiment = try PresetReader.read(String(text), named: kind.name).experiment
      #expect(experiment.loss?.rule.name == kind.name)
      #expect(try Session(experiment, named: "").run.loss != nil, "\(kind.name)")
    }
  }

  @Test func `the defaults are those of the reader`() throws {
    let text = """
      title: t
      t_max: 40 ms
      inputs: { size: 1 }
      layers: [{ size: 1, weights: [[1]] }]
      """
    let experiment = try PresetReader.read(text, named: "t").experiment
    let parameters = try #require(experiment.network.layers.first?.parameters.first)
    let page = try #require(Topic.named("defaults")).body
    for field in LIFParameters.Field.allCases {
      let value = Quantity.display(parameters[field], isTime: field.isTime)
      #expect(page.matches(of: try Regex("\(field.rawValue) +\(value)\\b")).count == 1, "\(field)")
    }
    #expect(experiment.network.layers[0].name == "layer0" && page.contains("layer0, layer1"))
    #expect(
      experiment.network.layers[0].initial == [LIFState()] && page.contains("initial: v   0"))
    #expect(experiment.maxEvents == nil && Experiment.defaultMaxEvents == 2_000_000)
    #expect(
      page.contains("2 000 000") && LossValues().tau == 1 && page.contains(" tau          1 s "))
  }

  // MARK: - The file that new writes

  @Test func `new writes a preset that reads, runs and is correct, also with every optional line`()
    throws
  {
    var desk = try Desk()
    desk.perform("new mine.yaml")
    let bytes = try #require(desk.files["mine.yaml"])
    let text = String(decoding: bytes, as: UTF8.self)
    let full = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.replacing("#? ", with: "", maxReplacements: 1)
    }.joined(separator: "\n")
    #expect(text.contains("#? ") && full != text)
    for version in [text, full] {
      let experiment = try PresetReader.read(version, named: "mine.yaml").experiment
      var session = try Session(experiment, named: "mine.yaml")
      #expect((session.run.loss ?? 0) > 0)
      #expect(session.apply("check all").lines.contains { $0.text == "verdict: agrees" })
      #expect(session.run.trajectory.spikeCounts.allSatisfy { $0 > 0 })
    }
    desk.perform("new mine.yaml")
    #expect(desk.complaint?.contains("mine.yaml exists; new! writes over it") == true)
  }

  // MARK: - Finding

  @Test(arguments: [
    ("help λ", "λ, the adjoint"), ("explain jump", "Why λ jumps"), ("what is λ", "λ, the adjoint"),
    ("help why does λ jump", "Why λ jumps"),
    ("man losses", "The seven losses"), ("topic near", "Near misses"), ("glossary", "Glossary"),
    ("help '┃!'", "The raster"), ("help ×3", "The plots"), ("help \"#\"", "The raster"),
    ("help run 2*", "The header"), ("how losses", "The seven losses"),
    ("help L", "The seven losses"),
    ("help I", "Membrane and synapse"), ("help conti", "continue [N]"), ("help l", "list [EVENT]"),
    ("h first_spike_mse", "first_spike_mse:"),
    ("help near miss", "Near misses"), ("? warnings", "The kinds of warnings"),
  ])
  func `a name of any kind opens its page`(line: String, title: String) throws {
    #expect(try lines(line).first?.text.hasPrefix(title) == true)
  }

  @Test(arguments: [
    ("help near", "near [PERCENT]", "topic near"),
    ("help check", "check [batch] [NAME] [all] [sample N]", "topic check"),
    ("help ties", "ties", "topic ties"),
    ("help gradient", "gradient partial | final", "topic gradient"),
    ("help presets", "presets", "topic presets"), ("help screen", "screen", "topic screen"),
  ])
  func `where a command and a page share a name, help shows the one above the other`(
    line: String, usage: String, link: String
  ) throws {
    let answer = try lines(line)
    #expect(answer.first?.text == usage)
    let page = try lines(link)
    #expect(page.first?.text != usage)
    #expect(Array(answer.suffix(page.count)) == page)
  }

  @Test func `a question lists the nearest pages, as links`() throws {
    let answer = try lines("help why is my gradient zero")
    #expect(answer.first?.text == "No page has the name 'why is my gradient zero'. The nearest:")
    #expect(answer.contains { $0.kind == .link("topic silent") })
    for line in answer { if case .link(let command) = line.kind { _ = try lines(command) } }
  }

  @Test func `the list of pages has every page under its part of the book`() throws {
    let answer = try lines("topics")
    for page in Topic.all { #expect(answer.contains { $0.kind == .link("topic \(page.name)") }) }
    for group in Topic.Group.allCases { #expect(answer.contains { $0.text == group.rawValue }) }
  }

  @Test func `help alone fits the smallest full screen, and help commands lists every command`()
    throws
  {
    let first = try lines("help")
    #expect(first.count <= 19 && first.allSatisfy { $0.text.columns <= 78 })
    let all = try lines("help commands").map(\.text)
    for row in CommandTable.rows {
      #expect(all.contains { $0.hasPrefix(row.usage) }, "\(row.name)")
    }
  }

  @Test(arguments: [
    ("lambda", 1, "'lambda' is no command; help lambda explains it"),
    ("losses", 1, "'losses' is no command; help losses explains it"),
    ("adjoint", 1, "'adjoint' is no command; help adjoint explains it"),
    ("help frob", 6, "no command and no page 'frob'; help lists them"),
    ("help lamda", 6, "no command and no page 'lamda'; did you mean 'lambda'?"),
    ("help stepp", 6, "no command and no page 'stepp'; did you mean 'step'?"),
    ("help und", 6, "'und' could be undisplay, undo; type one more letter"),
    ("topic frob", 7, "no command and no page 'frob'; help lists them"),
    ("new", 4, "new needs a file name; usage: new FILE"),
  ])
  func `an unknown word is told where it is, and what is near`(
    line: String, column: Int, sentence: String
  ) throws {
    var session = try SessionTests.session("reference")
    try session.expectComplaint(about: line, at: column, sentence)
  }

  @Test func `apropos has one line for each command and page`() throws {
    let answer = try lines("apropos near miss").map(\.text)
    #expect(answer.contains { $0.hasPrefix("near ") })
    #expect(answer.contains { $0.hasPrefix("topic near-miss") })
    #expect(Set(answer).count == answer.count)
  }

  @Test(arguments: [
    ("help lamb", "lambda"), ("help firs", "first_spike_mse"), ("topic gloss", "glossary"),
    ("explain vocab", "vocabulary"), ("help conti", "continue"),
  ])
  func `Tab completes commands and pages`(text: String, name: String) throws {
    let completion = try SessionTests.session("reference").completion(of: text)
    #expect(
      completion.insertion == name + " " || completion.candidates.contains(name), "\(completion)")
  }

  @Test func `the presets are listed in the order of a course, a line of 80 columns each`() throws {
    let answer = try lines("presets").map(\.text)
    #expect(answer.count == Preset.known.count)
    #expect(answer.first?.hasPrefix("single-neuron") == true)
    #expect(answer.last?.hasPrefix("yin-yang") == true)
    for line in answer {
      #expect(line.columns <= 80 && (line.last == "." || line.last == "?"), "\(line)")
    }
  }
}
