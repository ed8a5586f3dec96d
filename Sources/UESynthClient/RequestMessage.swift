import Glibc
import UESynthCore
import UESynthWire

/// The message of a request: encoded by the thread that submits it, sent by the loop as it is.
extension UnsafeMutablePointer<RequestRecord> {
  private static var leastMemory: Int { 256 }

  /// Encodes what is asked, for the route that the request takes. False when memory has run out.
  func encode(_ action: borrowing Action) -> Bool {
    let most = StreamRequest.mostInFront &+ ActionEncoder.mostBytes(action)
    if most > pointee.memoryCapacity || pointee.memory == nil {
      let wanted = Swift.max(Self.leastMemory, most)
      guard let larger = realloc(pointee.memory, wanted) else { return false }
      pointee.memory = larger
      pointee.memoryCapacity = wanted
    }
    guard let memory = pointee.memory else { return false }
    let payload = memory + StreamRequest.mostInFront
    let count = ActionEncoder.encode(action, into: payload)
    pointee.payloadCount = count
    if !pointee.isDirect {
      pointee.frontCount =
        payload
        - StreamRequest.write(id: pointee.id, kind: action.kind, payload: payload, count: count)
    }
    return true
  }

  /// As it goes by unary RPC, without its prefix.
  var payload: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: pointee.memory.map { $0 + StreamRequest.mostInFront }, count: pointee.payloadCount)
  }

  /// As it goes by stream, with its prefix.
  @inline(__always)
  var streamMessage: UnsafeRawBufferPointer {
    let front = pointee.frontCount
    return UnsafeRawBufferPointer(
      start: pointee.memory.map { $0 + (StreamRequest.mostInFront &- front) },
      count: front &+ pointee.payloadCount)
  }
}
