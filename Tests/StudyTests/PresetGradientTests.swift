import EventProp
import Files
import Language
import Presets
import Study
import Testing

@Suite("The gradient of every preset") struct PresetGradientTests {
  @Test(arguments: Preset.all.map(\.name))
  func `holds against identities, forward mode and differences`(name: String) throws {
    let preset = try #require(Preset.all.first { $0.name == name })
    let experiment = try PresetReader.read(preset.text, named: name).experiment
    let trajectory = try Trajectory(of: experiment)
    let adjoint = try AdjointTrajectory(of: trajectory)
    #expect(Identities(of: adjoint).hold(within: 1e-11))
    // A hundred derivatives of the largest preset stand for its two thousand.
    let all = Parameter.all(of: experiment)
    let stride = max(1, all.count / 100)
    let some = all.indices.filter { $0 % stride == 0 }.map { all[$0] }
    var check = try GradientCheck(
      of: adjoint.gradient, on: trajectory, parameters: some)
    var compared = 0
    while let row = check.next() {
      #expect(row.verdict != .differs, "\(Names(experiment).full(row.parameter)): \(row)")
      if row.difference != nil { compared += 1 }
    }
    #expect(compared > some.count / 2)
  }

  @Test func `a wrong rule is found`() throws {
    let preset = try #require(Preset.all.first { $0.name == "reference" })
    let experiment = try PresetReader.read(preset.text, named: "reference").experiment
    let trajectory = try Trajectory(of: experiment)
    for alteration in [Alteration.noResetTerm, .tauMemKernel, .noRecurrence, .unscaled] {
      let rule = AdjointRule(alteration)
      let wrong = try AdjointTrajectory(of: trajectory, rule: rule)
      var check = try GradientCheck(
        of: wrong.gradient, on: trajectory, differences: false)
      while check.next() != nil {}
      #expect(check.verdict == .differs, "\(rule.name)")
    }
  }
}
