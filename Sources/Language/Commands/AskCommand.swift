import EventProp

/// A question; its answer changes no result.
package enum AskCommand: Equatable, Sendable {
  /// A table about a subject.
  case info(Subject)
  /// The value of a quantity at the cursor.
  case print([Word])
  /// The rule of an event: in symbols, with numbers, with the result.
  case equation(Word?, Length?)
  /// The events around the cursor.
  case list(Word?)
  /// The terms of a quantity, or of a term in the last answer.
  case why([Word])
  /// The terms of a weight's gradient, and their paths to the loss.
  case contributions(Word)
  /// Near misses and grazing spikes, within a number of percent of the threshold.
  case near(Word?)
  /// The differences between two runs.
  case diff(Word?, Word?)
  /// The named places.
  case marks
  /// The differences between two places.
  case delta(Word, Word)
  /// The check of the derivatives of a name, or of all.
  case check([Word])
  /// The one-sided gradients at ties.
  case ties
  /// The comparison with a foreign gradient, and the mistake in it.
  case compare(ComparePhrase)
  /// Where the gradient cannot be trusted, and how far it holds: of all, or of a name.
  case trust([Word])
  /// The settings with their values.
  case settings

  /// Whether an equation gives the reason of each term.
  package enum Length: String, CaseIterable, Sendable {
    case long, short
  }

  /// The subjects of `info`.
  package enum Subject: String, CaseIterable, Sendable {
    case event, events, spikes, neurons, params, loss, weights, grad, breaks, marks, displays, runs,
      files, warnings, training
  }
}

