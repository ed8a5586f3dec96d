//! Panics of closures never reach C, and are never lost.

mod common;

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use common::{eventually, Simulator};
use uesynth::{Action, Client, Modality, SubmitOptions, SubscriptionOptions};

fn message(payload: &(dyn std::any::Any + Send)) -> &str {
    payload.downcast_ref::<&str>().copied().unwrap_or("")
}

#[test]
fn a_panic_is_resumed_by_the_next_call() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let options = SubscriptionOptions::new(Modality::Rgb).size(8, 8);
    let subscription = client.subscribe_with(&options, move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        panic!("in a callback");
    })?;
    eventually("the closure is let go", || Arc::strong_count(&calls) == 1);
    let next = catch_unwind(AssertUnwindSafe(|| client.close().unwrap()));
    assert_eq!(message(&*next.unwrap_err()), "in a callback");
    assert_eq!(calls.load(Ordering::Relaxed), 1, "it is not called again");
    drop(subscription); // once is enough
    drop(client);
    Ok(())
}

#[test]
fn a_panic_that_no_call_has_seen_is_resumed_by_the_end() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let token = Arc::new(());
    let kept = Arc::clone(&token);
    let capture = Action::capture(Modality::Rgb).size(8, 8);
    client.submit_with(&capture, SubmitOptions::new(), move |_| {
        let held = kept;
        assert_eq!(Arc::strong_count(&held), 0, "unseen");
    })?;
    eventually("the callback has run", || Arc::strong_count(&token) == 1);
    let end = catch_unwind(AssertUnwindSafe(|| drop(client)));
    let end = end.unwrap_err();
    let said = end.downcast_ref::<String>().unwrap();
    assert!(said.contains("unseen"), "{said}");
    Ok(())
}

#[test]
fn a_panic_in_a_drop_is_caught_too() -> uesynth::Result<()> {
    struct Loud;
    impl Drop for Loud {
        fn drop(&mut self) {
            panic!("in a drop");
        }
    }
    let client = Client::new("localhost:1")?;
    let loud = Loud;
    let wrong = Action::capture(Modality::Rgb).size(1 << 20, 1);
    let submit = catch_unwind(AssertUnwindSafe(|| {
        client.submit_with(&wrong, SubmitOptions::new(), move |_| drop(loud))
    }));
    assert_eq!(message(&*submit.unwrap_err()), "in a drop");
    Ok(())
}

#[test]
fn the_last_handle_may_go_in_a_callback() -> uesynth::Result<()> {
    let simulator = Simulator::start(&[]);
    let client = Client::new(&simulator.target)?;
    let (sender, receiver) = std::sync::mpsc::channel();
    let own = client.clone();
    let capture = Action::capture(Modality::Rgb).size(8, 8);
    let (go, wait) = std::sync::mpsc::channel::<()>();
    client.submit_with(&capture, SubmitOptions::new(), move |event| {
        wait.recv().unwrap();
        drop(own);
        sender.send(event.frame().is_some()).unwrap();
    })?;
    drop(client);
    go.send(()).unwrap();
    assert!(receiver.recv().unwrap());
    Ok(())
}
