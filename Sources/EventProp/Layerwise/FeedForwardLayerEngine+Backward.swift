import CLayer

extension FeedForwardLayerEngine {
  func backward(
    into source: SpikeTrain, everything: Bool, pace: Pace
  ) throws(SimulationError) {
    p.set(to: 0)
    q.set(to: 0)
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
      entries.setTimes(ends)
      found.setPlaces()
    }
    for (number, tile) in tiles.enumerated() {
      let spikes =
        impulses.count == 0
        ? firstSpikes[number]..<firstSpikes[number + 1]
        : firstImpulses[number]..<firstImpulses[number + 1]
      guard !spikes.isEmpty else { continue }
      var lanes = adjoint(of: tile, everything)
      if everything {
        try leadBackWithParameters(tile, &lanes, spikes, pace)
      } else {
        try leadBack(tile, &lanes, spikes, pace)
      }
    }
    entries.addSums(to: source)
    if everything { collectStart() }
  }

  private func adjoint(of tile: Tile, _ everything: Bool) -> clayer_adjoint {
    clayer_adjoint(
      lanes: Int64(tile.lanes), p: p.values.start + tile.first, q: q.values.start + tile.first,
      height: state.height.values.start + tile.first,
      weights: weights.start(of: tile.first), gradient: weightGradient.start(of: tile.first),
      stride: Int64(weights.stride),
      tauMem: everything ? sums.tauMem.values.start + tile.first : nil,
      tauSyn: everything ? sums.tauSyn.values.start + tile.first : nil)
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
      rebaseAdjoint(tile, over: segment.epoch - entries.segments[number - 1].epoch)
    }
  }

  private func rebaseAdjoint(_ tile: Tile, over epochs: Int) {
    let change = scale.rebase(over: epochs)
    clayer_rebase(
      q.values.start + tile.first, p.values.start + tile.first, Int64(tile.lanes), change.syn,
      change.toQ, change.mem)
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
      collectBoundary(tile, boundaries[number - 1], over: epochs)
      rebaseAdjoint(tile, over: epochs)
    }
  }

  /// Lets λ jump at a spike; returns whether it did.
  private func jump(_ number: Int) -> Bool {
    let spike = found.spike(number)
    let neuron = Int(spike.neuron)
    let after = (p: p.values[neuron], q: q.values[neuron])
    train.note(found.place(of: number), after.p, after.q, 0, scale, at: spike.instant)
    let sum = spike.gradient + state.height.values[neuron] * after.p / spike.ym
    guard sum != 0 else { return false }
    let jump = sum * found.spikes.pointee.inverse[number]
    p.values[neuron] += jump * spike.ym
    q.values[neuron] += jump * scale.adjointRatio * spike.c
    let times = ends.addSpike(
      spike, of: parameters[neuron], before: (p.values[neuron], q.values[neuron]), after: after,
      to: &sums.others[neuron])
    sums.add(times, to: neuron)
    return true
  }

  /// Adds the ends of the two stretches that meet at the start of an epoch, with the forward state
  /// there.
  private func collectBoundary(
    _ tile: Tile, _ boundary: (a: AlignedRow, b: AlignedRow), over epochs: Int
  ) {
    let factors = ends.boundary(over: epochs)
    for neuron in tile.first..<min(size, tile.first + tile.lanes) {
      let (p, q) = (p.values[neuron], q.values[neuron])
      guard p != 0 || q != 0 else { continue }
      let times = ends.atBoundary(
        factors, a: boundary.a.values[neuron], b: boundary.b.values[neuron], (p, q))
      sums.add(times, to: neuron)
    }
  }

  /// Adds the parts that remain at t = 0.
  private func collectStart() {
    let start = ends.start
    for neuron in 0..<size {
      let (p, q) = (p.values[neuron], q.values[neuron])
      guard p != 0 || q != 0 else { continue }
      let times = ends.addStart(
        state.initial[neuron], of: parameters[neuron], (p, q), start, to: &sums.others[neuron],
        and: &sums.initial[neuron])
      sums.add(times, to: neuron)
    }
  }

  func appendAdjointAtZero(to states: inout [AdjointState]) {
    let start = scale.instant(at: 0)
    for neuron in 0..<size {
      states.append(scale.adjoint(p.values[neuron], q.values[neuron], at: start))
    }
  }

  func clearGradients(everything: Bool) {
    clayer_clear_rows(
      weightGradient.start(of: 0), Int64(weights.stride), Int64(AlignedRow.padded(size)),
      touchedRows.start, touchedCount)
    for number in 0..<Int(touchedCount) {
      isTouched[Int(touchedRows[number]) / AlignedRow.lanes] = 0
    }
    touchedCount = 0
    if everything { sums.clear() }
  }

  var gradient: LayerGradient {
    LayerGradient(
      weights: SynapseGradient(weights: weightGradient.entries), recurrent: nil,
      parameters: sums.parameters, initial: sums.initialStates)
  }
}
