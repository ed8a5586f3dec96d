// uesynth.hpp - libuesynth for C++17 and later: handles that let themselves go, callbacks as any
// callable, failures as exceptions. Header-only; link to libuesynth. uesynth.h is the manual: what
// is here is named after what it calls.
//
// SPDX-License-Identifier: MIT
//
//     uesynth::client client("localhost:50051");
//     uesynth::frame frame = client.capture(uesynth::modality::rgb, "", 640, 480);
//     std::cout << frame.width() << " x " << frame.height() << '\n';
//
// EXCEPTIONS. What fails throws uesynth::error with the status. An exception that leaves a callback
// does not reach C: the callback is not called again, and the next function of that client that
// waits for something throws it, on the thread that calls; client::take_exception asks for it. One
// that nobody has seen goes with the client.
//
// OWNERSHIP. Handles are moved, frames also copied (one more reference). What is named _view is
// lent, and valid as long as what it came from; an event_view that a callback is given, until that
// returns.
#ifndef UESYNTH_HPP
#define UESYNTH_HPP

#include <uesynth.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace uesynth {

// ---- Failures

/// A status other than UESYNTH_OK; what() is what happened and what can be done about it.
class error : public std::runtime_error {
public:
  error(uesynth_status status, const std::string &message)
      : std::runtime_error(message), status_(status) {}

  uesynth_status status() const noexcept { return status_; }
  const char *name() const noexcept { return uesynth_status_name(status_); }

private:
  uesynth_status status_;
};

/// Throws what the last failing call on this thread had to say.
inline void check(uesynth_status status) {
  if (status != UESYNTH_OK)
    throw error(status, uesynth_last_error());
}

/// A wait: a negative one has no end.
using milliseconds = std::chrono::milliseconds;
inline constexpr milliseconds forever{-1};

// ---- Words of the header

enum class modality : std::uint32_t {
  rgb = UESYNTH_MODALITY_RGB,
  depth = UESYNTH_MODALITY_DEPTH,
  segmentation = UESYNTH_MODALITY_SEGMENTATION,
  normals = UESYNTH_MODALITY_NORMALS,
  optical_flow = UESYNTH_MODALITY_OPTICAL_FLOW
};

using transform = uesynth_transform;
using vector3 = uesynth_vector3;
using rotator = uesynth_rotator;

/// A pose: centimetres, degrees, scale 1.
inline transform pose(vector3 location, rotator rotation = {0, 0, 0}, vector3 scale = {1, 1, 1}) {
  return transform{location, rotation, scale};
}

/// The C structs as their INIT macros set them: members are set by their names.
struct client_options : uesynth_client_options {
  client_options() : uesynth_client_options(UESYNTH_CLIENT_OPTIONS_INIT) {}

  /// UESYNTH_PRESET_...
  static client_options preset(std::uint32_t preset) {
    client_options options;
    check(uesynth_client_options_preset(preset, &options));
    return options;
  }
};

struct tls_options : uesynth_tls_options {
  tls_options() : uesynth_tls_options(UESYNTH_TLS_OPTIONS_INIT) {}
};

struct runtime_options : uesynth_runtime_options {
  runtime_options() : uesynth_runtime_options(UESYNTH_RUNTIME_OPTIONS_INIT) {}
};

struct submit_options : uesynth_submit_options {
  submit_options() : uesynth_submit_options(UESYNTH_SUBMIT_OPTIONS_INIT) {}
};

struct subscription_options : uesynth_subscription_options {
  subscription_options() : uesynth_subscription_options(UESYNTH_SUBSCRIPTION_OPTIONS_INIT) {}
};

struct sequence_options : uesynth_sequence_options {
  sequence_options() : uesynth_sequence_options(UESYNTH_SEQUENCE_OPTIONS_INIT) {}
};

struct picture_options : uesynth_picture_options {
  picture_options() : uesynth_picture_options(UESYNTH_PICTURE_OPTIONS_INIT) {}
};

struct save_options : uesynth_save_options {
  save_options() : uesynth_save_options(UESYNTH_SAVE_OPTIONS_INIT) {}
};

struct watch_options : uesynth_watch_options {
  watch_options() : uesynth_watch_options(UESYNTH_WATCH_OPTIONS_INIT) {}
};

// ---- Views

/// Elements that belong to something else. Converts to std::span and works in range-for.
template <class T> class view {
public:
  using value_type = T;

  constexpr view() noexcept = default;
  constexpr view(const T *data, std::size_t size) noexcept : data_(data), size_(size) {}

  constexpr const T *data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr const T *begin() const noexcept { return data_; }
  constexpr const T *end() const noexcept { return data_ + size_; }
  constexpr const T &operator[](std::size_t index) const noexcept { return data_[index]; }

private:
  const T *data_ = nullptr;
  std::size_t size_ = 0;
};

