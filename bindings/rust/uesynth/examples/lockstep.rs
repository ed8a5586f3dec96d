//! A simulation in lockstep: at a fixed rate move, look, decide. Each step's picture comes after that
//! step's pose, and a step that the server was too slow for is seen, not hidden:
//!
//!     cargo run --example lockstep -- localhost:50051 60 200

use std::env;
use std::error::Error;

use uesynth::{
    Client, FrameFlags, FramesetRequest, Modality, Pacer, Rotator, Stage, Transform, Vector3,
};

/// Drives towards what is in front of it, and turns away before it hits it.
struct Vehicle {
    place: Vector3,
    yaw: f32,
}

impl Vehicle {
    fn pose(&self) -> Transform {
        Transform::at(self.place).facing(Rotator::new(0.0, self.yaw, 0.0))
    }

    /// One step of `seconds`, by the free way ahead in cm.
    fn step(&mut self, ahead: f32, seconds: f32) {
        if ahead < 300.0 {
            self.yaw += 90.0 * seconds;
        } else {
            let way = 200.0 * seconds;
            self.place.x += way * self.yaw.to_radians().cos();
            self.place.y += way * self.yaw.to_radians().sin();
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let target = arguments.next().unwrap_or_else(|| "localhost:50051".into());
    let rate: f32 = arguments.next().map_or(Ok(60.0), |text| text.parse())?;
    let steps: usize = arguments.next().map_or(Ok(200), |text| text.parse())?;

    let client = Client::new(&target)?;
    let pacer = Pacer::new(f64::from(rate))?;
    let mut vehicle = Vehicle { place: Vector3::new(-900.0, 0.0, 120.0), yaw: 0.0 };
    for beat in pacer.beats().take(steps) {
        let request = FramesetRequest::new()
            .pose("", &vehicle.pose())
            .capture(Modality::Depth, "", 64, 48)
            .cookie(beat.number);
        let event = client.capture_set(&request)?;
        event.result()?;
        let part = event.frameset().and_then(|set| set.parts().first());
        let frame = part.ok_or("a frameset without parts")?.frame()?;
        if frame.flags().contains(FrameFlags::CHANGE_FAILED) {
            return Err("the camera was not moved".into());
        }
        let depth = frame.floats().ok_or("no depth map")?;
        vehicle.step(depth[24 * 64 + 32], 1.0 / rate);
    }
    let (stats, pose) = (pacer.stats()?, vehicle.pose());
    println!("{} steps at {rate} Hz, {} missed", stats.beats, stats.beats_missed);
    println!("beats were late by {:?} (99 %: {:?})", stats.late_p50, stats.late_p99);
    println!("a picture took {:?}", client.latency(None, Stage::Total, 50.0)?.time);
    println!("it is at {:?}, facing {}", pose.location, pose.rotation.yaw);
    Ok(())
}
