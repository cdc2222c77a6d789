import ArgumentParser
import Glibc
import Language
import Workbench

/// The command line.
@main
struct Backspike: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backspike",
    abstract: "A debugger for spiking gradients.",
    discussion: """
      Without a subcommand it opens a preset in the terminal: step through its spikes, turn around, and step back while \
      the adjoint and the gradient fill in.
      """,
    version: Help.version,
    subcommands: [
      OpenCommand.self, RunCommand.self, CheckCommand.self, CompareCommand.self,
      BenchCommand.self, TrainCommand.self, PresetsCommand.self, TopicCommand.self, NewCommand.self,
      ImportCommand.self,
    ],
    defaultSubcommand: OpenCommand.self)

  /// Runs a command; also help, versions and completion scripts are written by ``StandardStream``.
  static func main() {
    StandardStream.prepare()
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch {
      Glibc.exit(tell(error).rawValue)
    }
  }

  /// Writes the message of an error, which may be the help that was asked for; returns the status.
  private static func tell(_ error: any Error) -> ExitCode {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    guard code.isSuccess else {
      if !text.isEmpty {
        complain(text.unmasked)
        for argument in arguments where argument.firstHidden != nil {
          complain("a character in \(argument.unmasked) cannot be seen")
        }
      }
      return code
    }
    do {
      try endingOnFailure { try StandardStream.output.print(text) }
      return code
    } catch {
      return exitCode(for: error)
    }
  }

  /// The arguments after the name of the program; bytes that are no UTF-8 are escaped.
  private static var arguments: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { number in
      CommandLine.unsafeArgv[number].map { argument in
        let bytes = UnsafeBufferPointer(start: argument, count: strlen(argument))
        return String(escaping: bytes.map { UInt8(bitPattern: $0) })
      }
    }
  }
}
