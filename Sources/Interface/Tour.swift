import Columns
import EventProp
import Language
import Terminal
import Workbench

/// A tour of a few stops over the screen of the present session and its neurons; each stop makes
/// one point.
struct Tour {
  /// The session before the tour, which returns at its end.
  let before: Session
  /// The session as shown by the stop.
  private(set) var session: Session

  private let stops: [Stop]
  private var place = 0

  /// One stop.
  private struct Stop {
    /// The lines at the prompt that lead from the stop before to this one.
    var lines: [String] = []
    let text: String
    /// Whether the text stands above its subject.
    var isAbove = false
    /// Whether the subject fills a pane, or the screen on a screen with one pane at a time.
    var fillsPane = false
  }

  /// Begins at the first stop.
  init(of session: Session) {
    before = session
    self.session = session
    stops = Self.stops(for: session)
    _ = go(0)
  }

  /// Goes `step` stops further; returns false if there is no such stop.
  mutating func go(_ step: Int) -> Bool {
    guard place + step < stops.count else { return false }
    place = max(0, place + step)
    // Every move starts again at the beginning, so that a step back needs no inverse.
    session = before
    session.looks.settings.isAutomatic = true
    // Everything that a stop mentions must be on the screen.
    var lines = session.looks.view.hidden.map { "show \($0.rawValue)" }
    if session.looks.view.isMaximised { lines.append("max") }
    lines += ["lanes", "goto start", "zoom fit"]
    for line in lines + stops[...place].flatMap(\.lines) { _ = session.apply(line) }
    return true
  }

  private static func stops(for session: Session) -> [Stop] {
    let run = session.run
    let network = session.experiment.network
    let neuron = session.selected
    let spikes = run.trajectory.spikeCounts[neuron]
    let end = Quantity.displayTime(session.experiment.horizon)
    var stops = [
      Stop(
        text: """
          \(session.bench.name): \(count(network.inputs, "input")), \(count(network.neuronCount, "neuron")), \
          \(count(run.trajectory.events.count, "event")) from 0 to \(end). Everything is computed \
          already, forwards and back; stepping decides how much of it you see. → steps, ← goes back.
          """)
    ]
    if spikes > 0 {
      stops.append(
        Stop(
          lines: ["focus potential", "goto spike n\(neuron)"],
          text: """
            Forwards, time runs to the right. The upper curve is V of n\(neuron): here it reached the \
            dotted threshold, n\(neuron) spiked and was reset. The line ┊ through all panes is the cursor.
            """))
    }
    stops.append(
      Stop(
        lines: ["focus spikes"],
        text: """
          The rows in the middle are the spikes: inputs first, then neurons; ◆ is the event under the cursor. \
          Tab hands the keys to the panes: ↑ ↓ select a neuron, ] and [ go to its events, : types again.
          """))
    stops += run.adjoint == nil ? [] : wayBack(session, spikes: spikes)
    stops += [
      Stop(
        lines: [
          "focus potential", run.adjoint == nil ? "finish" : "goto end", "set tau_mem +10%",
        ],
        text: """
          An edit runs at once: set tau_mem +10% moved the curves, and the run before stays as a dim ghost \
          beside them. undo takes it back, reset all restores the preset, diff lists what changed.
          """),
      Stop(
        lines: ["undo"],
        text: """
          To find a number's origin, stop where it changes: break spike n\(neuron), then c; \
          why V n\(neuron) takes the value apart into terms, each of which can be followed further.
          """),
      Stop(
        text: """
          That was all. help lists the commands, ? the keys, Tab completes names, presets lists other networks, \
          load opens one, save writes yours. Enter ends the tour and puts everything back.
          """),
    ]
    return stops
  }

  /// The stops for a run with a gradient.
  private static func wayBack(_ session: Session, spikes: Int) -> [Stop] {
    let neuron = session.selected
    let loss = session.run.loss.map { Quantity.display($0, digits: 5) } ?? ""
    let last = spikes > 0 ? "goto spike n\(neuron) \(spikes - 1)" : "step"
    return [
      Stop(
        lines: ["focus potential", "bwd"],
        text: """
          bwd goes to the turn: the loss L = \(loss) is known and the adjoint λ is 0. From here step goes \
          back in time: the header says BWD <-, the cursor moves to the left, the axis stays.
          """),
      Stop(
        lines: ["focus adjoint", last],
        text: spikes > 0
          ? """
          The lower pane is the adjoint of n\(neuron), as far back as it is known. At each of its spikes λV jumps: \
          this is where an error turns into a change of time, and travels on to the cause of the spike.
          """
          : """
          The lower pane is the adjoint of n\(neuron), as far back as it is known; without spikes of its own \
          it only decays. Select another neuron to see jumps.
          """),
      Stop(
        text: """
          The inspector, on a small screen the two rows under the axis, has the rule of this jump with its \
          numbers. equation shows it in full; half looks at the other side of the jump.
          """, isAbove: true),
      Stop(
        lines: ["focus gradient", "goto end"],
        text: """
          At the end dL/dw is complete; before, it is labelled partial and fills in event by event. \
          info grad lists it, contrib SYNAPSE its terms, check proves it against differences.
          """, isAbove: true, fillsPane: true),
    ]
  }

  private static func count(_ number: Int, _ what: String) -> String {
    "\(number) \(what)\(number == 1 ? "" : "s")"
  }

  /// Draws the text of the stop in a frame beside its subject.
  func draw(on layout: ScreenLayout, into grid: inout Grid) {
    let stop = stops[place]
    let width = min(layout.size.columns, 100)
    let lines = stop.text.wrapped(to: width - 4)
    let height = lines.count + 3
    let bottom = layout.size.rows - 2
    let isAbove = stop.isAbove && !(stop.fillsPane && layout.kind <= .single)
    let y = isAbove ? 1 : max(1, bottom - height)
    let frame = Rect(
      x: (layout.size.columns - width) / 2, y: y, width: width, height: min(height, bottom - y))
    grid.fill(frame)
    grid.box(frame, title: "tour \(place + 1) of \(stops.count)", isFocused: true)
    let area = frame.inset(by: 1)
    let isLast = place == stops.count - 1
    let goesOn = area.width < 45 ? "Enter →" : "Enter or → goes on"
    let keys = isLast ? "Enter ends it   ← back" : goesOn + "   ← back   Esc leaves"
    let room = max(0, area.height - 1)
    for (offset, line) in lines.prefix(room).enumerated() {
      let isCut = offset == room - 1 && lines.count > room
      grid.put(
        isCut ? (line + "  …").abbreviated(to: area.width - 1) : line, x: area.x + 1,
        y: area.y + offset, limit: area.width - 1)
    }
    grid.put(keys, x: area.x + 1, y: area.endY - 1, style: .accent.bold, limit: area.width - 1)
  }
}
