import EventProp
import Language
import Terminal

/// The places of the panes on a screen, computed before anything is drawn.
struct ScreenLayout {
  /// The kinds of screen, from the smallest up.
  enum Kind: Int, Comparable {
    /// Too small for anything.
    case tooSmall
    /// No plots: the inspector and the prompt.
    case text
    /// One pane at a time.
    case single
    /// Plots one above the other.
    case stacked
    /// Panes beside the plots.
    case wide
    /// A lane for each neuron, parameters and log.
    case large

    static func < (one: Kind, other: Kind) -> Bool { one.rawValue < other.rawValue }

    /// The smallest screen for this kind.
    var least: Size {
      switch self {
      case .tooSmall: Size(columns: 0, rows: 0)
      case .text: Size(columns: 40, rows: 10)
      case .single: Size(columns: 60, rows: 16)
      case .stacked: Size(columns: 80, rows: 24)
      case .wide: Size(columns: 110, rows: 32)
      case .large: Size(columns: 170, rows: 50)
      }
    }

    /// How far a screen may shrink below ``least`` before its layout changes.
    ///
    /// This keeps a window from flickering while the user drags its edge.
    static let slack = 2

    /// The largest kind for a screen; the previous kind stays while it nearly fits.
    init(of size: Size, after previous: Kind?, choice: ViewCommand.Layout) {
      let all: [Kind] = [.large, .wide, .stacked, .single, .text]
      let fitting = all.first { kind in
        let slack = kind == previous && kind > .text ? Kind.slack : 0
        return size.columns >= kind.least.columns - slack && size.rows >= kind.least.rows - slack
      }
      let most: Kind =
        switch choice {
        case .auto, .large: .large
        case .lecture: .stacked
        case .wide: .wide
        case .medium: .stacked
        case .small: .single
        }
      self = min(fitting ?? .tooSmall, most)
    }
  }

  let size: Size
  let kind: Kind
  /// Whether only the pane with the focus is shown.
  var isAlone = false
  var header = Rect(x: 0, y: 0, width: 0, height: 0)
  var caption = Rect(x: 0, y: 0, width: 0, height: 0)
  var panes: [(pane: Pane, frame: Rect, isBoxed: Bool)] = []
  /// The panes of a training; empty outside of it.
  var trainingPanes: [(pane: TrainingPane, frame: Rect, isBoxed: Bool)] = []
  var axis = Rect(x: 0, y: 0, width: 0, height: 0)
  var inspector = Rect(x: 0, y: 0, width: 0, height: 0)
  var log = Rect(x: 0, y: 0, width: 0, height: 0)
  var hints = Rect(x: 0, y: 0, width: 0, height: 0)
  var prompt = Rect(x: 0, y: 0, width: 0, height: 0)

  /// The columns of the plots from the left; all columns if no plot is shown.
  var plotColumns: Int {
    panes.first { Pane.plots.contains($0.pane) }?.frame.endX ?? size.columns
  }

  /// The choices that change a layout, besides the size.
  struct Wishes {
    var focus = Pane.potential
    var isMaximised = false
    var hidden: Set<Pane> = []
    var rasterRows = 4
    /// The rows of the text above the picture.
    var captionRows = 0
    /// Whether the screen is for a projector: large plots and few numbers.
    var isLecture = false
  }

  /// Lays out a screen of a kind.
  init(_ size: Size, _ kind: Kind, _ wishes: Wishes) {
    self.size = size
    self.kind = kind
    var area = Rect(size)
    guard kind != .tooSmall else { return }
    (header, area) = area.split(top: 1)
    (caption, area) = area.split(top: min(wishes.captionRows, max(0, size.rows - 9)))
    (area, prompt) = area.split(bottom: 1)
    (area, hints) = area.split(bottom: 1)
    switch kind {
    case _ where kind > .text && (wishes.isMaximised || kind == .single):
      layOutAlone(wishes.focus, area)
    case .large: layOutLarge(area, wishes)
    case .wide: layOutWide(area, wishes)
    case .stacked: layOutStacked(area, wishes)
    case .single, .text, .tooSmall:
      (area, log) = area.split(bottom: 2)
      panes = [(.inspector, area, false)]
    }
  }

  private mutating func layOutAlone(_ pane: Pane, _ area: Rect) {
    isAlone = true
    let isBoxed = kind > .single
    var area = area
    (area, log) = area.split(bottom: 1)
    (area, inspector) = area.split(bottom: 2)
    if Pane.plots.contains(pane) {
      (area, axis) = area.split(bottom: 2)
      if isBoxed { axis = axis.inset(left: 1, right: 1) }
    }
    panes = [(pane, area, isBoxed)]
  }

