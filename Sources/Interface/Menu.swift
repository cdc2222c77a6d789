import Columns
import EventProp
import Language
import Terminal
import Workbench

/// The keys of the focused pane and all commands, filtered by the typed text; Enter runs the chosen
/// one.
struct Menu {
  /// The effect of an entry.
  enum Choice: Equatable {
    /// The effect of a key.
    case action(KeyBinding.Action)
    /// The beginning of a line that the user completes.
    case typed(String)
  }

  /// The effect of a key on the menu.
  enum Outcome: Equatable {
    case open
    case closed
    case chosen(Choice)
  }

  private struct Entry {
    let label: String
    let summary: String
    let choice: Choice
  }

  private let place: String
  private let entries: [Entry]
  private var filter = ""
  private var selection = 0

  init(_ session: Session) {
    let pane = session.looks.view.focus
    place = session.isInTraining ? "the training" : pane.rawValue
    let bindings = session.isInTraining ? KeyMap.ofTraining : KeyMap.bindings(in: pane)
    let keys = bindings.filter { $0.action(session) != .menu }
    entries =
      keys.map {
        Entry(label: $0.label, summary: $0.summary, choice: .action($0.action(session)))
      }
      + CommandTable.rows.map { row in
        let isComplete = row.arguments.isEmpty || row.arguments.hasPrefix("[")
        return Entry(
          label: row.name, summary: row.summary,
          choice: isComplete ? .action(.line(row.name)) : .typed(row.name + " "))
      }
  }

  /// The entries that contain every typed word; entries with the word in their name come first.
  private var shown: [Entry] {
    let words = filter.lowercased().split(separator: " ")
    let matching = entries.filter { entry in
      let text = "\(entry.label) \(entry.summary)".lowercased()
      return words.allSatisfy { text.contains($0) }
    }
    guard let word = words.first else { return matching }
    func isNamed(_ entry: Entry) -> Bool { entry.label.lowercased().hasPrefix(word) }
    return matching.filter(isNamed) + matching.filter { !isNamed($0) }
  }

  mutating func move(_ step: Int) {
    selection = min(max(selection + step, 0), max(0, shown.count - 1))
  }

  mutating func handle(_ key: Key) -> Outcome {
    switch key {
    case .escape, .interrupt, .function(1): return .closed
    case .enter:
      guard shown.indices.contains(selection) else { return .open }
      return .chosen(shown[selection].choice)
    case .up: move(-1)
    case .down, .tab: move(1)
    case .pageUp: move(-10)
    case .pageDown: move(10)
    case .home: move(-entries.count)
    case .end: move(entries.count)
    case .backspace, .control("h"): narrow(String(filter.dropLast()))
    case .control("u"): narrow("")
    case .character(let letter): narrow(filter + String(letter))
    default: break
    }
    return .open
  }

  private mutating func narrow(_ text: String) {
    filter = text
    selection = 0
  }

  private func top(rows: Int) -> Int {
    max(0, min(selection - rows / 2, shown.count - rows))
  }

  /// The entry at a place of the screen, or nil.
  func choice(atX x: Int, y: Int, in frame: Rect) -> Choice? {
    let area = frame.inset(by: 1)
    guard area.contains(x: x, y: y) else { return nil }
    let number = top(rows: area.height) + y - area.y
    return shown.indices.contains(number) ? shown[number].choice : nil
  }

  func draw(in frame: Rect, into grid: inout Grid) {
    grid.fill(frame)
    let title =
      filter.isEmpty
      ? "keys in \(place), and commands  (type to filter, Enter runs, Esc closes)"
      : "filter: \(filter)_  (Enter runs, Esc closes)"
    grid.box(frame, title: title, isFocused: true)
    let area = frame.inset(by: 1)
    let width = (entries.map(\.label.columns).max() ?? 0) + 2
    let entries = shown
    if entries.isEmpty {
      grid.put("nothing mentions that; Backspace takes letters back", x: area.x + 1, y: area.y)
    }
    let first = top(rows: area.height)
    for (offset, entry) in entries.dropFirst(first).prefix(area.height).enumerated() {
      let isSelected = first + offset == selection
      let text = (isSelected ? "▶ " : "  ") + entry.label.padded(to: width) + entry.summary
      grid.put(
        text.abbreviated(to: area.width).padded(to: area.width), x: area.x, y: area.y + offset,
        style: isSelected ? .plain.reverse : .plain)
    }
  }
}
