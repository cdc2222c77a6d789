import Terminal

extension ScreenLayout {
  /// The choices that change the layout of a training, besides the size.
  struct TrainingWishes {
    var focus = TrainingPane.curves
    var isMaximised = false
    /// The panes that have something to show.
    var available = TrainingPane.allCases
  }

  /// Lays out the screen of a training: one pane at a time on a small screen.
  init(_ size: Size, _ kind: Kind, training wishes: TrainingWishes) {
    self.size = size
    self.kind = kind
    var area = Rect(size)
    guard kind != .tooSmall else { return }
    (header, area) = area.split(top: 1)
    (area, prompt) = area.split(bottom: 1)
    (area, hints) = area.split(bottom: 1)
    guard kind > .text else {
      (inspector, log) = area.split(bottom: 2)
      return
    }
    (area, log) = area.split(bottom: kind == .large ? 2 : 1)
    (area, inspector) = area.split(bottom: 1)
    if kind < .wide || wishes.isMaximised {
      isAlone = true
      if TrainingPane.alongSteps.contains(wishes.focus) { (area, axis) = area.split(bottom: 2) }
      trainingPanes = [(wishes.focus, area, false)]
      return
    }
    let isLarge = kind == .large
    var (left, right) = area.split(left: area.width * (isLarge ? 42 : 58) / 100)
    (left, axis) = left.split(bottom: 2)
    axis = axis.inset(left: 1, right: 1)
    place([(.curves, 50), (.norm, 20), (.counts, 30)], wishes, in: left)
    guard isLarge else {
      let plane: [(TrainingPane, Int)] = [(.map, 1), (.latency, 1)]
      let others: [(TrainingPane, Int)] = [(.weights, 1), (.spikes, 1)]
      place(wishes.available.contains(.map) ? plane : others, wishes, in: right)
      return
    }
    if wishes.available.contains(.map) {
      let (middle, rest) = right.split(left: right.width / 2)
      place([(.map, 1), (.latency, 1)], wishes, in: middle)
      right = rest
    }
    place([(.weights, 30), (.spikes, 35), (.potential, 35)], wishes, in: right)
  }

  /// Places the available panes of a column from top to bottom, by their weights.
  private mutating func place(
    _ column: [(pane: TrainingPane, weight: Int)], _ wishes: TrainingWishes, in area: Rect
  ) {
    let column = column.filter { wishes.available.contains($0.pane) }
    var rest = area
    var weight = column.reduce(0) { $0 + $1.weight }
    for (pane, own) in column {
      let frame: Rect
      (frame, rest) = rest.split(top: rest.height * own / max(1, weight))
      weight -= own
      trainingPanes.append((pane, frame, true))
    }
  }
}
