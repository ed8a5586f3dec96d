// main TARGET FOLDER: the whole of uesynth.hpp against a simulator. Prints how many checks passed;
// the first that does not ends it.
#include "uesynth.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#if __cplusplus >= 202002L
#include <span>
#endif

std::size_t captured_elsewhere(uesynth::client &client);

namespace {

int passed = 0;

void expect(bool so, const char *what, int line) {
  if (!so) {
    std::fprintf(stderr, "main.cpp:%d: not so: %s\n", line, what);
    std::exit(1);
  }
  passed += 1;
}

#define EXPECT(condition) expect(condition, #condition, __LINE__)

template <class Call> uesynth_status status_of(Call call) {
  try {
    call();
  } catch (const uesynth::error &failure) {
    expect(std::string(failure.what()).size() > 10, failure.what(), __LINE__);
    return failure.status();
  }
  return UESYNTH_OK;
}

constexpr uesynth::milliseconds wait{20000};

template <class Condition> bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + wait;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(uesynth::milliseconds(2));
  }
  return true;
}

void calls(const std::string &target) {
  uesynth::client client(target);
  client.connect(wait);
  EXPECT(client.state() == UESYNTH_STATE_READY);
  const uesynth::transform pose = uesynth::pose({-300, 10, 200}, {-15, 5, 0});
  client.set_camera_transform("", pose);
  EXPECT(client.camera_transform("").location.y == 10);
  uesynth::frame frame = client.capture(uesynth::modality::rgb, "", 64, 48);
  EXPECT(frame.width() == 64 && frame.height() == 48 && frame.stride() == 256);
  EXPECT(frame.bytes().size() == 64 * 48 * 4 && frame.format() == UESYNTH_FORMAT_RGBA8);
  EXPECT(frame.has(UESYNTH_FRAME_HAS_POSE) && frame.info().pose.location.x == -300);
  EXPECT(frame.floats().empty() && frame.ids().empty());
#if __cplusplus >= 202002L
  EXPECT(std::span<const std::uint8_t>(frame.bytes()).size() == frame.bytes().size());
#endif
  std::size_t count = 0;
  for (std::uint8_t byte : frame.bytes())
    count += byte == 255 ? 1 : 0;
  EXPECT(count >= 64 * 48); // alpha
  EXPECT(captured_elsewhere(client) == 16 * 8);

  const uesynth::frame copy = frame;
  uesynth::frame moved = std::move(frame);
  EXPECT(copy.get() == moved.get() && !frame && frame.bytes().empty());
  frame = copy;
  EXPECT(frame.get() == copy.get());

  client.call(uesynth::action::spawn_object("crate", "/Engine/BasicShapes/Cube.Cube", pose));
  client.call(uesynth::action::set_object_transform("crate", uesynth::pose({9, 9, 9}, {0, 30, 0}))
                  .only(UESYNTH_TRANSFORM_ROTATION));
  EXPECT(client.object_transform("crate").location.x == -300);
  EXPECT(client.object_transform("crate").rotation.yaw == 30);
  uesynth::event list = client.call(uesynth::action::list_objects());
  bool found = false;
  for (const std::string &name : list->names())
    found = found || name == "crate";
  EXPECT(found);
  client.call(uesynth::action::destroy_object("crate"));
  const uesynth_probe_report report = client.probe(0, wait);
  EXPECT(report.direct[UESYNTH_ACTION_CAPTURE_RGB] == UESYNTH_PROBE_WORKS);

  EXPECT(status_of([&] { client.object_transform("nobody"); }) != UESYNTH_OK);
  EXPECT(status_of([] { uesynth::client("host:port:what"); }) == UESYNTH_MISUSE);
  EXPECT(status_of([&] {
           client.submit(uesynth::action::destroy_object(std::string("a\0b", 3)));
         }) == UESYNTH_MISUSE);
  EXPECT(std::string(uesynth::error(UESYNTH_NO_ANSWER, "").name()) == "NO_ANSWER");
}

// Everything that was received and has gone is let go.
void letting_go(const std::string &target) {
  uesynth::client client(target);
  const uesynth::action capture = uesynth::action::capture(uesynth::modality::rgb, "", 64, 64);
  const auto held = [&] { return client.stats().host_frame_bytes; };
  {
    const uesynth::frame frame = client.capture(uesynth::modality::rgb, "", 64, 64);
    const auto one = held();
    const uesynth::frame copy = frame;
    uesynth::frame other = client.capture(uesynth::modality::rgb, "", 64, 64);
    EXPECT(one >= 64 * 64 * 4 && held() == 2 * one);
    other = frame;
    EXPECT(held() == one);
  }
  EXPECT(held() == 0);
  {
    uesynth::event event = client.call(capture), moved = std::move(event);
    const uesynth::frame kept = moved->frame();
    moved = uesynth::event();
    EXPECT(held() >= 64 * 64 * 4);
  }
  client.submit(capture);
  client.poll(4, wait);
  uesynth::frameset_request request;
  request.capture(uesynth::modality::rgb, "", 64, 64);
  client.capture_set(request);
  EXPECT(held() == 0);
}

