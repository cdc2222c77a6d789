import ArgumentParser
import EventProp
import Files
import Glibc
import Language
import Learning
import Workbench

/// `backspike train PRESET`: train the network of a preset.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train the network of a preset on its samples.",
    discussion: """
      One line for each epoch is printed. With --out NAME.yaml the trained preset is written at the end, and \
      NAME.state.npz after each epoch; --resume NAME.state.npz goes on from there, bit for bit. Ctrl-C and kill -TERM \
      save first. The same preset and seed give the same numbers on any number of threads.
      """)

  @Argument(help: "A preset's name, a file, or - for the standard input.")
  var preset: String

  @Option(help: "The number of epochs in place of the preset's.")
  var epochs: Int?

  @Option(help: "A seed of the order of the samples and, unless 0, of other drawn weights.")
  var seed: UInt64?

  @Option(help: "Train this many times, with the seeds 0, 1 and so on, and print mean and spread.")
  var seeds: Int?

  @Flag(help: "Print the scores of the validation samples in place of the test samples.")
  var validation = false

  @Option(help: "The number of threads; by default one for each processor.")
  var threads: Int?

  @Option(help: "Where the trained preset is written.")
  var out: String?

  @Flag(help: "Write over files that exist.")
  var force = false

  @Option(help: "Go on from the state in a file.")
  var resume: String?

  @Option(help: "How the lines are written: text or json.")
  var format = Format.text

  func validate() throws {
    if let epochs, epochs < 1 { throw ValidationError("--epochs must be at least 1") }
    if let seeds, seeds < 1 { throw ValidationError("--seeds must be at least 1") }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256")
    }
    if seeds != nil, seed != nil || out != nil || resume != nil {
      throw ValidationError("--seeds goes with none of --seed, --out and --resume")
    }
    if let out, !out.hasSuffix(".yaml") { throw ValidationError("--out takes a name.yaml") }
  }

  /// The part of the samples that is scored after each epoch.
  fileprivate var part: DataSettings.Part { validation ? .validation : .test }

  func run() throws {
    try endingOnFailure {
      Stopping.listen()
      guard let seeds else {
        var training = try TrainingRun(self, seed: seed ?? 0)
        _ = try training.run()
        return
      }
      var scores: [Double] = []
      for seed in 0..<UInt64(seeds) {
        var training = try TrainingRun(self, seed: seed)
        if let accuracy = try training.run().test?.accuracy {
          scores.append(accuracy)
        }
      }
      guard let summary = TrainingSummary(scores, on: part) else { return }
      switch format {
      case .json: try StandardStream.output.write(Array(try summary.json()) + Array("\n".utf8))
      case .text: try StandardStream.output.print(summary.text)
      }
    }
  }
}

/// One training in the shell.
private struct TrainingRun {
  let command: TrainCommand
  let document: PresetDocument
  var training: Training
  let test: TrainingData?
  let fingerprint: UInt64
  let seed: UInt64

