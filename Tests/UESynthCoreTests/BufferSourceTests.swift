import Testing
import UESynthCore

@Suite struct BufferSourceTests {
  @Test func theBareSourceHasNothing() {
    let source = BufferSource()
    #expect(source.take(1) == nil)
    #expect(!source.isHostMemory)
  }
}
