//! Requests in each of their forms.

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{eventually, Simulator, WAIT};
use uesynth::{
    Action, ActionKind, Client, ClientOptions, EventKind, Format, FrameFlags, FramesetRequest,
    LogLevel, Modality, Overflow, Preset, Rotator, Route, Stage, State, Status, SubmitOptions,
    SubscriptionOptions, Transform, TransformParts, Vector3, WhenFull,
};

fn pose() -> Transform {
    Transform::at(Vector3::new(-300.0, 20.0, 200.0)).facing(Rotator::new(-15.0, 5.0, 0.0))
}

#[test]
fn calls_wait_for_their_outcome() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    client.connect(WAIT)?;
    assert_eq!(client.state()?, State::Ready);

    client.set_camera_transform("", &pose())?;
    assert_eq!(client.camera_transform("")?, pose());
    let frame = client.capture(Modality::Rgb, "", 64, 48)?;
    assert_eq!((frame.width(), frame.height(), frame.stride()), (64, 48, 256));
    assert_eq!((frame.format(), frame.claimed_format()), (Format::Rgba8, "rgba"));
    assert_eq!(frame.bytes().len(), 64 * 48 * 4);
    assert_eq!((frame.row(47).map(<[u8]>::len), frame.row(48)), (Some(256), None));
    assert_eq!(frame.pose(), Some(pose()));
    assert!(frame.flags().contains(FrameFlags::HAS_POSE));
    let times = frame.times();
    assert!(times.submitted_ns <= times.sent_ns && times.sent_ns <= times.completed_ns);

    let depth = client.capture(Modality::Depth, "", 64, 48)?;
    assert_eq!(depth.floats().map(<[f32]>::len), Some(64 * 48));
    assert_eq!(depth.ids(), None);
    let ids = client.capture(Modality::Segmentation, "", 64, 48)?;
    assert_eq!(ids.ids().map(<[u32]>::len), Some(64 * 48));

    let made = Action::spawn_object("crate", "/Engine/BasicShapes/Cube.Cube", &pose());
    client.call(&made, SubmitOptions::new())?;
    let moved = Transform::at(Vector3::new(1.0, 2.0, 3.0));
    client.set_object_transform("crate", &moved)?;
    let higher = Transform::at(Vector3::default()).facing(Rotator::new(0.0, 30.0, 0.0));
    let turned = Action::set_object_transform("crate", &higher).only(TransformParts::ROTATION);
    client.call(&turned, SubmitOptions::new())?;
    let now = client.object_transform("crate")?;
    assert_eq!((now.location, now.rotation.yaw), (moved.location, 30.0));
    client.call(&Action::set_material("crate", "color", "#ff0000"), SubmitOptions::new())?;
    let list = client.call(&Action::list_objects(), SubmitOptions::new())?;
    let names: Vec<_> = list.reply().unwrap().names().collect();
    assert!(names.contains(&"crate"), "{names:?}");
    client.call(&Action::destroy_object("crate"), SubmitOptions::new())?;
    let gone = client.object_transform("crate").unwrap_err();
    assert!(gone.message().contains("unknown object"), "{gone}");
    Ok(())
}

#[test]
fn closures_are_called_with_events() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let (sender, receiver) = channel();
    let id = client.submit_with(
        &Action::capture(Modality::Rgb).size(32, 16),
        SubmitOptions::new().cookie(7).route(Route::Direct),
        move |event| {
            let facts = (event.kind(), event.request(), event.cookie(), event.action());
            sender.send((facts, event.frame().unwrap())).unwrap();
        },
    )?;
    let (facts, frame) = receiver.recv_timeout(Duration::from_secs(20)).unwrap();
    let kind = Some(EventKind::Completed);
    assert_eq!(facts, (kind, id, 7, Some(ActionKind::CaptureRgb)));
    assert_eq!((frame.bytes().len(), frame.cookie()), (32 * 16 * 4, 7));

    let (sender, receiver) = channel();
    let actions = vec![Action::capture(Modality::Depth).size(8, 8); 5];
    let batch = client.submit_batch_with(&actions, SubmitOptions::new(), move |event| {
        sender.send(event.request()).unwrap();
    })?;
    assert!(batch.stopped.is_none());
    // The channel ends when the library has let go of the closure.
    let mut answered: Vec<_> = receiver.iter().collect();
    answered.sort();
    assert_eq!(answered, batch.requests);
    Ok(())
}

