import Foundation
import TestSupport
import Testing

@Suite("Networks of other programs, in the shell") struct ImportTests {
  @Test func `import writes a preset that runs, and never over a file`() throws {
    try withFolder { folder in
      let (nir, preset) = (folder + "/net.nir", folder + "/net.yaml")
      let export = try run([
        Program.path(), "reference", "--batch", "-e", "export nir \(nir)",
      ])
      #expect(export.status == 0)
      let first = try run([Program.path(), "import", nir, "-o", preset])
      #expect(
        first.status == 0
          && first.output.contains("at node 'hidden' an arrival with weight W adds 200 W to I"))
      #expect(first.output.contains("wrote \(preset) and \(folder)/net.npz"))
      #expect(try run([Program.path(), "run", preset]).status == 0)

      let again = try run([Program.path(), "import", nir, "-o", preset])
      #expect(again.status == 73 && again.errors.contains("exists; --force writes over it"))
      let step = try run([
        Program.path(), "import", nir, "-o", preset, "--weights", "step", "--dt", "1ms", "--force",
      ])
      #expect(step.status == 0 && step.output.contains("adds 0.2 W to I"))
    }
  }

  @Test func `a file that is no network is refused, and nothing is written`() throws {
    try withFolder { folder in
      let preset = folder + "/net.yaml"
      try "title: x".write(toFile: folder + "/x.nir", atomically: true, encoding: .utf8)
      let other = try run([Program.path(), "import", folder + "/x.nir", "-o", preset])
      #expect(other.status == 65 && other.errors.contains("not an HDF5 file"))
      let none = try run([Program.path(), "import", folder + "/none.nir", "-o", preset])
      #expect(none.status == 66)
      let bad = try run([
        Program.path(), "import", folder + "/x.nir", "-o", preset, "--dt", "0",
      ])
      #expect(bad.status == 64)
      #expect(!FileManager.default.fileExists(atPath: preset))
    }
  }

  @Test func `a network that is opened as a preset names the command for it`() throws {
    try withFolder { folder in
      let nir = folder + "/net.nir"
      _ = try run([Program.path(), "reference", "--batch", "-e", "export nir \(nir)"])
      let opened = try run([Program.path(), "run", nir])
      #expect(opened.status == 65 && opened.errors.contains("backspike import"))
    }
  }
}
