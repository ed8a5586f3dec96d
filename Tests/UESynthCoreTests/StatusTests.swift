import Testing
import UESynthCore

@Suite struct StatusTests {
  @Test func namesStandAtTheirNumbers() {
    #expect(Status.ok.name.description == "OK")
    #expect(Status.deadlineExceeded.name.description == "DEADLINE_EXCEEDED")
    #expect(Status.unauthenticated.name.description == "UNAUTHENTICATED")
    #expect(Status.wouldBlock.name.description == "WOULD_BLOCK")
    #expect(Status.noAnswer.name.description == "NO_ANSWER")
    #expect(Status.grpcNames.count == 17)
  }

  @Test(arguments: [-1, 17, 99, 108, Int32.min, Int32.max])
  func otherNumbersHaveNoName(_ number: Int32) {
    #expect(Status(rawValue: number).name.description == "UNRECOGNISED")
  }
}
