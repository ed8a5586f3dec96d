/* What Glibc's Swift module lacks: headers it leaves out and wrappers for what Swift cannot call. */
#ifndef CUESYNTHSYS_H
#define CUESYNTHSYS_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include "sys_error.h"
#include "sys_net.h"

#endif
