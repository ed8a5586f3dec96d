/// Whose view a capture shows.
public enum CameraRule: Sendable {
  /// Names matter: "" is the default camera, an unknown name is an error, and a picture is the
  /// camera's view at the size that was asked for.
  case named
  /// As the plugin does (WIRE.md 7, 12, 13): names are ignored, pose commands act on the first
  /// camera, and a picture is the top left corner of the viewport, which shows that camera.
  /// Pixels beyond the viewport are zeros.
  case viewport
}