  private mutating func layOutStacked(_ area: Rect, _ wishes: Wishes) {
    var area = area
    if wishes.isLecture, size.rows >= 30 {
      // Boxes with titles in place of rows of numbers.
      (area, log) = area.split(bottom: 1)
      (area, inspector) = area.split(bottom: 2)
      (area, axis) = area.split(bottom: 2)
      axis = axis.inset(left: 1, right: 1)
      layOutPlots(area, wishes, isBoxed: true, raster: area.height / 3, share: 0.5)
      return
    }
    (area, log) = area.split(bottom: 1)
    (area, inspector) = area.split(bottom: 2)
    (area, axis) = area.split(bottom: 2)
    layOutPlots(area, wishes, isBoxed: false, raster: max(4, area.height / 4), share: 7.0 / 12)
  }

  private mutating func layOutWide(_ area: Rect, _ wishes: Wishes) {
    var area = area
    (area, log) = area.split(bottom: max(3, size.rows / 12))
    layOutBeside(
      area, wishes, left: 0.65, share: 0.55,
      right: [(.events, 36, 3), (.inspector, 44, 14), (.gradient, 20, 4)])
  }

  private mutating func layOutLarge(_ area: Rect, _ wishes: Wishes) {
    var area = area
    // Without its pane the last answer needs another place.
    if wishes.hidden.contains(.log) { (area, log) = area.split(bottom: 3) }
    layOutBeside(
      area, wishes, left: 0.66, share: 0.58,
      right: [
        (.events, 24, 3), (.inspector, 25, 14), (.gradient, 17, 5), (.parameters, 17, 8),
        (.log, 17, 4),
      ])
  }

  private mutating func layOutBeside(
    _ area: Rect, _ wishes: Wishes, left share: Double, share above: Double,
    right column: [(pane: Pane, weight: Int, least: Int)]
  ) {
    let column = column.filter { !wishes.hidden.contains($0.pane) }
    let hasPlots = Pane.plots.contains { !wishes.hidden.contains($0) }
    let width =
      column.isEmpty ? area.width : hasPlots ? Int(Double(area.width) * share) : 0
    var (left, right) = area.split(left: width)
    if hasPlots {
      (left, axis) = left.split(bottom: 2)
      // The axis belongs to the boxed plots above it.
      axis = axis.inset(left: 1, right: 1)
      layOutPlots(left, wishes, isBoxed: true, raster: left.height / 4 + 2, share: above)
    }
    var weight = column.reduce(0) { $0 + $1.weight }
    var reserved = column.reduce(0) { $0 + $1.least }
    for (pane, own, least) in column {
      weight -= own
      reserved -= least
      let wanted = max(right.height * own / (own + weight), least)
      let frame: Rect
      (frame, right) = right.split(
        top: weight == 0 ? right.height : min(wanted, right.height - reserved))
      panes.append((pane, frame, true))
    }
  }

  /// Places the visible plots from top to bottom.
  private mutating func layOutPlots(
    _ area: Rect, _ wishes: Wishes, isBoxed: Bool, raster most: Int, share: Double
  ) {
    let shown = Pane.plots.filter { !wishes.hidden.contains($0) }
    let border = isBoxed ? 2 : 0
    let hasSpikes = shown.contains(.spikes)
    var rows = min(max(wishes.rasterRows, isBoxed ? 3 : 2) + border, most)
    if shown == [.spikes] { rows = area.height }
    if !hasSpikes { rows = 0 }
    let curves = area.height - rows
    let above =
      shown.contains(.adjoint)
      ? shown.contains(.potential) ? Int(Double(curves + 1) * share) : 0 : curves
    let (top, rest) = area.split(top: above)
    let (middle, below) = rest.split(top: rows)
    for (pane, frame) in [(Pane.potential, top), (.spikes, middle), (.adjoint, below)]
    where shown.contains(pane) {
      panes.append((pane, frame, isBoxed))
    }
  }
}

extension Pane {
  /// The panes with the common time axis.
  static let plots: [Pane] = [.potential, .spikes, .adjoint]

  /// The pane after this one for Tab, among the available panes.
  func following(in panes: [Pane]) -> Pane {
    guard let index = panes.firstIndex(of: self) else { return panes.first ?? self }
    return panes[(index + 1) % panes.count]
  }

  /// The pane before this one for Shift-Tab.
  func preceding(in panes: [Pane]) -> Pane {
    guard let index = panes.firstIndex(of: self) else { return panes.last ?? self }
    return panes[(index + panes.count - 1) % panes.count]
  }
}
