import EventProp
import Files
import Language
import Study

extension Session {
  /// Begins a descent.
  mutating func descend(_ count: Word?, _ rate: Word?) throws(Diagnostic) {
    let place = count ?? Word("descend")
    guard let adjoint = run.adjoint else {
      throw noGradient(place, "to descend")
    }
    guard !bench.isPending else {
      throw place.complaint("there are edits that have not been run", remedy: "run runs them")
    }
    var steps = 1
    if let count {
      guard let number = Int(count.text), number >= 1 else {
        throw count.complaint(
          "expected how many steps, found '\(count.text)'", remedy: "a number from 1")
      }
      steps = number
    }
    var length: Double?
    if let rate {
      length = try rate.quantity()
      guard (length ?? 0) > 0 else {
        throw rate.complaint("the rate must be greater than 0", remedy: "descend 5 0.001")
      }
    }
    if let tie = Warning.firstTie(in: run.trajectory) {
      throw place.complaint(
        "here the gradient has two sides: \(tie.sentence)", remedy: "ties shows both")
    }
    task = LongTask(
      DescentTask(
        descent: Descent(adjoint, steps: steps, rate: length), isRateChosen: length == nil))
  }

  /// Goes to the run that a descent has reached; one `undo` takes all steps back.
  mutating func arrive(_ work: DescentTask, _ reply: inout Reply) {
    for line in work.lines { reply.say(wrongLabel + line) }
    let descent = work.descent
    if !descent.isFinished {
      reply.say("interrupted after \(work.done) of \(work.total)")
    }
    guard work.done > 0 else { return }
    let before = bench.edited
    do throws(Diagnostic) {
      let steps = work.done == 1 ? "1 step" : "\(work.done) steps"
      try rerun(
        descent.experiment, because: Word("descend"), saying: "\(steps) down; undo takes them back",
        &reply)
      bench.noteEdit(of: before)
    } catch {
      // The descent has already made this run.
      reply.say(error.message)
    }
  }
}
