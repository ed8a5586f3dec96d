//! A simulator for each test that asks for one, and what tests have in common.
#![allow(dead_code, missing_docs)]

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Simulator {
    process: Child,
    pub target: String,
}

/// `UESYNTHCTL`, else where a checkout has built it.
fn tool() -> PathBuf {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../.build");
    let given = env::var_os("UESYNTHCTL").map(PathBuf::from);
    given.unwrap_or_else(|| checkout.join("release/uesynthctl"))
}

impl Simulator {
    pub fn start(options: &[&str]) -> Self {
        let tool = tool();
        let mut process = Command::new(&tool)
            .args(["sim", "--port", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", tool.display()));
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let target = lines
            .find_map(|line| {
                let line = line.ok()?;
                let (_, address) = line.split_once("listening on ")?;
                Some(address.split([' ', ',']).next()?.to_string())
            })
            .expect("the simulator says where it listens");
        // Read on, so that it never waits for room in the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, target }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub const WAIT: Option<Duration> = Some(Duration::from_secs(20));

/// Waits until something is so.
pub fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(20), "not in 20 s: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
