//! A stream of frames on an executor of one's own: one thread, which sleeps in poll(2) on the client's
//! descriptor. No thread of the crate is used:
//!
//!     cargo run --example stream -- localhost:50051 100

use std::cell::Cell;
use std::env;
use std::error::Error;
use std::future::Future;
use std::io;
use std::os::raw::{c_int, c_short, c_ulong};
use std::os::unix::io::AsRawFd;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

use uesynth::aio::{Client, Driver};
use uesynth::{Modality, Rotator, SubscriptionOptions, Transform, Vector3};

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

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

type Outcome = Result<(), Box<dyn Error>>;

struct Task {
    work: Pin<Box<dyn Future<Output = Outcome>>>,
    awake: Arc<Flag>,
}

impl Task {
    fn new(work: impl Future<Output = Outcome> + 'static) -> Self {
        Self { work: Box::pin(work), awake: Arc::new(Flag(AtomicBool::new(true))) }
    }

    /// Goes on with it, if something has happened to it.
    fn turn(&mut self) -> Poll<Outcome> {
        if !self.awake.0.swap(false, Ordering::Acquire) {
            return Poll::Pending;
        }
        let waker = Waker::from(Arc::clone(&self.awake));
        self.work.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

/// Runs tasks until all are over, or one has failed.
fn run(driver: &Driver, mut tasks: Vec<Task>) -> Outcome {
    loop {
        let mut failure = Ok(());
        tasks.retain_mut(|task| match task.turn() {
            Poll::Pending => true,
            Poll::Ready(outcome) => {
                failure = std::mem::replace(&mut failure, Ok(())).and(outcome);
                false
            }
        });
        failure?;
        if tasks.is_empty() {
            return Ok(());
        }
        if tasks.iter().any(|task| task.awake.0.load(Ordering::Acquire)) {
            continue;
        }
        let mut fd = PollFd { fd: driver.as_raw_fd(), events: POLLIN, revents: 0 };
        // SAFETY: one entry.
        if unsafe { poll(&mut fd, 1, -1) } < 0 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error.into());
            }
        }
        driver.turn();
    }
}

fn main() -> Outcome {
    let target = env::args().nth(1).unwrap_or_else(|| "localhost:50051".into());
    let wanted: u32 = env::args().nth(2).map_or(Ok(100), |text| text.parse())?;

    let client = Client::new(&target)?;
    let driver = client.drive();
    let done = Rc::new(Cell::new(false));

    let (viewer, over) = (client.clone(), Rc::clone(&done));
    let watch = Task::new(async move {
        let options = SubscriptionOptions::new(Modality::Rgb).size(320, 240);
        let mut frames = viewer.frames(&options)?;
        let (start, mut dropped) = (Instant::now(), 0);
        for _ in 0..wanted {
            let frame = frames.next().await.ok_or("the client was closed")??;
            dropped += frame.dropped_before();
        }
        over.set(true);
        let rate = f64::from(wanted) / start.elapsed().as_secs_f64();
        println!("{wanted} frames, {dropped} dropped, {rate:.0} a second");
        Ok(())
    });
    // Beside it on the same thread the camera goes round.
    let turn = Task::new(async move {
        let mut angle: f32 = 0.0;
        while !done.get() {
            angle += 0.05;
            let place = Vector3::new(-600.0 * angle.cos(), -600.0 * angle.sin(), 250.0);
            let pose = Transform::at(place).facing(Rotator::new(-15.0, angle.to_degrees(), 0.0));
            client.set_camera_transform("", &pose).await?;
        }
        Ok(())
    });
    run(&driver, vec![watch, turn])
}
