import Columns
import EventProp
import Language
import Terminal
import Workbench

/// The part of a layer's gradient matrices in a pane: rows are targets, columns are sources.
struct GradientMatrix {
  /// A source and its matrix.
  struct Column {
    let isRecurrent: Bool
    let row: Int
  }

  /// The layer of the targets.
  let layer: Int
  /// The visible targets, counted in their layer.
  let targets: Range<Int>
  /// The visible sources.
  let columns: [Column]
  /// The number of sources before the first visible one, and after the last.
  let hidden: (before: Int, after: Int)
  /// Whether a cell shows its number; otherwise it shows only its shade.
  let hasNumbers: Bool
  /// The place of the first cell.
  let origin: (x: Int, y: Int)
  /// The width of a cell in columns.
  let cellWidth: Int

  /// The most sources with numbers; more of them are shown as a picture.
  static let numbered = 12
  /// The width of the target names to the left of the cells, in columns.
  let nameWidth: Int

  /// Chooses the part for a pane, around the selected neuron and synapse.
  init(_ session: Session, in area: Rect) {
    let network = session.experiment.network
    let place = network.place(of: session.selected)
    let layer = network.layers[place.layer]
    let inputs = layer.weights.rows
    let all = inputs + (layer.recurrent?.rows ?? 0)
    self.layer = place.layer
    hasNumbers = all <= Self.numbered
    cellWidth = hasNumbers ? 8 : 2
    nameWidth = max(5, "n\(network.offsets[place.layer] + layer.size - 1)".count + 2)
    // The last column is for the right half of a frame, the last row for the name of the selected
    // synapse.
    let room = max(0, (area.width - nameWidth - 1) / cellWidth)
    let rows = max(0, area.height - 2)
    let source = session.looks.view.source.map { $0.isRecurrent ? inputs + $0.row : $0.row } ?? 0
    let first = max(0, min(source - room / 2, all - room))
    let end = min(all, first + room)
    columns = (first..<end).map { number in
      number < inputs
        ? Column(isRecurrent: false, row: number)
        : Column(isRecurrent: true, row: number - inputs)
    }
    hidden = (first, all - end)
    let top = max(0, min(place.index - rows / 2, layer.size - rows))
    targets = top..<min(layer.size, top + rows)
    origin = (area.x + nameWidth, area.y + 1)
  }

  /// The synapse in a cell of the screen, or nil.
  func synapse(atX x: Int, y: Int, in names: Names) -> SynapseIndex? {
    let row = y - origin.y
    guard x >= origin.x, row >= 0, row < targets.count else { return nil }
    let column = (x - origin.x) / cellWidth
    guard columns.indices.contains(column) else { return nil }
    return synapse(columns[column], target: targets.lowerBound + row, in: names)
  }

  func synapse(_ column: Column, target: Int, in names: Names) -> SynapseIndex? {
    names.synapse(
      to: target, ofLayer: layer, fromRow: column.row, isRecurrent: column.isRecurrent)
  }
}

extension Scene {
  /// The title of the gradient pane; it says "partial" until the gradient is complete.
  var gradientTitle: String {
    (run.rule == .exact ? "" : "WRONG ") + progressTitle
  }

  private var progressTitle: String {
    guard run.adjoint != nil else { return "dL/dw" }
    if session.looks.view.showsFinalGradient, point != .end { return "dL/dw (final: all events)" }
    return switch point {
    case .start, .forward: "dL/dw (partial: nothing yet)"
    case .turn: "dL/dw (partial: nothing walked)"
    case .backward(let event): "dL/dw (partial: events ≥ e\(event))"
    case .end: "dL/dw (complete)"
    }
  }

  /// Draws the gradient of the synapses to the selected neuron's layer: numbers, and shades by
  /// magnitude.
  func drawGradient(in area: Rect, hasFocus: Bool, into grid: inout Grid) {
    let shown =
      session.looks.view.showsFinalGradient
      ? run.adjoint.map { MatrixGradients($0.gradient) } : session.cursor.partialGradient
    guard let shown else {
      let lines =
        run.adjoint == nil
        ? ["this run has no gradient"]
        : ["fills in on the way back;", "gradient final shows it all"]
      for (offset, text) in lines.prefix(area.height).enumerated() {
        grid.put(
          text, x: area.x + 1, y: area.y + offset, style: .faint, limit: max(0, area.width - 1))
      }
      return
    }
    let network = session.experiment.network
    let matrix = GradientMatrix(session, in: area)
    let largest = kept.largestDerivative(intoLayer: matrix.layer, in: run)
    let values = shown.layers[matrix.layer]
    let selected = session.selectedSynapse
    drawSources(of: matrix, in: area, into: &grid)
    for (row, target) in matrix.targets.enumerated() {
      let number = network.offsets[matrix.layer] + target
      let y = matrix.origin.y + row
      let style = Scene.labelStyle(of: number)
      grid.put(
        "n\(number)", x: area.x + 1, y: y, style: number == session.selected ? style.bold : style)
      for (place, column) in matrix.columns.enumerated() {
        guard let synapse = matrix.synapse(column, target: target, in: session.names) else {
          continue
        }
        let value = values[recurrent: column.isRecurrent]?.weights[synapse.entry]
        let x = matrix.origin.x + place * matrix.cellWidth
        draw(value ?? 0, of: largest, matrix, x: x, y: y, into: &grid)
        if synapse == selected { frame(matrix, x: x, y: y, hasFocus: hasFocus, into: &grid) }
      }
    }
    guard let selected, area.height > 2 else { return }
    grid.put(
      session.note(on: selected).abbreviated(to: area.width - 2), x: area.x + 1,
      y: area.endY - 1, style: .plain)
  }

