import EventProp
import Language

extension Session {
  /// Why a run has no adjoint, and how to get one.
  var noWayBack: (reason: String, remedy: String) {
    if let overflow = run.wayBack?.overflow {
      let error = SimulationError.nonFiniteAdjoint(neuron: overflow.neuron, time: overflow.time)
      return (names.sentence(for: error), "smaller weights or a shorter t_max keep it finite")
    }
    return experiment.loss == nil
      ? ("this experiment has no loss", "add a loss to the preset")
      : ("the event limit cut the run", "set max_events higher")
  }

  /// The complaint about a command that needs the gradient of a run without one.
  func noGradient(_ word: Word, _ purpose: String = "") -> Diagnostic {
    word.complaint(
      "there is no gradient\(purpose.isEmpty ? "" : " " + purpose): \(noWayBack.reason)",
      remedy: noWayBack.remedy)
  }

  /// The complaint about a part of the gradient that is not walked yet, or cannot be walked.
  func noGradientYet(_ word: Word, remedy: String = "bwd, then step") -> Diagnostic {
    run.adjoint == nil ? noGradient(word) : word.complaint("no gradient yet", remedy: remedy)
  }

  /// The complaint about a λ before the backward pass, or in a run without one.
  func noAdjointYet(_ word: Word) -> Diagnostic {
    run.wayBack == nil || run.wayBack?.overflow != nil && point.isBackward
      ? word.complaint("there is no λ: \(noWayBack.reason)", remedy: noWayBack.remedy)
      : word.complaint("λ is not computed yet", remedy: "bwd goes to the backward phase")
  }
}
