import CUESynth
import UESynthClient
import UESynthCore
import UESynthNet

/// How Swift objects become handles of the host and are found again: retain, borrow and release of
/// handles happens here and nowhere else.
enum Handles {
  private static func make(_ object: AnyObject) -> OpaquePointer {
    OpaquePointer(Unmanaged.passRetained(object).toOpaque())
  }

  private static func object<Object: AnyObject>(_ handle: OpaquePointer) -> Object {
    Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
  }

  private static func take<Object: AnyObject>(_ handle: OpaquePointer) -> Object {
    Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeRetainedValue()
  }

  // MARK: Clients

  static func make(client: Client) -> OpaquePointer { make(client) }

  static func client(_ handle: OpaquePointer?) throws(ClientFailure) -> Client {
    guard let handle else { throw misuse("the client is NULL") }
    let client: Client = object(handle)
    if client.isForked {
      throw ClientFailure(
        .forked,
        "this client belongs to the parent process: make a new one after fork (in a DataLoader, in "
          + "worker_init_fn)")
    }
    return client
  }

  static func free(client handle: OpaquePointer?) {
    guard let handle else { return }
    let client: Client = take(handle)
    if client.isForked {
      // The parent's threads do not run here, so nothing of it can be ended in good order.
      _ = Unmanaged.passRetained(client)
      return
    }
    client.shutDown()
  }

  // MARK: Runtimes

  static func make(runtime: Runtime) -> OpaquePointer { make(runtime) }

  /// The runtime behind a handle; one of its own for NULL.
  static func runtime(_ handle: OpaquePointer?) throws(ClientFailure) -> Runtime {
    guard let handle else { return try Presets.ownRuntime() }
    let runtime: Runtime = object(handle)
    if runtime.generation != ForkGuard.generation {
      throw ClientFailure(
        .forked, "this runtime belongs to the parent process: make a new one after fork")
    }
    return runtime
  }

  static func free(runtime handle: OpaquePointer?) {
    guard let handle else { return }
    let runtime: Runtime = take(handle)
    if runtime.generation != ForkGuard.generation { _ = Unmanaged.passRetained(runtime) }
  }

  // MARK: What belongs to a client

  /// Holds the client too, so that ending it after the client's end is in order.
  private final class Owned<Part: AnyObject> {
    let client: Client
    let part: Part

    init(_ client: Client, _ part: Part) {
      self.client = client
      self.part = part
    }
  }

  private static func owned<Part: AnyObject>(
    _ handle: OpaquePointer?, _ name: StaticString, as type: Part.Type
  ) throws(ClientFailure) -> (client: Client, part: Part) {
    guard let handle else { throw misuse("the \(name) is NULL") }
    let owner: Owned<Part> = object(handle)
    if owner.client.isForked {
      throw ClientFailure(
        .forked, "this \(name) belongs to the parent process: make a new client after fork")
    }
    return (owner.client, owner.part)
  }

  private static func free<Part: AnyObject>(
    owned handle: OpaquePointer?, _ end: (Client, Part) -> Void
  ) {
    guard let handle else { return }
    let owner: Owned<Part> = take(handle)
    if owner.client.isForked {
      _ = Unmanaged.passRetained(owner)
      return
    }
    end(owner.client, owner.part)
  }

  static func make(subscription: Subscription, of client: Client) -> OpaquePointer {
    make(Owned(client, subscription))
  }

  static func close(subscription handle: OpaquePointer?) {
    free(owned: handle) { (client, subscription: Subscription) in
      client.unsubscribe(subscription)
    }
  }

  static func make(sequence: CaptureSequence, of client: Client) -> OpaquePointer {
    make(Owned(client, sequence))
  }

  static func sequence(
    _ handle: OpaquePointer?
  ) throws(ClientFailure) -> (client: Client, part: CaptureSequence) {
    try owned(handle, "sequence", as: CaptureSequence.self)
  }

  static func free(sequence handle: OpaquePointer?) {
    free(owned: handle) { (_, sequence: CaptureSequence) in sequence.cancel() }
  }

  static func make(rawStream call: RawCall, of client: Client) -> OpaquePointer {
    make(Owned(client, call))
  }

  static func rawStream(
    _ handle: OpaquePointer?
  ) throws(ClientFailure) -> (client: Client, part: RawCall) {
    try owned(handle, "stream", as: RawCall.self)
  }

  static func free(rawStream handle: OpaquePointer?) {
    free(owned: handle) { (client, call: RawCall) in client.cancel(call) }
  }

  // MARK: Pacers

  static func make(pacer: Pacer) -> OpaquePointer { make(pacer as AnyObject) }

  static func pacer(_ handle: OpaquePointer?) throws(ClientFailure) -> Pacer {
    guard let handle else { throw misuse("the pacer is NULL") }
    let pacer: Pacer = object(handle)
    if pacer.isForked {
      throw ClientFailure(
        .forked, "this pacer belongs to the parent process: make a new one after fork")
    }
    return pacer
  }

  static func free(pacer handle: OpaquePointer?) {
    guard let handle else { return }
    let pacer: Pacer = take(handle)
    if pacer.isForked {
      _ = Unmanaged.passRetained(pacer)
      return
    }
    pacer.close()
  }

  // MARK: Frames

  /// Hands one of the library's references to the host.
  static func give(frame: FrameRef) -> OpaquePointer {
    frame.handToHost()
    return OpaquePointer(frame)
  }

  /// Shows a frame to the host, who may retain it.
  static func lend(frame: FrameRef) -> OpaquePointer { OpaquePointer(frame) }

  static func frame(_ handle: OpaquePointer?) throws(ClientFailure) -> FrameRef {
    guard let handle else { throw misuse("the frame is NULL") }
    let frame = FrameRef(handle)
    guard frame.pointee.references.load(ordering: .relaxed) > 0 else {
      throw misuse("the frame was released before")
    }
    return frame
  }

  static func retain(frame handle: OpaquePointer?) {
    guard let handle else { return }
    FrameRef(handle).retainForHost()
  }

  static func release(frame handle: OpaquePointer?) {
    guard let handle else { return }
    FrameRef(handle).releaseForHost()
  }
}
