internal import EventProp
import Language

/// A file of samples that a preset names.
enum SampleFile {
  case arrays(ArrayFile)
  /// An HDF5 file, as in the layout of SHD: a list of times and a list of channels for each sample.
  case hdf5([UInt8])
}

/// The lists of an HDF5 file that hold the spikes of samples.
struct SampleLists {
  /// The bytes of the file.
  var bytes: [UInt8]
  /// The path of the times in the file.
  var times: String
  /// The path of the channels in the file.
  var channels: String
  /// The number of samples.
  var count: Int
  /// The place of the times in the preset.
  var node: PresetNode
}

extension PresetReading {
  /// The paths of SHD, which are read where a preset names none.
  private static let usualTimes = "spikes/times"
  private static let usualChannels = "spikes/units"

  /// The number of lists that are read at once, so that little memory is needed beside the result.
  private static let listsAtOnce = 256

  /// A file of samples, of any kind that is read.
  mutating func sampleFile(_ node: PresetNode) -> SampleFile? {
    guard let path = text(node) else { return nil }
    // A file that cannot be read has its complaint from the reader of arrays.
    if let bytes = (try? readingFile(path)) ?? nil, HDF5File.isHDF5(bytes) { return .hdf5(bytes) }
    return file(node).map { .arrays($0) }
  }

  /// The times of samples in an HDF5 file: lists, or rows of equal length.
  mutating func sampleLayout(_ arrays: SampleArrays, _ bytes: [UInt8]) -> SampleLayout? {
    let node = arrays.nodes["times"] ?? arrays.place
    let times = arrays.nodes["times"].map { text($0) } ?? Self.usualTimes
    let channels = arrays.nodes["channels"].map { text($0) } ?? Self.usualChannels
    guard let times, let channels else { return nil }
    do throws(ArrayFault) {
      let file = try HDF5File(bytes)
      let kind = try file.kind(times)
      if kind == nil, arrays.nodes["times"] == nil {
        complain(.timesNotNamed(try Self.times(in: file)), at: node)
        return nil
      }
      guard kind == .lists else {
        let array = NamedArray(array: try file.numbers(times), name: times, node: node)
        return hasShape(array, [nil, nil]) ? .rows(array) : nil
      }
      let count = try file.listCount(times)
      let others = try file.listCount(channels)
      guard count == others else {
        complain(
          .unequalSpikes(times: count, indices: others, of: "channels"),
          at: arrays.nodes["channels"] ?? node)
        return nil
      }
      return .lists(
        SampleLists(bytes: bytes, times: times, channels: channels, count: count, node: node))
    } catch {
      complain(.arrays(error), at: node)
      return nil
    }
  }

  /// The paths of the times in a file of NIR data, or the members of another file.
  private static func times(in file: borrowing HDF5File) throws(ArrayFault) -> [String] {
    let members = try file.members()
    guard members.contains("nodes") else { return members }
    var paths: [String] = []
    for node in try file.members("nodes") {
      let path = "nodes/\(node)/observables/spikes/time"
      if try file.kind(path) == .numbers { paths.append(path) }
    }
    return paths.isEmpty ? members : paths
  }

  /// The spikes of selected samples from lists.
  mutating func spikes(
    in lists: SampleLists, _ table: SampleTable, count: Int?
  ) -> SampleSpikes? {
    let channelRule = Self.indexRule(count ?? Int(Int32.max))
    var spikes = SampleSpikes()
    do throws(ArrayFault) {
      let file = try HDF5File(lists.bytes)
      var next = table.numbers[...]
      while let first = next.first {
        let last = next.prefix(Self.listsAtOnce).enumerated().last {
          $0.offset + first == $0.element
        }
        let range = first..<(last?.element ?? first) + 1
        next = next.dropFirst(range.count)
        let times = try file.lists(lists.times, range).lists
        let channels = try file.lists(lists.channels, range).lists
        for (number, (times, channels)) in zip(range, zip(times, channels)) {
          guard times.count == channels.count else {
            complain(
              .entry(
                "sample \(number)",
                .unequalSpikes(times: times.count, indices: channels.count, of: "channels"),
                others: 0), at: lists.node)
            return nil
          }
          for (place, (time, channel)) in zip(times, channels).enumerated() {
            if let violation = Rules.notNegative(time) {
              complain(
                of: time, violation, .spike, "sample \(number), \(lists.times)[\(place)]", table,
                at: lists.node)
              return nil
            }
            if let violation = channelRule(channel) {
              complain(
                of: channel, violation, .channel,
                "sample \(number), \(lists.channels)[\(place)]", table, at: lists.node)
              return nil
            }
            spikes.append(table.seconds(time), Int(channel))
          }
          spikes.starts.append(spikes.times.count)
        }
      }
    } catch {
      complain(.arrays(error), at: lists.node)
      return nil
    }
    return spikes
  }

  /// Complains about a value in the lists of a sample.
  private mutating func complain(
    of value: Double, _ violation: ExperimentFault.Violation, _ subject: PresetFault.Subject,
    _ place: String, _ table: SampleTable, at node: PresetNode
  ) {
    complain(
      .entry(place, Self.fault(value, violation, subject, table), others: 0), at: node)
  }
}
