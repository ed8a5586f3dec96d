import UESynthCore
import UESynthWire

/// Pictures that are drawn once and sent any number of times. Thread: the loop's, which it holds up
/// while it draws.
final class PreparedPictures {
  private struct Key: Hashable {
    var modality: Modality
    var width: Int
    var height: Int
  }

  private static let byteLimit = 512 << 20

  /// What the pixels are compressed with, beside what they are.
  private let encoding: MessageEncoding?
  private var pictures: [Key: ReplyPicture] = [:]
  private var bytes = 0

  init(_ encoding: MessageEncoding?) { self.encoding = encoding }

  /// The picture for this size and modality; the first that is asked for is drawn.
  func picture(_ plan: CapturePlan, draw: (CapturePlan) -> ReplyPicture?) -> ReplyPicture? {
    let key = Key(modality: plan.modality, width: plan.view.width, height: plan.view.height)
    guard var picture = pictures[key] else {
      guard var drawn = draw(plan) else { return nil }
      if let encoding { drawn.deflated = DeflatedPart(drawn.bytes, encoding) }
      if bytes + drawn.bytes.count > Self.byteLimit {
        pictures.removeAll()
        bytes = 0
      }
      pictures[key] = drawn
      bytes += drawn.bytes.count
      return drawn
    }
    picture.width = plan.width
    picture.height = plan.height
    return picture
  }
}
