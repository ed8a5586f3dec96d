import Glibc
import UESynthCore

/// A pose and several captures as one: submitted together, completed once, with a status for each part.
///
/// Guarded by the exchange's lock, but for what is said to be the loop's.
public final class Frameset: @unchecked Sendable {
  /// One capture of the set.
  public struct Part {
    public var modality = Modality.rgb
    public var camera: UnsafePointer<CChar>?
    public var width: UInt32 = 0
    public var height: UInt32 = 0
    public init() {}
  }

  /// What is asked for. Strings are BORROWED for the submission.
  public struct Request {
    public var camera: UnsafePointer<CChar>?
    public var pose: Transform?
    public var parts: [Part] = []
    public var settleCaptures = 0
    /// Nanoseconds.
    public var settleTime: Int64 = 0
    public var verifies = false
    public init() {}
  }

  /// What a request of the set is for.
  enum Role: Equatable {
    case pose
    case settle
    case part(Int)
    case verify
  }

  public let id: UInt64
  public let cookie: UInt64
  let wanted: Transform?
  private let settleTime: Int64
  /// Captures wait for this; `Int64.max` until the pose is acknowledged. The loop's.
  var settleUntil: Int64
  /// Captures to be thrown away that are not over yet, those among them that were sent, and on which
  /// lane. They go one after the other, and the kept ones after them, since what a server works side by
  /// side may be of one tick. The loop's, once the set was submitted.
  var settlesLeft = 0
  private var settlesSent = 0
  private var settleLane = -1

  var sinkKind: SinkKind
  var sink: EventSink?
  var waiter: Waiter?
  /// Requests of the set that are not over yet.
  var remaining = 0
  /// Their ids, for cancelling.
  var requestIDs: [UInt64] = []
  /// One for each part, with its frame and status, until the set is delivered.
  var parts: [EventRef] = []

  public private(set) var poseStatus = Status.ok
  public private(set) var readBack: Transform?
  public private(set) var settled = 0
  public private(set) var message = ""
  private var firstCompleted = Int64.max
  private var lastCompleted = Int64.min

  init(id: UInt64, cookie: UInt64, request: Request, sinkKind: SinkKind, sink: EventSink?) {
    self.id = id
    self.cookie = cookie
    wanted = request.pose
    settleTime = request.settleTime
    settleUntil = request.pose != nil && request.settleTime > 0 ? .max : 0
    self.sinkKind = sinkKind
    self.sink = sink
  }

  /// Between the arrival of the first kept picture and the last one's.
  public var spread: Int64 { lastCompleted > firstCompleted ? lastCompleted &- firstCompleted : 0 }

  /// Whether the pose that was read back is the one that was set; nil if that is not known. Rotations
  /// count modulo a turn.
  public var isVerified: Bool? {
    guard let wanted, let readBack else { return nil }
    func near(_ a: Float, _ b: Float) -> Bool { abs(a - b) <= 0.05 }
    func nearTurn(_ a: Float, _ b: Float) -> Bool {
      let rest = abs(a - b).truncatingRemainder(dividingBy: 360)
      return min(rest, 360 - rest) <= 0.05
    }
    return near(wanted.location.x, readBack.location.x)
      && near(wanted.location.y, readBack.location.y)
      && near(wanted.location.z, readBack.location.z)
      && nearTurn(wanted.rotation.pitch, readBack.rotation.pitch)
      && nearTurn(wanted.rotation.yaw, readBack.rotation.yaw)
      && nearTurn(wanted.rotation.roll, readBack.rotation.roll)
  }

  /// The set's own status: OK if the pose and every part are, otherwise the first that is not.
  public private(set) var status = Status.ok

  /// The outcomes of the parts, once the set was delivered. Whoever holds the set's completion owns
  /// what they hold.
  public var results: [Completion] = []
  /// Memory (malloc) that the door of the library keeps its own form of this set in.
  public var host: UnsafeMutableRawPointer?

  deinit { free(host) }

  /// What the results hold goes. No lock held.
  func releaseResults() {
    for index in results.indices { results[index].release() }
    results.removeAll()
  }

  // MARK: Loop

  /// The pose's reply has come: what settles begins.
  func poseAnswered(now: Int64) {
    if settleUntil == .max { settleUntil = now &+ settleTime }
  }

  /// Where a read of the set may go, as far as settling is concerned: behind those to be thrown away
  /// that are under way on a lane, or when they are over.
  func settling(_ role: Role, isDirect: Bool) -> OrderBook.Clearance {
    let waitsForMore: Bool
    switch role {
    case .settle: waitsForMore = false
    case .part, .verify: waitsForMore = settlesLeft > settlesSent
    case .pose: return .anywhere
    }
    if waitsForMore { return .wait }
    if settlesSent == 0 { return .anywhere }
    return isDirect || settleLane == OrderBook.direct ? .wait : .lane(settleLane)
  }

  /// A capture to be thrown away was sent.
  func settleSent(lane: Int) {
    settlesSent += 1
    settleLane = lane
  }

  /// It is over.
  func settleEnded(wasSent: Bool) {
    settlesLeft -= 1
    if wasSent { settlesSent -= 1 }
  }

  // MARK: Under the lock

  /// Notes how the pose or the reading back ended.
  func note(_ role: Role, _ completion: Completion) {
    switch role {
    case .pose:
      poseStatus = completion.status
    case .verify:
      if completion.status == .ok, let reply = completion.reply, reply.pointee.hasTransform {
        readBack = reply.pointee.transform
      }
    case .settle:
      settled += 1
    case .part:
      if let frame = completion.frame {
        firstCompleted = min(firstCompleted, frame.pointee.completed)
        lastCompleted = max(lastCompleted, frame.pointee.completed)
      }
    }
    if completion.status != .ok, role != .verify, role != .settle { fail(role, completion) }
  }

  private func fail(_ role: Role, _ completion: Completion) {
    let words = completion.reply.map { String(cString: $0.pointee.message.cString) } ?? ""
    if status == .ok { status = completion.status }
    if message.isEmpty {
      let what =
        switch role {
        case .pose: "the pose"
        case .part(let index): "part \(index)"
        case .settle, .verify: ""
        }
      message = "\(what) failed: \(words.isEmpty ? completion.status.name.description : words)"
    }
  }
}
