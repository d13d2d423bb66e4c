#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod address;
mod answer;
mod client;
mod error;
mod lane;
mod measure;
mod profile;
mod request;
mod resolver;
mod rules;
mod tries;

pub use address::{is_public, reaches_this_host};
pub use answer::{Answer, BodyProblem};
pub use client::{Client, Outbound};
pub use error::{CallError, Failure, SetupError};
pub use http;
pub use lane::CircuitState;
pub use profile::{Circuit, Profile};
pub use request::Request;
pub use rules::{AddressProblem, AddressRules, MAX_URL_LENGTH};
pub use url::Url;
