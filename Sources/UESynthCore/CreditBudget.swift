/// The byte cap as a client's loop sees it: the windows that were granted to open streams, the messages
/// that are on their way, and (told from outside) the frames that wait for the host.
///
/// A message is reserved with its full length when its length prefix comes; reservations are granted in
/// order of arrival, so that one message can always finish. While it is not granted, the stream's credit
/// is withheld and the server waits.
public struct CreditBudget {
  /// `stream_buffer_bytes`.
  public let cap: Int
  /// Credit that each stream starts with.
  public let window: Int
  /// Credit of a lane once the server has answered on it: more than a picture, so that the server is not
  /// stopped in the middle of one.
  public let laneWindow: Int
  /// Streams that may be open besides the lanes, so that windows never take more than half of the cap.
  public let directLimit: Int

  private let lanes: Int
  private var openLanes = 0
  private var openDirect = 0
  /// Full lengths of the messages that were granted and are not yet over.
  public private(set) var reserved = 0
  public private(set) var peak = 0
  /// The longest message that waits to be granted: no direct call is opened that would take its place.
  public var claim = 0
  /// The longest reply that one of the open direct calls is expected to have.
  private var expected = 0
  /// The longest message that was granted so far.
  public private(set) var longestSeen = 0

  private static let leastWindow = 64 << 10
  private static let mostWindow = 16 << 20
  /// Direct calls that a cap is laid out for.
  private static let directShare = 31
  /// The windows of all lanes together take this part of the cap.
  private static let lanesShare = 16

  public init(cap: Int, lanes: Int) {
    self.cap = cap
    self.lanes = max(1, lanes)
    let streams = self.lanes + Self.directShare
    window = min(max(cap / (2 * streams), Self.leastWindow), Self.mostWindow)
    laneWindow = min(max(cap / Self.lanesShare / self.lanes, window), Self.mostWindow)
    directLimit = max(1, (cap / 2 &- self.lanes &* laneWindow) / window)
  }

  /// The least cap with which lanes of the least window leave half for messages.
  public static func leastCap(lanes: Int) -> Int {
    max(1 << 20, 2 * (max(1, lanes) + 1) * leastWindow)
  }

  public mutating func streamOpened(isDirect: Bool) {
    if isDirect { openDirect += 1 } else { openLanes += 1 }
  }

  public mutating func streamClosed(isDirect: Bool) {
    if isDirect { openDirect = max(0, openDirect - 1) } else { openLanes = max(0, openLanes - 1) }
    if openDirect == 0 { expected = 0 }
  }

  /// The direct call that was opened last is expected to have a reply of `length` bytes.
  public mutating func expect(_ length: Int) { expected = max(expected, length) }

  /// Whether the window of one more direct call leaves room for the longest message that waits, that is
  /// expected, or that is to be expected by the call itself.
  public func leavesRoom(expecting length: Int) -> Bool {
    if openDirect == 0 { return true }
    let wanted = min(max(claim, expected, length), longestOnLane)
    return wanted <= cap - windows(direct: openDirect + 1)
  }

  /// Whether the window of one more direct call fits under the cap. One call has its place always, so
  /// that what leaves nothing behind (`isTransient`) gets through while frames wait for the host.
  public func mayOpenDirect(queued: Int, isTransient: Bool) -> Bool {
    if openDirect == 0, isTransient { return true }
    return openDirect < directLimit && reserved + queued <= cap - windows(direct: openDirect + 1)
  }

  /// What messages and frames may take together: the windows of the lanes and of one direct call have
  /// their place whether they are open or not.
  public var room: Int { max(0, cap - windows(direct: max(1, openDirect))) }

  /// The longest message that can be granted whatever streams are open.
  public var longestMessage: Int { max(0, cap / 2) }

  /// The longest one that can be granted when all direct calls but one are over.
  public var longestOnLane: Int { max(longestMessage, cap - windows(direct: 1)) }

  /// Grants a message of `length` bytes while `queued` bytes of frames wait for the host.
  public mutating func reserve(_ length: Int, queued: Int) -> Bool {
    guard length <= room - reserved - queued else { return false }
    reserved += length
    longestSeen = max(longestSeen, length)
    peak = max(peak, counted(queued: queued))
    return true
  }

  /// Counts a message that has come whole without a grant: it fitted into what was left of its stream's
  /// window.
  public mutating func take(_ length: Int) { reserved += length }

  /// A granted message is over: it became a frame, or nothing.
  public mutating func release(_ length: Int) { reserved = max(0, reserved - length) }

  /// Counted against the cap now.
  public func counted(queued: Int) -> Int {
    openLanes &* laneWindow &+ openDirect &* window &+ reserved &+ queued
  }

  /// What all lanes and so many direct calls have at once.
  private func windows(direct: Int) -> Int { lanes &* laneWindow &+ direct &* window }
}
