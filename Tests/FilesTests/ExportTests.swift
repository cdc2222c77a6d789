import EventProp
import Files
import Language
import Presets
import Study
import Testing

@Suite("Tables and archives of a run") struct ExportTests {
  private func run(_ name: String) throws -> (Trajectory, AdjointTrajectory) {
    let preset = try #require(Preset.all.first { $0.name == name })
    let experiment = try PresetReader.read(preset.text, named: name).experiment
    let trajectory = try Trajectory(of: experiment)
    return (
      trajectory, try AdjointTrajectory(of: trajectory)
    )
  }

  private func rows(_ text: String) -> [[String]] {
    text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test func `events and spikes read back to the same numbers`() throws {
    let (trajectory, adjoint) = try run("delays")
    let events = rows(try CSVTable.text(.events, of: trajectory, adjoint: adjoint))
    #expect(events.count == trajectory.events.count + 1)
    #expect(Set(events.map(\.count)) == [10])
    for (number, row) in events.dropFirst().enumerated() {
      #expect(Double(row[1]) == trajectory.events[number].time)
      #expect(Double(row[9]) == adjoint.timeGradients[number])
    }
    #expect(events.contains { $0[2] == "arrival" } && events.contains { $0[2] == "spike" })
    let spikes = rows(try CSVTable.text(.spikes, of: trajectory, adjoint: adjoint)).dropFirst()
    #expect(
      spikes.compactMap { Double($0[3]) }
        == trajectory.events.filter { $0.spikingNeuron != nil }.map(\.time))
  }

  @Test func `the gradient has a row for every derivative, and the sums`() throws {
    let (trajectory, adjoint) = try run("reference")
    let table = rows(try CSVTable.text(.gradient, of: trajectory, adjoint: adjoint))
    let values = Dictionary(
      uniqueKeysWithValues: table.dropFirst().map { ($0[0], Double($0[1])) })
    #expect(values["hidden.0<-in.2"] == adjoint.gradient.layers[0].weights.weights[4])
    #expect(values["time of input 3"] == adjoint.gradient.inputTimes[3])
    #expect(values["tau_mem"] == adjoint.gradient.shared(.tauMem))
  }

  @Test func `traces are taken at both sides of every event, and between`() throws {
    let (trajectory, adjoint) = try run("reference")
    let table = rows(try CSVTable.text(.traces, of: trajectory, adjoint: adjoint))
    #expect(table.count == 1 + 201 + 2 * trajectory.events.count)
    #expect(Set(table.map(\.count)) == [3 + 4 * 3])
    let spike = try #require(trajectory.events.firstIndex { $0.spikingNeuron == 0 })
    let sides = table.filter { $0[1] == "\(spike)" }
    try #require(sides.count == 2 && sides[0][2] == "before" && sides[1][2] == "after")
    for (row, side) in zip(sides, [Side.before, .after]) {
      #expect(Double(row[3]) == trajectory.state(of: 0, atEvent: spike, side: side).potential)
      #expect(Double(row[5]) == adjoint.state(of: 0, atEvent: spike, side: side).lambdaV)
    }
    #expect(Double(sides[1][3]) == 0)
    let times = table.dropFirst().compactMap { Double($0[0]) }
    #expect(times == times.sorted() && times.last == trajectory.experiment.horizon)
  }

  @Test func `a name with a comma is quoted`() throws {
    var (trajectory, _) = try run("reference")
    var experiment = trajectory.experiment
    experiment.network.layers[0].name = "a,\"b\""
    trajectory = try Trajectory(of: experiment)
    let text = try CSVTable.text(.spikes, of: trajectory, adjoint: nil)
    #expect(text.contains("\n\"a,\"\"b\"\"\",1,0,"))
  }

  @Test(arguments: Preset.all.map(\.name))
  func `an archive reads back as the gradient that it is`(name: String) throws {
    let preset = try #require(Preset.all.first { $0.name == name })
    let experiment = try PresetReader.read(preset.text, named: name).experiment
    let trajectory = try Trajectory(of: experiment)
    let adjoint = try AdjointTrajectory(of: trajectory)
    let bytes = RunArchive.npz(trajectory, adjoint: adjoint)
    let read = try RecordReader.read(bytes, named: "x.npz", of: experiment).gradient
    #expect(read.parts.map(\.part) == GradientPart.all(of: experiment))
    for part in read.parts { #expect(part.values == part.part.values(in: adjoint.gradient)) }
    let archive = try NpzArchive(bytes)
    let times = try archive.array(named: "spike_times").values
    #expect(times == trajectory.events.filter { $0.spikingNeuron != nil }.map(\.time))
    #expect(try archive.array(named: "loss").values == [adjoint.evaluation.value])
  }
}
