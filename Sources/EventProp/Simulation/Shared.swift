/// A value for every neuron, stored once for all neurons that share it, so that it stays in the
/// nearest cache.
package struct Shared<Value: Sendable>: Sendable {
  private let values: [Value]
  private let places: [Int32]

  /// Makes the value of each key once.
  init<Key: Hashable>(_ keys: some Collection<[Key]>, _ value: (Key) -> Value) {
    var values: [Value] = []
    var places: [Int32] = []
    places.reserveCapacity(keys.reduce(0) { $0 + $1.count })
    var numbers: [Key: Int32] = [:]
    var last: (key: Key, number: Int32)?
    for group in keys {
      for key in group {
        if let last, last.key == key {
          places.append(last.number)
          continue
        }
        // A single population needs no table: only the keys that follow are looked up.
        if let last { numbers[last.key] = last.number }
        let number = (numbers.isEmpty ? nil : numbers[key]) ?? Int32(values.count)
        if number == values.count { values.append(value(key)) }
        places.append(number)
        last = (key, number)
      }
    }
    self.values = values
    self.places = places
  }

  private init(values: [Value], places: [Int32]) {
    self.values = values
    self.places = places
  }

  /// The same neurons with another value made from each.
  func map<Other>(_ transform: (Value) -> Other) -> Shared<Other> {
    Shared<Other>(values: values.map(transform), places: places)
  }

  /// The number of neurons.
  var count: Int { places.count }
  /// The numbers of all neurons.
  package var indices: Range<Int> { places.indices }
  /// The number of different values.
  var distinct: Int { values.count }

  @inline(__always)
  package subscript(neuron: Int) -> Value { values[Int(places[neuron])] }

  /// Which of the different values each neuron has.
  @inline(__always)
  func number(of neuron: Int) -> Int { Int(places[neuron]) }
}