/// A file or pixels that were made of a frame, with what they look like.
struct pixels {
  std::vector<std::uint8_t> bytes;
  std::uint32_t format = UESYNTH_FORMAT_UNKNOWN;
  std::uint32_t width = 0, height = 0;
  std::size_t stride = 0;
};

/// A file in memory: frame::encode.
class encoded {
public:
  encoded(std::uint8_t *bytes, std::size_t size) noexcept : bytes_(bytes), size_(size) {}

  const std::uint8_t *data() const noexcept { return bytes_.get(); }
  std::size_t size() const noexcept { return size_; }
  const std::uint8_t *begin() const noexcept { return data(); }
  const std::uint8_t *end() const noexcept { return data() + size_; }

private:
  struct let_go {
    void operator()(std::uint8_t *bytes) const noexcept { uesynth_bytes_free(bytes); }
  };
  std::unique_ptr<std::uint8_t[], let_go> bytes_;
  std::size_t size_;
};

// ---- Frames

/// A picture: immutable, shared by reference count, independent of its client. Empty after it was
/// moved from.
class frame {
public:
  frame() noexcept = default;

  /// Takes over a reference of yours.
  static frame adopt(uesynth_frame *raw) {
    frame made;
    made.raw_ = raw;
    if (raw != nullptr)
      check(uesynth_frame_view(raw, &made.info_));
    return made;
  }

  /// One more reference.
  static frame share(uesynth_frame *raw) {
    return raw == nullptr ? frame() : adopt(uesynth_frame_retain(raw));
  }

  frame(const frame &other) noexcept : info_(other.info_) {
    if (other.raw_ != nullptr)
      raw_ = uesynth_frame_retain(other.raw_);
  }
  frame(frame &&other) noexcept
      : raw_(std::exchange(other.raw_, nullptr)), info_(std::exchange(other.info_, none())) {}
  frame &operator=(frame other) noexcept {
    std::swap(raw_, other.raw_);
    std::swap(info_, other.info_);
    return *this;
  }
  ~frame() { uesynth_frame_release(raw_); }

  explicit operator bool() const noexcept { return raw_ != nullptr; }
  const uesynth_frame *get() const noexcept { return raw_; }

  /// Everything that is known about it. Its pointers are valid as long as the frame.
  const uesynth_frame_info &info() const noexcept { return info_; }

  view<std::uint8_t> bytes() const noexcept { return {info_.data, info_.size}; }
  std::uint32_t width() const noexcept { return info_.width; }
  std::uint32_t height() const noexcept { return info_.height; }
  std::size_t stride() const noexcept { return info_.stride; }
  std::uint32_t format() const noexcept { return info_.format; }
  bool has(std::uint32_t flags) const noexcept { return (info_.flags & flags) == flags; }

  /// The numbers of F32, F32X2 and F32X3, row by row; otherwise empty.
  view<float> floats() const noexcept {
    const bool fits = info_.format == UESYNTH_FORMAT_F32 || info_.format == UESYNTH_FORMAT_F32X2 ||
                      info_.format == UESYNTH_FORMAT_F32X3;
    return fits ? elements<float>() : view<float>();
  }

  /// The instance ids of U32, row by row; otherwise empty.
  view<std::uint32_t> ids() const noexcept {
    return info_.format == UESYNTH_FORMAT_U32 ? elements<std::uint32_t>() : view<std::uint32_t>();
  }

  /// Its pixels as UESYNTH_FORMAT_..., files decoded; UNKNOWN asks for its own.
  pixels decode(std::uint32_t format = UESYNTH_FORMAT_UNKNOWN) const {
    return written(uesynth_frame_decode, format);
  }

  /// The same for frames that are no files.
  pixels convert(std::uint32_t format) const { return written(uesynth_frame_convert, format); }

  /// A file in memory: UESYNTH_FILE_...
  encoded encode(std::uint32_t file, const picture_options &options = {}) const {
    std::uint8_t *bytes = nullptr;
    std::size_t size = 0;
    check(uesynth_frame_encode(raw_, file, &options, &bytes, &size));
    return encoded(bytes, size);
  }

  /// A file of the kind that its name ends with.
  void save(const std::string &path, const picture_options &options = {}) const {
    check(uesynth_frame_save(raw_, path.c_str(), &options));
  }

private:
  static uesynth_frame_info none() noexcept { return UESYNTH_FRAME_INFO_INIT; }

  template <class T> view<T> elements() const noexcept {
    const void *data = info_.data;
    if (reinterpret_cast<std::uintptr_t>(data) % alignof(T) != 0)
      return {};
    return {static_cast<const T *>(data), info_.size / sizeof(T)};
  }

  pixels written(uesynth_status (*write)(const uesynth_frame *, uesynth_pixels *),
                 std::uint32_t format) const {
    uesynth_pixels raw = UESYNTH_PIXELS_INIT;
    raw.format = format;
    check(write(raw_, &raw));
    pixels made;
    made.bytes.resize(raw.size);
    raw.data = made.bytes.data();
    raw.capacity = made.bytes.size();
    check(write(raw_, &raw));
    made.format = raw.made_format;
    made.width = raw.width;
    made.height = raw.height;
    made.stride = raw.made_stride;
    return made;
  }

