//! `nextcrm seed`: load-test data of a given size, and the demo data of a first development start.

mod command;
mod demo;
mod generate;
mod history;
mod load;
mod model;
mod progress;
mod store;
mod words;
mod workshop;

pub use command::{SeedArgs, SeedContext, run};
pub use demo::{DEMO_ADMIN, demo};
pub use load::{LoadPlan, Loaded, load};