  init(_ command: TrainCommand, seed: UInt64) throws {
    self.command = command
    self.seed = seed
    document = try Files.preset(command.preset, tellingDoubt: true, drawing: seed)
    let experiment = document.experiment
    let name = command.preset.unmasked
    guard let loss = experiment.loss else {
      throw Failure(message: "\(name) has no loss, so there is nothing to learn", code: Exit.data)
    }
    guard let samples = document.samples else {
      throw Failure(
        message: "\(name) has no samples to learn from; 'data' or 'samples' gives them",
        code: Exit.data)
    }
    let data = TrainingData(samples, loss)
    test = document.filedSamples?.samples(command.part, for: loss).map { TrainingData($0, loss) }
    guard test != nil || !command.validation else {
      throw Failure(
        message: "\(name) has no validation samples; 'validation' in 'samples' gives them",
        code: Exit.data)
    }
    var settings = document.training ?? TrainingSettings()
    if let epochs = command.epochs { settings.epochs = epochs }
    settings.seed &+= seed
    fingerprint = TrainingState.fingerprint(
      of: PresetWriter.write(experiment, samples: document.filedSamples), seed: settings.seed, data)
    do throws(Training.Failure) {
      training = try Training(
        experiment.network, horizon: experiment.horizon, data, settings,
        threads: command.threads ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    } catch {
      throw Self.failure(error, document)
    }
    guard training.learned.count > 0 else {
      throw Failure(
        message: "\(name): the network has nothing of what is to be learnt", code: Exit.data)
    }
    if let path = command.resume { try resume(path) }
  }

  private mutating func resume(_ path: String) throws {
    let bytes = try Files.read(path)
    let kept: TrainingState
    do throws(TrainingState.Fault) {
      kept = try TrainingState(bytes)
    } catch {
      throw Failure(message: "\(path.unmasked): \(error.message)", code: Exit.data)
    }
    guard kept.fingerprint == fingerprint, kept.state.numbers.count == training.learned.count
    else {
      throw Failure(
        message:
          "\(path.unmasked) belongs to another training: the preset, its samples or the seed differ",
        code: Exit.data)
    }
    do throws(Training.Failure) {
      var edits = kept.edits(of: training.settings)
      if let epochs = command.epochs, let last = edits?.indices.last {
        edits?[last].settings.epochs = epochs
      }
      try training.resume(kept.state, edits: edits)
    } catch {
      throw Self.failure(error, document)
    }
  }

  /// Trains to the end; a wish to stop ends the program after the present step.
  mutating func run() throws -> TrainingLine {
    let outputs = try command.out.map { try TrainingOutputs($0, isOverwriting: isOverwriting) }
    let progress = ProgressLine("steps done", showsTimeLeft: true)
    var line = TrainingLine(
      epoch: training.step / training.stepsOfEpoch, step: training.step, part: command.part)
    line.seed = command.seeds == nil ? nil : seed
    if training.step >= training.stepCount {
      complain("nothing is left to do: \(training.step) steps are done")
    }
    var epochStart = ContinuousClock.now
    do {
      while training.step < training.stepCount {
        if let signal = Stopping.asked {
          progress.clear()
          try save(outputs)
          complain(
            "stopped before step \(training.step + 1) of \(training.stepCount)"
              + (outputs.map { "; --resume \($0.state.unmasked) goes on" } ?? ""))
          throw ExitCode(128 + signal)
        }
        try training.forward()
        progress.show(training.step, of: training.stepCount)
        guard training.step % training.stepsOfEpoch == 0 else { continue }
        line = try endOfEpoch(line, seconds: epochStart)
        epochStart = .now
        progress.clear()
        try show(line)
        try outputs?.write(training, fingerprint)
      }
    } catch let failure as Training.Failure {
      progress.clear()
      try save(outputs)
      let saved = outputs.map { "; \($0.preset.unmasked) has the parameters before it" } ?? ""
      var shown = Self.failure(failure, document)
      shown.message = "step \(training.step + 1): \(shown.message)\(saved)"
      throw shown
    }
    try save(outputs)
    return line
  }

  private var isOverwriting: Bool { command.force || command.resume != nil }

  private func endOfEpoch(
    _ last: TrainingLine, seconds start: ContinuousClock.Instant
  ) throws -> TrainingLine {
    var line = last
    line.epoch = training.step / training.stepsOfEpoch
    line.step = training.step
    let steps = training.facts[(training.step - training.stepsOfEpoch)...].compactMap { $0 }
    line.train = steps.count == training.stepsOfEpoch ? Training.Score(steps) : nil
    line.test = try test.map { try training.evaluate($0) }
    line.seconds = (.now - start) / .seconds(1)
    return line
  }

  private func show(_ line: TrainingLine) throws {
    switch command.format {
    case .json: try StandardStream.output.write(Array(try line.json()) + Array("\n".utf8))
    case .text: try StandardStream.output.print(line.text)
    }
  }

  private func save(_ outputs: TrainingOutputs?) throws {
    guard let outputs else { return }
    var trained = document
    trained.experiment.network = training.network
    try outputs.write(training, fingerprint)
    try outputs.write(trained)
  }

  private static func failure(_ failure: Training.Failure, _ document: PresetDocument) -> Failure {
    let names = Names(document.experiment, .full)
    return switch failure {
    case .sample(let place, let error):
      Failure(
        message:
          "sample \(document.samples?.numbers[place] ?? place): \(names.sentence(for: error))",
        code: Exit.software)
    case .network(let error): Failure(message: names.sentence(for: error), code: Exit.software)
    }
  }
}

/// The files of a training: the preset, and beside it the state.
private struct TrainingOutputs {
  let preset: String
  let state: String
  private let isOverwriting: Bool
  private let lock: FileLock

  /// Makes sure that both can be written, and by this training only, before the first step.
  init(_ path: String, isOverwriting: Bool) throws {
    preset = path
    state = path.dropLast(".yaml".count) + ".state.npz"
    self.isOverwriting = isOverwriting
    for path in [preset, state] {
      let status = try FilePath(path, failing: Exit.cannotWrite).status
      guard isOverwriting || status == nil else {
        throw Failure(
          message: "\(path.unmasked) exists; --force writes over it", code: Exit.cannotWrite)
      }
      try Files.reserve(Output(path: path, command: "train", isOverwriting: isOverwriting))
    }
    guard let lock = try FileLock.lock(state) else {
      throw Failure(
        message: "\(preset.unmasked): another training writes it; give another --out",
        code: Exit.cannotWrite)
    }
    self.lock = lock
  }

  func write(_ training: Training, _ fingerprint: UInt64) throws {
    let bytes = TrainingState(training.state, edits: training.changes, fingerprint: fingerprint)
      .bytes
    try Files.write(bytes, to: Output(path: state, command: "train", isOverwriting: true))
  }

  func write(_ trained: PresetDocument) throws {
    let text = PresetWriter.write(trained.experiment, samples: trained.filedSamples)
    try Files.write(
      Array(text.utf8), to: Output(path: preset, command: "train", isOverwriting: true))
  }
}
