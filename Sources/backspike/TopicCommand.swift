import ArgumentParser
import Language
import Presets
import Topics
import Workbench

/// `backspike topic [TOPIC]`: a page of the program's own book, or the list of its pages.
struct TopicCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topic",
    abstract: "A page of the book inside the program; without a name, the list of pages.",
    discussion:
      "For example: backspike topic lambda, backspike topic losses, backspike topic format.")

  @Argument(help: "The name of a page, or a question.")
  var words: [String] = []

  @Option(help: "The preset or file whose numbers the page shows.")
  var preset = Preset.opening

  func run() throws {
    try endingOnFailure {
      let session = try OpenCommand.session(preset)
      do throws(Diagnostic) {
        for line in try session.pages(named: words.map { Word($0) }) {
          try? StandardStream.output.print(line.text)
        }
      } catch {
        throw Failure(message: error.sentence, code: Exit.usage)
      }
    }
  }
}
