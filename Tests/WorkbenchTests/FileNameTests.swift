import Language
import Testing
import Workbench

/// Names of files on a line: quotes, and what Tab makes of them.
@Suite struct FileNameTests {
  private func session() throws -> Session {
    var session = try SessionTests.session()
    session.namesInFolder = { folder in
      switch folder {
      case ".":
        ["mine.yaml", "my notes.txt", "my other notes.txt", "runs/", ".hidden", "refined.yaml"]
      case "runs/": ["a;b.npz", "old runs/"]
      default: []
      }
    }
    return session
  }

  @Test(arguments: [
    ("source mi", "mine.yaml ", 2), ("save! mi", "mine.yaml ", 2),
    ("3 step; source mi", "mine.yaml ", 2),
    ("compare r", "", 0), ("compare ru", "runs/", 2), ("compare runs/a", "\"runs/a;b.npz\" ", 6),
    ("compare runs/o", "\"runs/old runs/", 6), ("compare \"runs/old runs/", "", 0),
    ("source my", "\"my ", 2), ("source \"my n", "\"my notes.txt\" ", 5),
    ("source my n", "\"my notes.txt\" ", 4), ("source .h", ".hidden ", 2),
    ("load xo", "xor ", 2), ("load mi", "mine.yaml ", 2), ("load la", "last ", 2),
    ("load ref", "ref", 0),
    ("record of", "off ", 2), ("replay mi", "mine.yaml ", 2), ("replay mine.yaml w", "", 0),
    ("export cs", "csv ", 2), ("export csv mi", "mine.yaml ", 2),
    ("export csv mine.yaml sp", "spikes ", 2), ("export csv \"my n", "\"my notes.txt\" ", 5),
    ("snapshot zzz", "", 0),
  ]) func `Tab completes a file name as it has to be written`(
    line: String, insertion: String, replacing: Int
  ) throws {
    let completion = try session().completion(of: line)
    if line == "load ref" {
      // A preset and a file that begin alike.
      #expect(
        completion.candidates == ["reference", "refined.yaml"] && completion.insertion.isEmpty)
      return
    }
    #expect(completion.insertion == insertion && completion.replacing == replacing, "\(completion)")
  }

  @Test func `what Tab could mean is listed without the folder`() throws {
    #expect(
      try session().completion(of: "source m").candidates
        == ["mine.yaml", "my notes.txt", "my other notes.txt"])
    #expect(try session().completion(of: "source runs/").candidates == ["a;b.npz", "old runs/"])
  }

  @Test(arguments: [
    ("save my notes.yaml", "my notes.yaml"), ("save \"my notes.yaml\"", "my notes.yaml"),
    ("save \"a; b # c.yaml\"", "a; b # c.yaml"), ("save a=b.yaml", "a=b.yaml"),
    ("save my  notes", "my  notes"), ("save 5\".yaml", "5\".yaml"), ("save \"open", "\"open"),
  ]) func `a name may have blanks, and in quotes anything`(line: String, name: String) throws {
    let command = try #require(try CommandParser.parse(line).first).command
    guard case .file(.save(let word, _)) = command else {
      Issue.record("\(command)")
      return
    }
    #expect(word.text == name)
  }

  @Test func `quotes elsewhere are signs like others, and a name with blanks can be exported to`()
    throws
  {
    var session = try session()
    #expect(session.apply("echo \"one; two\" three").lines.map(\.text) == ["\"one; two\" three"])
    let reply = session.apply("export csv \"my spikes.csv\" spikes")
    guard case .write(let output, _)? = reply.effects.first else {
      Issue.record("\(reply)")
      return
    }
    #expect(output.path == "my spikes.csv")
  }

  @Test func `what is recorded of a name with blanks can be read again`() throws {
    var desk = try Desk()
    desk.perform("record mine.txt")
    _ = try desk.session.open(Opened(desk.session.experiment), named: "my; other.yaml")
    desk.perform("record off")
    let bytes = try #require(desk.files["mine.txt"])
    #expect(String(decoding: bytes, as: UTF8.self).contains("load \"my; other.yaml\""))
  }
}
