import Learning
import Testing

/// The random numbers of numpy 2.4.6, which computed the expected values.
@Suite struct RandomStateTests {
  @Test(
    arguments: [
      (0, [0x1.18fe1565f12a8p-1, 0x1.6e2d4cf608733p-1, 0x1.349d66b6e894bp-1]),
      (1, [0x1.ab07d0ffa3c06p-2, 0x1.70ce5f3baf051p-1, 0x1.dfb906661c000p-14]),
      (42, [0x1.7f8771e5f51ecp-2, 0x1.e6c4068bbd654p-1, 0x1.76c7e8f1e6751p-1]),
      (UInt32.max, [0x1.8fe69a3924820p-4, 0x1.d323d824032b1p-1, 0x1.93fc6f61af3f9p-1]),
    ] as [(UInt32, [Double])])
  func `the first numbers of a seed are those of rand`(_ seed: UInt32, _ expected: [Double]) {
    var random = RandomState(seed: seed)
    #expect((0..<3).map { _ in random.uniform() } == expected)
  }

  @Test func `the state is renewed after 312 numbers`() {
    var random = RandomState(seed: 5)
    let numbers = (0..<1000).map { _ in random.uniform() }
    #expect(
      [311, 312, 999].map { numbers[$0] } == [
        0.9985157672628341, 0.03834193016002463, 0.7905930946436218,
      ])
  }

  @Test func `whole numbers are those of randint`() {
    var random = RandomState(seed: 7)
    #expect((0..<12).map { _ in random.below(3) } == [0, 1, 2, 0, 1, 2, 0, 1, 2, 2, 2, 0])
    #expect((0..<6).map { _ in random.below(1000) } == [167, 998, 68, 432, 895, 391])
    #expect((0..<6).map { _ in random.below(2) } == [0, 0, 1, 1, 0, 0])
    #expect(random.below(1) == 0 && random.below(8) == 3)
    var words = RandomState(seed: 9)
    #expect(
      (0..<3).map { _ in words.below(1 << 32) } == [44_556_670, 1_565_348_188, 2_155_534_974])
  }
}
