import Testing

@testable import UESynthCore

/// Requests, a client that sends them as `OrderBook` allows, and serial servers behind its lanes; all
/// in an order that chance decides.
private struct OrderModel {
  struct Request {
    /// 0 for reads.
    let name: UInt64
    let isDirect: Bool
    var place = OrderBook.Place()
    var lane = -1
    /// Given up: nothing is promised about it any more.
    var isWithdrawn = false
    var tookEffect = false
    var isOver = false
  }

  private var random: Seeded
  private let book = OrderBook()
  private let laneRoom: Int
  private var requests: [Request] = []
  private var waiting: (stream: [Int], direct: [Int]) = ([], [])
  /// By lane: sent and not worked on, worked on and not answered.
  private var arriving: [[Int]]
  private var answering: [[Int]]
  private var directArriving: [Int] = []
  private var directAnswering: [Int] = []
  private(set) var violations: [String] = []
  private(set) var overtakings = 0
  private var over = 0
  /// Submissions, sendings, effects and ends.
  private var progress = 0

  init(seed: UInt64, lanes: Int) {
    random = Seeded(seed)
    laneRoom = 1 + random.below(6)
    arriving = Array(repeating: [], count: lanes)
    answering = Array(repeating: [], count: lanes)
  }

  var isDone: Bool { over == requests.count }

  /// `count` requests, of which at any time only some are submitted.
  mutating func run(_ count: Int, directPercent: Int, withdrawPercent: Int) {
    var idle = 0
    while requests.count < count || !isDone {
      let before = progress
      switch random.below(10) {
      case 0, 1, 2: if requests.count < count { submit(directPercent) }
      case 3, 4, 5: dispatch()
      case 6, 7: work()
      case 8: answer()
      default: if random.chance(withdrawPercent) { withdraw() }
      }
      idle = progress == before ? idle + 1 : 0
      if idle > 2000 {
        violations.append("no progress with \(requests.filter { !$0.isOver }.count) requests")
        return
      }
    }
  }

  private mutating func submit(_ directPercent: Int) {
    let name = random.chance(45) ? UInt64(1 + random.below(3)) : 0
    var request = Request(name: name, isDirect: random.chance(directPercent))
    request.place = book.enter(name: name, isDirect: request.isDirect)
    if request.isDirect {
      waiting.direct.append(requests.count)
    } else {
      waiting.stream.append(requests.count)
    }
    requests.append(request)
    progress += 1
  }

  private func clearance(_ index: Int) -> OrderBook.Clearance {
    book.clearance(requests[index].place)
  }

  /// What the engine's dispatch does, with chance for the room.
  private mutating func dispatch() {
    while let index = waiting.stream.first {
      let free = arriving.indices.filter {
        arriving[$0].count + answering[$0].count < laneRoom && random.chance(80)
      }
      let lane: Int
      switch clearance(index) {
      case .wait: return dispatchDirect()
      case .lane(let number):
        guard free.contains(number) else { return dispatchDirect() }
        lane = number
      case .anywhere:
        guard let number = free.randomElement(using: &random) else { return dispatchDirect() }
        lane = number
      }
      waiting.stream.removeFirst()
      requests[index].lane = lane
      progress += 1
      arriving[lane].append(index)
      book.sent(requests[index].place, lane: lane)
    }
    dispatchDirect()
  }

  private mutating func dispatchDirect() {
    while let index = waiting.direct.first, clearance(index) == .anywhere, random.chance(80) {
      waiting.direct.removeFirst()
      requests[index].lane = OrderBook.direct
      progress += 1
      directArriving.append(index)
      book.sent(requests[index].place, lane: OrderBook.direct)
    }
  }

  private mutating func work() {
    let busy = arriving.indices.filter { !arriving[$0].isEmpty }
    let choice = random.below(busy.count + 1)
    if choice < busy.count {
      let index = arriving[busy[choice]].removeFirst()
      takeEffect(index)
      answering[busy[choice]].append(index)
    } else if !directArriving.isEmpty {
      let index = directArriving.remove(at: random.below(directArriving.count))
      takeEffect(index)
      directAnswering.append(index)
    }
  }

  /// The rule, as include/uesynth.h has it.
  private mutating func takeEffect(_ index: Int) {
    requests[index].tookEffect = true
    progress += 1
    guard !requests[index].isWithdrawn else { return }
    let name = requests[index].name
    for other in requests.indices where other != index && !requests[other].isWithdrawn {
      let otherName = requests[other].name
      let isHazard = (name == 0) != (otherName == 0) || (name != 0 && name == otherName)
      let isEarlier = other < index
      if isHazard, requests[other].tookEffect != isEarlier {
        violations.append(
          "\(index) (name \(name)) took effect, \(other) (name \(otherName)) had "
            + (isEarlier ? "not yet" : "already"))
      }
      if !isHazard, isEarlier, !requests[other].tookEffect { overtakings += 1 }
    }
  }

