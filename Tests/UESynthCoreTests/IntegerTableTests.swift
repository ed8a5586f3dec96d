import Testing

@testable import UESynthCore

@Suite struct IntegerTableTests {
  /// Keys of one home: the table multiplies by this number's inverse and drops the low 20 bits.
  private static func colliding(_ home: UInt64, _ index: UInt64) -> UInt64 {
    var inverse: UInt64 = 1
    for _ in 0..<6 { inverse = inverse &* (2 &- 0x9E37_79B9_7F4A_7C15 &* inverse) }
    return (home << 20 | index) &* inverse
  }

  @Test func agreesWithDictionaryWhateverTheOperations() {
    var random = Seeded(1)
    let table = IntegerTable()
    var model: [UInt64: UInt64] = [:]
    var disagreements = 0
    // The last homes of every size wrap around to the first places.
    let keys = [0, 1, 13, 0xFFF_FFFF_FFFE, 0xFFF_FFFF_FFFF].flatMap { home in
      (0..<30).map { Self.colliding(home, $0) }
    }
    for _ in 0..<200_000 {
      let key = keys[random.below(keys.count)]
      switch random.below(5) {
      case 0, 1:
        let value = random.next()
        table.set(key, value)
        model[key] = value
      case 2, 3: if table.remove(key) != model.removeValue(forKey: key) { disagreements += 1 }
      default: if table.value(key) != model[key] { disagreements += 1 }
      }
      if table.count != model.count { disagreements += 1 }
    }
    #expect(disagreements == 0)
    for (key, value) in model { #expect(table.value(key) == value) }
  }

  @Test func growsAndKeepsEverything() {
    let table = IntegerTable()
    for key in 0..<UInt64(10_000) { table.set(key, key &* 3) }
    #expect(table.count == 10_000)
    #expect((0..<10_000).allSatisfy { table.value($0) == $0 &* 3 })
    #expect(table.capacity >= 20_000)
  }

  @Test func doesNotGrowInSteadyState() {
    let table = IntegerTable(minimumCapacity: 1000)
    let capacity = table.capacity
    for id in 0..<UInt64(100_000) {
      table.set(id, id)
      if id >= 1000 { table.remove(id - 1000) }
    }
    #expect(table.count == 1000)
    #expect(table.capacity == capacity)
  }

  @Test func removesAll() {
    let table = IntegerTable()
    for key in 0..<UInt64(100) { table.set(key, 1) }
    table.removeAll()
    #expect(table.count == 0)
    #expect(table.value(5) == nil)
    table.set(5, 2)
    #expect(table.value(5) == 2)
  }

  @Test func theVacantKeyIsNoKey() {
    let table = IntegerTable()
    table.set(.max, 1)
    #expect(table.count == 0)
    #expect(table.value(.max) == nil)
    #expect(table.remove(.max) == nil)
  }

  @Test(arguments: [0, -1, Int.min]) func oddCapacitiesAreRaised(_ capacity: Int) {
    let table = IntegerTable(minimumCapacity: capacity)
    table.set(1, 2)
    #expect(table.value(1) == 2)
  }
}
