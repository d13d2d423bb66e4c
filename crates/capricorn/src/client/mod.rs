//! The supplier over HTTP. Everything that knows Capricorn's shape is in this room; another supplier is another one.

mod answers;
mod bills;
mod calls;
mod faults;
mod settings;
mod wire;

#[cfg(test)]
mod bills_tests;

pub use settings::ClientSettings;

use outbound::{Circuit, Client, Outbound, Profile, SetupError};

/// Capricorn's servers, as a [`PartsSupplier`](crate::PartsSupplier).
#[derive(Debug, Clone)]
pub struct CapricornClient {
    http: Client,
    settings: ClientSettings,
}

impl CapricornClient {
    /// A client for the server that the settings name.
    ///
    /// # Errors
    /// [`SetupError`]
    pub fn new(outbound: &Outbound, settings: ClientSettings) -> Result<Self, SetupError> {
        let http = outbound.client(Profile {
            connect_timeout: settings.connect_timeout,
            timeout: settings.timeout,
            max_answer_bytes: settings.max_answer_bytes,
            redirects: 0,
            retries: 2,
            concurrency: settings.max_concurrency,
            circuit: Some(Circuit { wait: settings.circuit_wait, ..Circuit::default() }),
            ..Profile::new("capricorn")
        })?;
        Ok(Self { http, settings })
    }
}
