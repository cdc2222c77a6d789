import ArgumentParser
import Files
import Foundation
import Language
import Workbench

extension WeightConvention: ExpressibleByArgument {}
extension FileTimeUnit: ExpressibleByArgument {}

/// `backspike import net.nir -o net.yaml`: a network of another program as a preset.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Write a network from a NIR file as a preset.",
    discussion: """
      The preset gets the name of --output, and its matrices a .npz file beside it. Comments in it tell how a weight and a \
      time of the file were read. backspike topic import explains it.
      """)

  @Argument(help: "A NIR file, or - for the standard input.")
  var file: String

  @Option(name: .shortAndLong, help: "The preset to write, such as net.yaml.")
  var output: String

  @Option(help: "What a weight means: dirac, step or jump. By default the file tells.")
  var weights: WeightConvention?

  @Option(help: "The step of the grid for --weights step, such as 100us.")
  var dt: String?

  @Option(help: "The unit of the file's times: s or ms. By default the file tells.")
  var timeUnit: FileTimeUnit?

  @Flag(help: "Write over files that exist.")
  var force = false

  func run() throws {
    try endingOnFailure {
      let read = try read()
      let name = URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent
      let matrices = (output as NSString).deletingPathExtension + ".npz"
      guard matrices != output else {
        throw Failure(
          message: "\(output): its matrices go to this name; --output net.yaml",
          code: Exit.usage)
      }
      for path in [output, matrices] where !force {
        guard try FilePath(path, failing: Exit.cannotWrite).status == nil else {
          throw Failure(
            message: "\(path) exists; --force writes over it", code: Exit.cannotWrite)
        }
      }
      let source = file == "-" ? "stdin" : (file as NSString).lastPathComponent
      let files = NetworkImport.files(
        read, from: source, titled: name,
        matrices: (matrices as NSString).lastPathComponent)
      for (path, bytes) in [(matrices, files.matrices), (output, Array(files.preset.utf8))] {
        try Files.write(
          bytes, to: Output(path: path, command: "import", isOverwriting: force))
      }
      let readings = read.readings(of: source).map(\.sentence)
      try StandardStream.output.print(
        (readings + ["wrote \(output) and \(matrices); backspike \(output) opens them"])
          .joined(separator: "\n"))
    }
  }

  private func read() throws -> NIRNetwork {
    var choice = NIRChoice(weights: weights, timeUnit: timeUnit)
    if let dt {
      guard let time = try? Quantity.time(dt), time > 0, time.isFinite else {
        throw Failure(
          message: "--dt \(dt): expected a time greater than 0, such as 100us",
          code: Exit.usage)
      }
      choice.dt = time
    }
    switch NIRNetworkReader.read(try Files.read(file), choice) {
    case .success(let network): return network
    case .failure(let faults):
      let lines = faults.faults.map { fault in
        "\(file): error: \(fault.message)" + (fault.remedyByOption.map { "; \($0)" } ?? "")
      }
      throw Failure(message: lines.joined(separator: "\n").unmasked, code: Exit.data)
    }
  }
}
