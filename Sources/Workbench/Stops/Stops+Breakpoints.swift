import Language

extension Stops {
  /// Adds the breakpoint that `make` gives the next number.
  mutating func add(
    _ make: (_ number: Int) throws(Diagnostic) -> Breakpoint
  ) throws(Diagnostic) -> Breakpoint {
    let breakpoint = try make(nextBreakpoint)
    nextBreakpoint += 1
    breakpoints.append(breakpoint)
    return breakpoint
  }

  /// Deletes breakpoints; returns a message that names them.
  mutating func delete(_ words: [Word]) throws(Diagnostic) -> String {
    let numbers = try breakpointNumbers(words)
    breakpoints.removeAll { numbers.contains($0.number) }
    return "deleted " + Self.phrase(numbers)
  }

  /// Enables or disables breakpoints; returns a message that names them.
  mutating func enable(_ isEnabled: Bool, _ words: [Word]) throws(Diagnostic) -> String {
    let numbers = try breakpointNumbers(words)
    for place in breakpoints.indices where numbers.contains(breakpoints[place].number) {
      breakpoints[place].isEnabled = isEnabled
    }
    return (isEnabled ? "enabled " : "disabled ") + Self.phrase(numbers)
  }

  /// Lets a breakpoint ignore its next `count` hits; returns a message.
  mutating func ignore(_ word: Word, _ count: Int) throws(Diagnostic) -> String {
    guard let number = try breakpointNumbers([word]).first,
      let place = breakpoints.firstIndex(where: { $0.number == number })
    else { return "no breakpoint" }
    breakpoints[place].ignored = count
    return count == 0
      ? "breakpoint \(number) stops at its next hit"
      : "breakpoint \(number) passes its next \(count == 1 ? "hit" : "\(count) hits")"
  }

  private func breakpointNumbers(_ words: [Word]) throws(Diagnostic) -> [Int] {
    let known = breakpoints.map(\.number)
    var numbers: [Int] = []
    for word in words {
      if word.text.lowercased() == "all" { return known }
      guard let number = Int(word.text), known.contains(number) else {
        throw word.complaint(
          "no breakpoint \(word.text)", remedy: Self.remedy(known, "none is set; break sets one"))
      }
      numbers.append(number)
    }
    return numbers
  }

  /// The existing numbers, or the remedy where there are none.
  private static func remedy(_ known: [Int], _ none: String) -> String {
    known.isEmpty
      ? none
      : "there \(known.count == 1 ? "is" : "are") \(known.map(String.init).joined(separator: ", "))"
  }

  /// `breakpoint 1`, `breakpoints 1, 2 and 3`.
  static func phrase(_ numbers: [Int]) -> String {
    let list = numbers.map(String.init)
    guard let last = list.last else { return "no breakpoint" }
    return list.count == 1
      ? "breakpoint \(last)"
      : "breakpoints \(list.dropLast().joined(separator: ", ")) and \(last)"
  }

  /// A table of the breakpoints.
  var breakpointTable: String {
    guard !breakpoints.isEmpty else { return "no breakpoints; break, tbreak and watch set them" }
    return breakpoints.map { breakpoint in
      var text = "\(breakpoint.number)  \(breakpoint.text)  "
      text += "\(breakpoint.hits) hit\(breakpoint.hits == 1 ? "" : "s")"
      if breakpoint.ignored > 0 { text += "  passes \(breakpoint.ignored) more" }
      if breakpoint.isTemporary { text += "  once" }
      if !breakpoint.isEnabled { text += "  disabled" }
      return text
    }.joined(separator: "\n")
  }

  // MARK: - Displays

  /// Adds a quantity that every stop shows; returns its number.
  mutating func display(_ words: [Word]) -> Int {
    defer { nextDisplay += 1 }
    displays.append(Display(number: nextDisplay, words: words))
    return nextDisplay
  }

  /// Removes displayed quantities.
  mutating func undisplay(_ words: [Word]) throws(Diagnostic) {
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
          remedy: Self.remedy(displays.map(\.number), "display sets one"))
      }
      displays.remove(at: place)
    }
  }
}

extension [Breakpoint] {
  /// Counts the hits of some breakpoints at one place; returns the numbers of those that stop there,
  /// or nil.
  mutating func meet(_ hit: [Int]) -> [Int]? {
    var stops: [Int] = []
    for place in hit {
      self[place].hits += 1
      if self[place].ignored > 0 {
        self[place].ignored -= 1
      } else {
        stops.append(self[place].number)
      }
    }
    return stops.isEmpty ? nil : stops
  }
}
