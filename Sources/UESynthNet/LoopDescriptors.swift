import CUESynthSys
import Glibc

/// The two descriptors of a loop, both or none.
struct LoopDescriptors {
  let epoll: Int32
  let wake: Int32

  init(wakeToken: UInt64) throws(NetError) {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    if epoll < 0 { throw NetError(errno: errno, "cannot create an event loop") }
    wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    if wake < 0 {
      let error = errno
      close(epoll)
      throw NetError(errno: error, "cannot create an event loop")
    }
    // Edge-triggered: every write is an edge, so the counter needs no read per wake-up.
    var event = epoll_event()
    event.events = EventMask.input | EventMask.edge
    event.data.u64 = wakeToken
    if epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event) != 0 {
      let error = errno
      close(wake)
      close(epoll)
      throw NetError(errno: error, "cannot create an event loop")
    }
  }
}
