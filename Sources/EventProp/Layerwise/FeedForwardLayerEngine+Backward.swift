import CLayer

extension FeedForwardLayerEngine {
  func backward(
    into source: SpikeTrain, everything: Bool, pace: Pace
  ) throws(SimulationError) {
    adjoint.start()
    let places = found.order
    for place in 0..<train.count {
      found.spikes.pointee.gradient[Int(places[place])] = train.spikes[place].gradient
    }
    stepsToPause = 4096
    entries.clearSums()
    touchedCount = clayer_touch_rows(
      entries.arrays.pointee.row, Int64(entries.entryCount), isTouched.start, touchedRows.start,
      touchedCount)
    for kink in kinks { entries.sums.values[kink.entry * AlignedRow.lanes] += kink.gradient }
    addDrives()
    if everything {
      train.makeRoomForJumps()
      entries.setTimes(adjoint.ends)
      found.setPlaces()
    }
    for (number, tile) in tiles.enumerated() {
      let spikes =
        impulses.count == 0
        ? firstSpikes[number]..<firstSpikes[number + 1]
        : firstImpulses[number]..<firstImpulses[number + 1]
      guard !spikes.isEmpty else { continue }
      var lanes = lanesBack(of: tile, everything)
      if everything {
        try leadBackWithParameters(tile, &lanes, spikes, pace)
      } else {
        try leadBack(tile, &lanes, spikes, pace)
      }
    }
    entries.addSums(to: source)
    if everything { adjoint.addStart() }
  }

  private func lanesBack(of tile: Tile, _ everything: Bool) -> clayer_adjoint {
    clayer_adjoint(
      lanes: Int64(tile.lanes), p: adjoint.p.values.start + tile.first,
      q: adjoint.q.values.start + tile.first,
      height: state.height.values.start + tile.first,
      weights: weights.start(of: tile.first), gradient: weightGradient.start(of: tile.first),
      stride: Int64(weights.stride),
      tauMem: everything ? adjoint.sums.tauMem.values.start + tile.first : nil,
      tauSyn: everything ? adjoint.sums.tauSyn.values.start + tile.first : nil)
  }

  /// Pieces of a segment, the last one first: the first window, and the arrivals.
  private func pieces(
    of segment: ArrivalEntries.Segment
  ) -> some Sequence<(start: Int, arrivals: Range<Int>)> {
    let all = segment.firstEntry..<segment.windows.upperBound
    return stride(from: all.upperBound, to: all.lowerBound - 1, by: -4096).lazy.map { high in
      let low = high - 4096
      return low > all.lowerBound
        ? (low, low..<high) : (segment.windows.lowerBound, all.lowerBound..<high)
    }
  }

  private func leadBack(
    _ tile: Tile, _ lanes: inout clayer_adjoint, _ spikes: Range<Int>, _ pace: Pace
  ) throws(SimulationError) {
    var last = Int64(spikes.upperBound)
    var isActive: Int64 = 0
    for (number, segment) in entries.segments.enumerated().reversed() {
      for (start, arrivals) in pieces(of: segment) {
        try tell(pace, steps: arrivals.count, entries.arrays.pointee.time[arrivals.lowerBound])
        last = clayer_backward(
          clock, entries.arrays, &lanes, Int64(start), Int64(arrivals.lowerBound),
          Int64(arrivals.upperBound), (impulses.count == 0 ? found : impulses).spikes,
          Int64(spikes.lowerBound), last,
          Int32(tile.first), entries.sums.values.start, &isActive)
      }
      guard number > 0, isActive != 0 else { continue }
      adjoint.rebase(
        tile.neurons, over: segment.epoch - entries.segments[number - 1].epoch)
    }
  }

  /// The same with the derivatives by the parameters.
  private func leadBackWithParameters(
    _ tile: Tile, _ lanes: inout clayer_adjoint, _ spikes: Range<Int>, _ pace: Pace
  ) throws(SimulationError) {
    var times = entries.times
    var last = spikes.upperBound
    var isActive = false
    for (number, segment) in entries.segments.enumerated().reversed() {
      for (start, arrivals) in pieces(of: segment) {
        try tell(pace, steps: arrivals.count, entries.arrays.pointee.time[arrivals.lowerBound])
        var high = arrivals.upperBound
        while true {
          let window =
            last > spikes.lowerBound ? Int(found.spikes.pointee.window[last - 1]) : -1
          let low = max(arrivals.lowerBound, window + 1)
          if isActive, low < high {
            clayer_collect(
              clock, entries.arrays, &lanes, &times, Int64(low), Int64(high),
              entries.sums.values.start)
          }
          guard window >= start else { break }
          high = min(high, window + 1)
          while last > spikes.lowerBound, Int(found.spikes.pointee.window[last - 1]) == window {
            last -= 1
            if jump(last) { isActive = true }
          }
        }
      }
      guard number > 0, isActive else { continue }
      let epochs = segment.epoch - entries.segments[number - 1].epoch
      let boundary = boundaries[number - 1]
      adjoint.addBoundary(boundary.a, boundary.b, of: tile.neurons, over: epochs)
      adjoint.rebase(tile.neurons, over: epochs)
    }
  }

  /// Lets λ jump at a spike; returns whether it did.
  private func jump(_ number: Int) -> Bool {
    let spike = found.spike(number)
    let neuron = Int(spike.neuron)
    let after = (p: adjoint.p.values[neuron], q: adjoint.q.values[neuron])
    train.note(found.place(of: number), after.p, after.q, 0, scale, at: spike.instant)
    let sum = spike.gradient + state.height.values[neuron] * after.p / spike.ym
    guard sum != 0 else { return false }
    adjoint.jump(by: sum * found.spikes.pointee.inverse[number], at: spike, of: neuron)
    adjoint.addSpike(spike, of: neuron, after: after)
    return true
  }

  func appendAdjointAtZero(to states: inout [AdjointState]) { adjoint.appendAtZero(to: &states) }

  func clearGradients(everything: Bool) {
    clayer_clear_rows(
      weightGradient.start(of: 0), Int64(weights.stride), Int64(AlignedRow.padded(size)),
      touchedRows.start, touchedCount)
    for number in 0..<Int(touchedCount) {
      isTouched[Int(touchedRows[number]) / AlignedRow.lanes] = 0
    }
    touchedCount = 0
    if everything { adjoint.sums.clear() }
  }

  var gradient: LayerGradient {
    LayerGradient(
      weights: SynapseGradient(weights: weightGradient.entries), recurrent: nil,
      parameters: adjoint.sums.parameters, initial: adjoint.sums.initialStates)
  }
}
