//! The use cases, one a file.

pub mod archiver;
pub mod checkpointer;
pub mod eraser;
pub mod exporter;
pub mod log;
pub mod sealer;
pub mod summary;
pub mod trail;
pub mod verdict;
pub mod verifier;
pub mod verify_file;

mod names;
