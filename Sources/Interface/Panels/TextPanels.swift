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

  /// The events around the cursor, with what has been computed of each.
  func drawEvents(in area: Rect, into grid: inout Grid) {
    let events = run.trajectory.events
    guard !events.isEmpty else {
      grid.put("no events", x: area.x + 1, y: area.y, style: .faint, limit: area.width)
      return
    }
    let middle = point.event ?? (point == .turn ? events.count - 1 : 0)
    let first = max(0, min(middle - area.height / 2, events.count - area.height))
    for (offset, number) in (first..<min(events.count, first + area.height)).enumerated() {
      let isHere = number == point.event
      var mark = isHere ? "▶" : " "
      if !session.breakpoints.isEmpty {
        mark.append(session.breakpointLetter(at: number) ?? " ")
      }
      let state = isWalked(number) ? "λ" : hasHappened(number) ? "·" : " "
      let milliseconds = Quantity.display(events[number].time * 1e3, digits: 5)
      let text =
        "\(mark) " + "e\(number)".padded(to: 5) + milliseconds.padded(to: 9) + " "
        + run.describe(number).padded(to: 14) + state
      let style = events[number].spikingNeuron.map { Scene.style(of: $0) } ?? .plain
      grid.put(
        text, x: area.x, y: area.y + offset,
        style: isHere ? style.reverse : hasHappened(number) ? style : .faint, limit: area.width)
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

  /// The title of the gradient pane: partial until it is complete.
  var gradientTitle: String {
    (run.rule == .exact ? "" : "WRONG ") + progressTitle
  }

  private var progressTitle: String {
    switch point {
    case .start, .forward: "dL/dw"
    case .turn: run.adjoint == nil ? "dL/dw" : "dL/dw (partial: nothing walked)"
    case .backward(let event): "dL/dw (partial: events ≥ e\(event))"
    case .end: "dL/dw (complete)"
    }
  }

  /// The gradient of the synapses that reach the selected neuron's layer: rows targets, columns sources.
  func drawGradient(in area: Rect, into grid: inout Grid) {
    guard let gradient = session.partialGradient else {
      let text = run.adjoint == nil ? "this run has no gradient" : "fills in on the way back"
      grid.put(text, x: area.x + 1, y: area.y, style: .faint, limit: area.width - 1)
      return
    }
    let network = session.experiment.network
    let place = network.place(of: neuron)
    let layer = network.layers[place.layer]
    let shown = gradient.layers[place.layer]
    var columns: [(name: String, value: (Int) -> Double?)] = []
    for (synapses, values, isRecurrent) in [
      (Optional(layer.weights), Optional(shown.weights), false),
      (layer.recurrent, shown.recurrent, true),
    ] {
      guard let synapses, let values else { continue }
      for row in 0..<synapses.rows {
        columns.append(
          (
            session.names.source(row: row, of: place.layer, isRecurrent: isRecurrent),
            { column in
              synapses.entry(row: row, column: column).map { values.weights[$0] }
            }
          ))
      }
    }
    let cell = 7
    let room = max(0, (area.width - 5) / cell)
    let visible = columns.prefix(room)
    let largest =
      columns.flatMap { column in (0..<layer.size).compactMap { column.value($0) } }
      .map { abs($0) }.max() ?? 0
    for (index, column) in visible.enumerated() {
      let name = column.name
      grid.put(
        name, x: area.x + 5 + index * cell + max(0, cell - 1 - name.count), y: area.y,
        style: .faint)
    }
    let rows = max(0, area.height - (columns.count > room ? 2 : 1))
    let first = max(0, min(place.index - rows / 2, layer.size - rows))
    for (offset, index) in (first..<min(layer.size, first + rows)).enumerated() {
      let number = network.offsets[place.layer] + index
      let y = area.y + 1 + offset
      grid.put("n\(number)", x: area.x + 1, y: y, style: Scene.style(of: number))
      for (position, column) in visible.enumerated() {
        guard let value = column.value(index) else { continue }
        let text = Self.compact(value, columns: cell - 1)
        let x = area.x + 5 + position * cell
        let style: Style = value > 0 ? .positive : value < 0 ? .negative : .faint
        grid.put(text, x: x + max(0, cell - 1 - text.count), y: y, style: style, limit: cell - 1)
        grid.put(shade(value, of: largest), x: x + cell - 1, y: y, style: style)
      }
    }
    if columns.count > room {
      let more = "\(columns.count - room) more on the right: info grad"
      grid.put(more, x: area.x + 1, y: area.endY - 1, style: .faint, limit: area.width - 1)
    }
  }

  /// A number with as many of three digits as fit.
  static func compact(_ value: Double, columns: Int) -> String {
    for digits in [3, 2] {
      let text = Quantity.display(value, digits: digits)
      if text.count <= columns { return text }
    }
    return scientific(value)
  }

  /// One digit and a power of ten: `-2e5`.
  private static func scientific(_ value: Double) -> String {
    var exponent = 0
    var digit = abs(value)
    while digit >= 9.5 {
      digit /= 10
      exponent += 1
    }
    while digit < 0.95, digit > 0 {
      digit *= 10
      exponent -= 1
    }
    return "\(value < 0 ? "-" : "")\(Int(digit.rounded()))e\(exponent)"
  }

  private func shade(_ value: Double, of largest: Double) -> String {
    guard largest > 0, value != 0 else { return " " }
    return switch abs(value) / largest {
    case ..<0.25: "░"
    case ..<0.5: "▒"
    case ..<0.75: "▓"
    default: "█"
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
