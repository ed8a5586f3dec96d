// Stands in for the plugin: the stock synchronous gRPC server of C++ with the settings that it comes with.
// It answers captures with prepared pictures and commands with success.
//
//     grpc_server       prints "listening on 127.0.0.1:PORT CONGESTION-CONTROL"
#include <cstdio>
#include <dlfcn.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>

#include "uesynth.grpc.pb.h"

namespace {
char congestion_control[16] = "unknown";
}

// gRPC's sockets, which inherit it, get the same congestion control as every other server of the comparison:
// where bbr is the system's, it reorders on loopback, and what is measured is that.
extern "C" int listen(int fd, int backlog) noexcept {
  using Listen = int (*)(int, int);
  static const auto real = reinterpret_cast<Listen>(dlsym(RTLD_NEXT, "listen"));
  setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
  socklen_t size = sizeof congestion_control;
  getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, congestion_control, &size);
  return real ? real(fd, backlog) : -1;
}

namespace {

class Service final : public uesynth::UESynthService::Service {
  static void picture(const uesynth::CaptureRequest &request, uesynth::ImageResponse *reply) {
    uint32_t width = request.width() ? request.width() : 1920;
    uint32_t height = request.height() ? request.height() : 1080;
    reply->mutable_image_data()->assign(size_t(width) * height * 4, '\x55');
    reply->set_width(width);
    reply->set_height(height);
    reply->set_format("rgba");
  }

  grpc::Status CaptureRgbImage(grpc::ServerContext *, const uesynth::CaptureRequest *request,
                               uesynth::ImageResponse *reply) override {
    picture(*request, reply);
    return grpc::Status::OK;
  }

  grpc::Status SetObjectTransform(grpc::ServerContext *,
                                  const uesynth::SetObjectTransformRequest *,
                                  uesynth::CommandResponse *reply) override {
    reply->set_success(true);
    return grpc::Status::OK;
  }

  grpc::Status ControlStream(
      grpc::ServerContext *,
      grpc::ServerReaderWriter<uesynth::FrameResponse, uesynth::ActionRequest> *stream) override {
    uesynth::ActionRequest request;
    while (stream->Read(&request)) {
      uesynth::FrameResponse reply;
      reply.set_request_id(request.request_id());
      if (request.has_capture_rgb())
        picture(request.capture_rgb(), reply.mutable_image_response());
      else
        reply.mutable_command_response()->set_success(true);
      if (!stream->Write(reply))
        break;
    }
    return grpc::Status::OK;
  }
};

} // namespace

int main() {
  Service service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  if (!server || port == 0)
    return 1;
  std::printf("listening on 127.0.0.1:%d %s\n", port, congestion_control);
  std::fflush(stdout);
  server->Wait();
  return 0;
}
