internal import EventProp
import Language

/// How a file keeps the spikes of its samples.
enum SampleLayout {
  /// A row of equal length for each sample.
  case rows(PresetReading.NamedArray)
  /// A list for each sample.
  case lists(SampleLists)
  /// Numbers to encode, in an array of two axes or more whose first counts the samples.
  case values(PresetReading.NamedArray)

  /// The number of samples.
  var count: Int {
    switch self {
    case .rows(let array), .values(let array): array.array.shape[0]
    case .lists(let lists): lists.count
    }
  }

  /// The name of the times or values.
  var name: String {
    switch self {
    case .rows(let array), .values(let array): array.name
    case .lists(let lists): lists.times
    }
  }

  /// The place of the times or values in the preset.
  var node: PresetNode {
    switch self {
    case .rows(let array), .values(let array): array.node
    case .lists(let lists): lists.node
    }
  }
}

/// The selected samples and the unit of their times.
struct SampleTable {
  var numbers: [Int]
  var unit: Quantity.TimeUnit

  /// The seconds of a time in the file; the division by a power of ten rounds once.
  func seconds(_ time: Double) -> Double { time / unit.perSecond }
}

/// The spikes of all samples, as `Samples` keeps them.
struct SampleSpikes {
  var starts = [0]
  var times: [Double] = []
  var channels: [Int32] = []

  mutating func append(_ time: Double, _ channel: Int) {
    times.append(time)
    channels.append(Int32(channel))
  }
}

extension Quantity.TimeUnit {
  /// The number of these units in a second.
  fileprivate var perSecond: Double {
    switch self {
    case .seconds: 1
    case .milliseconds: 1e3
    case .microseconds: 1e6
    case .nanoseconds: 1e9
    }
  }
}
