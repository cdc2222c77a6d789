package import EventProp
import Language
import Study

extension Session {
  /// The side of the event at the cursor on which the user stands; nil where there is no event.
  package var side: Side? {
    guard point.event != nil else { return nil }
    return point.isBackward == cursor.isOtherHalf ? .after : .before
  }

  /// The state of a neuron where the user stands.
  package func state(of neuron: Int) -> LIFState {
    guard cursor.isOtherHalf, let event = point.event, let side else {
      return run.state(of: neuron, at: point)
    }
    return run.trajectory.state(of: neuron, atEvent: event, side: side)
  }

  /// λ of a neuron where the user stands, or nil where it is not computed yet.
  package func adjoint(of neuron: Int) -> AdjointState? {
    guard cursor.isOtherHalf, point.isBackward, let event = point.event, let side,
      let adjoint = run.wayBack, adjoint.isWalked(event)
    else { return run.adjoint(of: neuron, at: point) }
    return adjoint.state(of: neuron, atEvent: event, side: side)
  }

  // MARK: - Jumps and the way back

  /// Notes that a jump starts at the present place.
  mutating func rememberOrigin() { cursor.rememberOrigin(in: run) }

  mutating func goBack(_ reply: inout Reply) throws(Diagnostic) {
    guard let number = cursor.popOrigin(in: run) else {
      throw Word("back").complaint(
        "there was no jump to come back from", remedy: "unstep steps back")
    }
    move(to: number, &reply)
  }

  mutating func turnOver(_ reply: inout Reply) throws(Diagnostic) {
    guard let event = point.event else {
      throw Word("half").complaint("nothing jumps here", remedy: "step goes to an event")
    }
    cursor.isOtherHalf.toggle()
    reply.say(
      "e\(event)\(side == .before ? "-" : "+"), just \(side == .before ? "before" : "after") the jump: "
        + note)
    sayDisplays(&reply)
  }

  mutating func goToLast(_ words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    let probe = try Probe(words, names, selected: selected)
    let changes: (Timeline.Point) -> Bool
    let run = run
    switch probe {
    case .state(.lambdaI, _):
      throw words[0].complaint("λI has no jumps, it only flows", remedy: "last lV n0")
    case .state(let quantity, let neuron):
      changes = { quantity.jump(of: neuron, at: $0, in: run) != 0 }
    case .gradient(let synapse):
      let events = Set(run.contributions(of: synapse)?.terms.map(\.event) ?? [])
      changes = { $0.isBackward && $0.event.map(events.contains) ?? false }
    default:
      throw words[0].complaint(
        "\(probe.text(names)) changes at no event", remedy: "V, I, lV of a neuron, or grad SYN")
    }
    guard let number = (0..<max(cursor.number, 0)).last(where: { changes(run.timeline[$0]) }) else {
      throw words[0].complaint(
        "\(probe.text(names)) has no jump before this place", remedy: "list shows the events")
    }
    move(to: number, &reply)
  }

  // MARK: - Marks

  mutating func mark(_ word: Word, _ reply: inout Reply) throws(Diagnostic) {
    guard word.text.first?.isLetter ?? false, word.text.allSatisfy({ $0.isLetter || $0.isNumber }),
      eventNumber(word) == nil
    else {
      throw word.complaint(
        "'\(word.text)' is no name for a mark", remedy: "a letter or a word: mark a")
    }
    let name = word.text.lowercased()
    cursor.set(Mark(name, at: Anchor(point, in: run), in: run))
    reply.say("mark \(name): " + summary(of: point))
  }

  /// The number of a mark's point.
  func mark(named word: Word) throws(Diagnostic) -> Int {
    guard let mark = cursor.marks.first(where: { $0.name == word.text.lowercased() }) else {
      throw word.complaint(
        "no mark \(word.text)",
        remedy: cursor.marks.isEmpty
          ? "mark a sets one"
          : "there \(cursor.marks.count == 1 ? "is" : "are") "
            + cursor.marks.map(\.name).joined(separator: ", "))
    }
    return mark.number
  }

  func eventNumber(_ word: Word) -> Int? {
    word.text.lowercased().first == "e" ? Int(word.text.dropFirst()) : nil
  }

  /// The marks and their places in this run, in the order in which they were set.
  package var markPlaces: [(name: String, time: Double, event: Int?)] {
    cursor.marks.map { mark in
      let point = run.timeline[mark.number]
      return (mark.name, run.time(of: point), point.event)
    }
  }
}
