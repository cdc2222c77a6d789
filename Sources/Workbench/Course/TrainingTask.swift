import EventProp
import Language
import Learning
import Study

/// A way along the line of steps to a breakpoint or a step, a piece at a time.
///
/// A breakpoint stops before the step at which it holds, where the samples and the parameters of that
/// step can be examined. A hit depends on the place alone, so both directions stop at the same places.
struct TrainingTask: Work {
  /// The command as it would be typed.
  let title: String
  private(set) var course: Course
  /// The destination without a stop.
  let goal: Int
  /// The breakpoints, with the hits on this way.
  private(set) var breakpoints: [Breakpoint]
  /// The breakpoints that ended the way; 0 stands for the place of `until`.
  private(set) var stoppedBy: [Int] = []
  /// Why the way ended early.
  private(set) var failure: Training.Failure?
  private(set) var isFinished = false

  private let start: Int
  private let needed: Int
  private var met = 0
  /// The step of the stop that was found, or of the goal; nil while the way is searched.
  private var target: Int?
  /// The numbers of the step before the present one.
  private var earlier: [StepQuantity: Double]?
  /// The steps that a search backwards does again, and the breakpoints that hold at them.
  private var replay: (steps: Range<Int>, held: [Int: [Int]])?
  /// The step down to which a search backwards has come.
  private var searched: Int

  /// The most records that a piece of work reads.
  private static let mostRecords = 4096

  /// Starts at the place of a training towards a step; `once` is a place that stops only this way.
  init(
    _ title: String, _ course: Course, to goal: Int, hits needed: Int = 1, once: Breakpoint? = nil
  ) {
    self.title = title
    self.course = course
    self.goal = min(max(goal, 0), max(course.training.stepCount, course.step))
    self.needed = needed
    breakpoints = course.stops.breakpoints + (once.map { [$0] } ?? [])
    start = course.step
    searched = start
    let isFree = !breakpoints.contains(where: \.isEnabled)
    let isKnown =
      self.goal <= start || (start...self.goal).allSatisfy { course.facts(at: $0) != nil }
    if isFree && isKnown || self.goal == start { target = self.goal }
  }

  var done: Int { abs(course.step - start) }
  var total: Int { abs(goal - start) }

  /// Does a step, a part of a test, or reads some records.
  mutating func advance(_ pace: (Progress.Work) -> Pace) {
    do throws(Training.Failure) {
      if let target {
        if course.step != target {
          try course.approach(target)
        } else {
          isFinished = try course.settle()
        }
      } else if goal > start {
        try goForward()
      } else {
        try goBack()
      }
    } catch {
      failure = error
      isFinished = true
    }
  }

  /// The conditions of enabled breakpoints.
  private var conditions: [(breakpoint: Int, condition: StepCondition)] {
    breakpoints.indices.compactMap { place in
      guard breakpoints[place].isEnabled, case .step(let condition) = breakpoints[place].place
      else { return nil }
      return (place, condition)
    }
  }

  /// The numbers of the present place that the conditions need.
  private func numbers() throws(Training.Failure) -> [StepQuantity: Double] {
    var numbers: [StepQuantity: Double] = [:]
    for (_, condition) in conditions {
      for quantity in condition.quantities where numbers[quantity] == nil {
        numbers[quantity] = try quantity.value(in: course)
      }
    }
    return numbers
  }

  /// The breakpoints that hold at the present place.
  private mutating func held() throws(Training.Failure) -> [Int] {
    let now = try numbers()
    let before = earlier
    earlier = now
    return conditions.filter { _, condition in
      condition.holds({ now[$0] }, before: before.map { before in { before[$0] } })
    }.map(\.breakpoint)
  }

  // MARK: - Forwards

  private mutating func goForward() throws(Training.Failure) {
    guard try course.settle() else { return }
    let hits = try held()
    if course.step > start, let stops = breakpoints.meet(hits) {
      met += 1
      if met >= needed || stops.contains(0) {
        stoppedBy = stops
        target = course.step
        return
      }
    }
    if course.step == goal {
      target = goal
    } else {
      try course.approach(course.step + 1)
    }
  }

  // MARK: - Backwards

  private mutating func goBack() throws(Training.Failure) {
    if let replay {
      // The step before the first one gives the numbers with which it is compared.
      let first = max(0, replay.steps.lowerBound - 1)
      if course.step > replay.steps.upperBound - 1 || (earlier == nil && course.step != first) {
        earlier = nil
        return try course.approach(first)
      }
      guard try course.settle() else { return }
      let hits = try held()
      if replay.steps.contains(course.step) { self.replay?.held[course.step] = hits }
      if course.step == replay.steps.upperBound - 1 {
        finish(self.replay?.held ?? [:], down: replay.steps.lowerBound)
      } else {
        try course.approach(course.step + 1)
      }
    } else if let steps = recorded {
      var all: [Int: [Int]] = [:]
      let course = course
      for step in steps {
        all[step] = conditions.filter { _, condition in
          condition.holds(
            { $0.recorded(at: step, in: course) },
            before: step == 0 ? nil : { $0.recorded(at: step - 1, in: course) })
        }.map(\.breakpoint)
      }
      finish(all, down: steps.lowerBound)
    } else {
      earlier = nil
      let first = max(goal, course.training.keptStep(before: searched - 1))
      replay = (first..<searched, [:])
    }
  }

  /// The next steps whose records have all numbers; nil where steps must be done again.
  private var recorded: Range<Int>? {
    guard conditions.allSatisfy({ $0.condition.isRecorded }) else { return nil }
    let steps = max(goal, searched - Self.mostRecords)..<searched
    let first = max(0, steps.lowerBound - 1)
    let known = (first..<searched).allSatisfy { course.facts(at: $0) != nil }
    return known ? steps : nil
  }

  /// Takes the hits of some steps, the nearest first.
  private mutating func finish(_ held: [Int: [Int]], down lowest: Int) {
    replay = nil
    for step in (lowest..<searched).reversed() {
      guard let stops = breakpoints.meet(held[step] ?? []) else { continue }
      met += 1
      if met >= needed || stops.contains(0) {
        stoppedBy = stops
        target = step
        return
      }
    }
    searched = lowest
    if searched == goal { target = goal }
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    session.settle(&line) { $0.arrive(self, &$1) }
  }
}
