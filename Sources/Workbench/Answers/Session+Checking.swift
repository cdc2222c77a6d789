import EventProp
import Files
import Language
import Study

extension Session {
  /// Begins to verify the derivatives that the words name.
  mutating func check(_ words: [Word]) throws(Diagnostic) {
    let place = words.first ?? Word("check")
    if place.text.lowercased() == "batch", !words.isEmpty {
      return try checkBatch(words.dropFirst(), after: place)
    }
    guard let adjoint = run.adjoint else {
      throw noGradient(place, "to check")
    }
    let name = try CheckedName(words, names)
    do throws(SimulationError) {
      let count = name.parameters?.count ?? Parameter.all(of: experiment).count
      task = LongTask(
        name.isWhole || count <= DirectionCheck.fewest
          ? try CheckTask(name, of: adjoint, label: wrongLabel, pace: pace(.checking))
          : try DirectionTask(name, of: adjoint, label: wrongLabel, pace: pace(.checking)))
    } catch {
      throw place.complaint(error, names)
    }
  }

  /// Both one-sided gradients at every tie.
  func ties() throws(Diagnostic) -> String {
    let place = Word("ties")
    guard run.adjoint != nil else {
      throw noGradient(place)
    }
    do throws(SimulationError) {
      let sides = try OneSidedGradients.all(
        of: run.trajectory, pace: pace(.looking))
      return TieReport.text(sides.map { TieReport($0, of: run.trajectory, names) })
    } catch {
      throw place.complaint(error, names)
    }
  }
}