  uesynth_frame *raw_ = nullptr;
  uesynth_frame_info info_ = none();
};

// ---- Events

/// What became of a request, lent to a callback.
class event_view {
public:
  explicit event_view(const uesynth_event &raw) noexcept : raw_(&raw) {}

  const uesynth_event &raw() const noexcept { return *raw_; }
  std::uint32_t type() const noexcept { return raw_->type; }
  std::uint64_t request() const noexcept { return raw_->request_id; }
  std::uint64_t cookie() const noexcept { return raw_->cookie; }
  uesynth_status status() const noexcept { return raw_->status; }
  std::string_view message() const noexcept { return text(raw_->message); }

  /// Throws if it is a failure.
  void check() const {
    if (raw_->status != UESYNTH_OK)
      throw error(raw_->status, std::string(message()));
  }

  /// The picture, to be kept at will; empty if it has none.
  uesynth::frame frame() const { return uesynth::frame::share(raw_->frame); }

  /// NULL if it has none.
  const uesynth_reply *reply() const noexcept { return raw_->reply; }
  const uesynth_frameset *frameset() const noexcept { return raw_->frameset; }

  /// The objects of LIST_OBJECTS.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (std::size_t i = 0; raw_->reply != nullptr && i < raw_->reply->name_count; i++)
      found.emplace_back(raw_->reply->names[i]);
    return found;
  }

  /// The outcomes of a frameset, in the order of its parts.
  view<uesynth_frameset_result> parts() const noexcept {
    if (raw_->frameset == nullptr)
      return {};
    return {raw_->frameset->results, raw_->frameset->result_count};
  }

protected:
  static std::string_view text(const char *from) noexcept {
    return from == nullptr ? std::string_view() : std::string_view(from);
  }

  const uesynth_event *raw_;
};

/// An event of one's own.
class event {
public:
  event() noexcept = default;
  event(event &&other) noexcept : raw_(std::exchange(other.raw_, none())) {}
  event &operator=(event &&other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  event(const event &) = delete;
  event &operator=(const event &) = delete;
  ~event() { uesynth_events_release(&raw_, 1, sizeof raw_); }

  event_view operator*() const noexcept { return event_view(raw_); }
  uesynth_event *get() noexcept { return &raw_; }

  /// The same, for `event->status()`.
  class pointer {
  public:
    explicit pointer(event_view view) noexcept : view_(view) {}
    const event_view *operator->() const noexcept { return &view_; }

  private:
    event_view view_;
  };
  pointer operator->() const noexcept { return pointer(event_view(raw_)); }

private:
  static uesynth_event none() noexcept { return UESYNTH_EVENT_INIT; }
  uesynth_event raw_ = none();
};

// ---- Actions

/// One thing that a server is asked to do.
class action {
public:
  explicit action(std::uint32_t kind, std::string name = {}) : name_(std::move(name)) {
    raw_.kind = kind;
  }

  static action capture(modality shows, std::string camera = {}, std::uint32_t width = 0,
                        std::uint32_t height = 0) {
    static_assert(UESYNTH_ACTION_CAPTURE_OPTICAL_FLOW - UESYNTH_ACTION_CAPTURE_RGB ==
                  UESYNTH_MODALITY_OPTICAL_FLOW - UESYNTH_MODALITY_RGB);
    const auto kind = static_cast<std::uint32_t>(shows) - UESYNTH_MODALITY_RGB;
    return action(kind + UESYNTH_ACTION_CAPTURE_RGB, std::move(camera)).size(width, height);
  }
  static action set_camera_transform(std::string camera, const transform &to) {
    return posed(UESYNTH_ACTION_SET_CAMERA_TRANSFORM, std::move(camera), to);
  }
  static action get_camera_transform(std::string camera) {
    return action(UESYNTH_ACTION_GET_CAMERA_TRANSFORM, std::move(camera));
  }
  static action set_object_transform(std::string object, const transform &to) {
    return posed(UESYNTH_ACTION_SET_OBJECT_TRANSFORM, std::move(object), to);
  }
  static action get_object_transform(std::string object) {
    return action(UESYNTH_ACTION_GET_OBJECT_TRANSFORM, std::move(object));
  }
  static action create_camera(std::string camera, const transform &at) {
    return posed(UESYNTH_ACTION_CREATE_CAMERA, std::move(camera), at);
  }
  static action destroy_camera(std::string camera) {
    return action(UESYNTH_ACTION_DESTROY_CAMERA, std::move(camera));
  }
  static action set_resolution(std::string camera, std::uint32_t width, std::uint32_t height) {
    return action(UESYNTH_ACTION_SET_RESOLUTION, std::move(camera)).size(width, height);
  }
  static action spawn_object(std::string object, std::string asset_path, const transform &at) {
    action made = posed(UESYNTH_ACTION_SPAWN_OBJECT, std::move(object), at);
    made.asset_path_ = std::move(asset_path);
    return made;
  }
  static action destroy_object(std::string object) {
    return action(UESYNTH_ACTION_DESTROY_OBJECT, std::move(object));
  }
  static action set_material(std::string object, std::string property, std::string value) {
    action made(UESYNTH_ACTION_SET_MATERIAL, std::move(object));
    made.property_ = std::move(property);
    made.value_ = std::move(value);
    return made;
  }
  static action list_objects() { return action(UESYNTH_ACTION_LIST_OBJECTS); }
  static action set_lighting(std::string light, float intensity, vector3 color,
                             const transform &at) {
    action made = posed(UESYNTH_ACTION_SET_LIGHTING, std::move(light), at);
    made.raw_.intensity = intensity;
    made.raw_.color = color;
    return made;
  }

