import EventProp
import Language
import Learning
import Terminal
import Workbench

extension TrainingScene {
  /// The neurons that the loss reads, counted across layers.
  var outputs: [Int] {
    guard let loss = course.training.data.samples.first?.loss else { return [] }
    let network = course.training.network
    guard network.layers.indices.contains(loss.layer) else { return [] }
    return loss.rule.values.neurons.map { network.offsets[loss.layer] + $0 }
  }

  /// Draws a histogram of the weights of each layer, one below the other.
  func drawWeights(in area: Rect, into grid: inout Grid) {
    var groups: [(name: String, weights: [Double])] = []
    for layer in course.training.network.layers {
      groups.append((layer.name, layer.weights.weights.filter(\.isFinite)))
      if let recurrent = layer.recurrent {
        groups.append(("\(layer.name) rec", recurrent.weights.filter(\.isFinite)))
      }
    }
    groups = Array(groups.filter { !$0.weights.isEmpty }.prefix(max(0, area.height / 4)))
    var rest = area
    for (number, group) in groups.enumerated() {
      let frame: Rect
      (frame, rest) = rest.split(top: rest.height / (groups.count - number))
      drawHistogram(group.name, group.weights, in: frame, into: &grid)
    }
  }

  private func drawHistogram(
    _ name: String, _ weights: [Double], in area: Rect, into grid: inout Grid
  ) {
    let (above, below) = area.split(bottom: 2)
    let plot = above.inset(left: Self.gutter)
    guard !plot.isEmpty, let low = weights.min(), let high = weights.max() else { return }
    let range = low < high ? low...high : (low...high).padded(below: 0.5, above: 0.5)
    let axis = Axis(range: range, columns: plot.width)
    var counts = [Int](repeating: 0, count: axis.dots)
    for weight in weights {
      if let dot = axis.dot(of: weight) { counts[dot] += 1 }
    }
    let most = max(1, counts.max() ?? 1)
    let scale = ValueScale(range: 0...Double(most), rows: plot.height)
    var canvas = BrailleCanvas(plot.size)
    for (dot, count) in counts.enumerated() where count > 0 {
      guard let top = scale.dot(of: Double(count)) else { continue }
      canvas.verticalRun(dotX: dot, from: top, to: canvas.dotRows - 1, style: .series(0))
    }
    canvas.draw(into: &grid, x: plot.x, y: plot.y)
    if let zero = axis.column(of: 0) {
      for y in plot.y..<plot.endY where grid[plot.x + zero, y] == .blank {
        grid[plot.x + zero, y] = Cell("┊", .faint)
      }
    }
    scale.drawGutter(
      into: &grid, x: area.x, y: plot.y, width: Self.gutter, name: "\(name) \(weights.count)",
      labels: [ValueScale.Label("\(most)", at: Double(most)), ValueScale.Label("0", at: 0)])
    axis.draw(into: &grid, x: plot.x, y: below.y, unit: "weight")
  }
}
