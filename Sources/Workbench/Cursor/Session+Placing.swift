package import EventProp
import Language
import Study

extension Session {
  /// The side of the event at the cursor on which the user stands; nil where there is no event.
  package var side: Side? {
    guard point.event != nil else { return nil }
    return point.isBackward == isOtherHalf ? .after : .before
  }

  /// The state of a neuron where the user stands.
  package func state(of neuron: Int) -> LIFState {
    guard isOtherHalf, let event = point.event, let side else {
      return run.state(of: neuron, at: point)
    }
    return run.trajectory.state(of: neuron, at: event, side: side)
  }

  /// λ of a neuron where the user stands, or nil where it is not computed yet.
  package func adjoint(of neuron: Int) -> AdjointState? {
    guard isOtherHalf, point.isBackward, let event = point.event, let side,
      let adjoint = run.adjoint
    else { return run.adjoint(of: neuron, at: point) }
    return adjoint.state(of: neuron, at: event, side: side)
  }

  // MARK: - Jumps and the way back

  /// Notes where a jump begins.
  mutating func rememberOrigin(of command: Command) {
    switch command {
    case .continue, .rcontinue, .until, .finish, .forward, .backward, .goto, .run, .last:
      let here = Anchor(point, in: run)
      if origins.last != here { origins.append(here) }
      if origins.count > 100 { origins.removeFirst() }
    default: break
    }
  }

  mutating func goBack(_ reply: inout Reply) throws(Diagnostic) {
    while let origin = origins.popLast() {
      let number = origin.find(in: run).number
      if number != cursor { return move(to: number, &reply) }
    }
    throw Word("back").complaint("there was no jump to come back from", remedy: "unstep steps back")
  }

  mutating func turnOver(_ reply: inout Reply) throws(Diagnostic) {
    guard let event = point.event else {
      throw Word("half").complaint("nothing jumps here", remedy: "step goes to an event")
    }
    isOtherHalf.toggle()
    reply.say(
      "e\(event)\(side == .before ? "-" : "+"), just \(side == .before ? "before" : "after") the jump: "
        + note)
    sayDisplays(&reply)
  }

  mutating func goToLast(_ words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    let probe = try Probe(words, in: experiment, selected: selected)
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
    guard let number = (0..<max(cursor, 0)).last(where: { changes(run.timeline[$0]) }) else {
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
    marks.removeAll { $0.name == name }
    marks.append(Mark(name, at: Anchor(point, in: run), in: run))
    reply.say("mark \(name): " + summary(of: point))
  }

  /// The number of a mark's point.
  func mark(named word: Word) throws(Diagnostic) -> Int {
    guard let mark = marks.first(where: { $0.name == word.text.lowercased() }) else {
      throw word.complaint(
        "no mark \(word.text)",
        remedy: marks.isEmpty
          ? "mark a sets one"
          : "there \(marks.count == 1 ? "is" : "are") "
            + marks.map(\.name).joined(separator: ", "))
    }
    return mark.number
  }

  var markTable: String {
    guard !marks.isEmpty else { return "no marks; mark a sets one" }
    return marks.map { mark in
      "\(mark.name)  \(summary(of: run.timeline[mark.number]))"
        + (mark.isSame ? "" : "  (the marked event is gone)")
    }.joined(separator: "\n")
  }

  private func eventNumber(_ word: Word) -> Int? {
    word.text.lowercased().first == "e" ? Int(word.text.dropFirst()) : nil
  }

  /// Times and values of the selected neuron at two places.
  func difference(from one: Word, to other: Word) throws(Diagnostic) -> String {
    func place(_ word: Word) throws(Diagnostic) -> Timeline.Point {
      if eventNumber(word) != nil { return run.timeline[here(try event(word))] }
      return run.timeline[try mark(named: word)]
    }
    let points = (try place(one), try place(other))
    func show(_ value: Double) -> String { Quantity.display(value, digits: 6) }
    func time(_ value: Double) -> String { Quantity.displayTime(value, digits: 6) }
    let times = (run.time(of: points.0), run.time(of: points.1))
    var lines = [
      "t: \(time(times.0)) → \(time(times.1))  (\(times.1 < times.0 ? "" : "+")\(time(times.1 - times.0)))"
    ]
    for quantity in [StateQuantity.potential, .current, .lambdaV, .lambdaI] {
      guard let from = quantity.value(of: selected, at: points.0, in: run),
        let to = quantity.value(of: selected, at: points.1, in: run)
      else { continue }
      lines.append(
        (quantity.isAdjoint ? wrongLabel : "")
          + "\(quantity.rawValue) n\(selected): \(show(from)) → \(show(to))  "
          + "(\(to < from ? "" : "+")\(show(to - from)))")
    }
    return lines.joined(separator: "\n")
  }

  // MARK: - Displays

  mutating func display(_ words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    let now: String
    do throws(Diagnostic) {
      now = try value(of: words)
    } catch {
      // What is only not computed yet will be.
      guard !point.isBackward, run.adjoint != nil,
        let probe = try? Probe(words, in: experiment, selected: selected)
      else { throw error }
      now = "\(probe.text(names)): \(error.message)"
    }
    displays.append((nextDisplay, words))
    reply.say("\(nextDisplay): \(now)")
    nextDisplay += 1
  }

  mutating func undisplay(_ words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    for word in words {
      if word.text.lowercased() == "all" {
        displays = []
        continue
      }
      guard let number = Int(word.text),
        let place = displays.firstIndex(where: { $0.number == number })
      else {
        throw word.complaint(
          "no display \(word.text)",
          remedy: displays.isEmpty
            ? "display sets one"
            : "there \(displays.count == 1 ? "is" : "are") "
              + displays.map { "\($0.number)" }.joined(separator: ", "))
      }
      displays.remove(at: place)
    }
    reply.say(displays.isEmpty ? "nothing is displayed" : displayTable)
  }

  var displayTable: String {
    guard !displays.isEmpty else { return "no displays; display V n0 sets one" }
    return displays.map { "\($0.number): \(quantityName($0.words))" }.joined(separator: "\n")
  }

  /// A quantity by the name that `print` shows, and the place where it is looked at.
  private func quantityName(_ words: [Word]) -> String {
    let place = words.firstIndex { $0.text.hasPrefix("@") } ?? words.endIndex
    let probe = try? Probe(Array(words[..<place]), in: experiment, selected: selected)
    return
      ([probe?.text(names) ?? CommandParser.joined(words[..<place]).text]
      + words[place...].map(\.text)).joined(separator: " ")
  }

  /// Every displayed quantity, at a stop.
  mutating func sayDisplays(_ reply: inout Reply) {
    // Who stops the walk is asked again when the command has been carried out, and then all of it is taken back.
    guard !displays.isEmpty, (try? refreshGradient()) != nil else { return }
    for display in displays {
      do throws(Diagnostic) {
        reply.display("\(display.number): \(try value(of: display.words))")
      } catch {
        reply.display("\(display.number): \(quantityName(display.words)): \(error.message)")
      }
    }
  }
}
