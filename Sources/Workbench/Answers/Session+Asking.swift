import EventProp
import Language

extension Session {
  /// Answers a question; long answers continue in ``task``.
  mutating func carryOut(_ command: AskCommand, _ reply: inout Reply) throws(Diagnostic) {
    switch command {
    case .info(.event): reply.say(placeLine)
    case .info(let subject): reply.say(lines: try information(on: subject))
    case .print(let words): reply.say(try value(of: words))
    case .equation(let word, let length):
      let asked = looks.view.showsReasons
      if let length { looks.view.showsReasons = length == .long }
      do throws(Diagnostic) {
        reply.say(try equation(at: word).text)
      } catch {
        looks.view.showsReasons = asked
        throw error
      }
    case .list(let word): reply.say(lines: try list(around: word))
    case .why(let words): try why(words, &reply)
    case .contributions(let word): reply.say(try contributions(word))
    case .near(let word): try near(word)
    case .diff(let one, let other): reply.say(try differences(one, other))
    case .marks: reply.say(markTable)
    case .delta(let one, let other): reply.say(try difference(from: one, to: other))
    case .check(let words): try check(words)
    case .ties: reply.say(try ties())
    case .trust(let words): try trust(words)
    case .compare(let phrase): try compare(phrase, &reply)
    case .settings: reply.say(looks.settings.table)
    }
  }

  /// A table about a subject.
  func information(on subject: AskCommand.Subject) throws(Diagnostic) -> [String] {
    switch subject {
    case .event: [summary(of: point)]
    case .events: try lines(of: run.trajectory.events.indices)
    case .spikes: try spikeTable()
    case .params: parameterTable
    case .loss: lossEquation(isBrief: false)?.text.splitIntoLines ?? [noLoss]
    case .weights: try weightTable()
    case .grad: try gradientTable()
    case .breaks: stops.breakpointTable.splitIntoLines
    case .marks: markTable.splitIntoLines
    case .displays: displayTable.splitIntoLines
    case .runs: runTable.splitIntoLines
    case .neurons: try neuronTable().splitIntoLines
    case .files: fileTable.splitIntoLines
    case .warnings: try warningTable()
    case .training: epochTable
    }
  }
}
