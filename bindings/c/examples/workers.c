/* Pictures are captured ahead while a pool of threads works on those that have come: each thread polls
 * the client's one queue, so that work goes to whoever is free.
 *
 *     cc workers.c -luesynth -lpthread -o workers && ./workers localhost:50051 200 4
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <uesynth.h>

enum { MOST = 64, BINS = 16 };

typedef struct pool {
  uesynth_client *client;
  pthread_mutex_t lock;
  int left;            /* pictures that nobody has worked on yet */
  int failures;
  int done[MOST];      /* by thread */
  uint64_t bins[BINS]; /* of the depth of all pictures, 1 m each */
} pool;

typedef struct worker {
  pool *pool;
  int number;
} worker;

/* Stands for what is expensive; runs on several threads at once. */
static void work(const uesynth_frame *frame, uint64_t *bins) {
  uesynth_frame_info info = UESYNTH_FRAME_INFO_INIT;
  if (uesynth_frame_view(frame, &info) != UESYNTH_OK || info.format != UESYNTH_FORMAT_F32)
    return;
  const float *depth = (const float *)(const void *)info.data; /* cm */
  for (size_t i = 0; i < info.size / sizeof *depth; i++)
    bins[depth[i] < BINS * 100 ? (size_t)(depth[i] / 100) : BINS - 1] += 1;
}

static void *run(void *argument) {
  worker *self = argument;
  pool *pool = self->pool;
  for (;;) {
    uesynth_event event;
    size_t count = 0;
    uint64_t bins[BINS] = {0};
    pthread_mutex_lock(&pool->lock);
    int left = pool->left;
    pthread_mutex_unlock(&pool->lock);
    if (left == 0)
      return NULL;
    uesynth_status status =
        uesynth_client_poll(pool->client, &event, 1, sizeof event, 100, &count);
    if (status == UESYNTH_WOULD_BLOCK)
      continue; /* another thread was first */
    if (status != UESYNTH_OK)
      return NULL;
    if (event.status == UESYNTH_OK)
      work(event.frame, bins);
    else
      fprintf(stderr, "workers: %s: %s\n", uesynth_status_name(event.status), event.message);
    pthread_mutex_lock(&pool->lock);
    pool->left -= 1;
    pool->failures += event.status != UESYNTH_OK;
    pool->done[self->number] += 1;
    for (int i = 0; i < BINS; i++)
      pool->bins[i] += bins[i];
    pthread_mutex_unlock(&pool->lock);
    uesynth_events_release(&event, 1, sizeof event);
  }
}

int main(int argc, char **argv) {
  int count = argc > 2 ? atoi(argv[2]) : 200, threads = argc > 3 ? atoi(argv[3]) : 4, submitted = 0;
  static pool pool = {.lock = PTHREAD_MUTEX_INITIALIZER};
  pthread_t ids[MOST];
  worker workers[MOST];
  uesynth_action capture = UESYNTH_ACTION_INIT;

  threads = threads < 1 ? 1 : threads > MOST ? MOST : threads;
  capture.kind = UESYNTH_ACTION_CAPTURE_DEPTH;
  capture.width = 320;
  capture.height = 240;
  uesynth_status status =
      uesynth_client_new(argc > 1 ? argv[1] : "localhost:50051", NULL, &pool.client);
  pool.left = status == UESYNTH_OK ? count : 0;
  for (int i = 0; i < threads; i++) {
    workers[i] = (worker){&pool, i};
    pthread_create(&ids[i], NULL, run, &workers[i]);
  }
  while (status == UESYNTH_OK && submitted < count) {
    status = uesynth_client_submit(pool.client, &capture, NULL, NULL, NULL, NULL, NULL);
    submitted += status == UESYNTH_OK;
  }
  if (status != UESYNTH_OK)
    fprintf(stderr, "workers: %s: %s\n", uesynth_status_name(status), uesynth_last_error());
  pthread_mutex_lock(&pool.lock);
  pool.left -= pool.left > 0 ? count - submitted : 0;
  pthread_mutex_unlock(&pool.lock);
  for (int i = 0; i < threads; i++)
    pthread_join(ids[i], NULL);
  for (int i = 0; i < threads; i++)
    printf("thread %d worked on %d pictures\n", i, pool.done[i]);
  printf("nearer than 5 m: %llu points, %d failures\n",
         (unsigned long long)(pool.bins[0] + pool.bins[1] + pool.bins[2] + pool.bins[3] +
                              pool.bins[4]),
         pool.failures);
  uesynth_client_free(pool.client);
  return status != UESYNTH_OK || pool.failures > 0;
}
