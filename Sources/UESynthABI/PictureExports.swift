import CUESynth
import UESynthClient
import UESynthCore

@_cdecl("uesynth_frame_decode") @implementation
public func uesynth_frame_decode(
  _ frame: OpaquePointer?, _ pixels: UnsafeMutablePointer<uesynth_pixels>?
) -> uesynth_status {
  status { () throws(ClientFailure) in try decode(frame, pixels, filesToo: true) }
}

@_cdecl("uesynth_frame_convert") @implementation
public func uesynth_frame_convert(
  _ frame: OpaquePointer?, _ pixels: UnsafeMutablePointer<uesynth_pixels>?
) -> uesynth_status {
  status { () throws(ClientFailure) in try decode(frame, pixels, filesToo: false) }
}

private func decode(
  _ frame: OpaquePointer?, _ pixels: UnsafeMutablePointer<uesynth_pixels>?, filesToo: Bool
) throws(ClientFailure) {
  let frame = try Handles.frame(frame)
  var value = try Arguments.read(UnsafePointer(pixels), "pixels")
  var outcome: PixelOutcome?
  var failure: ClientFailure?
  do {
    try frame.decode(try Arguments.pixels(value), filesToo: filesToo, outcome: &outcome)
  } catch {
    failure = error
  }
  if let outcome, failure == nil || failure?.status == .bufferTooSmall {
    value.width = outcome.width
    value.height = outcome.height
    value.made_format = outcome.layout.format.rawValue
    value.made_stride = outcome.layout.stride
    value.size = outcome.layout.size
    try Arguments.write(value, to: pixels, "pixels")
  }
  if let failure { throw failure }
}

@_cdecl("uesynth_frame_encode") @implementation
public func uesynth_frame_encode(
  _ frame: OpaquePointer?, _ file: UInt32, _ options: UnsafePointer<uesynth_picture_options>?,
  _ bytes: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ size: UnsafeMutablePointer<Int>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let frame = try Handles.frame(frame)
    guard let file = PictureFile(rawValue: file) else {
      throw misuse("\(file) is no UESYNTH_FILE_")
    }
    let options = try Arguments.picture(options)
    let output = try Arguments.output(bytes, "bytes")
    let length = try Arguments.output(size, "size")
    let made = try frame.encode(file, options)
    output.pointee = made.baseAddress
    length.pointee = made.count
  }
}

@_cdecl("uesynth_bytes_free") @implementation
public func uesynth_bytes_free(_ bytes: UnsafeMutablePointer<UInt8>?) { Codec.free(bytes) }

@_cdecl("uesynth_frame_save") @implementation
public func uesynth_frame_save(
  _ frame: OpaquePointer?, _ path: UnsafePointer<CChar>?,
  _ options: UnsafePointer<uesynth_picture_options>?
) -> uesynth_status {
  status { () throws(ClientFailure) in
    let frame = try Handles.frame(frame)
    let (path, file) = try Arguments.path(path)
    try frame.save(to: path, file, try Arguments.picture(options))
  }
}

@_cdecl("uesynth_client_save") @implementation
public func uesynth_client_save(
  _ client: OpaquePointer?, _ frame: OpaquePointer?, _ path: UnsafePointer<CChar>?,
  _ options: UnsafePointer<uesynth_save_options>?, _ callback: uesynth_event_fn?,
  _ user_data: UnsafeMutableRawPointer?, _ destroy: uesynth_destroy_fn?
) -> uesynth_status {
  let sink = CallbackSink.make(callback, user_data, destroy)
  return status { () throws(ClientFailure) in
    let client = try Handles.client(client)
    let frame = try Handles.frame(frame)
    let (path, file) = try Arguments.path(path)
    try client.save(frame, to: path, file, try Arguments.save(options), sink: sink)
  }
}

@_cdecl("uesynth_client_flush_saves") @implementation
public func uesynth_client_flush_saves(
  _ client: OpaquePointer?, _ timeout_ms: Int64
) -> uesynth_status {
  status { () throws(ClientFailure) in
    try Handles.client(client).flushSaves(wait: Arguments.wait(timeout_ms))
  }
}
