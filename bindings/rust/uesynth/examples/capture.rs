//! One picture of each modality, saved as a file one can look at:
//!
//!     cargo run --example capture -- localhost:50051 pictures

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use uesynth::{Client, FrameFlags, Modality, PictureOptions, Rotator, Transform, Vector3};

fn main() -> Result<(), Box<dyn Error>> {
    let target = env::args().nth(1).unwrap_or_else(|| "localhost:50051".into());
    let folder = PathBuf::from(env::args().nth(2).unwrap_or_else(|| ".".into()));
    fs::create_dir_all(&folder)?;

    let client = Client::new(&target)?;
    let pose = Transform::at(Vector3::new(-600.0, 0.0, 250.0));
    client.set_camera_transform("", &pose.facing(Rotator::new(-15.0, 0.0, 0.0)))?;
    for (name, modality) in [
        ("rgb", Modality::Rgb),
        ("depth", Modality::Depth),
        ("segmentation", Modality::Segmentation),
        ("normals", Modality::Normals),
        ("flow", Modality::OpticalFlow),
    ] {
        let frame = client.capture(modality, "", 640, 480)?;
        if frame.flags().contains(FrameFlags::PLACEHOLDER) {
            println!("{name}: this server has not implemented it");
            continue;
        }
        // Without a library for PNG there is NPY.
        let mut path = folder.join(format!("{name}.png"));
        if frame.save(&path, &PictureOptions::new().preview()).is_err() {
            path.set_extension("npy");
            frame.save(&path, &PictureOptions::new())?;
        }
        let (width, height) = (frame.width(), frame.height());
        println!("{name}: {width} x {height}, {:?}, {}", frame.format(), path.display());
    }
    Ok(())
}
