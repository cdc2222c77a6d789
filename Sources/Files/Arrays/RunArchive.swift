package import EventProp
import Language

/// A run as the arrays of a `.npz` file: its gradient, by the names for ``RecordReader``, and its
/// spike times.
package enum RunArchive {
  /// The bytes of the file.
  ///
  /// The arrays of the gradient are `hidden.weights`, `out.tau_mem`, `input_times` and its other
  /// parts. Dense matrices are `[before][this]`, sparse ones are rows of `[before, this, value]`.
  /// The other arrays are `spike_times` of all layers, `spike_neurons`, counted across layers, and
  /// `loss`.
  package static func npz(_ trajectory: Trajectory, adjoint: AdjointTrajectory?) -> [UInt8] {
    let experiment = trajectory.experiment
    var arrays: [(name: String, array: NumberArray)] = []
    if let adjoint {
      let names = Names(experiment, .full)
      for part in GradientPart.all(of: experiment) {
        arrays.append((names.name(of: part), array(of: part, in: adjoint.gradient, experiment)))
      }
      arrays.append(("loss", NumberArray(shape: [], values: [adjoint.evaluation.value])))
    }
    let spikes = trajectory.events.filter { $0.spikingNeuron != nil }
    arrays.append(("spike_times", NumberArray(shape: [spikes.count], values: spikes.map(\.time))))
    arrays.append(
      (
        "spike_neurons",
        NumberArray(
          shape: [spikes.count], values: spikes.compactMap { $0.spikingNeuron.map(Double.init) })
      ))
    return ArrayWriter.npz(arrays)
  }

  private static func array(
    of part: GradientPart, in gradient: Gradient, _ experiment: Experiment
  ) -> NumberArray {
    let values = part.values(in: gradient)
    guard let synapses = part.synapses(in: experiment), !synapses.isDense else {
      return NumberArray(shape: part.shape(in: experiment), values: values)
    }
    let rows = (0..<synapses.rows).flatMap { row in
      synapses.entries(ofRow: row).flatMap { entry in
        [Double(row), Double(synapses.column(ofEntry: entry, row: row)), values[entry]]
      }
    }
    return NumberArray(shape: [values.count, 3], values: rows)
  }
}
