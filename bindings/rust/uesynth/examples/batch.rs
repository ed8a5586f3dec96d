//! Twelve poses, a picture and a depth map from each, handed over in one go; a closure gets them as they
//! come:
//!
//!     cargo run --example batch -- localhost:50051

use std::env;
use std::error::Error;
use std::sync::mpsc::channel;

use uesynth::{Action, Client, Modality, Rotator, SubmitOptions, Transform, Vector3};

const POSES: u8 = 12;

/// On a circle, looking at its middle.
fn pose(step: u8) -> Transform {
    let angle = f32::from(step) / f32::from(POSES) * std::f32::consts::TAU;
    let place = Vector3::new(-600.0 * angle.cos(), -600.0 * angle.sin(), 250.0);
    Transform::at(place).facing(Rotator::new(-15.0, angle.to_degrees(), 0.0))
}

fn main() -> Result<(), Box<dyn Error>> {
    let target = env::args().nth(1).unwrap_or_else(|| "localhost:50051".into());
    let client = Client::new(&target)?;

    let mut actions = Vec::new();
    for step in 0..POSES {
        // A change takes effect before what is submitted after it: no need to wait.
        actions.push(Action::set_camera_transform("", &pose(step)));
        actions.push(Action::capture(Modality::Rgb).size(320, 240));
        actions.push(Action::capture(Modality::Depth).size(320, 240));
    }
    let (sender, events) = channel();
    let batch = client.submit_batch_with(&actions, SubmitOptions::new(), move |event| {
        // If nobody listens any more, nobody wants it.
        let _ = sender.send((event.request(), event.result().map(|()| event.frame())));
    })?;
    if let Some(error) = batch.stopped {
        return Err(error.into());
    }

    let mut pictures = 0;
    // The channel ends when the library has let go of the closure, after the last event.
    for (request, outcome) in events {
        if let Some(frame) = outcome? {
            pictures += 1;
            let x = frame.pose().map(|pose| pose.location.x);
            println!("{request:?}: {:?} from x = {x:?}", frame.modality());
        }
    }
    println!("{pictures} pictures of {}", u32::from(POSES) * 2);
    Ok(())
}
