import Study

extension SweepCurve {
  /// The stretches between borders: the points of each, with the last known point before the border.
  var pieces: [[(value: Double, loss: Double)]] {
    var pieces: [[(value: Double, loss: Double)]] = [[]]
    func add(_ value: Double, _ loss: Double?) {
      if let loss {
        pieces[pieces.count - 1].append((value, loss))
      } else {
        pieces.append([])
      }
    }
    var pending = borders[...]
    for point in points {
      while let border = pending.first, border.below < point.value {
        pending.removeFirst()
        add(border.below, border.lossBelow)
        pieces.append([])
        add(border.above, border.lossAbove)
      }
      add(point.value, point.loss)
    }
    return pieces.filter { !$0.isEmpty }
  }
}
