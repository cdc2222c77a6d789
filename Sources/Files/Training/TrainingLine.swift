import Columns
package import Foundation
import Language
package import Learning

/// One epoch of a training, as a line for people or as a line of JSON.
package struct TrainingLine: Encodable, Sendable {
  /// The seed, where several are tried.
  package var seed: UInt64?
  /// The number of epochs done.
  package var epoch: Int
  /// The number of steps done.
  package var step: Int
  /// The loss and the accuracy on the samples of the epoch, each before the step that it took part in;
  /// nil where the training was resumed inside the epoch.
  package var train: Training.Score?
  /// The loss and the accuracy on the samples of ``part`` after the epoch; nil without them.
  package var test: Training.Score?
  /// The time that the epoch took in this process, its test included.
  package var seconds = 0.0

  /// The part that is scored after the epoch, test or validation.
  private let part: DataSettings.Part

  /// A line without scores.
  package init(epoch: Int, step: Int, part: DataSettings.Part = .test) {
    self.epoch = epoch
    self.step = step
    self.part = part
  }

  private enum Key: String, CodingKey {
    case seed, epoch, step, seconds
    case trainLoss = "train_loss"
    case trainAccuracy = "train_accuracy"
    case testLoss = "test_loss"
    case testAccuracy = "test_accuracy"
    case validationLoss = "validation_loss"
    case validationAccuracy = "validation_accuracy"
  }

  /// Writes the keys of the public format; what is not known has none.
  package func encode(to encoder: any Swift.Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(seed, forKey: .seed)
    try container.encode(epoch, forKey: .epoch)
    try container.encode(step, forKey: .step)
    try container.encodeIfPresent(train?.loss, forKey: .trainLoss)
    try container.encodeIfPresent(train?.accuracy, forKey: .trainAccuracy)
    let isTest = part == .test
    try container.encodeIfPresent(test?.loss, forKey: isTest ? .testLoss : .validationLoss)
    try container.encodeIfPresent(
      test?.accuracy, forKey: isTest ? .testAccuracy : .validationAccuracy)
    try container.encode(seconds, forKey: .seconds)
  }

  /// One line of JSON, UTF-8.
  package func json() throws -> Data { try JSONEncoder.line.encode(self) }

  /// The line for people, at most 79 columns wide: of several seeds it leaves out the step.
  package var text: String {
    func score(_ name: String, _ score: Training.Score?) -> String? {
      guard let score else { return nil }
      let accuracy = score.accuracy.map { String(format: "%5.1f %%", 100 * $0) } ?? ""
      return "\(name) \(Quantity.display(score.loss).padded(to: 9))\(accuracy)"
    }
    let parts = [
      seed.map { "seed \($0)" }, "epoch \("\(epoch)".padded(to: 4))",
      seed == nil ? "step \("\(step)".padded(to: 6))" : nil,
      score("train", train), score(part == .test ? "test" : "valid", test),
      String(format: "%.2f s", seconds),
    ]
    return parts.compactMap { $0 }.joined(separator: "  ")
  }
}

/// The accuracies of several trainings.
package struct TrainingSummary: Encodable, Sendable {
  /// The part that is scored, test or validation.
  let part: String
  /// The accuracy on its samples, for each seed.
  let accuracies: [Double]
  let mean: Double
  /// The standard deviation, with n as divisor.
  let spread: Double

  /// A summary; nil for no trainings.
  package init?(_ accuracies: [Double], on part: DataSettings.Part = .test) {
    guard !accuracies.isEmpty else { return nil }
    self.part = part.rawValue
    self.accuracies = accuracies
    let count = Double(accuracies.count)
    let mean = accuracies.reduce(0, +) / count
    self.mean = mean
    spread = (accuracies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
  }

  /// One line of JSON, UTF-8.
  package func json() throws -> Data { try JSONEncoder.line.encode(self) }

  /// The summary for people.
  package var text: String {
    let each = accuracies.map { String(format: "%.1f", 100 * $0) }.joined(separator: " ")
    return String(
      format: "\(part) accuracy %.2f ± %.2f %% over %d seeds: ", 100 * mean, 100 * spread,
      accuracies.count) + each
  }
}

extension JSONEncoder {
  fileprivate static var line: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}
