import EventProp
import Language
import Study

/// Finds the parts of a gradient to which arrays with other names belong: `fc1.weight`,
/// `layers.0.weight`, `W0`, `arr_0`, a block matrix, `log_tau_mem`, a column of biases.
///
/// Matrices keep their order: inputs before recurrent synapses, a layer before the next. A match
/// counts only where no other one fits.
struct ShapeMatcher {
  /// An array for a part.
  struct Match {
    var part: GradientPart
    var array: NumberArray
    var isTransposed = false
    /// The factors that turn the values into ours: one, or one for each value.
    var scale: [Double]?
    /// What the reader has to know, after the name of the part.
    var phrase = ""
  }

  /// The matches of each array; empty where it belongs to nothing.
  let matches: [[Match]]

  init(
    _ names: Names, _ arrays: [(name: String, array: NumberArray)],
    isGiven: (GradientPart) -> Bool
  ) {
    let experiment = names.experiment
    var found = arrays.map { logarithm($0.name, $0.array, names) }
    // Matrices in order.
    let open = GradientPart.all(of: experiment).filter {
      !isGiven($0) && ($0.quantity == .weights || $0.quantity == .recurrent)
    }
    let places = arrays.indices.filter {
      found[$0].isEmpty && !arrays[$0].array.element.isInteger && arrays[$0].array.shape.count >= 2
    }
    let choices = places.map { fitting(arrays[$0].array, open, experiment) }
    let candidates = zip(places, choices).filter { !$0.1.isEmpty }
    let ways = assignments(candidates.map(\.1), open.count)
    if ways.count == 1 {
      for (candidate, match) in zip(candidates, ways[0]) { found[candidate.0] = match }
    }
    // Biases follow the layers of the matrices beside them.
    let biased = Set(found.joined().map(\.part)).union(open.filter(isGiven))
    let layers = experiment.network.layers.indices.filter {
      !isGiven(GradientPart(layer: $0, .initialI))
        && !biased.contains(GradientPart(layer: $0, .initialI))
    }
    let biases = arrays.indices.filter {
      found[$0].isEmpty && arrays[$0].name.lowercased().contains("bias")
        && arrays[$0].array.shape.count == 1
    }
    let orders = ascending(biases.count, layers.count).filter { order in
      zip(biases, order).allSatisfy { place, layer in
        arrays[place].array.shape == [experiment.network.layers[layers[layer]].size]
      }
    }
    if !biases.isEmpty, orders.count == 1 {
      for (place, layer) in zip(biases, orders[0]) {
        found[place] = [
          Match(
            part: GradientPart(layer: layers[layer], .initialI), array: arrays[place].array,
            phrase: " (a bias is a spike at t = 0)")
        ]
      }
    }
    matches = found
  }
}

/// `log_tau_mem`: the derivative by the logarithm is the derivative times the value.
private func logarithm(
  _ name: String, _ array: NumberArray, _ names: Names
) -> [ShapeMatcher.Match] {
  guard let range = name.range(ofText: "log_") else { return [] }
  let plain = String(name[..<range.lowerBound]) + String(name[range.upperBound...])
  guard let part = try? names.part(named: plain, length: array.values.count),
    let field = part.quantity.field
  else { return [] }
  let layers = names.network.layers
  let values = (part.layer.map { layers[$0].parameters } ?? layers.flatMap(\.parameters))
    .map { $0[field] }
  let scale: [Double]
  if part.layer != nil {
    scale = values.map { 1 / $0 }
  } else {
    guard let first = values.first, values.allSatisfy({ $0 == first }) else { return [] }
    scale = [1 / first]
  }
  return [
    ShapeMatcher.Match(
      part: part, array: array, scale: scale, phrase: " by its logarithm, divided by the value")
  ]
}

