package import Study

extension NIRNetwork {
  /// How the file was read, and how each of its populations was.
  package func readings(of file: String) -> [Warning.Reading] {
    [
      .network(
        file: file, weights: convention.rawValue, dt: dt, timeUnit: timeUnit.rawValue,
        reasons: [reasons.convention, reasons.timeUnit])
    ]
      + populations.enumerated().map { layer, population in
        .arrivals(
          layer: layer, node: population.node, jump: population.jump,
          hasBias: population.bias != nil)
      }
  }
}
