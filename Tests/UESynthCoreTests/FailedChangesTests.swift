import Testing

@testable import UESynthCore

@Suite struct FailedChangesTests {
  @Test func whatWasSubmittedAfterAFailureIsBehindIt() {
    var failed = FailedChanges()
    #expect(!failed.precede(epoch: .max))
    failed.failed(.setCameraTransform, name: 1, epoch: 5)
    #expect(!failed.precede(epoch: 4))
    #expect(failed.precede(epoch: 6))
    failed.failed(.setCameraTransform, name: 1, epoch: 7)
    #expect(failed.precede(epoch: 6))
  }

  @Test func aSuccessOfTheSameKindAndNameMakesUpForIt() {
    var failed = FailedChanges()
    failed.failed(.setMaterial, name: 1, epoch: 1)
    failed.succeeded(.setMaterial, name: 2)
    failed.succeeded(.setObjectTransform, name: 1)
    #expect(failed.precede(epoch: 9))
    failed.succeeded(.setMaterial, name: 1)
    #expect(!failed.precede(epoch: 9))
  }

  @Test func theOldestOfThoseThatAreLeftCounts() {
    var failed = FailedChanges()
    failed.failed(.setLighting, name: 1, epoch: 3)
    failed.failed(.setLighting, name: 2, epoch: 5)
    failed.succeeded(.setLighting, name: 1)
    #expect(!failed.precede(epoch: 4))
    #expect(failed.precede(epoch: 6))
  }

  @Test(arguments: [ActionKind.spawnObject, .destroyObject, .createCamera, .destroyCamera])
  func aThingThatIsMadeAnewOwesNothing(kind: ActionKind) {
    var failed = FailedChanges()
    failed.failed(.setMaterial, name: 1, epoch: 1)
    failed.failed(.setObjectTransform, name: 1, epoch: 1)
    failed.failed(.setMaterial, name: 2, epoch: 2)
    failed.succeeded(kind, name: 1)
    #expect(!failed.precede(epoch: 2))
    #expect(failed.precede(epoch: 3))
  }

  @Test func endlessFailuresTakeNoEndlessMemory() {
    var failed = FailedChanges()
    let names = UInt64(FailedChanges.most + 100)
    for name in 1...names { failed.failed(.setMaterial, name: name, epoch: 1) }
    for name in 1...names { failed.succeeded(.setMaterial, name: name) }
    #expect(!failed.precede(epoch: .max))
  }
}
