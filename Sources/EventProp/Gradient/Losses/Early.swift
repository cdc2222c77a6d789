import RealModule

extension Loss {
  /// A term that pulls the first spike of the label to early times: alpha (exp(t/tau) − 1).
  ///
  /// t is the time of this spike, or `clip` where there is none in time; the term then has no
  /// gradient. It is the regulariser of Wunderlich & Pehle (2021),
  /// https://doi.org/10.1038/s41598-021-91786-z.
  public struct Early: Equatable, Sendable {
    /// The time scale, in seconds.
    public var tau: Double
    /// The weight of the term, at least 0.
    public var alpha: Double

    /// Creates a term; its faults are found with those of the experiment.
    public init(tau: Double, alpha: Double) {
      self.tau = tau
      self.alpha = alpha
    }

    /// The value at a time in seconds.
    func value(at time: Double) -> Double { alpha * .expMinusOne(time / tau) }

    /// The slope at a time, per second.
    func slope(at time: Double) -> Double { alpha / tau * .exp(time / tau) }
  }
}
