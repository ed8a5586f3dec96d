import UESynthCore
import UESynthNet
import UESynthWire

extension Exchange {
  /// Requests of a batch that are made ready and entered together.
  static let batchPart = 512

  /// Lends an action and the parts of a pose that it sets to a function.
  public typealias ActionUser = (borrowing Action, TransformFields) throws(ClientFailure) -> Void

  /// Submits `count` requests that share a submission; `lend` gives the action of each to a function. They are
  /// checked and encoded with no lock held, so that the loop is not held up.
  func submitBatch(
    count: Int, _ submission: Submission,
    lend: (Int, ActionUser) throws(ClientFailure) -> Void,
    accepted: (Int, UInt64) -> Void
  ) throws(ClientFailure) {
    var index = 0
    while index < count {
      let end = min(count, index + Self.batchPart)
      var ready = try makeReady(index..<end, submission, lend)
      defer { giveBack(&ready) }
      lock.lock()
      do throws(ClientFailure) {
        while ready.count > 0 {
          try makeWay(for: submission, isRepeated: false)
          var room = room(for: submission)
          while room > 0, let request = ready.popFirst() {
            accepted(index, enter(request))
            index &+= 1
            room &-= 1
          }
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
    _ lend: (Int, ActionUser) throws(ClientFailure) -> Void
  ) throws(ClientFailure) -> RequestList {
    var ready = RequestList()
    lock.lock()
    // Where there is no room at all, nothing is made ready.
    do throws(ClientFailure) {
      try makeWay(for: submission, isRepeated: false)
    } catch {
      unlock()
      throw error
    }
    while ready.count < indices.count, let request = table.take() { ready.append(request) }
    lock.unlock()
    let now = MonotonicClock.now()
    do throws(ClientFailure) {
      var next = ready.first
      for index in indices {
        guard let request = next else { throw Self.tooMany }
        next = request.pointee.next
        next?.prefetchMessage()
        try lend(index) { action, fields throws(ClientFailure) in
          try fill(request, action, fields, submission, now: now)
        }
      }
    } catch {
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
      request.pointee.rare.destination?.release()
      request.pointee.sink?.release()
      table.give(request)
    }
    lock.unlock()
  }
}
