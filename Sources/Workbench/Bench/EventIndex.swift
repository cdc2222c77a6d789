import EventProp
import Study

/// The input spikes of a run by channel, and its grazing spikes; with it a picture costs only what
/// it shows.
package struct EventIndex: Sendable {
  private let byChannel: Groups
  /// The numbers of all input spikes, in order.
  package let inputs: [Int]
  /// The numbers of the spikes that only just reach the threshold.
  package let grazing: Set<Int>

  /// Numbers in groups: group g has `numbers[starts[g] ..< starts[g + 1]]`.
  private struct Groups {
    var starts: [Int]
    var numbers: [Int]

    init(_ count: Int, _ members: [(group: Int, number: Int)]) {
      starts = Array(repeating: 0, count: count + 1)
      for member in members { starts[member.group + 1] += 1 }
      for group in 0..<count { starts[group + 1] += starts[group] }
      var next = starts
      numbers = Array(repeating: 0, count: members.count)
      for member in members {
        numbers[next[member.group]] = member.number
        next[member.group] += 1
      }
    }

    subscript(group: Int) -> ArraySlice<Int> { numbers[starts[group]..<starts[group + 1]] }
  }

  /// Sorts the events of a run.
  ///
  /// - Complexity: O(events), once for each run.
  init(_ trajectory: Trajectory) {
    let network = trajectory.experiment.network
    var channels: [(group: Int, number: Int)] = []
    for (number, event) in trajectory.events.enumerated() {
      if case .input(let channel, _) = event.kind { channels.append((channel, number)) }
    }
    byChannel = Groups(network.inputs, channels)
    inputs = channels.map(\.number)
    grazing = Set(
      trajectory.events.indices.filter { trajectory.overshoot(ofSpike: $0)?.isGrazing ?? false })
  }

  /// The numbers of the spikes of an input channel, in order.
  package func spikes(ofChannel channel: Int) -> ArraySlice<Int> { byChannel[channel] }
}
