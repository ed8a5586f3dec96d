import Testing

@testable import UESynthCore

@Suite struct SlotIndexTests {
  private static func id(_ serial: UInt64, _ slot: UInt64) -> UInt64 {
    serial << SlotIndex.slotBits | slot
  }

  @Test func findsWhatIsUnderWayAndNothingElse() {
    let index = SlotIndex()
    index.set(Self.id(1, 5), 100)
    index.set(Self.id(2, 900_000), 200)
    #expect(index.value(Self.id(1, 5)) == 100)
    #expect(index.value(Self.id(2, 900_000)) == 200)
    // Another serial in the same slot, and slots that never were.
    #expect(index.value(Self.id(3, 5)) == 0)
    #expect(index.value(Self.id(0, 0)) == 0)
    #expect(index.value(.max) == 0)
    #expect(index.value(inSlot: 900_000) == 200)
    #expect(index.value(inSlot: -1) == 0)
    #expect(index.value(inSlot: 1 << 40) == 0)
  }

  @Test func anOldIdDoesNotRemoveItsSuccessor() {
    let index = SlotIndex()
    index.set(Self.id(1, 5), 100)
    index.set(Self.id(2, 5), 200)
    index.remove(Self.id(1, 5))
    #expect(index.value(Self.id(2, 5)) == 200)
    index.remove(Self.id(2, 5))
    #expect(index.value(Self.id(2, 5)) == 0)
    #expect(index.value(inSlot: 5) == 0)
  }
}
