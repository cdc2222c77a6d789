import EventProp
import Files
import Language
import Learning
import Study
import TestSupport
import Testing
import Workbench

/// A training at the prompt.
@Suite struct TrainingSessionTests {
  private static let text = smallTraining()

  private static func session(_ text: String = text) throws -> Session {
    let document = try PresetReader.read(text, named: "small.yaml")
    return try Session(
      document.experiment, named: "small.yaml", samples: document.filedSamples)
  }

  @discardableResult
  private static func answer(_ session: inout Session, _ line: String) -> [String] {
    session.apply(line).lines.map { $0.isComplaint ? "! " + $0.sentence : $0.text }
  }

  private static func network(_ session: Session) -> Network? { session.course?.training.network }

  @Test func `the way goes along the steps, and the same step has the same bits`() throws {
    var session = try Self.session()
    let untrained = session.experiment.network
    #expect(Self.answer(&session, "train").last?.hasPrefix("step 0/30  epoch 0  loss ") == true)
    #expect(session.prompt == "(trn 0) ")
    var networks: [Int: Network] = [:]
    for line in [
      "step", "step 3", "epoch", "unstep 2", "goto step 17", "goto epoch 2", "goto 3", "finish",
      "unstep 30", "2 epoch", "goto end", "goto start", "step 9", "mark a", "continue",
      "goto mark a",
      "back", "goto a", "fwd", "until step 12", "until epoch 4", "until 21", "goto 9",
    ] {
      let reply = session.apply(line)
      #expect(reply.succeeded, "\(line)")
      let step = try #require(session.course?.step)
      let network = try #require(Self.network(session))
      #expect(session.prompt == "(trn \(step)) ", "\(line)")
      #expect(networks[step].map { $0 == network } ?? true, "\(line)")
      #expect(
        session.experiment.network == network, "\(line): the bench has the network of the step")
      networks[step] = network
    }
    #expect(networks.keys.sorted() == [0, 1, 3, 4, 5, 9, 10, 12, 17, 20, 21, 30])
    #expect(networks[0] == untrained)
    #expect(
      Self.answer(&session, "leave").first == "left the training at step 9; train enters it again")
    #expect(session.experiment.network == untrained && session.prompt == "(fwd start) ")
    Self.answer(&session, "train")
    #expect(session.prompt == "(trn 9) ")
  }

  @Test func `the places in the answers`() throws {
    var session = try Self.session()
    Self.answer(&session, "train")
    #expect(Self.answer(&session, "unstep") == ["start of the training"])
    Self.answer(&session, "goto epoch 1")
    #expect(Self.answer(&session, "info event")[0].hasPrefix("step 5/30  epoch 1  loss "))
    #expect(Self.answer(&session, "info event")[0].contains("  test "))
    Self.answer(&session, "finish")
    #expect(Self.answer(&session, "step")[0].hasPrefix("step 30/30  epoch 6  end of the training"))
    let table = Self.answer(&session, "info training")
    #expect(table.count == 8 && table[7].hasPrefix("▶ epoch 6"))
    #expect(Self.answer(&session, "print rate") == ["rate is not known at this step"])
    Self.answer(&session, "goto 29")
    #expect(Self.answer(&session, "print rate") == ["rate = 0.02"])
    #expect(Self.answer(&session, "print epoch; print step") == ["epoch = 5", "step = 29"])
  }

  // MARK: - Breakpoints

  /// The stops of a breakpoint on the whole way, in steps.
  private static func stops(
    _ session: inout Session, _ line: String, from start: String
  ) throws -> [Int] {
    answer(&session, start)
    var found: [Int] = []
    while true {
      let reply = session.apply(line)
      try #require(reply.succeeded)
      guard reply.lines.contains(where: { $0.kind == .stop }) else { return found }
      found.append(try #require(session.course?.step))
      try #require(found.count < 40)
    }
  }

  @Test(arguments: [
    "loss > 0.5", "gradient > 0.3", "gradient of out.weights > 0.2", "silent hidden > 0",
    "slope < 0.2", "wrong sample 12", "count sample 12", "w n0<-in2 > 1", "accuracy > 0.55",
    "loss > 0.5 if epoch >= 2", "silent > 10 and slope < 0.3 or step == 4",
  ]) func `a breakpoint stops at the same steps in both directions`(place: String) throws {
    var session = try Self.session()
    Self.answer(&session, "train")
    #expect(Self.answer(&session, "break \(place)").first?.hasPrefix("breakpoint 1: ") == true)
    let forwards = try Self.stops(&session, "continue", from: "delete 2; goto start")
    let fromRecords = try Self.stops(&session, "rcontinue", from: "goto end")
    // Without the records the steps must be done again.
    let bytes = try #require(Self.state(of: &session, at: 30))
    _ = try session.resumeTraining(from: bytes, named: Word("x.npz"))
    Self.answer(&session, "break \(place)")
    let doneAgain = try Self.stops(&session, "rcontinue", from: "goto end")
    #expect(!forwards.isEmpty, "no stop: the test says nothing")
    // No way stops where it begins.
    #expect(fromRecords.reversed().filter { $0 > 0 } == forwards.filter { $0 < 30 })
    #expect(doneAgain == fromRecords)
  }

  private static func state(of session: inout Session, at step: Int) -> [UInt8]? {
    answer(&session, "goto \(step)")
    for case .write(_, let bytes) in session.apply("save x.npz").effects { return bytes }
    return nil
  }

  @Test func `a watch stops only where its condition begins to hold`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; watch step > 3; continue")
    #expect(session.course?.step == 4)
    #expect(try Self.stops(&session, "continue", from: "goto start") == [4])
    #expect(try Self.stops(&session, "rcontinue", from: "goto end") == [4])
  }

  @Test func `hits are counted, ignored and temporary as on the bench`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; tbreak step == 3; break epoch >= 1")
    Self.answer(&session, "ignore 2 2")
    Self.answer(&session, "continue")
    #expect(session.course?.step == 3)
    Self.answer(&session, "continue")
    #expect(session.course?.step == 7)
    Self.answer(&session, "continue 4")
    #expect(session.course?.step == 11)
    #expect(Self.answer(&session, "info breaks") == ["2  epoch >= 1  7 hits"])
    Self.answer(&session, "disable 2; goto 2; continue")
    #expect(session.course?.step == 30)
    #expect(
      Self.answer(&session, "delete all; info breaks").last?.hasPrefix("no breakpoints") == true)
  }

  @Test(arguments: [
    ("loss > 0", "its loss is"), ("gradient > 0", "its gradient is"),
    ("slope < 1e9", "crosses v_th"),
    ("silent > 0", "silent: n"), ("w n0<-in2 > -9", "part of the gradient"),
  ]) func `a stop names the sample and opens it`(place: String, words: String) throws {
    var session = try Self.session()
    Self.answer(&session, "train; break \(place)")
    let reply = session.apply("continue")
    let link = try #require(
      reply.lines.last { if case .link = $0.kind { true } else { false } }, "\(reply.lines)")
    #expect(link.text.contains(words))
    guard case .link(let command) = link.kind else { return }
    #expect(session.apply(command).succeeded)
    #expect(session.course?.floor == .sample)
    #expect(session.experiment.network == Self.network(session))
  }

  // MARK: - Samples

  @Test func `an opened sample is a whole experiment, and its edits end with it`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; goto 7; mark a")
    let network = try #require(Self.network(session))
    Self.answer(&session, "open sample 12")
    #expect(session.bench.sample == 12 && session.prompt == "(fwd start) ")
    #expect(session.experiment.network == network)
    #expect(Self.answer(&session, "check")[0].contains("agrees"))
    for line in [
      "step 3", "finish; bwd; finish", "why grad n0<-in2", "set tau_mem 12ms", "undo", "redo",
    ] {
      #expect(session.apply(line).succeeded, "\(line)")
    }
    #expect(Self.answer(&session, "leave").first == "the edits of the opened sample are let go")
    #expect(session.experiment.network == network && session.prompt == "(trn 7) ")
    #expect(session.bench.sample == 0)
    Self.answer(&session, "sample 5; step")
    #expect(session.bench.sample == 5 && session.prompt == "(trn 8) ")
    #expect(Self.answer(&session, "samples by loss 3").count == 5)
    #expect(session.apply("open").succeeded && session.bench.sample == 5)
  }

  @Test func `two steps are compared`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; goto 10")
    let lines = Self.answer(&session, "diff step 2")
    #expect(lines[0] == "step 2 → step 10")
    #expect(lines.contains { $0.hasPrefix("hidden.weights: ") } && lines.contains("sample 0/40:"))
    #expect(Self.answer(&session, "diff 10").last == "sample 0/40: nothing differs")
    Self.answer(&session, "mark a; goto 20")
    #expect(Self.answer(&session, "diff mark a")[0] == "step 10 → step 20")
    #expect(Self.answer(&session, "diff epoch 1")[0] == "step 5 → step 20")
    #expect(Self.answer(&session, "diff")[0] == "step 10 → step 20")
  }

  @Test func `why update takes a step apart`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; goto 4")
    let lines = Self.answer(&session, "why update out.1<-hidden.3")
    #expect(lines[0].hasPrefix("step 4: n10<-n3 ") && lines.contains { $0.hasPrefix("adam: m = ") })
    #expect(lines.filter { $0.hasPrefix("> open sample ") }.count == 8)
    #expect(lines.last?.hasSuffix("sum") == true)
  }

  // MARK: - Settings and files

  @Test func `another rate begins where it is set`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; finish")
    let old = Self.network(session)
    let said = Self.answer(&session, "goto 10; set rate 0.5")
    #expect(
      said.contains(
        "rate = 0.5 from step 10 on (was 0.02); 19 known steps beyond it let go"))
    Self.answer(&session, "finish")
    #expect(Self.network(session) != old)
    Self.answer(&session, "goto 10; set rate 0.02; finish")
    #expect(Self.network(session) == old)
    Self.answer(&session, "set epochs 7; epoch")
    #expect(session.course?.step == 35)
    Self.answer(&session, "goto 3; set clip 1e-3; step")
    #expect(session.course?.training.facts[3]?.isClipped == true)
  }

  @Test func `a training cannot end before the present step`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; goto 7")
    #expect(session.apply("set epochs 1").lines[0].sentence.contains("step 7 is beyond the end"))
    #expect(session.course?.training.stepCount == 30)
    #expect(session.apply("goto 5; set epochs 1").succeeded)
    #expect(session.course?.training.stepCount == 5)
  }

  @Test func `a saved state goes on bit for bit, with the changes of the rate`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; goto 10; set rate 0.1; goto 14; set clip 0.5")
    let bytes = try #require(Self.state(of: &session, at: 17))
    Self.answer(&session, "finish")
    let straight = Self.network(session)
    var other = try Self.session()
    _ = try other.resumeTraining(from: bytes, named: Word("x.npz"))
    #expect(other.course?.step == 17 && other.prompt == "(trn 17) ")
    Self.answer(&other, "finish")
    #expect(Self.network(other) == straight)
    Self.answer(&other, "goto 5; finish")
    #expect(Self.network(other) == straight)
    var wrong = try Self.session(Self.text.replacing("seed: 3", with: "seed: 5"))
    let before = wrong.experiment
    #expect(throws: Diagnostic.self) {
      _ = try wrong.resumeTraining(from: bytes, named: Word("x.npz"))
    }
    #expect(wrong.experiment == before && wrong.course == nil)
    #expect(throws: Diagnostic.self) {
      _ = try wrong.resumeTraining(from: [1, 2, 3], named: Word("x.npz"))
    }
  }

  @Test func `the network of a step is saved as a preset`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; goto 10")
    let effects = session.apply("save best.yaml").effects
    guard case .write(_, let bytes)? = effects.first else { throw Missing() }
    let written = try PresetReader.read(String(decoding: bytes, as: UTF8.self), named: "best.yaml")
    #expect(written.experiment.network == Self.network(session))
  }

  private struct Missing: Error {}

  @Test func `a sample that breaks the training stops it at its step`() throws {
    var session = try Self.session()
    let said = Self.answer(&session, "train; goto 3; set rate 1e300")
    let reply = session.apply("continue")
    #expect(
      reply.lines.contains { $0.text.hasPrefix("stopped before step ") },
      "\(said) \(reply.lines.map(\.text))")
    let step = try #require(session.course?.step)
    #expect((3...6).contains(step))
    #expect(session.apply("goto 3; set rate 0.02; finish").succeeded)
    #expect(session.course?.step == 30)
  }

  @Test func `another experiment lets the training go, and says so`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; step 3; confirm on")
    #expect(session.loss(of: "load xor")?.contains("the training") == true)
    let reply = try session.open(Opened(.pair), named: "pair")
    #expect(
      reply.lines.last?.text
        == "the training at step 3 is let go; save NAME.state.npz keeps one")
    #expect(session.course == nil)
  }

  // MARK: - Wrong lines

  @Test(arguments: [
    ("set tau_mem 3ms", "the optimizer changes the network"), ("set rate 0", "greater than 0"),
    ("set rate nan", ""), ("set epochs 0", "from 1"), ("set epochs 1e99", "from 1"),
    ("undo", "optimizer"),
    ("run", "optimizer"), ("goto step 31", "30 steps"), ("goto epoch 9", "30 steps"),
    ("goto 99999999999999999999", "no place"), ("goto step", "which step"),
    ("goto spike n0", "no place"),
    ("next", "steps"), ("bwd", "steps"), ("half", "steps"), ("mark end", "no name"),
    ("goto mark z", "no mark"),
    ("break spike n0", "sample has spikes"), ("break e7", "number of a step"),
    ("break loss", "compared"),
    ("break loss >", "value"), ("break gradient of tau_mem > 1", "not learnt"),
    ("break silent nowhere > 1", "no layer"), ("break count sample 40", "no sample"),
    ("break wrong", "which sample"), ("break V n0 > 1", "number of a step"),
    ("watch nothing > 1", ""),
    ("break w n0 > 1", ""), ("why update", "which parameter"),
    ("why update tau_mem n0", "not learnt"),
    ("why update n0<-in9", ""), ("open sample x", "no sample"), ("open 40", "no sample"),
    ("diff step 7", "not known yet"), ("epoch 0", "from 1"), ("step -1", ""),
    ("rule no-self", "optimizer"),
    ("train resume", "needs"), ("leave now", "does not take"),
  ]) func `a wrong line is refused with its reason, and changes nothing`(
    line: String, words: String
  ) throws {
    var session = try Self.session()
    Self.answer(&session, "train; goto 3")
    let before = try #require(session.course?.training.state)
    let reply = session.apply(line)
    #expect(!reply.succeeded, "\(line)")
    #expect(reply.lines.last?.sentence.contains(words) == true, "\(line): \(reply.lines)")
    #expect(session.course?.training.state == before && session.prompt == "(trn 3) ")
    #expect(session.apply("step").succeeded)
  }

  @Test func `outside a training its words say how to enter it`() throws {
    var session = try Self.session()
    for line in ["epoch", "open sample 3", "leave"] {
      let reply = session.apply(line)
      #expect(!reply.succeeded && reply.lines[0].sentence.contains("train enters it"), "\(line)")
    }
    var none = try Session(Experiment.pair, named: "pair")
    #expect(none.apply("train").lines[0].sentence.contains("no samples to learn from"))
  }

  @Test func `edits before the training are noticed`() throws {
    var session = try Self.session()
    Self.answer(&session, "train; step 3; leave; set tau_mem 12ms")
    let reply = session.apply("train")
    #expect(!reply.succeeded && reply.lines[0].sentence.contains("train new"))
    #expect(session.apply("train new").succeeded && session.course?.step == 0)
    #expect(Self.network(session)?.layers[0].parameters[0].tauMem == 12e-3)
    Self.answer(&session, "step 2; leave; train")
    #expect(session.course?.step == 2)
  }

  @Test func `Ctrl-C stops at a step`() throws {
    var session = try Self.session()
    Self.answer(&session, "train")
    _ = session.begin("finish")
    for _ in 0..<9 { #expect(session.advance() == nil) }
    let interrupted = session.interrupt()
    let reply = try #require(interrupted)
    #expect(reply.lines.contains { $0.text == "interrupted" })
    let step = try #require(session.course?.step)
    #expect((1..<30).contains(step) && session.prompt == "(trn \(step)) ")
    #expect(session.experiment.network == Self.network(session))
  }
}

extension Experiment {
  /// Two neurons without samples.
  fileprivate static var pair: Experiment {
    Experiment(
      title: "pair",
      network: Network(
        inputs: 1,
        layers: [
          Layer(
            name: "out", parameters: [LIFParameters(vThreshold: 1)],
            weights: Synapses(rows: 1, columns: 1, weights: [3]))
        ]), inputSpikes: [InputSpike(time: 1e-3, channel: 0)], horizon: 20e-3,
      loss: Loss(layer: 0, rule: .ttfsCrossEntropy(neurons: [0], label: 0, tau: 1e-3, clip: 20e-3)))
  }
}
