import Language

extension Session {
  mutating func chooseGhost(_ word: Word?, _ reply: inout Reply) throws(Diagnostic) {
    guard let word else {
      return reply.say(
        bench.ghost.map {
          "the ghost is run \($0.number)" + (bench.isGhostPinned ? ", pinned" : "")
        }
          ?? "there is no ghost; an edit makes one")
    }
    if word.text.lowercased() == "off" {
      bench.ghostNumber = nil
      bench.isGhostPinned = false
      return reply.say("no ghost")
    }
    if word.text.lowercased() == "pin" {
      guard let ghost = bench.ghost else {
        throw word.complaint("there is no ghost to pin", remedy: "an edit makes one")
      }
      bench.isGhostPinned = true
      return reply.say("the ghost stays run \(ghost.number)")
    }
    let digits = word.text.lowercased().drop { !$0.isNumber }
    guard let number = Int(digits), bench.earlierRuns.contains(where: { $0.number == number })
    else {
      throw word.complaint(
        "no earlier run '\(word.text)'",
        remedy: !bench.earlierRuns.isEmpty
          ? "\(numbers(of: bench.earlierRuns)), or off" : "an edit makes the first one")
    }
    bench.ghostNumber = number
    reply.say("the ghost is run \(number)")
  }
}
