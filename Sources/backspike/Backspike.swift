import ArgumentParser
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
      BenchCommand.self, PresetsCommand.self,
    ],
    defaultSubcommand: OpenCommand.self)
}
