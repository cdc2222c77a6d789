import EventProp
import Notation
import Terminal
import Workbench

extension Scene {
  /// The header: preset, run, ghost, phase, place, time, loss, progress.
  func drawHeader(in area: Rect, into grid: inout Grid) {
    let events = run.trajectory.events.count
    let phase: String
    switch point {
    case .start: phase = "FWD -> start"
    case .forward(let event): phase = "FWD -> e\(event)/\(max(events - 1, 0))"
    case .turn: phase = run.adjoint == nil ? "DONE" : "BWD <- turn"
    case .backward(let event): phase = "BWD <- e\(event)/\(max(events - 1, 0))"
    case .end: phase = "DONE"
    }
    var parts = [
      session.name, "run \(run.number)" + (session.isEdited ? "*" : ""),
    ]
    if run.rule != .exact { parts.append("WRONG:\(run.rule.name)") }
    if let ghost { parts.append("ghost:run\(ghost.number)") }
    if !run.trajectory.isComplete { parts.append("CUT") }
    if session.isPending { parts.append("edited, not run: run") }
    let progress = run.timeline.last > 0 ? 100 * session.cursor / run.timeline.last : 100
    let time = "t=" + Quantity.displayTime(time, digits: 5)
    let loss = run.loss.map { "L=" + Quantity.display($0, digits: 5) } ?? "no loss"
    // Narrow screens keep the phase and give up the rest from the left.
    var text = " " + parts.joined(separator: "  ") + "  "
    let tail = "  " + time.padded(to: 12) + "  " + loss.padded(to: 10)
    let percent = "[\(progress)%]"
    let fixed = phase.count + percent.count + 1
    let tailShown = area.width >= text.count + tail.count + fixed ? tail : " " + time + " "
    if area.width < text.count + tailShown.count + fixed { text = " " }
    var x = area.x
    x += grid.put(text, x: x, y: area.y, style: .plain.bold, limit: area.width)
    x += grid.put(phase, x: x, y: area.y, style: .accent.bold, limit: area.endX - x)
    if x + tailShown.count + percent.count < area.endX {
      grid.put(tailShown, x: x, y: area.y)
    }
    if x + percent.count + 1 < area.endX {
      grid.put(percent, x: area.endX - percent.count, y: area.y, style: .faint)
    }
  }

  /// The equation of the event at the cursor.
  func drawInspector(in area: Rect, into grid: inout Grid) {
    let equation = session.equation
    var lines: [(text: String, style: Style)] = [(equation.title, .plain.bold)]
    lines += equation.symbols.map { ($0, .accent) }
    let room = area.height - lines.count - 1
    let numbers = equation.numbers
    lines += numbers.prefix(max(0, room)).map { ($0, .plain) }
    lines.append((equation.result, .plain.bold))
    for (offset, line) in lines.prefix(area.height).enumerated() {
      grid.put(
        line.text.abbreviated(to: area.width), x: area.x, y: area.y + offset, style: line.style)
    }
  }

  /// The place and its equation in two lines, for small screens.
  func drawShortInspector(in area: Rect, into grid: inout Grid) {
    let equation = session.equation
    let first = session.summary(of: point)
    let second =
      equation.result.isEmpty ? equation.symbols.joined(separator: "  ") : equation.result
    for (offset, text) in [first, second].prefix(area.height).enumerated() {
      grid.put(
        " " + text.abbreviated(to: area.width - 2), x: area.x, y: area.y + offset,
        style: offset == 0 ? .plain : .accent)
    }
  }
}

extension String {
  /// The text in lines of at most `columns`, broken at blanks; what hangs over stands at the left edge.
  func wrapped(to columns: Int) -> [String] {
    guard count > columns, columns > 0 else { return [self] }
    let head = prefix(columns + 1)
    let cut = head.lastIndex(of: " ").flatMap { self[..<$0].contains { $0 != " " } ? $0 : nil }
    guard let cut else {
      return [String(prefix(columns))] + String(dropFirst(columns)).wrapped(to: columns)
    }
    let rest = self[index(after: cut)...].drop { $0 == " " }
    return [String(self[..<cut])] + String(rest).wrapped(to: columns)
  }
}