/// The ways in which an array may be one or two of the open matrices, each with the number of the
/// first one and the number of matrices.
private func fitting(
  _ array: NumberArray, _ open: [GradientPart], _ experiment: Experiment
) -> [(first: Int, count: Int, matches: [ShapeMatcher.Match])] {
  var found: [(Int, Int, [ShapeMatcher.Match])] = []
  for (number, part) in open.enumerated() {
    let shape = part.shape(in: experiment)
    guard part.synapses(in: experiment)?.isDense ?? false else { continue }
    if array.shape == shape {
      found.append((number, 1, [ShapeMatcher.Match(part: part, array: array)]))
    } else if array.shape == shape.reversed() {
      found.append(
        (
          number, 1,
          [
            ShapeMatcher.Match(
              part: part, array: array, isTransposed: true, phrase: " as [this][before]")
          ]
        ))
    } else if let split = biased(part, array, shape, experiment) {
      found.append((number, 1, split))
    } else if number + 1 < open.count, let split = block(part, open[number + 1], array, experiment)
    {
      found.append((number, 2, split))
    }
  }
  return found
}

/// A matrix with a last row or column of biases.
private func biased(
  _ part: GradientPart, _ array: NumberArray, _ shape: [Int], _ experiment: Experiment
) -> [ShapeMatcher.Match]? {
  guard let layer = part.layer, part.quantity == .weights else { return nil }
  let upright: NumberArray
  if array.shape == [shape[0] + 1, shape[1]] {
    upright = array
  } else if array.shape == [shape[1], shape[0] + 1] {
    upright = array.transposed
  } else {
    return nil
  }
  return [
    ShapeMatcher.Match(part: part, array: upright.rows(0..<shape[0])),
    ShapeMatcher.Match(
      part: GradientPart(layer: layer, .initialI), array: upright.row(shape[0]),
      phrase: " from its last row (a bias is a spike at t = 0)"),
  ]
}

/// The weights of a layer above its recurrent weights.
private func block(
  _ part: GradientPart, _ other: GradientPart, _ array: NumberArray, _ experiment: Experiment
) -> [ShapeMatcher.Match]? {
  guard part.layer == other.layer, part.quantity == .weights, other.quantity == .recurrent else {
    return nil
  }
  let (upper, lower) = (part.shape(in: experiment), other.shape(in: experiment))
  let upright: NumberArray
  if array.shape == [upper[0] + lower[0], upper[1]] {
    upright = array
  } else if array.shape == [upper[1], upper[0] + lower[0]] {
    upright = array.transposed
  } else {
    return nil
  }
  return [
    ShapeMatcher.Match(part: part, array: upright.rows(0..<upper[0]), phrase: " (its first rows)"),
    ShapeMatcher.Match(
      part: other, array: upright.rows(upper[0]..<upper[0] + lower[0]), phrase: " (its last rows)"),
  ]
}

/// Every way to give each array a match so that the parts ascend and none is taken twice; at most
/// two ways, because a second one decides that there is no unique one.
private func assignments(
  _ choices: [[(first: Int, count: Int, matches: [ShapeMatcher.Match])]], _ count: Int
) -> [[[ShapeMatcher.Match]]] {
  var ways: [[[ShapeMatcher.Match]]] = []
  func extend(_ way: [[ShapeMatcher.Match]], from first: Int) {
    guard ways.count < 2 else { return }
    guard way.count < choices.count else {
      ways.append(way)
      return
    }
    for choice in choices[way.count] where choice.first >= first {
      extend(way + [choice.matches], from: choice.first + choice.count)
    }
  }
  if !choices.isEmpty { extend([], from: 0) }
  return ways
}

/// Every ascending choice of some numbers below a bound.
private func ascending(_ count: Int, _ bound: Int) -> [[Int]] {
  guard count > 0 else { return [[]] }
  guard count <= bound, bound <= 12 else { return [] }
  return ascending(count - 1, bound).flatMap { start in
    ((start.last ?? -1) + 1..<bound).map { start + [$0] }
  }
}

extension NumberArray {
  fileprivate func rows(_ range: Range<Int>) -> NumberArray {
    NumberArray(
      shape: [range.count, shape[1]],
      values: Array(values[range.lowerBound * shape[1]..<range.upperBound * shape[1]]),
      element: element)
  }

  fileprivate func row(_ number: Int) -> NumberArray {
    NumberArray(
      shape: [shape[1]], values: Array(values[number * shape[1]..<(number + 1) * shape[1]]),
      element: element)
  }
}

extension String {
  fileprivate func range(ofText text: String) -> Range<String.Index>? {
    indices.lazy.filter { self[$0...].hasPrefix(text) }.first.map {
      $0..<index($0, offsetBy: text.count)
    }
  }
}