void callbacks(const std::string &target) {
  uesynth::client client(target);
  const uesynth::action capture = uesynth::action::capture(uesynth::modality::rgb, "", 16, 16);
  std::promise<uesynth::frame> promise;
  auto future = promise.get_future();
  // A callable that can only be moved.
  const std::uint64_t id =
      client.submit(capture, {}, [promise = std::move(promise)](uesynth::event_view event) mutable {
        promise.set_value(event.frame());
      });
  EXPECT(id != 0 && future.get().bytes().size() == 16 * 16 * 4);

  std::atomic<int> count{0};
  auto kept = std::make_shared<int>(0);
  const std::vector<uesynth::action> actions(5, capture);
  const uesynth::batch batch =
      client.submit_batch(actions, {}, [&count, kept](uesynth::event_view event) {
        event.check();
        count += 1;
      });
  EXPECT(batch.requests.size() == 5 && batch.stopped == UESYNTH_OK);
  EXPECT(eventually([&] { return kept.use_count() == 1; }) && count == 5);
  EXPECT(status_of([&] {
           client.submit(uesynth::action::capture(uesynth::modality::rgb, "", 1 << 20, 1), {},
                         [kept](uesynth::event_view) {});
         }) == UESYNTH_MISUSE);
  EXPECT(kept.use_count() == 1); // also of what was refused

  uesynth::subscription_options options;
  options.width = options.height = 16;
  count = 0;
  uesynth::subscription subscription =
      client.subscribe(options, [&count](uesynth::event_view) { count += 1; });
  EXPECT(eventually([&] { return count >= 10; }));
  subscription.close();
  const int then = count;
  std::this_thread::sleep_for(uesynth::milliseconds(30));
  EXPECT(count == then);

  uesynth::watch_options watched;
  watched.log_level = UESYNTH_LOG_NONE;
  std::atomic<bool> closed{false};
  client.watch(watched, [&closed](uesynth::event_view event) {
    if (event.raw().action == UESYNTH_STATE_CLOSED)
      closed = true;
  });
  client.close();
  EXPECT(eventually([&] { return closed.load(); }));
}

void exceptions(const std::string &target) {
  uesynth::client client(target);
  std::atomic<int> count{0};
  auto kept = std::make_shared<int>(0);
  uesynth::subscription_options options;
  options.width = options.height = 8;
  uesynth::subscription subscription =
      client.subscribe(options, [&count, kept](uesynth::event_view) {
        count += 1;
        throw std::logic_error("in a callback");
      });
  EXPECT(eventually([&] { return count == 1; }));
  EXPECT(eventually([&] {
    try {
      client.capture(uesynth::modality::rgb, "", 8, 8);
    } catch (const std::logic_error &failure) {
      return std::string(failure.what()) == "in a callback";
    }
    return false;
  }));
  client.capture(uesynth::modality::rgb, "", 8, 8); // once is enough
  EXPECT(count == 1);                               // it is not called again
  subscription.close();
  client.submit(uesynth::action::list_objects(), {},
                [](uesynth::event_view) { throw std::runtime_error("unseen"); });
  std::exception_ptr unseen;
  EXPECT(eventually([&] { return (unseen = client.take_exception()) != nullptr; }));
}

void polling(const std::string &target) {
  uesynth::client client(target);
  EXPECT(client.poll(4, uesynth::milliseconds(0)).empty());
  const uesynth::action capture = uesynth::action::capture(uesynth::modality::rgb, "", 16, 16);
  uesynth::submit_options quiet;
  quiet.flags = UESYNTH_SUBMIT_NOTIFY_ONLY;
  quiet.cookie = 7;
  const std::uint64_t id = client.submit(capture, quiet);
  EXPECT(client.event_fd() >= 0);
  std::vector<uesynth::event> events = client.poll(4, wait);
  EXPECT(events.size() == 1 && events[0]->request() == id && events[0]->cookie() == 7);
  EXPECT(!events[0]->frame());
  uesynth::event moved = std::move(events[0]);
  EXPECT(moved->status() == UESYNTH_OK && (*moved).message().empty());
  EXPECT(client.take_frame(id, wait).width() == 16);
  EXPECT(status_of([&] { client.take_frame(id, wait); }) == UESYNTH_NO_FRAME);
  EXPECT(!client.latest_frame(uesynth::modality::rgb));
  EXPECT(client.latest_frame(uesynth::modality::rgb, "", true).width() == 16);
  EXPECT(!client.cancel(id));

  uesynth::frameset_request request;
  request.move("", uesynth::pose({-100, 0, 150}))
      .capture(uesynth::modality::rgb, "", 16, 16)
      .capture(uesynth::modality::depth, "", 16, 16);
  request.options.verify = 1;
  uesynth::event set = client.capture_set(request);
  set->check();
  EXPECT(set->parts().size() == 2 && (set->frameset()->flags & UESYNTH_FRAMESET_VERIFIED) != 0);
  client.submit_set(request);
  EXPECT(client.poll(1, wait).at(0)->type() == UESYNTH_EVENT_FRAMESET);
  uesynth::frameset_request none;
  EXPECT(status_of([&] { client.capture_set(none); }) == UESYNTH_MISUSE);

  const uesynth_stats stats = client.stats();
  EXPECT(stats.requests_submitted == stats.completed_ok + stats.requests_in_flight);
  EXPECT(client.stat("completed_ok") == static_cast<double>(stats.completed_ok));
  EXPECT(client.latency(0, UESYNTH_LATENCY_TOTAL, 50).count() > 0);
  EXPECT(client.stats_text("client=\"left\"").find("client=\"left\"") != std::string::npos);
}

