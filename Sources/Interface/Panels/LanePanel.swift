import EventProp
import Language
import Terminal
import Workbench

/// The form in which several neurons share a pane of curves.
enum Lanes {
  /// Only the selected neuron is drawn.
  case selected
  /// The neurons are one below the other, as many as fit.
  case each
  /// All neurons are in one plot.
  case overlay
}

extension Scene {
  /// The rows of a lane, without the line between it and the lane above.
  static let laneRows = 4
  /// The most curves in one plot, equal to the number of colours.
  static let overlaid = 7

  /// The neurons in at most `room` lanes, in their order, around the selected one.
  func visibleNeurons(_ room: Int) -> Range<Int> {
    let all = session.experiment.network.neuronCount
    let count = max(1, min(room, all))
    let first = max(0, min(neuron - count / 2, all - count))
    return first..<first + count
  }

  /// The number of lanes in a pane of `rows` rows.
  func laneCount(rows: Int) -> Int { visibleNeurons((rows + 1) / (Scene.laneRows + 1)).count }

  /// The neurons with curves under the curve of the selected one.
  var neighbours: [Int] { visibleNeurons(Scene.overlaid).filter { $0 != neuron } }

  /// `n0-n7, n30 of 32`; empty if all neurons are shown.
  func extent(of neurons: some Sequence<Int>) -> String {
    let all = session.experiment.network.neuronCount
    var stretches: [ClosedRange<Int>] = []
    for neuron in neurons {
      if let last = stretches.last, last.upperBound + 1 == neuron {
        stretches[stretches.count - 1] = last.lowerBound...neuron
      } else {
        stretches.append(neuron...neuron)
      }
    }
    guard !stretches.isEmpty, stretches != [0...all - 1] else { return "" }
    let texts = stretches.map {
      $0.count == 1 ? "n\($0.lowerBound)" : "n\($0.lowerBound)-n\($0.upperBound)"
    }
    return texts.joined(separator: ", ") + " of \(all)"
  }

  /// The neurons of a pane with the rows of each; extra rows go to the selected one.
  func lanes(in area: Rect, as form: Lanes) -> [(neuron: Int, frame: Rect)] {
    let neurons = visibleNeurons((area.height + 1) / (Scene.laneRows + 1))
    guard form == .each, neurons.count > 1 else { return [(neuron, area)] }
    let rows = area.height - (neurons.count - 1)
    var y = area.y
    return neurons.map { number in
      let height = rows / neurons.count + (number == neuron ? rows % neurons.count : 0)
      defer { y += height + 1 }
      return (number, Rect(x: area.x, y: y, width: area.width, height: height))
    }
  }

  /// Draws the neurons of a pane, each in its lane.
  func drawLanes(
    in area: Rect, as form: Lanes, symbol: String, into grid: inout Grid,
    draw: (Scene, Rect, inout Grid) -> Void
  ) {
    for (number, frame) in lanes(in: area, as: form) {
      if frame.y > area.y {
        drawSeparator(above: number, symbol, in: area, y: frame.y - 1, into: &grid)
      }
      draw(number == neuron ? self : selecting(number), frame, &grid)
    }
  }

  private func drawSeparator(
    above number: Int, _ symbol: String, in area: Rect, y: Int, into grid: inout Grid
  ) {
    grid.horizontalLine(x: area.x, y: y, width: area.width)
    let name = " \(symbol) n\(number) (\(session.names.full(number))) "
    let isSelected = number == session.selected
    grid.put(
      name + (isSelected ? "selected " : ""), x: area.x + 1, y: y,
      style: isSelected ? Scene.labelStyle(of: number).bold : Scene.labelStyle(of: number),
      limit: max(0, area.width - 2))
  }
}

extension ClosedRange<Double> {
  /// The smallest range that contains both.
  func union(_ other: ClosedRange<Double>) -> ClosedRange<Double> {
    Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
  }
}