  action &&size(std::uint32_t width, std::uint32_t height) && {
    raw_.width = width;
    raw_.height = height;
    return std::move(*this);
  }

  /// Only these UESYNTH_TRANSFORM_ parts of the pose are set.
  action &&only(std::uint32_t parts) && {
    raw_.transform_fields = parts;
    return std::move(*this);
  }

  /// The C form; its strings are those of this action.
  uesynth_action raw() const {
    uesynth_action made = raw_;
    made.name = text(name_);
    made.asset_path = text(asset_path_);
    made.material_property = text(property_);
    made.material_value = text(value_);
    return made;
  }

private:
  static action posed(std::uint32_t kind, std::string name, const transform &at) {
    action made(kind, std::move(name));
    made.raw_.transform = at;
    return made;
  }

  static const char *text(const std::string &from) {
    if (from.find('\0') != std::string::npos)
      throw error(UESYNTH_MISUSE, "a string argument has a NUL inside");
    return from.c_str();
  }

  uesynth_action raw_ = UESYNTH_ACTION_INIT;
  std::string name_, asset_path_, property_, value_;
};

/// A pose and any number of captures, as one request.
class frameset_request {
public:
  frameset_request &move(std::string camera, const transform &to) {
    camera_ = std::move(camera);
    transform_ = to;
    return *this;
  }
  frameset_request &capture(modality shows, std::string camera = {}, std::uint32_t width = 0,
                            std::uint32_t height = 0) {
    parts_.push_back({static_cast<std::uint32_t>(shows), width, height, 0, nullptr});
    cameras_.push_back(std::move(camera));
    return *this;
  }

  /// The other members by their names; camera, transform and parts are set by the functions above.
  uesynth_frameset_options options = UESYNTH_FRAMESET_OPTIONS_INIT;

  /// The C form, valid as long as this is not changed.
  uesynth_frameset_options raw() {
    for (std::size_t i = 0; i < parts_.size(); i++)
      parts_[i].camera = cameras_[i].c_str();
    uesynth_frameset_options made = options;
    made.camera = camera_.c_str();
    made.transform = transform_ ? &*transform_ : nullptr;
    made.parts = parts_.data();
    made.part_count = parts_.size();
    return made;
  }

private:
  std::string camera_;
  std::optional<transform> transform_;
  std::vector<uesynth_frameset_part> parts_;
  std::deque<std::string> cameras_;
};

// ---- Callbacks

namespace detail {

/// Where an exception that left a callback waits for somebody who can catch it.
class failures {
public:
  void keep(std::exception_ptr failure) noexcept {
    std::lock_guard<std::mutex> guard(mutex_);
    if (!first_)
      first_ = std::move(failure);
  }
  std::exception_ptr take() noexcept {
    std::lock_guard<std::mutex> guard(mutex_);
    return std::exchange(first_, nullptr);
  }
  void rethrow() {
    if (std::exception_ptr failure = take())
      std::rethrow_exception(failure);
  }

private:
  std::mutex mutex_;
  std::exception_ptr first_;
};

/// A callable behind user_data. The library lets go of it by destroy.
class callback {
public:
  explicit callback(std::shared_ptr<failures> to) noexcept : failures_(std::move(to)) {}
  callback(const callback &) = delete;
  callback &operator=(const callback &) = delete;
  virtual ~callback() = default;
  virtual void call(event_view event) = 0;

  static void run(const uesynth_event *event, void *user_data) noexcept {
    auto *self = static_cast<callback *>(user_data);
    if (self->failed_)
      return;
    try {
      self->call(event_view(*event));
    } catch (...) {
      self->failed_ = true;
      self->failures_->keep(std::current_exception());
    }
  }

