import CUESynth
import Glibc
import UESynthClient
import UESynthCore

/// What a host brings for the metadata of calls. Its end tells the host.
final class HostMetadata: @unchecked Sendable {
  private let fixed: UnsafePointer<uesynth_metadata>?
  private let count: Int
  private let isInsecure: UInt32
  private let callback: uesynth_metadata_fn?
  private let userData: UnsafeMutableRawPointer?
  private let destroy: uesynth_destroy_fn?

  /// The array of `options` is BORROWED until `apply` has returned.
  init(_ options: uesynth_client_options) {
    fixed = options.metadata
    count = options.metadata_count
    isInsecure = options.insecure_metadata
    callback = options.metadata_callback
    userData = options.metadata_user_data
    destroy = options.metadata_destroy
  }

  deinit { destroy?(userData) }

  func apply(to options: inout ClientOptions) throws(ClientFailure) {
    guard isInsecure <= 1 else {
      throw misuse("options.insecure_metadata is \(isInsecure); it may be 0 or 1")
    }
    options.sendsMetadataInClear = isInsecure == 1
    let metadata = CallMetadata()
    guard count >= 0, count <= 256 else {
      throw misuse("options.metadata_count is over 256")
    }
    if count > 0 {
      guard let fixed else { throw misuse("options.metadata is NULL") }
      for index in 0..<count { try Self.add(fixed[index], to: metadata) }
    }
    guard !metadata.isEmpty || callback != nil else { return }
    try Self.checkSecrecy(options)
    options.metadata = metadata
    guard let callback else { return }
    let host = self
    options.metadataSource = MetadataSource(base: metadata) { method, list in
      host.ask(callback, method, list)
    }
  }

  /// Metadata are often secrets: without TLS the host has to insist.
  static func checkSecrecy(_ options: ClientOptions) throws(ClientFailure) {
    guard options.tls != nil || options.sendsMetadataInClear else {
      throw misuse(
        "metadata would be sent for all to read: set options.tls, or options.insecure_metadata if that is "
          + "what you want")
    }
  }

  private func ask(
    _ callback: uesynth_metadata_fn, _ method: MethodPath, _ list: CallMetadata
  ) -> ClientFailure? {
    let handle = OpaquePointer(Unmanaged.passUnretained(list).toOpaque())
    let (code, name) = withExtendedLifetime(list) {
      switch method {
      case .known(let path):
        (
          callback(
            UnsafeRawPointer(path.utf8Start).assumingMemoryBound(to: CChar.self), handle, userData),
          path.description
        )
      case .given(let path): (path.withCString { callback($0, handle, userData) }, path)
      }
    }
    if code == 0 { return nil }
    let isKnown = (1...16).contains(code) || (100...107).contains(code)
    return ClientFailure(
      isKnown ? Status(rawValue: code) : .unauthenticated,
      "the metadata callback gave no metadata for \(name) (status \(code))")
  }

  static func add(
    _ pair: uesynth_metadata, to list: CallMetadata
  ) throws(ClientFailure) {
    guard let key = pair.key else { throw misuse("a key of metadata is NULL") }
    try Arguments.text(key, "a key of metadata")
    guard pair.size >= 0, pair.size <= 64 << 10 else {
      throw misuse("a value of metadata is longer than 65536 bytes")
    }
    var count = pair.size
    if count == 0, let value = pair.value {
      try Arguments.text(value.assumingMemoryBound(to: CChar.self), "a value of metadata")
      count = strlen(value.assumingMemoryBound(to: CChar.self))
    }
    if pair.value == nil, count > 0 { throw misuse("a value of metadata is NULL") }
    try list.add(String(cString: key), UnsafeRawBufferPointer(start: pair.value, count: count))
  }
}

@_cdecl("uesynth_metadata_list_add") @implementation
public func uesynth_metadata_list_add(
  _ list: OpaquePointer?, _ key: UnsafePointer<CChar>?, _ value: UnsafeRawPointer?, _ size: Int
) -> uesynth_status {
  status { () throws(ClientFailure) in
    guard let list else { throw misuse("the list is NULL") }
    let found = Unmanaged<CallMetadata>.fromOpaque(UnsafeRawPointer(list)).takeUnretainedValue()
    try HostMetadata.add(uesynth_metadata(key: key, value: value, size: size), to: found)
  }
}
