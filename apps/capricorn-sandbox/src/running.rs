use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::{Arc, PoisonError},
    thread,
};

use actix_web::dev::ServerHandle;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::oneshot;

use crate::{
    calls::Call,
    catalogue::{Catalogue, Part},
    faults::{FaultRule, NewFault},
    http,
    options::{ApiKey, SandboxOptions},
    orders::Order,
    state::State,
    stock::Stock,
};

/// Starts sandboxes; each has a state and threads of its own.
#[derive(Debug)]
pub struct Sandbox;

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum StartError {
    #[error("the sandbox cannot listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("the sandbox's threads do not start")]
    Threads(#[source] io::Error),
}

impl Sandbox {
    /// Makes the catalogue and listens; when this returns, calls are answered.
    ///
    /// # Errors
    /// When the address is taken or the system has no thread to give.
    pub fn start(options: SandboxOptions) -> Result<RunningSandbox, StartError> {
        let address = options.listen;
        let listen = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(listen)?;
        let bound = listener.local_addr().map_err(listen)?;
        let url = format!("http://{bound}");
        let state = Arc::new(State::new(&options, url.clone()));
        let (said, hears) = std::sync::mpsc::channel();
        let (ended, end) = oneshot::channel();
        let (workers, shared) = (options.workers.max(1), state.clone());
        // A runtime of its own: it answers whatever the caller's runtime is busy with, and none is needed.
        let thread = thread::Builder::new().name("capricorn-sandbox".to_owned()).spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                match http::server(listener, workers, shared) {
                    Ok(server) => {
                        let _ = said.send(Ok(server.handle()));
                        let _ = server.await;
                    }
                    Err(error) => drop(said.send(Err(error))),
                }
            });
            let _ = ended.send(());
        });
        thread.map_err(StartError::Threads)?;
        let handle = hears.recv().unwrap_or_else(|_| Err(io::Error::other("the thread has ended")));
        let handle = handle.map_err(StartError::Threads)?;
        Ok(RunningSandbox { url, state, handle, end: Some(end) })
    }
}

/// A sandbox that answers until it is stopped or dropped. What its `/_sandbox` routes do can be done here as well.
pub struct RunningSandbox {
    url: String,
    state: Arc<State>,
    handle: ServerHandle,
    end: Option<oneshot::Receiver<()>>,
}

impl std::fmt::Debug for RunningSandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunningSandbox").field("url", &self.url).finish_non_exhaustive()
    }
}

impl RunningSandbox {
    /// `http://127.0.0.1:PORT`: what `CAPRICORN_API_URL` is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts all connections and waits until the port is free.
    pub async fn stop(mut self) {
        self.handle.stop(false).await;
        if let Some(end) = self.end.take() {
            let _ = end.await;
        }
    }

    /// The sandbox's time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.state.clock.now()
    }

    /// Moves the sandbox's time on; it never goes back.
    pub fn advance(&self, by: TimeDelta) {
        self.state.clock.advance(by);
    }

    /// Switches a fault on; `None` when 200 are on already.
    pub fn add_fault(&self, fault: NewFault) -> Option<FaultRule> {
        self.state.faults().add(fault)
    }

    /// The faults that are on.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultRule> {
        self.state.faults().list().to_vec()
    }

    /// Switches all faults off.
    pub fn clear_faults(&self) {
        self.state.faults().clear();
    }

    /// What was asked, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.state.calls().list()
    }

    /// Forgets what was asked.
    pub fn clear_calls(&self) {
        self.state.calls().clear();
    }

    /// All orders as they stand, newest first.
    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        let now = self.now();
        let mut book = self.state.orders();
        let ids: Vec<String> = book.newest().cloned().collect();
        let mut orders = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(order) = book.of_any_customer(&id) {
                order.progress(now);
                orders.push(order.clone());
            }
        }
        orders
    }

    /// The parts.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.state.catalogue
    }

    /// A part's stock now.
    #[must_use]
    pub fn stock(&self, part: &Part) -> Stock {
        self.state.stock(part, self.now())
    }

    /// What a piece of a part costs now, before GST, when so many are bought.
    #[must_use]
    pub fn unit_price_cents(&self, part: &Part, quantity: u32) -> i64 {
        self.state.unit_price(part, quantity, self.now())
    }

    /// Adds a key, or changes whose it is or whether it is blocked.
    pub fn set_key(&self, key: ApiKey) {
        let mut keys = self.state.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|known| known.key != key.key);
        keys.push(key);
    }

    /// Forgets a key: 401 from now on.
    pub fn remove_key(&self, key: &str) {
        self.state.keys.write().unwrap_or_else(PoisonError::into_inner).retain(|known| known.key != key);
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        // The command is sent at once; only waiting for it would need a runtime.
        drop(self.handle.stop(false));
    }
}
