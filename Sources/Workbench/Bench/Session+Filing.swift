import EventProp
import Files
import Language
import Presets
import Topics

extension Session {
  /// Asks for the experiment to open, or for the file to write.
  mutating func carryOut(_ command: FileCommand, _ reply: inout Reply) {
    switch command {
    case .load(let word): reply.effects.append(.open(word))
    case .save(let word, let overwriting):
      if word.text.lowercased().hasSuffix(".npz"), let bytes = trainingState {
        let output = Output(path: word.text, command: "save state", isOverwriting: overwriting)
        return reply.effects.append(.write(output, bytes: bytes))
      }
      let output = Output(path: word.text, command: "save", isOverwriting: overwriting)
      if bench.hasEditedSample, let number = bench.edited.sample, let samples = bench.filedSamples {
        reply.say(
          "the edits of sample \(number) itself are not written: samples stay in \(samples.source.name.unmasked)"
        )
      }
      reply.effects.append(.write(output, bytes: Array(text(for: word.text).utf8)))
    case .new(let word, let overwriting):
      let output = Output(path: word.text, command: "new", isOverwriting: overwriting)
      reply.effects.append(.write(output, bytes: Array(Topic.starter.utf8)))
    case .presets: reply.say(Preset.list)
    }
  }

  /// The preset of the present experiment for a file; samples stay in their own file.
  private func text(for path: String) -> String {
    guard let samples = bench.filedSamples else { return PresetWriter.write(bench.edited) }
    let folder = { (path: String) in
      path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    }
    let stays = folder(path) == folder(bench.name)
    return PresetWriter.write(bench.edited, samples: stays ? samples : samples.moved)
  }
}
