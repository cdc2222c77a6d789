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
      let output = Output(path: word.text, command: "save", isOverwriting: overwriting)
      reply.effects.append(.write(output, bytes: Array(PresetWriter.write(bench.edited).utf8)))
    case .new(let word, let overwriting):
      let output = Output(path: word.text, command: "new", isOverwriting: overwriting)
      reply.effects.append(.write(output, bytes: Array(Topic.starter.utf8)))
    case .presets: reply.say(Preset.list)
    }
  }
}