  static void destroy(void *user_data) noexcept { delete static_cast<callback *>(user_data); }

private:
  std::shared_ptr<failures> failures_;
  bool failed_ = false;
};

template <class F> class callback_of final : public callback {
public:
  template <class G>
  callback_of(G &&function, std::shared_ptr<failures> to)
      : callback(std::move(to)), function_(std::forward<G>(function)) {}
  void call(event_view event) override { function_(event); }

private:
  F function_;
};

template <class F>
using if_callback = std::enable_if_t<std::is_invocable_v<std::decay_t<F> &, event_view>, int>;

/// A handle that is moved, and let go once.
template <class T, void (*let_go)(T *)> class handle {
public:
  handle() noexcept = default;
  explicit handle(T *raw) noexcept : raw_(raw) {}
  T *get() const noexcept { return raw_.get(); }
  explicit operator bool() const noexcept { return raw_ != nullptr; }
  void reset() noexcept { raw_.reset(); }

private:
  struct deleter {
    void operator()(T *raw) const noexcept { let_go(raw); }
  };
  std::unique_ptr<T, deleter> raw_;
};

} // namespace detail

// ---- What is made by a client, or beside it

/// What several clients can share.
class runtime : public detail::handle<uesynth_runtime, uesynth_runtime_free> {
public:
  explicit runtime(const runtime_options &options = {}) : handle(make(options)) {}

private:
  static uesynth_runtime *make(const runtime_options &options) {
    uesynth_runtime *made = nullptr;
    check(uesynth_runtime_new(&options, &made));
    return made;
  }
};

/// Captures that go on until this goes. No callback of it runs after that.
class subscription : public detail::handle<uesynth_subscription, uesynth_subscription_close> {
public:
  using handle::handle;
  void close() noexcept { reset(); }
};

/// Pictures along a list of poses, in its order.
class sequence : public detail::handle<uesynth_sequence, uesynth_sequence_free> {
public:
  using handle::handle;

  /// The outcome of the next pose; its cookie is the pose's place. Empty: all were handed out.
  std::optional<event> next(milliseconds wait = forever) {
    event taken;
    const uesynth_status status = uesynth_sequence_next(get(), wait.count(), taken.get());
    if (status == UESYNTH_OUT_OF_RANGE)
      return std::nullopt;
    check(status);
    return std::optional<event>(std::move(taken));
  }

  void cancel() { check(uesynth_sequence_cancel(get())); }

  uesynth_sequence_stats stats() const {
    uesynth_sequence_stats found = UESYNTH_SEQUENCE_STATS_INIT;
    check(uesynth_sequence_get_stats(get(), &found));
    return found;
  }
};

/// Beats at a fixed rate that do not drift.
class pacer : public detail::handle<uesynth_pacer, uesynth_pacer_free> {
public:
  explicit pacer(double rate_hz) : handle(make(rate_hz)) {}

  /// The beat that is due; empty: none was in time.
  std::optional<uesynth_beat> wait(milliseconds wait = forever) {
    uesynth_beat beat = UESYNTH_BEAT_INIT;
    const uesynth_status status = uesynth_pacer_wait(get(), wait.count(), &beat);
    if (status == UESYNTH_WOULD_BLOCK)
      return std::nullopt;
    check(status);
    return beat;
  }

  int fd() const {
    int found = -1;
    check(uesynth_pacer_fd(get(), &found));
    return found;
  }

  uesynth_pacer_stats stats() const {
    uesynth_pacer_stats found = UESYNTH_PACER_STATS_INIT;
    check(uesynth_pacer_get_stats(get(), &found));
    return found;
  }

  std::chrono::nanoseconds late(double percentile) const {
    std::int64_t found = 0;
    check(uesynth_pacer_late(get(), percentile, &found));
    return std::chrono::nanoseconds(found);
  }

private:
  static uesynth_pacer *make(double rate_hz) {
    uesynth_pacer *made = nullptr;
    check(uesynth_pacer_new(rate_hz, &made));
    return made;
  }
};

/// What a batch came to: what was accepted, and why the rest was not.
struct batch {
  std::vector<std::uint64_t> requests;
  uesynth_status stopped = UESYNTH_OK;
};

class frames;

// ---- Client

/// A server, and everything that is under way with it. Any thread, also several at once. When it
/// goes, no callback runs any more; frames and events stay valid.
class client {
public:
  explicit client(const std::string &target, const client_options &options = {})
      : failures_(std::make_shared<detail::failures>()) {
    uesynth_client *made = nullptr;
    check(uesynth_client_new(target.c_str(), &options, &made));
    raw_ = detail::handle<uesynth_client, uesynth_client_free>(made);
  }

  uesynth_client *get() const noexcept { return raw_.get(); }

  /// What has left a callback and was not thrown yet; NULL if nothing has.
  std::exception_ptr take_exception() noexcept { return failures_->take(); }

  void connect(milliseconds wait = forever) { done(uesynth_client_connect(get(), wait.count())); }

  /// UESYNTH_STATE_...
  std::uint32_t state() const {
    std::uint32_t found = 0;
    check(uesynth_client_state(get(), &found));
    return found;
  }

  /// Memory for count pictures (1 to 64) of size bytes each, ready before the first one.
  void prewarm(std::size_t size, std::uint32_t count) {
    check(uesynth_client_prewarm(get(), size, count));
  }

  void close() { done(uesynth_client_close(get())); }

