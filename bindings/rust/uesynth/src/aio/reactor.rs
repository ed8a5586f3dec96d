//! The thread of last resort: waits on the descriptors of clients whose futures nobody drives.

use std::io::{self, Read, Write};
use std::os::raw::{c_int, c_short, c_ulong};
use std::os::unix::io::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use super::shared::Shared;
use crate::error::{Error, Result, Status};

/// `struct pollfd` of poll(2).
#[repr(C)]
struct PollFd {
    fd: c_int,
    events: c_short,
    revents: c_short,
}

const POLLIN: c_short = 1;

extern "C" {
    fn poll(fds: *mut PollFd, count: c_ulong, timeout_ms: c_int) -> c_int;
}

struct Reactor {
    /// A byte here makes it look again at what it waits for.
    alarm: UnixStream,
    watched: Vec<(RawFd, Weak<Shared>)>,
}

static REACTOR: Mutex<Option<Reactor>> = Mutex::new(None);

fn lock() -> MutexGuard<'static, Option<Reactor>> {
    REACTOR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on a client's events are taken as they come.
pub(super) fn watch(shared: &Arc<Shared>) -> Result<()> {
    let mut reactor = lock();
    if reactor.is_none() {
        *reactor = Some(start().map_err(|error| {
            Error::new(Status::RESOURCE_EXHAUSTED, format!("no thread for futures: {error}"))
        })?);
    }
    if let Some(reactor) = reactor.as_mut() {
        if !reactor.watched.iter().any(|(fd, _)| *fd == shared.fd) {
            reactor.watched.push((shared.fd, Arc::downgrade(shared)));
            reactor.ring();
        }
    }
    Ok(())
}

/// Before the descriptor is closed, or when somebody else waits on it.
pub(super) fn forget(fd: RawFd) {
    if let Some(reactor) = lock().as_mut() {
        reactor.watched.retain(|(watched, _)| *watched != fd);
        reactor.ring();
    }
}

fn start() -> io::Result<Reactor> {
    let (alarm, bell) = UnixStream::pair()?;
    alarm.set_nonblocking(true)?;
    bell.set_nonblocking(true)?;
    thread::Builder::new().name("uesynth-futures".into()).spawn(move || run(&bell))?;
    Ok(Reactor { alarm, watched: Vec::new() })
}

impl Reactor {
    fn ring(&self) {
        // A full pipe rings as well.
        let _ = (&self.alarm).write(&[1]);
    }
}

fn run(bell: &UnixStream) {
    let mut ready = Vec::new();
    loop {
        let mut fds = vec![PollFd { fd: bell.as_raw_fd(), events: POLLIN, revents: 0 }];
        if let Some(reactor) = lock().as_ref() {
            let watched = reactor.watched.iter();
            fds.extend(watched.map(|(fd, _)| PollFd { fd: *fd, events: POLLIN, revents: 0 }));
        }
        let count = c_ulong::try_from(fds.len()).unwrap_or(0);
        // SAFETY: count entries. A descriptor that was closed meanwhile is one too many, for one turn:
        // the bell rings.
        if unsafe { poll(fds.as_mut_ptr(), count, -1) } < 0 {
            continue;
        }
        if fds[0].revents != 0 {
            let mut bytes = [0; 64];
            while matches!((&*bell).read(&mut bytes), Ok(read) if read > 0) {}
        }
        if let Some(reactor) = lock().as_ref() {
            let rang = |fd: RawFd| fds[1..].iter().any(|it| it.fd == fd && it.revents != 0);
            let those = reactor.watched.iter().filter(|(fd, _)| rang(*fd));
            ready.extend(those.filter_map(|(_, shared)| shared.upgrade()));
        }
        // Without the lock: the last reference may go here, and with it the client.
        for shared in ready.drain(..) {
            shared.turn();
        }
    }
}