#[test]
fn events_are_polled_for() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    assert!(client.poll(Some(Duration::ZERO))?.is_none());
    let capture = Action::capture(Modality::Rgb).size(16, 16);
    let id = client.submit(&capture, SubmitOptions::new())?;
    let event = client.poll(WAIT)?.unwrap();
    assert_eq!(event.request(), id);
    let frame = event.into_frame()?;
    drop(client);
    assert_eq!(frame.bytes().len(), 16 * 16 * 4); // beyond its client

    let client = Client::new(&simulator.target)?;
    let id = client.submit(&capture, SubmitOptions::new().notify_only())?;
    let event = client.poll(WAIT)?.unwrap();
    assert!(event.frame().is_none());
    assert!(client.take_frame(id, WAIT)?.is_some());
    assert_eq!(client.take_frame(id, WAIT).unwrap_err().status(), Status::NO_FRAME);

    client.submit(&capture, SubmitOptions::new().no_event())?;
    let mut latest = None;
    eventually("a frame", || {
        latest = client.latest_frame(Modality::Rgb, "").unwrap();
        latest.is_some()
    });
    assert!(client.latest_frame(Modality::Rgb, "")?.is_none());
    assert!(client.peek_latest_frame(Modality::Rgb, "")?.is_some());
    client.close()?;
    assert_eq!(client.poll(WAIT).unwrap_err().status(), Status::CLOSED);
    Ok(())
}

#[test]
fn framesets_have_a_status_for_each_part() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let request = FramesetRequest::new()
        .pose("", &pose())
        .capture(Modality::Rgb, "", 32, 32)
        .capture(Modality::Depth, "", 32, 32)
        .settle_captures(2)
        .verify()
        .cookie(3);
    let event = client.capture_set(&request)?;
    event.result()?;
    let set = event.frameset().unwrap();
    assert_eq!((set.settled(), set.pose_status(), event.cookie()), (2, Status::OK, 3));
    assert_eq!(set.read_back(), Some((pose(), true)));
    let shown: Vec<_> = set.parts().iter().map(|part| part.modality().unwrap()).collect();
    assert_eq!(shown, [Modality::Rgb, Modality::Depth]);
    assert_eq!(set.parts()[1].frame()?.floats().unwrap().len(), 32 * 32);

    let (sender, receiver) = channel();
    client.submit_set_with(&request, move |event| sender.send(event.kind()).unwrap())?;
    assert_eq!(receiver.recv().unwrap(), Some(EventKind::Frameset));
    let id = client.submit_set(&request)?;
    assert_eq!(client.poll(WAIT)?.unwrap().request(), id);

    let none = client.capture_set(&FramesetRequest::new()).unwrap_err();
    assert_eq!(none.status(), Status::MISUSE);
    Ok(())
}

#[test]
fn subscriptions_go_on_until_they_are_dropped() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let options = SubscriptionOptions::new(Modality::Rgb).size(16, 16).cookie(9);
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let subscription = client.subscribe_with(&options, move |event| {
        if event.frame().is_some() {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    })?;
    eventually("ten frames", || count.load(Ordering::Relaxed) >= 10);
    subscription.close();
    let then = count.load(Ordering::Relaxed);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(count.load(Ordering::Relaxed), then);
    assert_eq!(Arc::strong_count(&count), 1, "the closure was let go");

    // Not polled, they wait with the client.
    let quiet = client.subscribe(&options.clone().rate_hz(200.0))?;
    let event = client.poll(WAIT)?.unwrap();
    assert_eq!(event.cookie(), 9);
    drop(quiet);

    let mut frames = client.frames(&options)?;
    let numbers: Vec<_> = frames.by_ref().take(5).map(|f| f.unwrap().sequence()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    client.close()?;
    assert!(frames.find_map(Result::err).is_none(), "closing ends it without a failure");
    Ok(())
}

#[test]
fn a_slow_iterator_misses_nothing() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = ClientOptions::new().stream_buffer_size(4).open(&simulator.target)?;
    let options = SubscriptionOptions::new(Modality::Rgb).size(16, 16).depth(4);
    for frame in client.frames(&options)?.take(30) {
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(frame?.dropped_before(), 0);
    }
    Ok(())
}

#[test]
fn a_full_client_refuses_and_says_how_many_it_took() -> uesynth::Result<()> {
    let simulator = Simulator::start(&["--tick-hz", "1"]);
    let client = ClientOptions::preset(Preset::LowMemory)
        .max_concurrent_requests(3)
        .when_full(WhenFull::WouldBlock)
        .overflow(Overflow::DropOldest)
        .open(&simulator.target)?;
    let actions = vec![Action::capture(Modality::Rgb).size(8, 8); 5];
    let batch = client.submit_batch(&actions, SubmitOptions::new())?;
    assert_eq!(batch.requests.len(), 3);
    assert_eq!(batch.stopped.map(|error| error.status()), Some(Status::WOULD_BLOCK));
    let refused = client.submit(&actions[0], SubmitOptions::new()).unwrap_err();
    assert_eq!(refused.status(), Status::WOULD_BLOCK);
    client.cancel(batch.requests[2])?;
    assert_eq!(client.cancel(batch.requests[2]).unwrap_err().status(), Status::ALREADY_COMPLETED);
    Ok(())
}