  // Requests that wait

  event call(const action &what, const submit_options &options = {}) {
    event outcome;
    const uesynth_action raw = what.raw();
    done(uesynth_client_call(get(), &raw, &options, outcome.get()));
    return outcome;
  }

  frame capture(modality shows, const std::string &camera = {}, std::uint32_t width = 0,
                std::uint32_t height = 0) {
    return received([&](uesynth_frame **to) {
      return uesynth_client_capture(get(), static_cast<std::uint32_t>(shows), camera.c_str(), width,
                                    height, to);
    });
  }

  void set_camera_transform(const std::string &camera, const transform &to) {
    done(uesynth_client_set_camera_transform(get(), camera.c_str(), &to));
  }
  transform camera_transform(const std::string &camera) {
    transform found = UESYNTH_TRANSFORM_INIT;
    done(uesynth_client_get_camera_transform(get(), camera.c_str(), &found));
    return found;
  }
  void set_object_transform(const std::string &object, const transform &to) {
    done(uesynth_client_set_object_transform(get(), object.c_str(), &to));
  }
  transform object_transform(const std::string &object) {
    transform found = UESYNTH_TRANSFORM_INIT;
    done(uesynth_client_get_object_transform(get(), object.c_str(), &found));
    return found;
  }

  /// The event has the parts also where some failed: event_view::check tells.
  event capture_set(frameset_request &request) {
    event outcome;
    const uesynth_frameset_options raw = request.raw();
    const uesynth_status status = uesynth_client_capture_set(get(), &raw, outcome.get());
    done(outcome->type() == 0 ? status : static_cast<uesynth_status>(UESYNTH_OK));
    return outcome;
  }

  uesynth_probe_report probe(std::uint32_t flags, milliseconds wait) {
    uesynth_probe_report report = UESYNTH_PROBE_REPORT_INIT;
    done(uesynth_client_probe(get(), flags, wait.count(), &report));
    return report;
  }

  // Requests that do not: for poll, or with a callable that takes an event_view

  std::uint64_t submit(const action &what, const submit_options &options = {}) {
    return submit_to(what, options, {});
  }
  template <class F, detail::if_callback<F> = 0>
  std::uint64_t submit(const action &what, const submit_options &options, F &&callback) {
    return submit_to(what, options, registration(std::forward<F>(callback)));
  }

  uesynth::batch submit_batch(const std::vector<action> &what, const submit_options &options = {}) {
    return batch_to(what, options, {});
  }
  template <class F, detail::if_callback<F> = 0>
  uesynth::batch submit_batch(const std::vector<action> &what, const submit_options &options,
                              F &&callback) {
    return batch_to(what, options, registration(std::forward<F>(callback)));
  }

  std::uint64_t submit_set(frameset_request &request) { return set_to(request, {}); }
  template <class F, detail::if_callback<F> = 0>
  std::uint64_t submit_set(frameset_request &request, F &&callback) {
    return set_to(request, registration(std::forward<F>(callback)));
  }

  /// False: its outcome was decided before.
  bool cancel(std::uint64_t request) {
    const uesynth_status status = uesynth_client_cancel(get(), request);
    if (status == UESYNTH_ALREADY_COMPLETED)
      return false;
    check(status);
    return true;
  }

  // Events and frames that wait to be taken

  /// Up to capacity events; none came in time: empty.
  std::vector<event> poll(std::size_t capacity = 1, milliseconds wait = forever) {
    std::vector<uesynth_event> raw(capacity);
    std::vector<event> taken;
    taken.reserve(capacity); // what is taken must not be lost by a lack of memory
    std::size_t count = 0;
    const uesynth_status status = uesynth_client_poll(get(), raw.data(), capacity,
                                                      sizeof(uesynth_event), wait.count(), &count);
    for (std::size_t i = 0; status == UESYNTH_OK && i < count; i++)
      *taken.emplace_back().get() = raw[i];
    done(status == UESYNTH_WOULD_BLOCK ? static_cast<uesynth_status>(UESYNTH_OK) : status);
    return taken;
  }

  /// Readable exactly while there are events. The library's: wait on it only.
  int event_fd() const {
    int found = -1;
    check(uesynth_client_event_fd(get(), &found));
    return found;
  }

  /// The newest frame, once; with peek also one that is not new. Empty: there is none.
  frame latest_frame(modality shows, const std::string &camera = {}, bool peek = false) {
    return received(
        [&](uesynth_frame **to) {
          return uesynth_client_latest_frame(get(), static_cast<std::uint32_t>(shows),
                                             camera.c_str(), peek ? 1 : 0, to);
        },
        UESYNTH_NO_FRAME);
  }

  /// The undelivered frame of a request. Empty: not yet.
  frame take_frame(std::uint64_t request, milliseconds wait = forever) {
    return received(
        [&](uesynth_frame **to) {
          return uesynth_client_take_frame(get(), request, wait.count(), to);
        },
        UESYNTH_WOULD_BLOCK);
  }

