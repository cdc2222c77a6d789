import EventProp
import Files
import Interface
import Language
import Presets
import Terminal
import Workbench

/// Random keys on a screen of random size.
enum KeyMutation {
  private static let keys: [Key] =
    [
      .enter, .tab, .backTab, .escape, .backspace, .delete, .up, .down, .left, .right, .controlLeft,
      .controlRight, .home, .end, .pageUp,
      .pageDown, .function(1), .function(5), .function(10), .function(23), .function(99), .resize,
      .interrupt, .paste("step\nstep"), .paste(""),
      .paste("set tau_mem 1e308\n\u{0}\u{1B}[31m"), .alt("b"), .alt("f"), .alt("d"), .control("r"),
      .control("k"), .control("t"), .control("a"),
      .control("e"), .control("w"), .control("u"), .control("y"), .control("d"), .control("l"),
    ]
    + "sSnNcCfr[]gG+-0eul?:ixm'zjkhq 漢é\u{301}\u{200B}\u{A0}".unicodeScalars.map { .character($0) }

  static func outcome(seed: UInt64) -> Outcome {
    var dice = Dice(seed: seed)
    let script = ScriptMutation.script(&dice)
    var outcome = Outcome()
    let clock = Clock(seconds: 10)
    guard
      let session = try? Session(
        script.experiment, named: script.name, goesOn: { _ in clock.goesOn })
    else { return outcome }
    var app = App(session)
    app.session.looks.settings.limit = 5
    app.attach(namesInFolder: { _ in ["a.yaml", "漢字.txt", "b c.txt", "sub/"] })
    var drawer = Drawer()
    for _ in 0..<dice.number(5...25) where app.isRunning && clock.goesOn {
      if dice.once(in: 4) {
        for scalar in ScriptMutation.line(&dice).unicodeScalars {
          perform(app.handle(.character(scalar)), &app, &drawer, &outcome)
        }
        perform(app.handle(.enter), &app, &drawer, &outcome)
      } else if dice.once(in: 8) {
        let (x, y) = (dice.number(-1...130), dice.number(-1...45))
        let action = dice.one(of: [
          MouseEvent.Action.press(button: 1), .release(button: 1), .press(button: 3), .wheelUp,
          .wheelDown,
        ])
        perform(
          app.handle(.mouse(MouseEvent(action, x: x, y: y, isShifted: dice.once(in: 3)))), &app,
          &drawer, &outcome)
      } else {
        perform(app.handle(dice.one(of: keys)), &app, &drawer, &outcome)
      }
      while app.isBusy || app.isPlaying {
        let effects = app.isBusy ? app.tick() : app.playNext() ?? []
        perform(effects, &app, &drawer, &outcome)
        // A replay waits for its time, so a key goes on.
        if app.isPlaying, !app.isBusy { _ = app.handle(.interrupt) }
        if !clock.goesOn { _ = app.handle(.interrupt) }
      }
      guard dice.once(in: 3) else { continue }
      let size =
        dice.once(in: 4)
        ? Size(columns: dice.number(0...50), rows: dice.number(0...20))
        : Size(columns: dice.number(40...180), rows: dice.number(10...50))
      let (grid, cursor) = app.render(in: size)
      if grid.size != size { outcome.findings.append("the picture has another size") }
      if let cursor, !grid.bounds.contains(x: cursor.x, y: cursor.y) {
        outcome.findings.append("the cursor is outside")
      }
    }
    outcome.isSlow = !clock.goesOn
    return outcome
  }

  private static func perform(
    _ effects: [Effect], _ app: inout App, _ drawer: inout Drawer, _ outcome: inout Outcome
  ) {
    do {
      try app.perform(effects, with: &drawer)
    } catch {
      if "\(error)".count < 6 { outcome.findings.append("a failure without a sentence") }
      outcome.refusal = "\(error)"
      app.fail("\(error)")
    }
  }
}
