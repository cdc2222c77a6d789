import EventProp
package import Files
import Language
import Study

extension Session {
  /// Asks for the file with a foreign gradient.
  func compare(with word: Word, _ reply: inout Reply) throws(Diagnostic) {
    guard run.adjoint != nil else {
      throw noGradient(word, "to compare with")
    }
    reply.effects.append(.compare(word))
  }

  /// Compares the gradient that `Effect.compare` asked for with the exact one of this run.
  ///
  /// Throws everything that is wrong with the file.
  package mutating func compare(
    _ bytes: [UInt8], named name: String
  ) throws(GradientComplaints) -> Reply {
    let foreign = try GradientReader.read(bytes, named: name, of: experiment)
    guard experiment.loss != nil else {
      return Reply(complaint: "there is no gradient to compare with: \(noWayBack.reason)")
    }
    var reply = Reply()
    do throws(SimulationError) {
      let comparison = try GradientComparison(
        of: foreign, with: run.trajectory, pace: pace(.comparing))
      reply.say(CompareReport(comparison, names, passedOver: foreign.passedOver).verdictFirst)
    } catch {
      let isStopped = if case .stopped = error { true } else { false }
      return Reply(
        complaint: names.sentence(for: error) + (isStopped ? "; nothing was compared" : ""))
    }
    sitting.lastAnswer = reply.lines.map(\.text)
    sitting.recording?.keep("compare \(Word.quoted(name))")
    return reply
  }
}
