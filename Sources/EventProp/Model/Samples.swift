/// Many inputs for one network: the input spikes of each sample, with its label or its targets.
///
/// The spikes of all samples lie in two flat lists, so that the memory is in proportion to their
/// number. Samples keep their numbers from the file, also where only some of them were selected.
package struct Samples: Equatable, Sendable {
  /// How the losses and gradients of samples are put together.
  package enum Together: String, CaseIterable, Sendable {
    case mean, sum
  }

  /// The numbers of the samples in their file, from 0 and rising.
  package let numbers: [Int]
  /// The number of samples in the file, of which some may not be selected.
  package let countInFile: Int
  /// How the losses and gradients of the samples are put together.
  package let together: Together
  /// The spikes of the sample at place k are `starts[k] ..< starts[k + 1]`.
  private let starts: [Int]
  /// The times of all input spikes, in seconds.
  private let times: [Double]
  /// The channels of all input spikes.
  private let channels: [Int32]
  /// For each sample, the position of the correct neuron in the loss; nil without labels.
  package let labels: [Int]?
  /// The targets of the loss; nil where all samples have those of the preset.
  package let targets: Targets?

  /// The targets of all samples, a list for each neuron that the loss reads.
  package struct Targets: Equatable, Sendable {
    /// The times in seconds, [samples × neurons × longest list]; NaN stands for no target.
    let values: [Double]
    /// The number of neurons that the loss reads.
    let neurons: Int
    /// The length of the longest list.
    let longest: Int

    /// Creates the targets from values of the shape [samples × neurons × longest list].
    package init(values: [Double], neurons: Int, longest: Int) {
      self.values = values
      self.neurons = neurons
      self.longest = longest
    }

    /// The lists of the sample at a place.
    fileprivate func lists(at place: Int) -> [[Double]] {
      (0..<neurons).map { neuron in
        let start = (place * neurons + neuron) * longest
        return values[start..<start + longest].filter { !$0.isNaN }
      }
    }
  }

  /// Creates samples; lists of samples have one entry for each number.
  ///
  /// - Parameters:
  ///   - numbers: The numbers in the file, rising.
  ///   - countInFile: The number of samples in the file.
  ///   - starts: The place of the first spike of each sample, and the number of all spikes.
  ///   - times: The times of all spikes, in seconds.
  ///   - channels: The channels of all spikes.
  ///   - labels: The position of the correct neuron in the loss.
  ///   - targets: The targets of the loss.
  ///   - together: How losses and gradients are put together.
  package init(
    numbers: [Int], countInFile: Int, starts: [Int], times: [Double], channels: [Int32],
    labels: [Int]? = nil, targets: Targets? = nil, together: Together = .mean
  ) {
    precondition(starts.count == numbers.count + 1, "each sample has a start")
    precondition(times.count == starts.last && channels.count == times.count, "spikes are pairs")
    precondition(labels.map { $0.count == numbers.count } ?? true, "each sample has a label")
    self.numbers = numbers
    self.countInFile = countInFile
    self.starts = starts
    self.times = times
    self.channels = channels
    self.labels = labels
    self.targets = targets
    self.together = together
  }

  /// The number of samples.
  package var count: Int { numbers.count }
  /// Whether all samples of the file are there.
  package var isWhole: Bool { count == countInFile }
  /// The number of input spikes of all samples.
  package var spikeCount: Int { times.count }

  /// The number of input spikes at a time, in seconds, or after it.
  ///
  /// - Complexity: O(spikes).
  package func spikeCount(from time: Double) -> Int { times.count { $0 >= time } }

  /// The place of the sample with a number among these samples; nil where there is none.
  ///
  /// - Complexity: O(log n) for n samples.
  package func place(of number: Int) -> Int? {
    let place = numbers.firstPlace { $0 >= number }
    return place < count && numbers[place] == number ? place : nil
  }

  /// The input spikes of the sample at a place, in the order of the file.
  package func inputSpikes(at place: Int) -> [InputSpike] {
    (starts[place]..<starts[place + 1]).map {
      InputSpike(time: times[$0], channel: Int(channels[$0]))
    }
  }

  /// A loss with the label or the targets of the sample at a place.
  package func loss(at place: Int, in loss: Loss) -> Loss {
    var loss = loss
    if let labels { loss.rule.values.label = labels[place] }
    if let targets { loss.rule.targets = targets.lists(at: place) }
    return loss
  }

  /// An experiment with the input spikes and the loss of a sample, which is given by its number in
  /// the file and must exist; everything else stays.
  ///
  /// - Complexity: O(spikes of the sample + log n) for n samples.
  package func experiment(ofSample number: Int, in experiment: Experiment) -> Experiment {
    guard let place = place(of: number) else { preconditionFailure("there is no sample \(number)") }
    var experiment = experiment
    experiment.sample = number
    experiment.inputSpikes = inputSpikes(at: place)
    experiment.loss = experiment.loss.map { loss(at: place, in: $0) }
    return experiment
  }
}
