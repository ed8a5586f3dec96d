import UESynthCore

/// How the pixels of a modality lie in memory: rows from the top, no padding, little-endian.
///
/// | modality | pixel |
/// |---|---|
/// | rgb | 4 bytes: red, green, blue, 255 |
/// | depth | float: centimetres along the camera's forward axis (planar), `farDepth` for the sky |
/// | segmentation | uint32: instance id, 0 for the sky |
/// | normals | 3 floats: unit normal in the world, facing the camera; 0, 0, 0 for the sky |
/// | opticalFlow | 2 floats: x and y, in pixels, of this pixel minus where its surface point was |
public enum FramePixels {
  /// What is farther than this along the forward axis is sky: the largest half-float, 655.04 m.
  public static let farDepth: Float = 65504

  public static func bytesPerPixel(_ modality: Modality) -> Int {
    switch modality {
    case .rgb, .depth, .segmentation: 4
    case .normals: 12
    case .opticalFlow: 8
    }
  }

  public static func byteCount(_ modality: Modality, width: Int, height: Int) -> Int {
    width * height * bytesPerPixel(modality)
  }
}
