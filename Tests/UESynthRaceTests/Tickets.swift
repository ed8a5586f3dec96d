import CUESynth
import Synchronization
import UESynthABI
import UESynthCore

/// What is owed for each registration with the library: so many completions and one destroy-notify.
/// Thread: any.
final class Tickets: @unchecked Sendable {
  struct Record: ~Copyable {
    let owed = Atomic<UInt32>(0)
    /// The client may be freed before they come.
    let isOptional = Atomic<Bool>(false)
    let completions = Atomic<UInt32>(0)
    let notifiesOwed = Atomic<UInt32>(0)
    let notifies = Atomic<UInt32>(0)
    /// Whose callback may submit again; nil if none may.
    let race = Atomic<UnsafeMutableRawPointer?>(nil)
  }

  typealias RecordRef = UnsafeMutablePointer<Record>

  static let capacity = 1 << 16
  let records: RecordRef
  private let next = Atomic<Int>(1)  // 0 is the cookie of those that are not counted

  init() {
    records = .allocate(capacity: Self.capacity)
    for index in 0..<Self.capacity { (records + index).initialize(to: Record()) }
  }

  deinit {
    records.deinitialize(count: Self.capacity)
    records.deallocate()
  }

  func take() -> UInt64? {
    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return index < Self.capacity ? UInt64(index) : nil
  }

  subscript(cookie: UInt64) -> RecordRef { records + Int(cookie) }

  func completed(_ cookie: UInt64) {
    self[cookie].pointee.completions.wrappingAdd(1, ordering: .relaxed)
  }

  struct Sum: Equatable {
    var open = 0
    var wrong = 0
    var notifiesOpen = 0
    var notifiesWrong = 0
  }

  /// How many tickets lack something (`open`), or have had too much (`wrong`).
  var sum: Sum {
    var sum = Sum()
    for index in 1..<min(next.load(ordering: .relaxed), Self.capacity) {
      let record = records + index
      let owed = record.pointee.owed.load(ordering: .relaxed)
      let came = record.pointee.completions.load(ordering: .relaxed)
      if came > owed { sum.wrong += 1 }
      if came < owed, !record.pointee.isOptional.load(ordering: .relaxed) { sum.open += 1 }
      let notifiesOwed = record.pointee.notifiesOwed.load(ordering: .relaxed)
      let notifies = record.pointee.notifies.load(ordering: .relaxed)
      if notifies > notifiesOwed { sum.notifiesWrong += 1 }
      if notifies < notifiesOwed { sum.notifiesOpen += 1 }
    }
    return sum
  }
}

/// For any registration: user data is its record.
let countNotify: uesynth_destroy_fn = { userData in
  guard let userData else { return }
  userData.assumingMemoryBound(to: Tickets.Record.self).pointee.notifies
    .wrappingAdd(1, ordering: .relaxed)
}

/// For memory of the host's: user data is its record, which lies at the memory's beginning no more.
let countEvent: uesynth_event_fn = { event, userData in
  guard let event, let userData else { return }
  let record = userData.assumingMemoryBound(to: Tickets.Record.self)
  record.pointee.completions.wrappingAdd(1, ordering: .relaxed)
  if let race = record.pointee.race.load(ordering: .relaxed) {
    Unmanaged<Race>.fromOpaque(race).takeUnretainedValue().calledBack(event.pointee)
  }
}