  // What goes on

  subscription subscribe(const subscription_options &options) { return subscribe_to(options, {}); }
  template <class F, detail::if_callback<F> = 0>
  subscription subscribe(const subscription_options &options, F &&callback) {
    return subscribe_to(options, registration(std::forward<F>(callback)));
  }

  /// The frames of a subscription for range-for; none is left out, the server waits. The client
  /// must outlive it.
  uesynth::frames frames(const subscription_options &options);

  uesynth::sequence sequence(const sequence_options &options, const std::vector<transform> &poses) {
    uesynth_sequence *made = nullptr;
    check(uesynth_sequence_new(get(), &options, poses.data(), poses.size(), &made));
    return uesynth::sequence(made);
  }

  void watch(const watch_options &options) { watch_to(options, {}); }
  template <class F, detail::if_callback<F> = 0>
  void watch(const watch_options &options, F &&callback) {
    watch_to(options, registration(std::forward<F>(callback)));
  }

  // Saves

  void save(const frame &picture, const std::string &path, const save_options &options = {}) {
    save_to(picture, path, options, {});
  }
  template <class F, detail::if_callback<F> = 0>
  void save(const frame &picture, const std::string &path, const save_options &options,
            F &&callback) {
    save_to(picture, path, options, registration(std::forward<F>(callback)));
  }

  /// False: not in time.
  bool flush_saves(milliseconds wait = forever) {
    const uesynth_status status = uesynth_client_flush_saves(get(), wait.count());
    done(status == UESYNTH_WOULD_BLOCK ? static_cast<uesynth_status>(UESYNTH_OK) : status);
    return status == UESYNTH_OK;
  }

  // Statistics

  uesynth_stats stats() const {
    uesynth_stats found = UESYNTH_STATS_INIT;
    check(uesynth_client_stats(get(), &found));
    return found;
  }

  double stat(const std::string &name) const {
    double found = 0;
    check(uesynth_client_stat_value(get(), name.c_str(), &found));
    return found;
  }

  /// action is UESYNTH_ACTION_..., 0 for all; stage UESYNTH_LATENCY_...
  std::chrono::nanoseconds latency(std::uint32_t action, std::uint32_t stage,
                                   double percentile) const {
    std::int64_t found = 0;
    check(uesynth_client_latency(get(), action, stage, percentile, &found, nullptr));
    return std::chrono::nanoseconds(found);
  }

  /// For Prometheus.
  std::string stats_text(const std::string &labels = {}) const {
    std::string text;
    std::size_t size = 0;
    check(uesynth_client_stats_text(get(), labels.c_str(), nullptr, 0, &size));
    for (;;) {
      text.resize(size);
      const uesynth_status status =
          uesynth_client_stats_text(get(), labels.c_str(), text.data(), text.size() + 1, &size);
      if (status == UESYNTH_BUFFER_TOO_SMALL)
        continue;
      check(status);
      text.resize(size);
      return text;
    }
  }

private:
  struct registered {
    uesynth_event_fn run = nullptr;
    detail::callback *user_data = nullptr;
    uesynth_destroy_fn destroy = nullptr;
  };

  /// From here on the library lets go of it, also when it refuses it.
  template <class F> registered registration(F &&callback) {
    using kind = detail::callback_of<std::decay_t<F>>;
    return {detail::callback::run, new kind(std::forward<F>(callback), failures_),
            detail::callback::destroy};
  }

  /// The end of a call that may have run into what a callback threw.
  void done(uesynth_status status) {
    check(status);
    failures_->rethrow();
  }

  template <class Fetch> frame received(Fetch fetch, uesynth_status none = UESYNTH_OK) {
    uesynth_frame *raw = nullptr;
    const uesynth_status status = fetch(&raw);
    frame taken = frame::adopt(raw);
    done(status == none ? static_cast<uesynth_status>(UESYNTH_OK) : status);
    return taken;
  }

  std::uint64_t submit_to(const action &what, const submit_options &options, registered to) {
    std::uint64_t id = 0;
    std::unique_ptr<detail::callback> callback(to.user_data); // raw() may throw
    const uesynth_action raw = what.raw();
    check(
        uesynth_client_submit(get(), &raw, &options, &id, to.run, callback.release(), to.destroy));
    return id;
  }

  uesynth::batch batch_to(const std::vector<action> &what, const submit_options &options,
                          registered to) {
    std::unique_ptr<detail::callback> callback(to.user_data);
    std::vector<uesynth_action> raw;
    raw.reserve(what.size());
    for (const action &each : what)
      raw.push_back(each.raw());
    uesynth::batch made;
    made.requests.resize(what.size());
    std::size_t submitted = 0;
    made.stopped = uesynth_client_submit_batch(
        get(), raw.data(), raw.size(), sizeof(uesynth_action), &options, made.requests.data(),
        &submitted, to.run, callback.release(), to.destroy);
    made.requests.resize(submitted);
    if (submitted == 0)
      check(made.stopped);
    return made;
  }

