import EventProp
import Terminal

/// A curve sampled for drawing: the values of each dot column, in order of time.
///
/// A sample is the value of the closed form at the centre of a dot column, so that zooming keeps
/// exact shapes. A jump adds both of its limits to its column.
struct Trace {
  /// A discontinuity, with the limits on its sides.
  struct Jump {
    var time: Double
    var before: Double
    var after: Double
  }

  /// The values of each dot column; empty in a column without a curve.
  private(set) var columns: [[Double]]

  /// The columns that a trace shares with another one.
  struct Known {
    var trace: Trace
    var dots: Range<Int>
  }

  /// Samples a function over an axis, but only where `isVisible` is true.
  ///
  /// The columns that are `known` are taken over; no jump may lie in them.
  init(
    along axis: Axis, jumps: [Jump], known: Known? = nil, isVisible: (Double) -> Bool,
    value: (Double) -> Double
  ) {
    columns = known?.trace.columns ?? Array(repeating: [], count: axis.dots)
    var pending = jumps[...]
    for dot in columns.indices where !(known?.dots.contains(dot) ?? false) {
      let time = axis.value(atDot: dot)
      let border = Self.border(after: dot, on: axis)
      var values: [(time: Double, value: Double)] = []
      if isVisible(time) { values.append((time, value(time))) }
      while let jump = pending.first, jump.time < border || dot == columns.count - 1 {
        pending.removeFirst()
        guard axis.range.contains(jump.time), isVisible(jump.time) else { continue }
        values.append((jump.time, jump.before))
        values.append((jump.time, jump.after))
      }
      columns[dot] = values.enumerated().sorted {
        ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
      }.compactMap { $0.element.value.drawable }
    }
  }

  /// The time at which the column of a dot ends and the next one begins.
  static func border(after dot: Int, on axis: Axis) -> Double {
    let time = axis.value(atDot: dot)
    let end = axis.value(atDot: dot + 1)
    return time + (max(end, time) - time) / 2
  }

  /// The least and the greatest value, both finite.
  var range: ClosedRange<Double>? {
    let values = columns.joined()
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }

  /// A part of the curve beyond one end of a scale.
  struct Excursion {
    /// Its dot columns.
    var dots: Range<Int>
    /// Its largest distance.
    var value: Double
  }

  /// The parts outside a scale, from left to right.
  func excursions(beyond range: ClosedRange<Double>) -> [Excursion] {
    func side(_ values: [Double]) -> Int {
      guard let low = values.min(), let high = values.max() else { return 0 }
      return high < range.lowerBound ? -1 : low > range.upperBound ? 1 : 0
    }
    var found: [Excursion] = []
    var last = 0
    for (dot, values) in columns.enumerated() {
      let now = side(values)
      defer { last = now }
      guard now != 0 else { continue }
      // A jump into such a part, or back, belongs to the column beside it.
      let reached = columns[max(0, dot - 1)...min(dot + 1, columns.count - 1)].joined()
      let extreme = (now < 0 ? reached.min() : reached.max()) ?? 0
      if now == last, let before = found.popLast() {
        found.append(
          Excursion(
            dots: before.dots.lowerBound..<dot + 1,
            value: now < 0 ? min(before.value, extreme) : max(before.value, extreme)))
      } else {
        found.append(Excursion(dots: dot..<dot + 1, value: extreme))
      }
    }
    return found
  }

  /// Draws the curve; a vertical run joins neighbours more than a dot apart.
  func draw(on canvas: inout BrailleCanvas, scale: ValueScale, style: Style, every stride: Int = 1)
  {
    var last: Int?
    var lastValue: Double?
    for (dot, values) in columns.enumerated() {
      let rows = values.compactMap { scale.nearestDot(of: $0) }
      defer {
        last = rows.last ?? nil
        lastValue = values.last
      }
      guard dot % stride == 0, let first = rows.first else { continue }
      // Values outside the scale leave it at its edge and are not drawn along it.
      let reached = values + [lastValue].compactMap { $0 }
      guard let low = reached.min(), let high = reached.max(),
        low <= scale.range.upperBound, high >= scale.range.lowerBound
      else { continue }
      let step = last.map { abs(first - $0) > 1 ? ($0 < first ? $0 + 1 : $0 - 1) : first } ?? first
      let joined = stride == 1 ? rows + [step] : rows
      canvas.verticalRun(
        dotX: dot, from: joined.min() ?? first, to: joined.max() ?? first, style: style)
    }
  }
}
