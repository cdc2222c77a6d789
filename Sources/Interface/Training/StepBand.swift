import Learning
import Terminal

/// The values of the steps that share a column of dots.
struct StepBand {
  var low: Double
  var high: Double
  var first: Double
  var last: Double
  /// Whether a step before the first one is not known, so that no line leads to it.
  var isCut: Bool

  /// The most steps that a column of dots reads; of more, every second or third one is read.
  private static let most = 64

  /// A value of the known steps by columns of dots; NaN and infinite values are left out.
  ///
  /// - Complexity: O(dots), with at most 64 steps in each.
  static func bands(
    of facts: [StepFacts?], along axis: Axis, stepsOfEpoch: Int, _ value: (StepFacts) -> Double?
  ) -> [StepBand?] {
    var bands = [StepBand?](repeating: nil, count: axis.dots)
    guard axis.dots > 0 else { return bands }
    let stride = max(1, facts.count / (axis.dots * most))
    var isCut = true
    for step in Swift.stride(from: 0, to: facts.count, by: stride) {
      guard let own = facts[step].flatMap(value), own.isFinite,
        let dot = axis.dot(of: Double(step) / Double(stepsOfEpoch))
      else {
        isCut = true
        continue
      }
      if let band = bands[dot] {
        bands[dot] = StepBand(
          low: min(band.low, own), high: max(band.high, own), first: band.first, last: own,
          isCut: band.isCut)
      } else {
        bands[dot] = StepBand(low: own, high: own, first: own, last: own, isCut: isCut)
      }
      isCut = false
    }
    return bands
  }

  /// The range of the values of some columns; nil without values.
  static func range(of bands: [StepBand?]) -> ClosedRange<Double>? {
    bands.reduce(nil) { range, band in
      guard let band else { return range }
      return range.map { $0.union(band.low...band.high) } ?? band.low...band.high
    }
  }
}
