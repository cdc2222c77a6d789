import EventProp
import Terminal
import Workbench

/// The curves of whole runs and what else a picture needs of a whole run, each found once: a step
/// changes none of them.
///
/// The pictures of one screen share a store, so identity is the point. A run is known by its number
/// and its circuit, because another experiment counts its runs from 1 again.
final class KeptCurves {
  /// The quantity of a curve.
  enum Quantity: Hashable {
    case potential, lambdaV, lambdaI
  }

  private struct CurveKey: Hashable {
    var run: Int
    var neuron: Int
    var quantity: Quantity
    var axis: Axis
  }

  private struct PartKey: Hashable {
    var run: Int
    /// The number of a neuron or of a layer.
    var part: Int
  }

  private var circuits: [Int: Circuit] = [:]
  private var traces: [CurveKey: Trace] = [:]
  private var peaks: [PartKey: Peak?] = [:]
  private var largest: [PartKey: Double] = [:]

  /// The most curves that are kept, some 20 kB each.
  private static let most = 256

  /// The curve of a quantity of a neuron along a whole run, on an axis; `make` samples it the first
  /// time.
  func trace(
    _ quantity: Quantity, of neuron: Int, in run: Run, along axis: Axis, make: () -> Trace
  ) -> Trace {
    forgetOthers(than: run)
    let key = CurveKey(run: run.number, neuron: neuron, quantity: quantity, axis: axis)
    if let known = traces[key] { return known }
    if traces.count >= Self.most { traces.removeAll() }
    let trace = make()
    traces[key] = trace
    return trace
  }

  /// The highest maximum of V of a neuron in a run; `make` finds it the first time.
  func peak(of neuron: Int, in run: Run, make: () -> Peak?) -> Peak? {
    forgetOthers(than: run)
    let key = PartKey(run: run.number, part: neuron)
    if let known = peaks[key] { return known }
    let peak = make()
    peaks[key] = .some(peak)
    return peak
  }

  /// The largest derivative in the matrices of a layer over a whole run; 0 without a gradient.
  ///
  /// It sets the scale of the shades, so that a shade has the same meaning at every step.
  ///
  /// - Complexity: O(synapses of the layer) for the first picture of a run, O(1) for later ones.
  func largestDerivative(intoLayer layer: Int, in run: Run) -> Double {
    forgetOthers(than: run)
    let key = PartKey(run: run.number, part: layer)
    if let known = largest[key] { return known }
    let gradient = run.adjoint?.gradient.layers[layer]
    let value = (gradient?.weights.weights ?? []).reduce(0) { max($0, abs($1)) }
    largest[key] = (gradient?.recurrent?.weights ?? []).reduce(value) { max($0, abs($1)) }
    return largest[key] ?? value
  }

  /// Forgets a run of another experiment with the same number, and with it everything older.
  private func forgetOthers(than run: Run) {
    if let known = circuits[run.number], known === run.trajectory.circuit { return }
    // The run on the screen and its ghost are the two that pictures show.
    if circuits[run.number] != nil || circuits.count > 1 {
      (circuits, traces, peaks, largest) = ([:], [:], [:], [:])
    }
    circuits[run.number] = run.trajectory.circuit
  }
}
