/* Each picture is worked on as it comes and kept by nobody: it becomes the input of a network, floats
 * from 0 to 1 plane by plane, in memory that is used again for the next one. However long it runs, it
 * holds one picture.
 *
 *     cc process.c -luesynth -lpthread -o process && ./process localhost:50051 100
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <uesynth.h>

enum { SIDE = 256, VALUES = 3 * SIDE * SIDE };

typedef struct job {
  pthread_mutex_t lock;
  pthread_cond_t done;
  int left;
  uesynth_status failure;
  char words[256];
  double mean;          /* of the last picture */
  float tensor[VALUES]; /* red, green, blue planes */
} job;

/* On the client's delivery thread; the event and its frame are borrowed, so there is nothing to free. */
static void on_event(const uesynth_event *event, void *user_data) {
  job *self = user_data;
  uesynth_pixels pixels = UESYNTH_PIXELS_INIT;
  uesynth_status status = event->status;
  double sum = 0;

  pthread_mutex_lock(&self->lock);
  pixels.format = UESYNTH_FORMAT_F32X3_PLANAR;
  pixels.data = self->tensor;
  pixels.capacity = sizeof self->tensor;
  if (status == UESYNTH_OK)
    status = uesynth_frame_convert(event->frame, &pixels);
  if (status == UESYNTH_OK) {
    for (size_t i = 0; i < VALUES; i++) /* stands for the network */
      sum += self->tensor[i];
    self->mean = sum / VALUES;
  } else if (self->failure == UESYNTH_OK) {
    self->failure = status;
    snprintf(self->words, sizeof self->words, "%s",
             event->status != UESYNTH_OK ? event->message : uesynth_last_error());
  }
  self->left -= 1;
  pthread_cond_signal(&self->done);
  pthread_mutex_unlock(&self->lock);
}

int main(int argc, char **argv) {
  const char *target = argc > 1 ? argv[1] : "localhost:50051";
  int count = argc > 2 ? atoi(argv[2]) : 100, submitted = 0;
  static job self = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};
  uesynth_client *client = NULL;
  uesynth_client_options options = UESYNTH_CLIENT_OPTIONS_INIT;
  uesynth_action capture = UESYNTH_ACTION_INIT;
  uesynth_stats stats = UESYNTH_STATS_INIT;

  options.max_concurrent_requests = 8; /* a submit waits when so many are under way */
  capture.kind = UESYNTH_ACTION_CAPTURE_RGB;
  capture.width = capture.height = SIDE;
  uesynth_status status = uesynth_client_new(target, &options, &client);
  while (status == UESYNTH_OK && submitted < count) {
    pthread_mutex_lock(&self.lock);
    self.left += 1;
    status = self.failure;
    pthread_mutex_unlock(&self.lock);
    if (status == UESYNTH_OK)
      status = uesynth_client_submit(client, &capture, NULL, NULL, on_event, &self, NULL);
    pthread_mutex_lock(&self.lock);
    if (status != UESYNTH_OK)
      self.left -= 1;
    pthread_mutex_unlock(&self.lock);
    submitted += status == UESYNTH_OK;
  }
  pthread_mutex_lock(&self.lock);
  while (self.left > 0)
    pthread_cond_wait(&self.done, &self.lock);
  if (self.failure != UESYNTH_OK)
    fprintf(stderr, "process: %s: %s\n", uesynth_status_name(self.failure), self.words);
  else if (status != UESYNTH_OK)
    fprintf(stderr, "process: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  status = status != UESYNTH_OK ? status : self.failure;
  pthread_mutex_unlock(&self.lock);
  if (status == UESYNTH_OK && uesynth_client_stats(client, &stats) == UESYNTH_OK)
    printf("%d pictures, the last one's mean is %.3f; %llu bytes are still held\n", submitted,
           self.mean, (unsigned long long)(stats.host_frame_bytes));
  uesynth_client_free(client);
  return status != UESYNTH_OK;
}