#[test]
fn failures_say_what_happened() -> uesynth::Result<()> {
    let odd = Client::new("host:port:what").unwrap_err();
    assert_eq!(odd.status(), Status::MISUSE);
    assert!(odd.to_string().starts_with("MISUSE: "), "{odd}");
    let _: &dyn std::error::Error = &odd;

    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let nul = client.capture(Modality::Rgb, "a\0b", 8, 8).unwrap_err();
    assert_eq!(nul.status(), Status::MISUSE);
    let called = Arc::new(Mutex::new(()));
    let kept = Arc::clone(&called);
    let wrong = Action::capture(Modality::Rgb).size(1 << 20, 1);
    let refused = client.submit_with(&wrong, SubmitOptions::new(), move |_| drop(kept));
    assert_eq!(refused.unwrap_err().status(), Status::MISUSE);
    assert_eq!(Arc::strong_count(&called), 1, "a refused closure is let go");
    assert_eq!(Status::NO_ANSWER.name(), "NO_ANSWER");
    Ok(())
}

#[test]
fn the_connection_is_watched() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let (sender, receiver) = channel();
    client.watch_with(true, LogLevel::Info, move |event| {
        sender.send((event.state(), event.log_level(), event.message().to_string())).unwrap();
    })?;
    client.connect(WAIT)?;
    let mut seen = Vec::new();
    while !seen.contains(&Some(State::Ready)) {
        let (state, level, message) = receiver.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(state.is_some() != level.is_some(), "{state:?} {level:?} {message}");
        seen.push(state);
    }
    client.watch(true, LogLevel::None)?;
    // The closure is let go, and so is its end of the channel.
    while receiver.recv_timeout(Duration::from_secs(20)).is_ok() {}
    drop(simulator);
    let event = client.poll(WAIT)?.unwrap();
    assert_eq!(event.kind(), Some(EventKind::State));
    assert!(event.state().is_some() && event.action().is_none());
    Ok(())
}

#[test]
fn what_is_dropped_is_let_go() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let capture = Action::capture(Modality::Rgb).size(64, 64);
    let frame = client.capture(Modality::Rgb, "", 64, 64)?;
    let held = || client.stats().unwrap().host_frame_bytes;
    let one = held();
    assert!(one >= 64 * 64 * 4);
    let again = frame.clone();
    assert_eq!(held(), one, "a clone is the same bytes");
    drop(frame);
    assert_eq!(held(), one);
    drop(again);
    assert_eq!(held(), 0);
    let event = client.call(&capture, SubmitOptions::new())?;
    let kept = event.frame();
    drop(event);
    assert_eq!(held(), one, "of the event that has gone");
    drop(kept);
    assert_eq!(held(), 0);
    drop(client.call(&capture, SubmitOptions::new())?.into_frame()?);
    client.submit(&capture, SubmitOptions::new())?;
    drop(client.poll(WAIT)?);
    let set = FramesetRequest::new().capture(Modality::Rgb, "", 64, 64);
    drop(client.capture_set(&set)?.frameset().unwrap().parts()[0].frame()?);
    assert_eq!(held(), 0);
    Ok(())
}

#[test]
fn statistics_add_up() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    for _ in 0..5 {
        client.capture(Modality::Rgb, "", 16, 16)?;
    }
    let stats = client.stats()?;
    assert_eq!((stats.requests_submitted, stats.completed_ok), (5, 5));
    assert!((client.stat_value("frames_delivered")? - 5.0).abs() < 0.1);
    assert_eq!(client.stat_value("no_such").unwrap_err().status(), Status::NOT_FOUND);
    let values = client.stat_values()?;
    assert!(values.contains(&("requests_submitted", 5.0)));
    let latency = client.latency(Some(ActionKind::CaptureRgb), Stage::Total, 50.0)?;
    assert_eq!(latency.count, 5);
    assert!(latency.time > Duration::ZERO);
    let text = client.stats_text("client=\"left\"")?;
    assert!(text.contains("client=\"left\""));
    assert!(client.stats_text("")?.contains("uesynth_"));
    let report = client.probe(false, Duration::from_secs(5))?;
    assert_eq!(report.direct(ActionKind::CaptureRgb), uesynth::Ability::Works);
    assert_eq!(report.direct(ActionKind::DestroyCamera), uesynth::Ability::NotProbed);
    Ok(())
}
