import Glibc
import UESynthCore

/// The bare request message of an action's unary RPC: `CaptureRequest`, `SetObjectTransformRequest`
/// and so on. The bytes are the ones that protobuf-c packs.
public enum ActionEncoder {
  /// Not less than what `encode` writes: so that a message is made in one pass.
  public static func mostBytes(_ action: borrowing Action) -> Int {
    fixedBytes &+ length(action.name) &+ length(action.assetPath)
      &+ length(action.materialProperty) &+ length(action.materialValue)
  }

  /// Headers of four texts, a transform, a vector and numbers.
  private static let fixedBytes = 160

  @inline(__always)
  private static func length(_ text: UnsafePointer<CChar>?) -> Int {
    text.map { Int(truncatingIfNeeded: strlen($0)) } ?? 0
  }

  public static func encodedSize(_ action: borrowing Action) -> Int {
    var count = ByteCount()
    emit(action, into: &count)
    return count.count
  }

  /// Writes `encodedSize` bytes, which are at most `mostBytes`, and returns their number.
  public static func encode(
    _ action: borrowing Action, into memory: UnsafeMutableRawPointer
  ) -> Int {
    var writer = ByteWriter(cursor: memory)
    emit(action, into: &writer)
    return writer.cursor - memory
  }

  @inline(__always)
  private static func emit(_ action: borrowing Action, into sink: inout some ByteSink) {
    switch action.kind {
    case .setCameraTransform, .setObjectTransform, .createCamera:
      sink.string(1, action.name)
      if action.hasTransform { sink.transform(2, action.transform) }
    case .getCameraTransform, .getObjectTransform, .destroyCamera, .destroyObject:
      sink.string(1, action.name)
    case .captureRGB, .captureDepth, .captureSegmentation, .captureNormals, .captureOpticalFlow,
      .setResolution:
      sink.string(1, action.name)
      sink.uint32(2, action.width)
      sink.uint32(3, action.height)
    case .spawnObject:
      sink.string(1, action.name)
      sink.string(2, action.assetPath)
      if action.hasTransform { sink.transform(3, action.transform) }
    case .setMaterial:
      sink.string(1, action.name)
      sink.string(2, action.materialProperty)
      sink.string(3, action.materialValue)
    case .listObjects:
      break
    case .setLighting:
      sink.string(1, action.name)
      sink.float(2, action.intensity)
      sink.vector(3, action.color)
      if action.hasTransform { sink.transform(4, action.transform) }
    }
  }
}