extension CommandTable {
  static let askRows: [CommandRow] = [
    CommandRow(
      "info", ["i"], arguments: "SUBJECT",
      summary: "a table about a subject: spikes, weights, grad, breaks, …",
      details: AskCommand.Subject.allCases.map(\.rawValue).joined(separator: ", "),
      example: "info grad", completes: .words(AskCommand.Subject.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .ask(.info(try line.choice(AskCommand.Subject.self, "a subject")))
    },
    CommandRow(
      "print", ["p"], arguments: "QUANTITY [@ PLACE]",
      summary: "the value of a quantity at the cursor",
      details: """
        V n0, I n0, lV n0, lI n0, t, L, w n0<-in2, grad n0<-in2, tau_mem n0, and every name that set takes.
        At another place: V n0 @ e5- (before the jump), V n0 @ 12ms.
        """, example: "print V n0", repeats: true, completes: .quantities
    ) { (line) throws(Diagnostic) in .ask(.print(try line.some("a quantity, such as V n0"))) },
    CommandRow(
      "equation", ["eq"], arguments: "[EVENT] [long | short]",
      summary: "the rule of an event: in symbols, with numbers, with the result",
      details: """
        Every number is formed in a line above it, so that the result can be computed by hand; λ and dL/dt are per second.
        long adds one sentence to each term that says why it is there, from now on; short leaves the sentences out again.
        """, example: "equation e5 long",
      completes: .words(AskCommand.Length.allCases.map(\.rawValue))
    ) { (line) in
      let words = [line.optional(), line.optional()].compactMap { $0 }
      let lengths = words.compactMap { AskCommand.Length(rawValue: $0.text.lowercased()) }
      return .ask(
        .equation(
          words.first { AskCommand.Length(rawValue: $0.text.lowercased()) == nil }, lengths.last))
    },
    CommandRow(
      "why", ["w"], arguments: "[QUANTITY [@ PLACE] | spike NEURON [K] | EVENT | N]",
      summary: "where a value comes from: terms that add up, largest first",
      details: """
        why lV n0, why V n0 @ e5-, why spike n0 1, why grad n0<-in2, why L. why 2 asks where the second term of the last
        answer comes from, why alone or Enter the first; the ways end at the loss, an input or the start.
        A spike shows how its time moves with each weight, a gradient through which spikes it reaches the loss.
        why grad tau_mem, why hidden.0.v_th, why in.0 and why input_time 3 take the other gradients apart, spike by spike or
        stretch by stretch.
        """, example: "why lV n0", repeats: true, completes: .quantities
    ) { (line) in .ask(.why(line.all())) },
    CommandRow(
      "contrib", arguments: "SYNAPSE",
      summary: "the terms of a weight's gradient, arrival by arrival, with their sum",
      details:
        "-tau_syn λI at each arrival, in the order of the backward pass, as far as it has come.",
      example: "contrib n0<-in2", completes: .synapses
    ) { (line) throws(Diagnostic) in
      .ask(.contributions(try line.one("a synapse, such as n0<-in2")))
    },
    CommandRow(
      "near", arguments: "[PERCENT]",
      summary: "near misses and grazing spikes, and the smallest change that tips them",
      details: """
        Within 5 % of the way from v_leak to v_th, unless another number is given; the smallest margin first. The
        change belongs to the one weight that matters most, to first order; the distance is for all weights together.
        A spike's margin ignores what arrives after it.
        """, example: "near 2"
    ) { (line) in .ask(.near(line.optional())) },
    CommandRow(
      "list", ["l"], arguments: "[EVENT]", summary: "the events around the cursor",
      example: "list e5", repeats: true
    ) { (line) in .ask(.list(line.optional())) },
    CommandRow(
      "check", arguments: "[batch] [NAME] [all] [sample N]",
      summary: "verify the gradient: forward mode, differences, identities",
      details: """
        check n0<-in2, check delay n0<-in2, check tau_mem (of every neuron, and their sum), check out.tau_mem,
        check hidden.0.v_th, check n0.initial_v, check in.0 (the first spike of a channel), check time of input 3. The
        verdict is agrees, differs, or not-comparable with the reason: which spike appears, vanishes or changes places. More
        than 64 derivatives are compared together, along random directions, and wrong ones are searched where those disagree;
        check all and check tau_mem all compare each by itself. Ctrl-C stops a check and keeps what was found.
        check batch verifies the gradient of all samples together on 20 of them, drawn evenly, check batch sample 50 on 50,
        check batch n0<-in2 one derivative of it.
        """, example: "check n0<-in2", completes: .derivatives
    ) { (line) in .ask(.check(line.all())) },
    CommandRow(
      "trust", arguments: "[NAME | all | batch [sample N]]",
      summary: "where the gradient cannot be trusted, and how far it holds",
      details: """
        A gradient belongs to one order of events. trust lists what breaks this order first, the worst first: ties and near
        ties, spikes that graze, near misses, kinks and flat places of the loss, each with the smallest change of one value
        that crosses it. What the loss does not depend on is only counted. The radius is how far a step down the gradient
        (w -= LR dL/dw, as descend) or a single value may go before the order changes, found on exact runs.
        trust tau_mem and trust n0<-in2 search both sides of one value, trust all those of every value. On the screen the
        loss is drawn along the step or the value, with the radius marked. Ctrl-C stops and keeps what was found.
        trust batch has the weakest place of each of 20 samples, drawn evenly; trust batch sample 50 of 50.
        """, example: "trust tau_mem", completes: .derivatives
    ) { (line) in .ask(.trust(line.all())) },
    CommandRow(
      "compare", arguments: "[batch] FILE... [tolerance X] [map THEIRS=OURS]...",
      summary: "where another program differs: spikes, λ or gradient, and by which mistake",
      details: """
        FILE is JSON with the keys of a report, or arrays named after them (hidden.weights, input_times, hidden.spikes,
        hidden.lambda_v, loss) in a .npz or .npy file; any part will do. The spikes come first: where they differ, the model
        that has theirs is looked for, and λ and gradient are compared on their spikes. Then λ, from the last event back.
        Then the gradient: every wrong rule, every pair of them, and common factors are tried: tau_syn or tau_mem missing,
        sign, transposed, averaged over samples, milliseconds. Other names are matched by shape and order, or by map:
        map W0=hidden.weights^T*0.005 says that theirs is ours, transposed, times 0.005. tolerance 1e-6 accepts the error of a
        method. compare batch takes all samples, and a gradient of each: arrays [samples, …].
        """, example: "compare theirs.npz", completes: .files
    ) { (line) throws(Diagnostic) in .ask(.compare(try line.comparePhrase())) },
    CommandRow(
      "ties", summary: "the two one-sided gradients where events coincide",
      details: """
        Where an event reaches a neuron at the very instant of its spike the gradient does not exist: each order of the
        two events has its own, the limit when the first of them comes ever so slightly earlier. The table has the
        derivatives that differ.
        """
    ) { _ in .ask(.ties) },
  ]
}
