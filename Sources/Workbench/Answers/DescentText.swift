import EventProp
import Files
import Language
import Study

extension DescentTask {
  /// The rate, a line for each step, and the reason why there is no further step.
  var lines: [String] {
    var lines: [String] = []
    if descent.rate != 0 {
      lines.append(
        "LR = \(Quantity.display(descent.rate))"
          + (isRateChosen ? " (the first step changes the weights by 1 % of their length)" : ""))
    }
    for (number, step) in descent.steps.enumerated() {
      lines.append(
        "step \(number + 1): L = \(Quantity.display(step.loss, digits: 7)) "
          + "(\(step.loss > step.previousLoss ? "+" : "")"
          + "\(Quantity.display(step.loss - step.previousLoss)))  "
          + "\(step.spikes) spike\(step.spikes == 1 ? "" : "s")")
    }
    if let ending = descent.ending { lines.append(sentence(ending)) }
    return lines
  }

  private func sentence(_ ending: Descent.Ending) -> String {
    let next = "step \(done + 1): "
    return switch ending {
    case .flat: "the gradient of all weights is 0: there is no way down"
    case .cutShort: next + "max_events cuts the run; stopped before it"
    case .lossNotFinite: next + "the loss is no finite number; stopped before it"
    case .cannotRun(let error):
      next + "\(Names(descent.experiment).sentence(for: error)); stopped before it"
    case .tie(let tie): "stopped, since here the gradient has two sides: \(tie.sentence)"
    }
  }
}
