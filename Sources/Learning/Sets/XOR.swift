/// The exclusive or of two bits: four points, with label 1 where the bits differ.
package enum XOR: DataSet {
  package static let name = "xor"
  package static let features = 2
  package static let answer = DataAnswer.label(classes: 2)
  package static let different: Int? = 4
  package static let isMirrored = false

  package static func points(_ count: Int, seed: UInt32) -> [DataPoint] {
    (0..<count).map { number in
      let bits = [number / 2 % 2, number % 2]
      return DataPoint(features: bits.map(Double.init), label: bits[0] ^ bits[1])
    }
  }
}
