import CUESynth
import CUESynthSys
import UESynthCore

@_cdecl("uesynth_version") @implementation
public func uesynth_version() -> UnsafePointer<CChar>? {
  UnsafeRawPointer(("0.1.0" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
}

@_cdecl("uesynth_version_number") @implementation
public func uesynth_version_number() -> UInt32 {
  UInt32(UESYNTH_VERSION_MAJOR * 1_000_000 + UESYNTH_VERSION_MINOR * 1000 + UESYNTH_VERSION_PATCH)
}

@_cdecl("uesynth_status_name") @implementation
public func uesynth_status_name(_ status: uesynth_status) -> UnsafePointer<CChar>? {
  UnsafeRawPointer(Status(rawValue: status).name.utf8Start).assumingMemoryBound(to: CChar.self)
}

@_cdecl("uesynth_last_error") @implementation
public func uesynth_last_error() -> UnsafePointer<CChar>? { uesynth_sys_error() }