void paths(const std::string &target) {
  uesynth::runtime_options shared;
  shared.loop_threads = 2;
  uesynth::runtime runtime(shared);
  uesynth::client_options options = uesynth::client_options::preset(UESYNTH_PRESET_LOW_MEMORY);
  options.runtime = runtime.get();
  uesynth::client client(target, options);
  std::vector<uesynth::transform> poses;
  for (int i = 0; i < 10; i++)
    poses.push_back(uesynth::pose({static_cast<float>(i), 0, 100}));
  uesynth::sequence_options along;
  along.width = along.height = 16;
  uesynth::sequence sequence = client.sequence(along, poses);
  std::uint64_t place = 0;
  while (auto event = sequence.next(wait)) {
    EXPECT((*event)->cookie() == place);
    EXPECT((*event)->frame().info().pose.location.x == static_cast<float>(place));
    place += 1;
  }
  EXPECT(place == 10 && sequence.stats().handed_out == 10);

  uesynth::subscription_options continuous;
  continuous.width = continuous.height = 16;
  uesynth::frames frames = client.frames(continuous);
  std::uint64_t last = 0, seen = 0;
  for (const uesynth::frame &frame : frames) {
    EXPECT(frame.info().sequence > last && frame.info().dropped_before == 0);
    last = frame.info().sequence;
    if (++seen == 20)
      break;
  }
  client.close();
  while (frames.next()) {
  }
  EXPECT(!frames.next());

  uesynth::pacer pacer(200);
  const auto first = pacer.wait(wait), second = pacer.wait(wait);
  EXPECT(first && second && second->number > first->number);
  EXPECT(pacer.stats().beats == 2 && pacer.fd() >= 0 && pacer.late(50).count() >= 0);
  EXPECT(status_of([] { uesynth::pacer(0); }) == UESYNTH_MISUSE);

  const auto matrix =
      uesynth::to_matrix(uesynth::pose({100, 200, 300}), UESYNTH_AXES_ROS, UESYNTH_POSE_METRES);
  EXPECT(matrix[3] == 1 && matrix[7] == -2 && matrix[11] == 3);
  EXPECT(uesynth::to_quaternion(uesynth::pose({0, 0, 0}), UESYNTH_AXES_UNREAL)[3] == 1);
  EXPECT(uesynth::camera_intrinsics(90, 640, 480)[2] == 320);
}

void pictures(const std::string &target, const std::string &folder) {
  uesynth::client client(target);
  const uesynth::frame frame = client.capture(uesynth::modality::rgb, "", 32, 16);
  const uesynth::pixels pixels = frame.convert(UESYNTH_FORMAT_RGB8);
  EXPECT(pixels.bytes.size() == 32 * 16 * 3 && pixels.stride == 96 && pixels.width == 32);
  EXPECT(pixels.bytes[1] == frame.bytes()[1]);
  EXPECT(frame.decode().format == UESYNTH_FORMAT_RGBA8);
  uesynth::picture_options whole;
  whole.keep_alpha = 1;
  const uesynth::encoded file = frame.encode(UESYNTH_FILE_NPY, whole);
  EXPECT(file.size() > frame.bytes().size() && file.data()[1] == 'N');
  frame.save(folder + "/one.npy", whole);
  EXPECT(static_cast<std::size_t>(
             std::ifstream(folder + "/one.npy", std::ios::ate | std::ios::binary).tellg()) ==
         file.size());
  std::promise<std::string> path;
  client.save(frame, folder + "/two.npy", {},
              [&path](uesynth::event_view event) { path.set_value(std::string(event.message())); });
  EXPECT(path.get_future().get() == folder + "/two.npy");
  EXPECT(client.flush_saves(wait));
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  calls(argv[1]);
  letting_go(argv[1]);
  callbacks(argv[1]);
  exceptions(argv[1]);
  polling(argv[1]);
  paths(argv[1]);
  pictures(argv[1], argv[2]);
  std::printf("%d checks\n", passed);
}
