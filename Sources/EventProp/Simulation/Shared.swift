/// A value for every neuron, kept once for all neurons that share it: a population with one set of parameters stays in the nearest cache.
struct Shared<Value: Sendable>: Sendable {
  private let values: [Value]
  private let places: [Int32]

  /// Makes the value of each key once.
  init<Key: Hashable>(_ keys: [Key], _ value: (Key) -> Value) {
    var values: [Value] = []
    var numbers: [Key: Int32] = [:]
    var last: (key: Key, number: Int32)?
    places = keys.map { key in
      if let last, last.key == key { return last.number }
      let number =
        numbers[key]
        ?? {
          values.append(value(key))
          return Int32(values.count - 1)
        }()
      numbers[key] = number
      last = (key, number)
      return number
    }
    self.values = values
  }

  /// The number of neurons.
  var count: Int { places.count }
  /// The numbers of all neurons.
  var indices: Range<Int> { places.indices }
  /// How many different values there are.
  var distinct: Int { values.count }

  @inline(__always)
  subscript(neuron: Int) -> Value { values[Int(places[neuron])] }

  /// Which of the different values a neuron has.
  @inline(__always)
  func number(of neuron: Int) -> Int { Int(places[neuron]) }
}
