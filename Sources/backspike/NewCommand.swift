import ArgumentParser
import Topics
import Workbench

/// `backspike new FILE`: write a preset that shows every key.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a preset with every key and its default, to start from.",
    discussion: "backspike topic format explains it, and backspike FILE opens it.")

  @Argument(help: "The file to write.")
  var file: String

  @Flag(help: "Write over a file that exists.")
  var force = false

  func run() throws {
    try endingOnFailure {
      if !force, try FilePath(file, failing: Exit.cannotWrite).status != nil {
        throw Failure(
          message: "\(file) exists; --force writes over it", code: Exit.cannotWrite)
      }
      try Files.write(
        Array(Topic.starter.utf8), to: Output(path: file, command: "new", isOverwriting: force))
      try StandardStream.output.print("wrote \(file); backspike \(file) opens it")
    }
  }
}
