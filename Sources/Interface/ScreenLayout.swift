import Terminal

/// Where the panes of a screen lie: a value computed from the size alone, before anything is drawn.
struct ScreenLayout: Equatable {
  /// The kinds of screen, from the largest down.
  enum Kind: Equatable {
    /// Panes beside the plots.
    case wide
    /// Plots one above the other.
    case stacked
    /// One plot at a time.
    case single
    /// No plots: the inspector and the prompt.
    case text
    /// Too small for anything.
    case tooSmall
  }

  /// What a pane shows.
  enum Pane: Equatable, CaseIterable {
    case potential, raster, adjoint, events, inspector, gradient
  }

  let size: Size
  let kind: Kind
  private(set) var header = Rect(x: 0, y: 0, width: 0, height: 0)
  private(set) var panes: [(pane: Pane, frame: Rect, isBoxed: Bool)] = []
  private(set) var axis = Rect(x: 0, y: 0, width: 0, height: 0)
  private(set) var inspector = Rect(x: 0, y: 0, width: 0, height: 0)
  private(set) var log = Rect(x: 0, y: 0, width: 0, height: 0)
  private(set) var hints = Rect(x: 0, y: 0, width: 0, height: 0)
  private(set) var prompt = Rect(x: 0, y: 0, width: 0, height: 0)

  static func == (one: ScreenLayout, other: ScreenLayout) -> Bool { one.size == other.size }

  /// Lays out a screen; `single` names the one plot of a small one.
  init(_ size: Size, single: Pane, rasterRows: Int) {
    self.size = size
    switch (size.columns, size.rows) {
    case (110..., 32...): kind = .wide
    case (80..., 24...): kind = .stacked
    case (60..., 16...): kind = .single
    case (40..., 10...): kind = .text
    default: kind = .tooSmall
    }
    var area = Rect(size)
    guard kind != .tooSmall else { return }
    (header, area) = area.split(top: 1)
    (area, prompt) = area.split(bottom: 1)
    (area, hints) = area.split(bottom: 1)
    switch kind {
    case .wide: layOutWide(area, rasterRows)
    case .stacked: layOutStacked(area, rasterRows)
    case .single:
      (area, log) = area.split(bottom: 1)
      (area, inspector) = area.split(bottom: 2)
      if Pane.plots.contains(single) { (area, axis) = area.split(bottom: 2) }
      panes = [(single, area, false)]
    case .text:
      (area, log) = area.split(bottom: 2)
      panes = [(.inspector, area, false)]
    case .tooSmall: break
    }
  }

  private mutating func layOutStacked(_ area: Rect, _ rasterRows: Int) {
    var area = area
    (area, log) = area.split(bottom: 1)
    (area, inspector) = area.split(bottom: 2)
    (area, axis) = area.split(bottom: 2)
    let raster = min(max(rasterRows, 2), max(4, area.height / 4))
    let (above, rest) = area.split(top: (area.height - raster + 1) * 7 / 12)
    panes.append((.potential, above, false))
    let (middle, below) = rest.split(top: raster)
    panes.append((.raster, middle, false))
    panes.append((.adjoint, below, false))
  }

  private mutating func layOutWide(_ area: Rect, _ rasterRows: Int) {
    var area = area
    (area, log) = area.split(bottom: max(3, size.rows / 12))
    var (left, right) = area.split(left: size.columns * 65 / 100)
    (left, axis) = left.split(bottom: 2)
    // The axis belongs to the boxed plots above it.
    axis = axis.inset(left: 1, right: 1)
    let raster = min(max(rasterRows, 3), left.height / 4) + 2
    let (above, rest) = left.split(top: (left.height - raster + 1) * 11 / 20)
    let (middle, below) = rest.split(top: raster)
    let (top, remaining) = right.split(top: right.height * 38 / 100)
    let (center, bottom) = remaining.split(top: max(remaining.height * 60 / 100, 12))
    panes = [
      (.potential, above, true), (.raster, middle, true), (.adjoint, below, true),
      (.events, top, true), (.inspector, center, true), (.gradient, bottom, true),
    ]
  }
}

extension ScreenLayout.Pane {
  /// The panes that share the time axis.
  static let plots: [ScreenLayout.Pane] = [.potential, .raster, .adjoint]

  /// The order in which Tab goes through the panes of a small screen.
  var following: ScreenLayout.Pane {
    let all = Self.allCases
    let index = all.firstIndex(of: self) ?? 0
    return all[(index + 1) % all.count]
  }
}
