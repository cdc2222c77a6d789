import EventProp
import Language
import Study

extension Session {
  /// Begins to look for near misses and grazing spikes.
  mutating func near(_ word: Word?) throws(Diagnostic) {
    let percent = try percent(word)
    task = LongTask(
      NearTask(
        title: "near" + (word.map { " " + $0.text } ?? ""), percent: percent,
        search: SpikeMargin.Search(in: run.trajectory, within: percent / 100)))
  }

  /// A table of the margins found, complete or up to the interruption.
  func report(_ near: NearTask) -> String {
    let margins = near.search.margins
    let within = "within \(Quantity.display(near.percent)) % of v_th - v_leak"
    guard near.isFinished || !margins.isEmpty else {
      return "interrupted after \(near.done) of \(near.total)"
    }
    guard !margins.isEmpty else { return "no near miss and no grazing spike \(within)" }
    let rows = margins.map { margin -> [String] in
      let what: String
      switch margin.kind {
      case .missing:
        what = "no spike of n\(margin.neuron) at \(Quantity.displayTime(margin.time, digits: 5))"
      case .spike(let ordinal, let event):
        what = "spike n\(margin.neuron) \(ordinal) (e\(event)) grazes"
      }
      let change = margin.nearest.map { change in
        let amount = Quantity.display(change.amount, digits: 3)
        return
          "w \(names.name(of: change.synapse)) \(change.amount < 0 ? "" : "+")\(amount)"
          + (margin.kind == .missing ? " creates it" : " deletes it")
      }
      return [
        what,
        "margin \(Quantity.display(margin.margin, digits: 3)) (\(Quantity.display(margin.relative * 100, digits: 2)) %)",
        change ?? "no weight reaches it",
        margin.distance.isFinite
          ? "all weights: \(Quantity.display(margin.distance, digits: 3))" : "",
      ]
    }
    return
      "\(within), the smallest first; changes to first order\(near.isFinished ? "" : ", interrupted"):\n"
      + rows.table
  }

  private func percent(_ word: Word?) throws(Diagnostic) -> Double {
    guard let word else { return NearMiss.usualPart * 100 }
    var number = word
    if word.text.hasSuffix("%") { number.text.removeLast() }
    let value = try number.quantity(remedy: "a number of percent: near 2")
    guard value > 0, value <= 100 else {
      throw word.complaint("a part of the threshold lies in 0..100 percent", remedy: "near 2")
    }
    return value
  }
}
