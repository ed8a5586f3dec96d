import CUESynthSys

/// What an event loop calls when a descriptor is ready. `events` are of `EventMask`.
public protocol EventHandler: AnyObject {
  func handle(events: UInt32)
}

/// EPOLL* bits as the kernel takes them.
public enum EventMask {
  public static let input = EPOLLIN.rawValue
  public static let output = EPOLLOUT.rawValue
  public static let error = EPOLLERR.rawValue
  public static let hangUp = EPOLLHUP.rawValue
  static let edge = EPOLLET.rawValue
}

/// A descriptor's place in a loop's epoll set. The generation tells a slot's present owner from
/// those before, whose events may still lie in a batch that was already fetched.
public struct EventRegistration: Equatable, Sendable {
  let fd: Int32
  let slot: UInt32
  let generation: UInt32

  /// What the kernel hands back with an event.
  var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}

/// The handlers of a loop by slot. Holds a reference to each. Loop thread only.
struct HandlerTable: ~Copyable {
  private struct Slot {
    var handler: (any EventHandler)?
    var generation: UInt32
    /// The next free slot, or `none`; meaningful while `handler` is nil.
    var nextFree: UInt32
  }

  private static let none = UInt32.max

  private var slots: UnsafeMutablePointer<Slot>
  private var capacity: Int
  private var used = 0
  private var firstFree = HandlerTable.none

  init() {
    capacity = 64
    slots = .allocate(capacity: capacity)
  }

  deinit {
    slots.deinitialize(count: used)
    slots.deallocate()
  }

  mutating func insert(_ handler: any EventHandler, fd: Int32) -> EventRegistration {
    if firstFree != Self.none {
      let slot = firstFree
      firstFree = slots[Int(slot)].nextFree
      slots[Int(slot)].handler = handler
      return EventRegistration(fd: fd, slot: slot, generation: slots[Int(slot)].generation)
    }
    if used == capacity { grow() }
    let slot = UInt32(truncatingIfNeeded: used)
    (slots + used).initialize(to: Slot(handler: handler, generation: 0, nextFree: Self.none))
    used &+= 1
    return EventRegistration(fd: fd, slot: slot, generation: 0)
  }

  /// The handler that an event of this token belongs to, nil if it has been removed since.
  func handler(token: UInt64) -> (any EventHandler)? {
    let slot = Int(token & 0xFFFF_FFFF)
    guard slot < used, UInt64(slots[slot].generation) == token >> 32 else { return nil }
    return slots[slot].handler
  }

  func contains(_ registration: EventRegistration) -> Bool {
    handler(token: registration.token) != nil
  }

  /// The removed handler, for the caller to release when the table is consistent again.
  mutating func remove(_ registration: EventRegistration) -> (any EventHandler)? {
    guard let handler = handler(token: registration.token) else { return nil }
    let slot = Int(registration.slot)
    slots[slot].handler = nil
    slots[slot].generation &+= 1
    slots[slot].nextFree = firstFree
    firstFree = registration.slot
    return handler
  }

  /// Removes all handlers, and returns them.
  mutating func removeAll() -> [any EventHandler] {
    var handlers: [any EventHandler] = []
    for slot in 0..<used {
      guard let handler = slots[slot].handler else { continue }
      handlers.append(handler)
      let registration = EventRegistration(
        fd: -1, slot: UInt32(truncatingIfNeeded: slot), generation: slots[slot].generation)
      _ = remove(registration)
    }
    return handlers
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Slot>.allocate(capacity: capacity &* 2)
    larger.moveInitialize(from: slots, count: used)
    slots.deallocate()
    slots = larger
    capacity &*= 2
  }
}
