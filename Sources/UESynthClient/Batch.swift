import UESynthCore
import UESynthNet
import UESynthWire

extension Exchange {
  /// Requests of a batch that are made ready and entered together.
  static let batchPart = 512

  /// Submits `count` requests that share a submission. Each is checked and encoded with no lock held, so
  /// that the loop is not held up.
  func submitBatch(
    count: Int, _ submission: Submission,
    action: (Int) throws(ClientFailure) -> (Action, TransformFields),
    accepted: (Int, UInt64) -> Void
  ) throws(ClientFailure) {
    var index = 0
    while index < count {
      let end = min(count, index + Self.batchPart)
      var ready = try makeReady(index..<end, submission, action)
      defer { giveBack(&ready) }
      lock.lock()
      do throws(ClientFailure) {
        while ready.count > 0 {
          try makeWay(for: submission, isRepeated: false)
          guard let request = ready.popFirst() else { break }
          accepted(index, enter(request))
          index += 1
        }
      } catch {
        unlock()
        wakeLoop()
        throw error
      }
      unlock()
      wakeLoop()
    }
  }

  private func makeReady(
    _ indices: Range<Int>, _ submission: borrowing Submission,
    _ action: (Int) throws(ClientFailure) -> (Action, TransformFields)
  ) throws(ClientFailure) -> RequestList {
    var blank = RequestList()
    lock.lock()
    // Where there is no room at all, nothing is made ready.
    do throws(ClientFailure) {
      try makeWay(for: submission, isRepeated: false)
    } catch {
      unlock()
      throw error
    }
    while blank.count < indices.count, let request = table.take() { blank.append(request) }
    lock.unlock()
    let now = MonotonicClock.now()
    var ready = RequestList()
    do throws(ClientFailure) {
      for index in indices {
        guard let request = blank.popFirst() else { throw Self.tooMany }
        ready.append(request)
        let (action, fields) = try action(index)
        try fill(request, action, fields, submission, now: now)
      }
    } catch {
      giveBack(&blank)
      giveBack(&ready)
      throw error
    }
    return ready
  }

  /// Records that were not entered.
  private func giveBack(_ list: inout RequestList) {
    guard list.count > 0 else { return }
    lock.lock()
    while let request = list.popFirst() {
      request.pointee.destination?.release()
      request.pointee.sink?.release()
      table.give(request)
    }
    lock.unlock()
  }
}
