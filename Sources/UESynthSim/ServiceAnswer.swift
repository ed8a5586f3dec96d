import UESynthCore
import UESynthWire

/// What becomes of an action.
enum ServiceAnswer {
  case reply(ServerReply)
  /// A unary call ends with this status; a stream hears of it as its behaviour has it.
  case failed(Status, String)
  /// Nothing is ever sent.
  case silence
  case picture(ReplyPicture)
  /// To be drawn.
  case capture(CapturePlan)
}

/// A picture that is to be drawn.
struct CapturePlan {
  var modality: Modality
  var view: CameraView
  /// What the reply says, which is not always what the view is.
  var width: UInt32
  var height: UInt32

  var byteCount: Int {
    FramePixels.byteCount(modality, width: view.width, height: view.height)
  }
}

/// The way an action has come.
enum Route: Equatable { case unary, stream }
