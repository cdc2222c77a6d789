import EventProp
import Language

extension Session {
  /// Changes the picture only.
  mutating func carryOut(_ command: ViewCommand, _ reply: inout Reply) throws(Diagnostic) {
    switch command {
    case .focus, .maximise, .lanes, .overlay, .layout, .pan, .range, .show, .hide:
      if looks.settings.isPlain { throw noPicture("picture") }
    default: break
    }
    switch command {
    case .focus(let pane):
      looks.view.focus = pane
      looks.view.hidden.remove(pane)
    case .zoom(let word): try zoom(word, &reply)
    case .select(let word): try select(word, &reply)
    case .maximise: looks.view.isMaximised.toggle()
    case .lanes: looks.view.isOverlaid = false
    case .overlay: looks.view.isOverlaid.toggle()
    case .layout(let layout):
      looks.view.layout = layout
      if layout == .auto { showAll() }
    case .caption(let text): looks.view.caption = text?.text
    case .close: reply.effects.append(.close)
    case .pan(let direction):
      let length = looks.window.upperBound - looks.window.lowerBound
      let wanted = looks.window.lowerBound + (direction == .left ? -length / 4 : length / 4)
      looks.window = window(of: length, from: wanted)
    case .range(let pane, let range):
      let pane = pane ?? (looks.view.focus == .adjoint ? .adjoint : .potential)
      looks.view.ranges[pane] = range
      let plot = pane == .adjoint ? "λ" : "V"
      reply.say(
        range.map {
          "\(plot) is drawn from \(Quantity.display($0.lowerBound)) to \(Quantity.display($0.upperBound))"
        } ?? "\(plot) is drawn as far as it goes")
    case .plot(let curves):
      if let curves {
        let panes = Set(curves.map(\.pane))
        looks.view.curves =
          curves.isEmpty
          ? View.usualCurves : looks.view.curves.filter { !panes.contains($0.pane) }.union(curves)
      } else if looks.settings.isPlain {
        throw noPicture("plot")
      } else if looks.settings.terminal == nil {
        return reply.effects.append(.screen)
      }
      reply.say(
        "the plots show "
          + ViewCommand.Curve.allCases.filter(looks.view.curves.contains).map(\.rawValue)
          .joined(separator: ", "))
    case .gradient(let part): looks.view.showsFinalGradient = part == .final
    case .show(let pane?): looks.view.hidden.remove(pane)
    case .show(nil): showAll()
    case .hide(let pane):
      guard looks.view.hidden.count + 1 < Pane.allCases.count else {
        throw Word("hide").complaint("something has to be seen", remedy: "show brings a pane back")
      }
      looks.view.hidden.insert(pane)
      if looks.view.focus == pane {
        looks.view.focus = Pane.allCases.first { !looks.view.hidden.contains($0) } ?? .potential
        looks.view.isMaximised = false
      }
    }
  }

  /// The complaint about a picture where there are only words.
  func noPicture(_ verb: String) -> Diagnostic {
    Word(verb).complaint(
      "a plain sitting has no pictures",
      remedy: "info spikes, list, print V n0 @ 12ms tell the numbers, export csv writes them")
  }

  /// Brings every pane back to its place.
  private mutating func showAll() {
    looks.view.hidden = []
    looks.view.isMaximised = false
  }

  /// The window in which the neighbours of the event at the cursor are separate.
  private var windowOfEvent: ClosedRange<Double> {
    let events = run.trajectory.events
    let time = run.time(of: point)
    let horizon = experiment.horizon
    let here = events.firstPlace { $0.time >= time }
    let next = events.firstPlace { $0.time > time }
    let gaps =
      (here > 0 ? [time - events[here - 1].time] : [])
      + (next < events.count ? [events[next].time - time] : [])
    // The distance leaves room for their names; a smaller one would be lost in the rounding of a
    // double.
    let length = min(max((gaps.min() ?? horizon) * 12, horizon * 1e-9), horizon)
    return window(of: length, from: time - length / 2)
  }

  /// A window of a length, moved into the run.
  func window(of length: Double, from start: Double) -> ClosedRange<Double> {
    let start = min(max(start, 0), max(0, experiment.horizon - length))
    // At the end of the range of numbers the sum may be infinite.
    return start...max(start, min(start + length, .greatestFiniteMagnitude))
  }

  private mutating func zoom(_ word: Word?, _ reply: inout Reply) throws(Diagnostic) {
    let horizon = experiment.horizon
    let middle = min(max(run.time(of: point), looks.window.lowerBound), looks.window.upperBound)
    func scaled(by factor: Double) -> ClosedRange<Double> {
      let shown = looks.window.upperBound - looks.window.lowerBound
      // Half of the least number is nothing.
      let length = min(max(shown * factor, .leastNonzeroMagnitude), horizon)
      return window(of: length, from: middle - length / 2)
    }
    switch word?.text.lowercased() {
    case nil, "fit", "0": looks.window = 0...horizon
    case "in", "+": looks.window = scaled(by: 0.5)
    case "out", "-": looks.window = scaled(by: 2)
    case "event": looks.window = windowOfEvent
    case let text?:
      guard let word, let ends = word.ends else {
        throw (word ?? Word(text)).complaint(
          "expected in, out, fit, event or FROM..TO", remedy: "zoom 12ms..18ms")
      }
      guard !ends.from.text.isEmpty, !ends.to.text.isEmpty else {
        throw word.complaint("a range has two ends", remedy: "zoom 12ms..18ms")
      }
      let from = try time(ends.from)
      let to = try time(ends.to)
      guard from >= 0, from < to, to <= horizon else {
        throw word.complaint(
          "a range lies in 0..\(Quantity.displayTime(horizon)) and grows",
          remedy: "zoom 12ms..18ms")
      }
      looks.window = from...to
    }
    reply.say(
      "showing \(Quantity.displayTime(looks.window.lowerBound)) to \(Quantity.displayTime(looks.window.upperBound))"
    )
  }
}
