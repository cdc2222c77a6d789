import EventProp
import Files
import Testing
import Workbench

@Suite("The network on the bench as a file") struct NetworkExportTests {
  @Test func `export nir writes the edited network, and says what is not in the file`() throws {
    var session = try SessionTests.session("reference")
    _ = session.apply("set n0<-in0 2.5")
    let reply = session.apply("export nir net.nir")
    #expect(
      reply.lines.map(\.text) == [
        "NIR holds the network: inputs, t_max and the loss are not in the file"
      ])
    guard case .write(let output, let bytes)? = reply.effects.first else {
      Issue.record("\(reply)")
      return
    }
    #expect(output.path == "net.nir" && !output.isOverwriting)
    let read = try NIRNetworkReader.read(bytes).get()
    #expect(read.network.layers[0].weights.weights[0] == 2.5)
    #expect(read.convention == .dirac && read.reasons.convention == "as the file states")
  }

  @Test func `a network that NIR has no form for is refused at the name of the file`() throws {
    var session = try SessionTests.session("delays")
    let reply = session.apply("export nir net.nir")
    #expect(reply.effects.isEmpty)
    #expect(
      reply.lines.contains {
        $0.text.contains(
          "not written: the delays of 'hidden' differ from synapse to synapse, and NIR has one delay for each neuron"
        )
      })
  }
}