  private mutating func answer() {
    let busy = answering.indices.filter { !answering[$0].isEmpty }
    let choice = random.below(busy.count + 1)
    if choice < busy.count {
      end(answering[busy[choice]].removeFirst())
    } else if !directAnswering.isEmpty {
      end(directAnswering.remove(at: random.below(directAnswering.count)))
    }
  }

  private mutating func end(_ index: Int) {
    guard !requests[index].isOver else { return }
    requests[index].isOver = true
    over += 1
    progress += 1
    book.ended(requests[index].place, lane: requests[index].lane)
  }

  /// Cancelled or expired, sent or not.
  private mutating func withdraw() {
    let live = requests.indices.filter { !requests[$0].isOver }
    guard let index = live.randomElement(using: &random) else { return }
    requests[index].isWithdrawn = true
    if requests[index].lane >= 0 {
      end(index)
    } else {
      requests[index].isOver = true
      over += 1
      progress += 1
      waiting.stream.removeAll { $0 == index }
      waiting.direct.removeAll { $0 == index }
      book.withdrawn(requests[index].place, isDirect: requests[index].isDirect)
    }
  }
}

@Suite struct OrderBookTests {
  @Test(arguments: [1, 3, 16], [0, 30, 100]) func keepsOrder(_ lanes: Int, _ directPercent: Int) {
    var overtakings = 0
    for seed in 0..<25 as Range<UInt64> {
      var model = OrderModel(seed: seed, lanes: lanes)
      model.run(50, directPercent: directPercent, withdrawPercent: 0)
      #expect(model.violations.isEmpty, "seed \(seed)")
      #expect(model.isDone)
      overtakings += model.overtakings
    }
    // What commutes is not held in line.
    if lanes > 1 || directPercent == 30 { #expect(overtakings > 0) }
  }

  @Test(arguments: [1, 3, 16]) func keepsOrderAmongWhatIsLeftAfterWithdrawals(_ lanes: Int) {
    for seed in 100..<140 as Range<UInt64> {
      var model = OrderModel(seed: seed, lanes: lanes)
      model.run(60, directPercent: 30, withdrawPercent: 40)
      #expect(model.violations.isEmpty, "seed \(seed)")
      #expect(model.isDone)
    }
  }

  @Test func aReadFollowsItsChangeOnTheLane() {
    let book = OrderBook()
    let change = book.enter(name: 7, isDirect: false)
    let read = book.enter(name: 0, isDirect: false)
    #expect(book.clearance(read) == .wait)
    #expect(book.clearance(change) == .anywhere)
    book.sent(change, lane: 2)
    #expect(book.clearance(read) == .lane(2))
    book.ended(change, lane: 2)
    #expect(book.clearance(read) == .anywhere)
  }

  @Test func nothingFollowsOnTheDirectRoute() {
    let book = OrderBook()
    let change = book.enter(name: 7, isDirect: true)
    book.sent(change, lane: OrderBook.direct)
    let read = book.enter(name: 0, isDirect: false)
    #expect(book.clearance(read) == .wait)
    book.ended(change, lane: OrderBook.direct)
    #expect(book.clearance(read) == .anywhere)
  }

  @Test func changesOfDifferentNamesCommute() {
    let book = OrderBook()
    let left = book.enter(name: 1, isDirect: false)
    let right = book.enter(name: 2, isDirect: true)
    #expect(left.epoch == right.epoch)
    book.sent(left, lane: 0)
    #expect(book.clearance(right) == .anywhere)
  }

  /// The stream holds the first change back; the direct one must not pass it.
  @Test func aChangeDoesNotOvertakeOneOfItsNameThatWaitsForTheOtherRoute() {
    let book = OrderBook()
    let first = book.enter(name: 1, isDirect: false)
    let second = book.enter(name: 1, isDirect: true)
    #expect(book.clearance(second) == .wait)
    #expect(book.clearance(first) == .anywhere)
    book.sent(first, lane: 0)
    #expect(book.clearance(second) == .lane(0))
    book.ended(first, lane: 0)
    #expect(book.clearance(second) == .anywhere)
  }

  /// A program that goes on submitting while there is no server.
  @Test func epochsDoNotPileUpWhileNothingCanBeSent() {
    let book = OrderBook()
    for round in 0..<50_000 {
      let change = book.enter(name: 1, isDirect: round % 3 == 0)
      let read = book.enter(name: 0, isDirect: false)
      book.withdrawn(change, isDirect: round % 3 == 0)
      book.withdrawn(read, isDirect: false)
    }
    #expect(book.epochsHeld < 4096)
    let change = book.enter(name: 1, isDirect: true)
    #expect(book.clearance(change) == .anywhere)
  }

  @Test func numbersThatAreNoneAreIgnored() {
    let book = OrderBook()
    let read = book.enter(name: 0, isDirect: false)
    book.sent(read, lane: 65)
    book.sent(read, lane: -1)
    book.ended(OrderBook.Place(), lane: 70)
    book.ended(OrderBook.Place(), lane: 1)
    book.withdrawn(OrderBook.Place(), isDirect: false)
    #expect(book.clearance(read) == .anywhere)
  }
}
