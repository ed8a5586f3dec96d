// What users have today: the stock gRPC client of C++, used as its documentation says.
//
//     grpc_client MODE TARGET [WIDTH HEIGHT DEPTH SECONDS]
#include "measure.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <grpcpp/grpcpp.h>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "uesynth.grpc.pb.h"

namespace {

using Stub = uesynth::UESynthService::Stub;

uesynth::CaptureRequest capture_request(const plan &p) {
  uesynth::CaptureRequest request;
  request.set_width(p.width);
  request.set_height(p.height);
  return request;
}

uesynth::SetObjectTransformRequest command(int number) {
  uesynth::SetObjectTransformRequest request;
  request.set_object_name("bench" + std::to_string(number));
  request.mutable_transform()->mutable_location()->set_x(1);
  request.mutable_transform()->mutable_scale()->set_x(1);
  return request;
}

int fail(const grpc::Status &status) {
  fprintf(stderr, "grpc_client: %s\n", status.error_message().c_str());
  return 1;
}

int sync(Stub &stub, const plan &p, bool pictures) {
  meter *m = meter_new(&p);
  for (;;) {
    grpc::ClientContext context;
    double began = seconds_now();
    uint64_t bytes = 0;
    grpc::Status status;
    if (pictures) {
      uesynth::ImageResponse reply;
      status = stub.CaptureRgbImage(&context, capture_request(p), &reply);
      bytes = reply.image_data().size();
    } else {
      uesynth::CommandResponse reply;
      status = stub.SetObjectTransform(&context, command(0), &reply);
    }
    if (!status.ok())
      return fail(status);
    if (!meter_done(m, began, seconds_now(), bytes))
      break;
  }
  meter_end(m);
  return 0;
}

struct Call {
  grpc::ClientContext context;
  uesynth::ImageResponse reply;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<uesynth::ImageResponse>> reader;
  double began = seconds_now();
};

int direct(Stub &stub, const plan &p) {
  meter *m = meter_new(&p);
  grpc::CompletionQueue queue;
  auto start = [&] {
    auto *call = new Call;
    call->reader = stub.AsyncCaptureRgbImage(&call->context, capture_request(p), &queue);
    call->reader->Finish(&call->reply, &call->status, call);
  };
  for (int i = 0; i < p.depth; i++)
    start();
  int under_way = p.depth;
  bool goes_on = true;
  void *tag = nullptr;
  bool ok = false;
  while (under_way > 0 && queue.Next(&tag, &ok)) {
    std::unique_ptr<Call> call(static_cast<Call *>(tag));
    under_way--;
    if (!call->status.ok())
      return fail(call->status);
    goes_on = meter_done(m, call->began, seconds_now(), call->reply.image_data().size()) && goes_on;
    if (goes_on) {
      start();
      under_way++;
    }
  }
  meter_end(m);
  return 0;
}

// One ControlStream: a thread writes, this one reads, DEPTH requests are under way.
int stream(Stub &stub, const plan &p, bool pictures) {
  meter *m = meter_new(&p);
  grpc::ClientContext context;
  auto call = stub.ControlStream(&context);
  std::mutex mutex;
  std::condition_variable changed;
  int under_way = 0;
  bool ends = false;
  std::deque<double> sent;
  std::thread writer([&] {
    uint64_t number = 0;
    for (;;) {
      {
        std::unique_lock<std::mutex> lock(mutex);
        changed.wait(lock, [&] { return ends || under_way < p.depth; });
        if (ends)
          break;
        under_way++;
        sent.push_back(seconds_now());
      }
      uesynth::ActionRequest request;
      request.set_request_id(std::to_string(number++));
      if (pictures)
        *request.mutable_capture_rgb() = capture_request(p);
      else
        *request.mutable_set_object_transform() = command(static_cast<int>(number % p.depth));
      if (!call->Write(request))
        break;
    }
    call->WritesDone();
  });
  uesynth::FrameResponse reply;
  while (call->Read(&reply)) {
    double began;
    {
      std::lock_guard<std::mutex> lock(mutex);
      under_way--;
      began = sent.front();
      sent.pop_front();
    }
    if (!meter_done(m, began, seconds_now(), reply.image_response().image_data().size())) {
      std::lock_guard<std::mutex> lock(mutex);
      ends = true;
    }
    changed.notify_one();
  }
  writer.join();
  grpc::Status status = call->Finish();
  if (!status.ok())
    return fail(status);
  meter_end(m);
  return 0;
}

} // namespace

int main(int count, char **words) {
  plan p;
  if (read_plan(count, words, &p) < 0) {
    fprintf(stderr, "usage: grpc_client MODE TARGET [WIDTH HEIGHT DEPTH SECONDS]\n");
    return 2;
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  Stub stub(grpc::CreateCustomChannel(p.target, grpc::InsecureChannelCredentials(), arguments));
  std::string mode = p.mode;
  if (mode == "sync-cmd")
    return sync(stub, p, false);
  if (mode == "sync-rgb")
    return sync(stub, p, true);
  if (mode == "direct-rgb")
    return direct(stub, p);
  if (mode == "stream-cmd")
    return stream(stub, p, false);
  if (mode == "stream-rgb")
    return stream(stub, p, true);
  fprintf(stderr, "grpc_client: there is no mode %s\n", p.mode);
  return 2;
}
