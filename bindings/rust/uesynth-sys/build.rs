//! Finds libuesynth, in this order: the folder `UESYNTH_LIB_DIR`; pkg-config; the build of the
//! checkout around this crate. Hands the folder to direct dependents as `DEP_UESYNTH_LIBDIR`.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{exit, Command};

const SONAME: &str = "libuesynth.so.0";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for name in ["UESYNTH_LIB_DIR", "PKG_CONFIG", "PKG_CONFIG_PATH"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    if env::var_os("DOCS_RS").is_some() {
        return;
    }
    let folder = match given().or_else(installed).or_else(checkout) {
        Some(folder) => folder,
        None => fail(
            "libuesynth was not found. Install it (make install), set PKG_CONFIG_PATH to the folder \
             of its uesynth.pc, or set UESYNTH_LIB_DIR to the folder of libuesynth.so",
        ),
    };
    let folder = loadable(&folder);
    println!("cargo:rustc-link-search=native={}", folder.display());
    println!("cargo:rustc-link-lib=dylib=uesynth");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", folder.display());
    println!("cargo:libdir={}", folder.display());
}

fn fail(reason: &str) -> ! {
    eprintln!("{reason}");
    exit(1)
}

fn given() -> Option<PathBuf> {
    let folder = PathBuf::from(env::var_os("UESYNTH_LIB_DIR").filter(|value| !value.is_empty())?);
    if !folder.join("libuesynth.so").exists() {
        fail(&format!("UESYNTH_LIB_DIR: there is no libuesynth.so in {}", folder.display()));
    }
    Some(folder)
}

fn installed() -> Option<PathBuf> {
    let program = env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    let wanted = concat!("uesynth >= ", env!("CARGO_PKG_VERSION"));
    let output = Command::new(program).args(["--variable=libdir", wanted]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let folder = PathBuf::from(text.trim());
    (output.status.success() && folder.join("libuesynth.so").exists()).then_some(folder)
}

fn checkout() -> Option<PathBuf> {
    let root =
        Path::new(&env::var_os("CARGO_MANIFEST_DIR")?).join("../../..").canonicalize().ok()?;
    let library = root.join(".build/release/libuesynth.so");
    println!("cargo:rerun-if-changed={}", library.display());
    library.exists().then(|| root.join(".build/release"))
}

/// A folder where the loader finds the library by its soname: an uninstalled build has only
/// libuesynth.so, so that it is given its other name in a folder of this build.
fn loadable(folder: &Path) -> PathBuf {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    if folder.join(SONAME).exists() {
        return folder;
    }
    let names = Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("lib");
    let linked = fs::create_dir_all(&names).and_then(|()| {
        for name in ["libuesynth.so", SONAME] {
            let name = names.join(name);
            if fs::symlink_metadata(&name).is_ok() {
                fs::remove_file(&name)?;
            }
            symlink(folder.join("libuesynth.so"), name)?;
        }
        Ok(())
    });
    if let Err(error) = linked {
        fail(&format!("{}: {error}", names.display()));
    }
    names
}
