import EventProp
import Files
import Testing

@Suite("A network of another program as a preset") struct NetworkImportTests {
  private func imported(_ read: NIRNetwork) throws -> (NetworkImport.Files, PresetDocument) {
    let files = NetworkImport.files(read, from: "a.nir", titled: "a", matrices: "a.npz")
    let document = try PresetReader.read(files.preset, named: "a.yaml") { name in
      name == "a.npz" ? files.matrices : nil
    }
    return (files, document)
  }

  @Test(arguments: ["ff.nir", "rec.nir", "odd.nir", "snntorch.nir", "snntorch-recurrent.nir"])
  func `the preset has the same network to the last bit, and runs`(name: String) throws {
    let read = try NIRNetworkReader.read(try NIRFixture.bytes(name)).get()
    let (files, document) = try imported(read)
    let experiment = document.experiment
    #expect(experiment.network == read.network)
    #expect(experiment.inputSpikes.map(\.channel) == Array(0..<read.network.inputs))
    #expect(experiment.inputSpikes.allSatisfy { $0.time > 0 && $0.time < experiment.horizon })
    #expect(try !Trajectory(of: experiment).isCutShort)
    let comments = files.preset.split(separator: "\n").filter { $0.hasPrefix("# ") }
    #expect(comments.contains { $0.contains("was read with weights: \(read.convention.rawValue)") })
    for population in read.populations {
      #expect(comments.contains { $0.contains("node '\(population.node)', weights: '") })
    }
  }

  @Test func `the spikes of many channels are in the file beside it`() throws {
    var file = NIRFixture.small
    file.nodes["in"]?.numbers["shape"] = NIRFixture.list([40])
    file.nodes["w"] = NIRFixture.matrix(2, 40, (0..<80).map { Double($0) / 10000 })
    let (files, document) = try imported(try file.network())
    #expect(files.preset.contains("spikes: { file: a.npz, times: input_times"))
    #expect(document.experiment.inputSpikes.map(\.channel) == Array(0..<40))
    #expect(Set(document.experiment.inputSpikes.map(\.time)).count == 40)
  }
}
