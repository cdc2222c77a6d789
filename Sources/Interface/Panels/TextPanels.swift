import Columns
import EventProp
import Language
import Terminal
import Workbench

extension Scene {
  /// Draws the header: preset, run, ghost, phase, place, time, loss, progress.
  func drawHeader(in area: Rect, into grid: inout Grid) {
    let events = run.trajectory.events.count
    let phase: String
    switch point {
    case .start: phase = "FWD -> start"
    case .forward(let event): phase = "FWD -> e\(event)/\(max(events - 1, 0))"
    case .turn: phase = run.wayBack == nil ? "DONE" : "BWD <- turn"
    case .backward(let event): phase = "BWD <- e\(event)/\(max(events - 1, 0))"
    case .end: phase = "DONE"
    }
    var parts = [
      session.bench.name, "run \(run.number)" + (session.bench.isEdited ? "*" : ""),
    ]
    if let sample = session.bench.sampleLabel(of: run.experiment) { parts.append(sample) }
    if let course = session.course, course.floor == .sample {
      parts.append("at step \(course.step)")
    }
    if run.rule != .exact { parts.append("WRONG:\(run.rule.name)") }
    if let ghost { parts.append("ghost:run\(ghost.number)") }
    if !run.trajectory.isComplete { parts.append("CUT") }
    if session.bench.isPending { parts.append("edited, not run: run") }
    if session.looks.view.layout == .lecture { parts = [session.bench.name] }
    let progress = run.timeline.last > 0 ? 100 * session.cursor.number / run.timeline.last : 100
    let time = "t=" + Quantity.displayTime(time, digits: 5)
    let loss = run.loss.map { "L=" + Quantity.display($0, digits: 5) } ?? "no loss"
    // A narrow screen keeps the phase and the sample, and drops the other parts.
    var text = " " + parts.joined(separator: "  ") + "  "
    let tail = "  " + time.padded(to: 12) + "  " + loss.padded(to: 10)
    let percent = "[\(progress)%]"
    let fixed = phase.count + percent.count + 1
    let tailShown = area.width >= text.columns + tail.columns + fixed ? tail : " " + time + " "
    let room = area.width - tailShown.columns - fixed
    if text.columns > room {
      let sample = session.bench.sampleLabel(of: run.experiment).map { " \($0)  " } ?? " "
      text = sample.columns <= room ? sample : " "
    }
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

  /// Draws the equation of the event at the cursor.
  ///
  /// Where there is little room the reasons go first, then the symbols, then the smaller terms; the
  /// steps to the result stay.
  func drawInspector(in area: Rect, into grid: inout Grid) {
    let equation = session.equation
    func rows(_ texts: [String], _ style: Style) -> [(text: String, style: Style)] {
      texts.flatMap { $0.wrapped(to: area.width, indent: 1) }.map { ($0, style) }
    }
    func rows(_ lines: [Equation.Line], long isLong: Bool) -> [(text: String, style: Style)] {
      lines.flatMap { line in
        rows([line.text], .plain)
          + (isLong && !line.reason.isEmpty ? rows(["  " + line.reason], .faint) : [])
      }
    }
    let title = rows([equation.title], .plain.bold)
    let result = rows([equation.result], .plain.bold)
    var steps = rows(equation.steps, long: equation.isLong)
    var numbers = rows(equation.numbers, long: equation.isLong)
    var symbols = rows(equation.symbols, .accent)
    let room = area.height - title.count - result.count
    var gains = rows(equation.gains, long: equation.isLong)
    if symbols.count + numbers.count + steps.count + gains.count > room {
      gains = rows(equation.gains, long: false)
      steps = rows(equation.steps, long: false)
      numbers = rows(equation.numbers, long: false)
    }
    if steps.count + symbols.count + min(numbers.count, 2) > room { symbols = [] }
    var left = max(0, room - symbols.count - steps.count)
    gains = Array(gains.prefix(max(0, left - numbers.count)))
    left -= gains.count
    if numbers.count > left {
      numbers = numbers.prefix(max(0, left - 1)) + [("… equation shows all terms", .faint)]
    }
    let lines = title + symbols + numbers.prefix(left) + steps + result + gains
    for (offset, line) in lines.prefix(area.height).enumerated() {
      grid.put(line.text, x: area.x, y: area.y + offset, style: line.style, limit: area.width)
    }
  }

  /// Draws the place and its equation in two lines, for small screens.
  func drawShortInspector(in area: Rect, into grid: inout Grid) {
    guard !area.isEmpty else { return }
    let equation = session.equation
    let first = session.summary(of: point)
    // The line above shows L already, so this one shows its sum.
    let second =
      point == .turn && !equation.numbers.isEmpty
      ? equation.numbers.map(\.text).joined(separator: "   ")
      : [equation.inline, equation.result].first { !$0.isEmpty && $0.columns <= area.width - 2 }
        ?? (equation.result.isEmpty ? equation.symbols.joined(separator: "  ") : equation.result)
    for (offset, text) in [first, second].prefix(area.height).enumerated() {
      grid.put(
        " " + text.abbreviated(to: area.width - 2), x: area.x, y: area.y + offset,
        style: offset == 0 ? .plain : .accent)
    }
  }
}
