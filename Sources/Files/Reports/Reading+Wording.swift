import EventProp
import Language
package import Study

extension Warning.Reading {
  /// How the file was read, in one sentence.
  package var sentence: String {
    switch self {
    case .square(let matrix, let size, let isTransposed):
      "\(matrix.unmasked) is \(size) × \(size) and was read as "
        + (isTransposed
          ? "[this][before] (transpose: true)"
          : "[before][this]; PyTorch has [this][before], for which transpose: true stands")
    case .fromNumpy(let file):
      "\(file.unmasked) was written from numpy: safetensors 0.8.0 writes a transposed array (.T) in a wrong order, "
        + "unless it went through numpy.ascontiguousarray"
    case .network(let file, let weights, let dt, let timeUnit, let reasons):
      "\(file.unmasked) was read with weights: \(weights)\(dt.map { ", dt: \(Quantity.exactTime($0))" } ?? "") (\(reasons[0])) "
        + "and time_unit: \(timeUnit) (\(reasons[1])); to read it otherwise, say weights (dirac, step with dt, jump) and time_unit (s, ms)"
    case .arrivals(_, let node, let jump, let hasBias):
      "at node '\(node.unmasked)' an arrival with weight W adds "
        + (jump.lowerBound == jump.upperBound
          ? "\(Self.factor(jump.lowerBound))W to I"
          : "\(Self.factor(jump.lowerBound))W to \(Self.factor(jump.upperBound))W to I, by the neuron")
        + (hasBias ? "; its bias became part of v_leak and of the initial I" : "")
    }
  }

  private static func factor(_ value: Double) -> String {
    value == 1 ? "" : Quantity.display(value) + " "
  }
}
