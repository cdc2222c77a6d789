import EventProp
import Notation

extension Session {
  /// Verifies the gradient of one synapse, or all of it.
  func check(_ word: Word?) throws(Diagnostic) -> String {
    let place = word ?? Word("check")
    guard let loss = experiment.loss, let adjoint = run.adjoint else {
      throw place.complaint("there is no gradient to check", remedy: "this run has no way back")
    }
    var parameters: [CheckedParameter]?
    if let word, word.text.lowercased() != "all" {
      let synapse = try names.synapse(word)
      parameters = [
        synapse.isRecurrent
          ? .recurrent(layer: synapse.layer, entry: synapse.entry)
          : .weight(layer: synapse.layer, entry: synapse.entry)
      ]
    }
    do throws(SimulationError) {
      var check = try GradientCheck(
        of: adjoint.gradient, on: run.trajectory, loss: loss, parameters: parameters)
      var rows: [GradientCheck.Row] = []
      while let row = check.next() { rows.append(row) }
      if parameters != nil, let row = rows.first { return wrongLabel + describe(row, place) }
      return wrongLabel
        + CheckReport(
          rows, verdict: check.verdict, identities: Identities(of: adjoint), of: experiment
        ).text
    } catch {
      throw place.complaint(names.sentence(for: error))
    }
  }

  /// Both one-sided gradients at every tie.
  func ties() throws(Diagnostic) -> String {
    let place = Word("ties")
    guard let loss = experiment.loss, run.adjoint != nil else {
      throw place.complaint("there is no gradient", remedy: "this run has no way back")
    }
    do throws(SimulationError) {
      let sides = try OneSidedGradients.all(of: run.trajectory, loss: loss)
      return TieReport.text(sides.map { TieReport($0, of: run.trajectory) })
    } catch {
      throw place.complaint(names.sentence(for: error))
    }
  }

  private func describe(_ row: GradientCheck.Row, _ word: Word) -> String {
    let show = { (value: Double) in Quantity.display(value, digits: 9) }
    var text = "\(word.text): adjoint \(show(row.adjoint))  forward mode \(show(row.forwardMode))"
    if let difference = row.difference { text += "  differences \(show(difference))" }
    text += "\n\(row.verdict.name)"
    if case .notComparable(let reason) = row.verdict {
      text += ": \(reason.sentence(in: experiment.network))"
    }
    return text
  }
}
