//! Tells the crate which schema it was built with: a hash over the migrations' sources, so that a
//! template database made from other migrations is never taken for this one.

use std::{fs, path::Path};

/// FNV-1a, 64 bits: the hash names a template, it protects nothing.
fn hash(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn main() -> std::io::Result<()> {
    let sources = Path::new("../../migrations/src");
    let mut files: Vec<_> = fs::read_dir(sources)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.sort();

    let mut state = 0xcbf2_9ce4_8422_2325;
    for file in files {
        state = hash(state, file.to_string_lossy().as_bytes());
        state = hash(state, &fs::read(&file)?);
    }
    println!("cargo::rerun-if-changed={}", sources.display());
    println!("cargo::rustc-env=SCHEMA_HASH={state:016x}");
    Ok(())
}