  std::uint64_t set_to(frameset_request &request, registered to) {
    std::uint64_t id = 0;
    const uesynth_frameset_options raw = request.raw();
    check(uesynth_client_submit_set(get(), &raw, &id, to.run, to.user_data, to.destroy));
    return id;
  }

  subscription subscribe_to(const subscription_options &options, registered to) {
    uesynth_subscription *made = nullptr;
    check(uesynth_client_subscribe(get(), &options, &made, to.run, to.user_data, to.destroy));
    return subscription(made);
  }

  void watch_to(const watch_options &options, registered to) {
    check(uesynth_client_watch(get(), &options, to.run, to.user_data, to.destroy));
  }

  void save_to(const frame &picture, const std::string &path, const save_options &options,
               registered to) {
    check(uesynth_client_save(get(), picture.get(), path.c_str(), &options, to.run, to.user_data,
                              to.destroy));
  }

  // First, so that it goes last: callbacks keep it too.
  std::shared_ptr<detail::failures> failures_;
  detail::handle<uesynth_client, uesynth_client_free> raw_;
};

/// The frames of a subscription, one after the other. While they are not taken, the client's other
/// callbacks wait.
class frames {
public:
  /// The next one, or what the capture failed with as an exception, after which it goes on. Empty:
  /// the client was closed.
  std::optional<frame> next() {
    std::unique_lock<std::mutex> guard(state_->mutex);
    state_->changed.wait(guard, [&] { return state_->has_event; });
    if (state_->status == UESYNTH_CLOSED)
      return std::nullopt;
    state_->has_event = false;
    const uesynth_status status = state_->status;
    const std::string message = std::move(state_->message);
    frame taken = std::move(state_->taken);
    guard.unlock();
    state_->changed.notify_all();
    if (status != UESYNTH_OK)
      throw error(status, message);
    return std::optional<frame>(std::move(taken));
  }

  class iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = frame;
    using difference_type = std::ptrdiff_t;
    using pointer = const frame *;
    using reference = const frame &;

    iterator() = default;
    explicit iterator(frames &from) : from_(&from) { ++*this; }
    reference operator*() const { return *now_; }
    pointer operator->() const { return &*now_; }
    iterator &operator++() {
      now_ = from_->next();
      if (!now_)
        from_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator &left, const iterator &right) {
      return left.from_ == right.from_;
    }
    friend bool operator!=(const iterator &left, const iterator &right) { return !(left == right); }

  private:
    frames *from_ = nullptr;
    std::optional<frame> now_;
  };

  iterator begin() { return iterator(*this); }
  iterator end() { return iterator(); }

  frames(frames &&) = default;
  frames &operator=(frames &&) = delete;
  ~frames() {
    if (!state_)
      return;
    {
      std::lock_guard<std::mutex> guard(state_->mutex);
      state_->over = true;
    }
    state_->changed.notify_all(); // a callback that waits for room returns
    subscription_.close();
  }

private:
  friend class client;

  struct state {
    std::mutex mutex;
    std::condition_variable changed;
    bool has_event = false, over = false;
    uesynth_status status = UESYNTH_OK;
    std::string message;
    frame taken;
  };

  frames(client &from, const subscription_options &options) : state_(std::make_shared<state>()) {
    subscription_ = from.subscribe(options, [kept = state_](event_view event) {
      frame came = event.frame();
      std::unique_lock<std::mutex> guard(kept->mutex);
      kept->changed.wait(guard, [&] { return kept->over || !kept->has_event; });
      if (kept->over)
        return;
      kept->taken = std::move(came);
      kept->message = event.message();
      kept->status = event.status();
      kept->has_event = true;
      guard.unlock();
      kept->changed.notify_all();
    });
  }

  std::shared_ptr<state> state_;
  subscription subscription_;
};

inline frames client::frames(const subscription_options &options) {
  return uesynth::frames(*this, options);
}

// ---- Poses in other conventions

/// Row by row; axes is UESYNTH_AXES_..., flags UESYNTH_POSE_...
inline std::array<double, 16> to_matrix(const transform &of, std::uint32_t axes,
                                        std::uint32_t flags = 0) {
  std::array<double, 16> made{};
  check(uesynth_pose_to_matrix(&of, axes, flags, made.data()));
  return made;
}

/// x, y, z, w.
inline std::array<double, 4> to_quaternion(const transform &of, std::uint32_t axes,
                                           std::uint32_t flags = 0) {
  std::array<double, 4> made{};
  check(uesynth_pose_to_quaternion(&of, axes, flags, made.data()));
  return made;
}

/// K of a pinhole camera, row by row.
inline std::array<double, 9> camera_intrinsics(double fov, std::uint32_t width,
                                               std::uint32_t height) {
  std::array<double, 9> made{};
  check(uesynth_camera_intrinsics(fov, width, height, made.data()));
  return made;
}

} // namespace uesynth

#endif // UESYNTH_HPP
