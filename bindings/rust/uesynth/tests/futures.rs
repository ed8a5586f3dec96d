//! Futures and streams, with and without a driver.

mod common;

use std::env;
use std::future::Future;
use std::os::raw::{c_int, c_short, c_ulong};
use std::os::unix::io::AsRawFd;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use common::Simulator;
use uesynth::aio::{block_on, Client};
use uesynth::{
    Action, ClientOptions, FramesetRequest, Modality, SaveOptions, Status, SubmitOptions,
    SubscriptionOptions, Transform, Vector3,
};

#[repr(C)]
struct PollFd(c_int, c_short, c_short);
extern "C" {
    fn poll(fds: *mut PollFd, count: c_ulong, timeout_ms: c_int) -> c_int;
}

struct Count(AtomicUsize);
impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn futures_of_any_executor() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let pose = Transform::at(Vector3::new(-300.0, 0.0, 200.0));
    block_on(async {
        client.set_camera_transform("", &pose).await?;
        assert_eq!(client.camera_transform("").await?, pose);
        let several: Vec<_> = (0..10).map(|_| client.capture(Modality::Rgb, "", 16, 16)).collect();
        for frame in several {
            assert_eq!(frame.await?.bytes().len(), 16 * 16 * 4);
        }
        let request = FramesetRequest::new().capture(Modality::Depth, "", 8, 8);
        let event = client.capture_set(&request).await?;
        assert_eq!(event.frameset().unwrap().parts().len(), 1);
        let wrong = client.call(&Action::get_object_transform("nobody"), SubmitOptions::new());
        assert!(wrong.await.unwrap_err().message().contains("unknown object"));
        let frame = client.capture(Modality::Depth, "", 8, 8).await?;
        let path = env::temp_dir().join(format!("uesynth-rust-aio-{}.npy", std::process::id()));
        client.save(&frame, &path, &SaveOptions::new())?.await?;
        std::fs::remove_file(&path).unwrap();
        Ok(())
    })
}

#[test]
fn futures_on_many_threads() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    block_on(client.capture(Modality::Rgb, "", 8, 8)).unwrap();
                }
            });
        }
    });
    assert_eq!(client.client().stats()?.completed_ok, 80);
    Ok(())
}

#[test]
fn a_host_drives_them_by_the_descriptor() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let driver = client.drive();
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    let mut context = Context::from_waker(&waker);
    let mut capture = client.capture(Modality::Rgb, "", 16, 16);
    assert!(Pin::new(&mut capture).poll(&mut context).is_pending());
    let mut fd = PollFd(driver.as_raw_fd(), 1, 0);
    // SAFETY: one entry.
    assert_eq!(unsafe { poll(&mut fd, 1, 20_000) }, 1);
    assert_eq!(count.0.load(Ordering::Relaxed), 0, "nobody else takes events");
    assert_eq!(driver.turn(), 1);
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
    match Pin::new(&mut capture).poll(&mut context) {
        Poll::Ready(frame) => assert_eq!(frame?.width(), 16),
        Poll::Pending => panic!("not ready after its turn"),
    }
    // A driver that goes leaves what is under way to the thread.
    let mut left = client.capture(Modality::Rgb, "", 16, 16);
    if Pin::new(&mut left).poll(&mut context).is_pending() {
        drop(driver);
        block_on(left)?;
    }
    Ok(())
}

#[test]
fn a_dropped_future_cancels() -> uesynth::Result<()> {
    let simulator = Simulator::start(&["--tick-hz", "1"]);
    let client = Client::new(&simulator.target)?;
    block_on(client.capture(Modality::Rgb, "", 8, 8))?;
    drop(client.capture(Modality::Rgb, "", 8, 8));
    block_on(client.capture(Modality::Rgb, "", 8, 8))?;
    let stats = client.client().stats()?;
    assert_eq!((stats.completed_ok, stats.completed_cancelled), (2, 1));
    Ok(())
}

#[test]
fn a_full_client_lets_futures_wait() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let options = ClientOptions::new().max_concurrent_requests(2);
    let client = Client::open(&options, &simulator.target)?;
    block_on(async {
        let many: Vec<_> = (0..12).map(|_| client.capture(Modality::Rgb, "", 8, 8)).collect();
        assert!(many.last().unwrap().request().is_none());
        for frame in many {
            frame.await?;
        }
        Ok(())
    })
}

#[test]
fn streams_of_frames() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let options = SubscriptionOptions::new(Modality::Rgb).size(16, 16);
    let mut stream = client.frames(&options)?;
    block_on(async {
        let mut last = 0;
        for _ in 0..20 {
            let frame = stream.next().await.unwrap()?;
            assert!(frame.sequence() > last);
            last = frame.sequence();
        }
        client.client().close()?;
        while let Some(frame) = stream.next().await {
            if let Err(error) = frame {
                panic!("{error}");
            }
        }
        assert!(stream.next().await.is_none());
        Ok::<_, uesynth::Error>(())
    })
}

#[test]
fn its_events_cannot_be_taken_away() -> uesynth::Result<()> {
    let client = Client::new("localhost:1")?;
    let refused = client.client().poll(Some(Duration::ZERO)).unwrap_err();
    assert_eq!(refused.status(), Status::MISUSE);
    let quiet = client.call(&Action::list_objects(), SubmitOptions::new().no_event());
    assert_eq!(block_on(quiet).unwrap_err().status(), Status::MISUSE);
    Ok(())
}
