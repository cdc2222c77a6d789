/// A command about the training of the session.
package enum CourseCommand: Equatable, Sendable {
  /// Enter the training, or begin it; another one in place of the present one.
  case train(isNew: Bool)
  /// Enter the training at a state that a file has kept.
  case resume(Word)
  /// Let the sample on the bench, or another one, be examined with the parameters of the present step.
  case open(Word?)
  /// Come back: from a sample to the training, or from the training to the experiment.
  case leave
  /// Go a number of epochs on.
  case epoch(Int)
}

extension CommandTable {
  static let courseRows: [CommandRow] = [
    CommandRow(
      "train", arguments: "[new | resume FILE]",
      summary: "enter the training: a line of steps that can be gone both ways",
      details: """
        In the training step, unstep, continue, rcontinue, until, goto step 340, goto epoch 7, mark, back and finish go along
        the steps of the optimizer; diff step 300 compares two of them, why update n0<-in2 takes a change apart, and set rate
        changes the rate from here on. save NAME.yaml writes the network of this step, save NAME.state.npz the state, and
        train resume NAME.state.npz goes on from it. train new begins again with the experiment as it is now.
        """, example: "train", completes: .words(["new", "resume"])
    ) { (line) throws(Diagnostic) in
      if line.take("resume") { return .course(.resume(try line.file("a file NAME.state.npz"))) }
      return .course(.train(isNew: line.take("new")))
    },
    CommandRow(
      "epoch", arguments: "[N]",
      summary: "to the end of this epoch of the training, or of the N-th from here",
      example: "epoch 2",
      repeats: true, takesCount: true
    ) { (line) throws(Diagnostic) in .course(.epoch(try line.count())) },
    CommandRow(
      "open", arguments: "[sample N]",
      summary: "examine a sample with the parameters of this step of the training",
      details:
        "Everything works on it: step, why, check. Edits are let go by leave, which comes back.",
      example: "open sample 12"
    ) { (line) in
      _ = line.take("sample")
      return .course(.open(line.optional()))
    },
    CommandRow(
      "leave", summary: "back from a sample to the training, or from the training to the experiment"
    ) { _ in .course(.leave) },
  ]
}
