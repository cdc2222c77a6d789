import EventProp
import Language
import Study

/// What a check along random directions has found, with the keys of the public format and in lines.
struct DirectionFacts: Encodable, Sendable {
  /// The number of derivatives that were checked together.
  let parameters: Int
  /// The number of directions.
  let count: Int
  /// The seed of the directions.
  let seed: UInt64
  /// The smallest error of one derivative that would have been seen, relative to the largest of its kind.
  let visibleError: Double
  /// The probability that such an error is not seen.
  let risk: Double
  /// The parts of the gradient that disagree with forward mode.
  let differingParts: [String]
  /// The number of wrong derivatives, at least.
  let leastWrong: Int
  /// What differences say of each part; nil where the run is too long for them.
  let differences: [Line]?
  /// Whether the directions have been compared.
  private let isCompared: Bool
  /// The command that checks each derivative by itself.
  private let whole: String

  private enum CodingKeys: String, CodingKey {
    case parameters, count, seed, risk, differences
    case visibleError = "visible_error"
    case differingParts = "differing_parts"
    case leastWrong = "least_wrong"
  }

  struct Line: Encodable, Sendable {
    let part: String
    let visibleError: Double?
    let notComparable: Int
    let untested: Int

    enum CodingKeys: String, CodingKey {
      case part, untested
      case visibleError = "visible_error"
      case notComparable = "not_comparable"
    }
  }

  /// Reads a check; `whole` is the command that checks each derivative by itself.
  init(_ check: DirectionCheck, _ names: Names, whole: String) {
    parameters = check.count
    count = DirectionCheck.directionCount
    seed = DirectionCheck.seed
    visibleError = check.visibleError
    risk = DirectionCheck.risk
    differingParts = check.differing.map { names.name(of: $0) }
    leastWrong = check.leastWrong
    differences =
      check.takesDifferences
      ? check.lines.map {
        Line(
          part: names.name(of: $0.part), visibleError: $0.visible, notComparable: $0.obstacles,
          untested: $0.untested)
      } : nil
    isCompared = check.hasDirections
    self.whole = whole
  }

  /// The lines of a report for people, before its identities.
  var lines: [String] {
    guard isCompared || leastWrong > 0 else { return [] }
    let subject = "\(parameters) derivatives together, along \(count) random directions"
    guard leastWrong == 0 else {
      let parts = differingParts.isEmpty ? "" : ", in \(differingParts.joined(separator: ", "))"
      return [
        "\(subject): \(isCompared ? "" : "so far ")at least \(leastWrong) differ\(leastWrong == 1 ? "s" : "")\(parts)"
      ]
    }
    return [
      "\(subject): forward mode agrees",
      "    it would show an error in one of them of \(Self.share(visibleError)) of the largest of its kind; "
        + "the chance to miss that is \(Quantity.display(risk, digits: 1))",
    ] + differenceLines
  }

  private var differenceLines: [String] {
    guard let differences else { return ["differences: none, the run is too long for them"] }
    let compared = differences.compactMap(\.visibleError)
    var lines: [String] = []
    if let largest = compared.max() {
      lines.append(
        "differences, with all of a part changed together: \(compared.count) part\(compared.count == 1 ? "" : "s") agree\(compared.count == 1 ? "s" : "")"
      )
      lines.append(
        "    they would show an error in one of \(Self.share(largest)) of the largest of its kind")
    }
    for line in differences where line.notComparable > 0 {
      lines.append(
        "\(line.part): differences cannot be taken for at least \(line.notComparable)"
          + (line.untested > 0 ? "; \(line.untested) more were left out" : ""))
    }
    return lines
  }

  /// The last line: how to check each derivative by itself.
  var advice: String { "\(whole) checks each derivative by itself" }

  private static func share(_ value: Double) -> String { Quantity.display(value, digits: 2) }
}
