import EventProp
import Language
import Study

extension Session {
  /// The differences of a new run from the one before it, in one line.
  func changes(from old: Run, to new: Run) -> String {
    var text = "run \(new.number):"
    if let was = old.loss, let now = new.loss {
      text += " L = \(Quantity.display(now, digits: 6))"
      text += " (was \(Quantity.display(was, digits: 6)), \(signed(now - was)))"
    }
    let was = old.trajectory.spikeCount
    let now = new.trajectory.spikeCount
    text += "  \(now) spike\(now == 1 ? "" : "s")"
    if was != now { text += " (was \(was))" }
    if let grave = new.overflow.first ?? Warning.firstGrave(in: new.trajectory) {
      text += "  \(grave.kind.rawValue) (info warnings)"
    }
    return text
  }

  private func signed(_ value: Double) -> String {
    (value >= 0 ? "+" : "") + Quantity.display(value)
  }
}