  /// Draws the names of the sources, and the number of hidden ones.
  private func drawSources(of matrix: GradientMatrix, in area: Rect, into grid: inout Grid) {
    if matrix.hasNumbers {
      for (place, column) in matrix.columns.enumerated() {
        let name = session.names.source(
          row: column.row, of: matrix.layer, isRecurrent: column.isRecurrent)
        let x = matrix.origin.x + place * matrix.cellWidth
        grid.put(name, x: x + max(1, 6 - name.columns), y: area.y, style: .faint)
      }
    } else if let first = matrix.columns.first, let last = matrix.columns.last {
      func name(_ column: GradientMatrix.Column) -> String {
        session.names.source(row: column.row, of: matrix.layer, isRecurrent: column.isRecurrent)
      }
      grid.put(
        "\(name(first)) to \(name(last))", x: matrix.origin.x, y: area.y, style: .faint,
        limit: max(0, area.width - matrix.nameWidth))
    }
    if matrix.hidden.after > 0 {
      let text = "+\(matrix.hidden.after)→"
      grid.put(text, x: area.endX - text.count, y: area.y, style: .accent)
    }
    if matrix.hidden.before > 0 {
      grid.put("←+\(matrix.hidden.before)", x: area.x, y: area.y, style: .accent)
    }
  }

  private func draw(
    _ value: Double, of largest: Double, _ matrix: GradientMatrix, x: Int, y: Int,
    into grid: inout Grid
  ) {
    let style: Style = value > 0 ? .positive : value < 0 ? .negative : .faint
    let shade = Self.shade(value, of: largest)
    guard matrix.hasNumbers else {
      // A cell without a number also shows its sign if there are no colours.
      let sign: Unicode.Scalar = value > 0 ? "+" : value < 0 ? "-" : "⋅"
      grid[x, y] = Cell(sign, style)
      grid[x + 1, y] = Cell(shade, style)
      return
    }
    let text = Self.compact(value, columns: 5)
    grid.put(text, x: x + max(1, 6 - text.count), y: y, style: style, limit: 5)
    grid[x + 6, y] = Cell(shade, style)
    grid[x + 7, y] = Cell(shade, style)
  }

  /// Frames the selected synapse.
  private func frame(
    _ matrix: GradientMatrix, x: Int, y: Int, hasFocus: Bool, into grid: inout Grid
  ) {
    let width = matrix.cellWidth
    if matrix.hasNumbers {
      grid[x, y] = Cell("[", .accent.bold)
      grid[x + width, y] = Cell("]", .accent.bold)
    }
    guard hasFocus || !matrix.hasNumbers else { return }
    let inside = Rect(x: matrix.hasNumbers ? x + 1 : x, y: y, width: width - 1, height: 1)
    grid.restyle(matrix.hasNumbers ? inside : Rect(x: x, y: y, width: width, height: 1)) {
      $0.reverse
    }
  }

  /// A number with at most three digits, as many as fit.
  static func compact(_ value: Double, columns: Int) -> String {
    for digits in [3, 2] {
      let text = Quantity.display(value, digits: digits)
      if text.count <= columns { return text }
    }
    return scientific(value)
  }

  /// One digit and a power of ten: `-2e5`.
  private static func scientific(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    var exponent = 0
    var digit = abs(value)
    while digit >= 9.5 {
      digit /= 10
      exponent += 1
    }
    while digit < 0.95, digit > 0 {
      digit *= 10
      exponent -= 1
    }
    return "\(value < 0 ? "-" : "")\(Int(digit.rounded()))e\(exponent)"
  }

  private static func shade(_ value: Double, of largest: Double) -> Unicode.Scalar {
    guard largest > 0, value != 0 else { return " " }
    return switch abs(value) / largest {
    case ..<0.25: "░"
    case ..<0.5: "▒"
    case ..<0.75: "▓"
    default: "█"
    }
  }
}
