import Columns
import EventProp
import Language
import Terminal
import Workbench

extension Scene {
  /// The columns of a row of the event list, without the letters of breakpoints and marks.
  private static let eventColumns = 36

  /// The events in a list of `rows` rows, around the cursor.
  func eventRows(_ rows: Int) -> Range<Int> {
    let events = run.trajectory.events.count
    let middle = point.event ?? (point == .turn ? events - 1 : 0)
    let first = max(0, min(middle - rows / 2, events - rows))
    return first..<min(events, first + rows)
  }

  /// Draws the events around the cursor, with their results so far and the letters of breakpoints
  /// and marks.
  func drawEvents(in area: Rect, into grid: inout Grid) {
    let events = run.trajectory.events
    guard !events.isEmpty else {
      grid.put("no events", x: area.x + 1, y: area.y, style: .faint, limit: area.width)
      return
    }
    let marks = session.markPlaces
    // Times lie closer with more events; ten times as many events need one more digit.
    let last = "e\(events.count - 1)"
    let digits = max(5, min(last.count + 1, 7))
    let isWide = area.width >= 60
    for (offset, number) in eventRows(area.height).enumerated() {
      let isHere = number == point.event
      var letters = isHere ? "▶" : " "
      if !session.stops.breakpoints.isEmpty {
        letters.append(session.breakpointLetter(at: number) ?? " ")
      }
      if !marks.isEmpty {
        letters += marks.last { $0.event == number }?.name.prefix(1) ?? " "
      }
      let state = isWalked(number) ? "λ" : hasHappened(number) ? "⋅" : " "
      let milliseconds = Quantity.display(events[number].time * 1e3, digits: digits)
      let text =
        "\(letters) " + "e\(number)".padded(to: max(4, last.count) + 1) + milliseconds.padded(to: 9)
        + " "
        + run.describe(number).padded(to: 14) + state
      let style = events[number].spikingNeuron.map { Scene.style(of: $0) } ?? .plain
      grid.put(
        text, x: area.x, y: area.y + offset,
        style: isHere ? style.reverse : hasHappened(number) ? style : .faint,
        limit: isWide ? Scene.eventColumns : area.width)
    }
    if isWide { drawPlaces(in: area.inset(left: Scene.eventColumns + 2), into: &grid) }
  }

  /// Draws the marks and the breakpoints if there is room beside the events.
  private func drawPlaces(in area: Rect, into grid: inout Grid) {
    var lines: [(text: String, style: Style)] = [("marks", .plain.bold)]
    lines += session.markPlaces.map { mark in
      let event = mark.event.map { "e\($0)".padded(to: 6) } ?? "".padded(to: 6)
      return (
        " " + mark.name.padded(to: 3) + event + Quantity.displayTime(mark.time, digits: 5), .plain
      )
    }
    if lines.count == 1 { lines.append((" none: mark a", .faint)) }
    lines += [("", .plain), ("breakpoints", .plain.bold)]
    lines += session.stops.breakpoints.map { breakpoint in
      let state =
        breakpoint.isEnabled
        ? "\(breakpoint.hits) hit\(breakpoint.hits == 1 ? "" : "s")" : "off"
      return (" \(breakpoint.number) " + breakpoint.text + "  " + state, .plain)
    }
    if session.stops.breakpoints.isEmpty { lines.append((" none: break spike n0", .faint)) }
    for (offset, line) in lines.prefix(area.height).enumerated() {
      grid.put(
        line.text.abbreviated(to: area.width), x: area.x, y: area.y + offset, style: line.style)
    }
  }
}
