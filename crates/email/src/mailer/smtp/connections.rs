use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
};
use secrecy::ExposeSecret;
use tokio::time::Instant;

use super::{SmtpUrl, url::Encryption};

/// Connections kept for the next message.
const KEEP: usize = 4;

/// How long a connection is kept; servers close idle ones after some minutes.
const KEEP_FOR: Duration = Duration::from_secs(30);

/// The most that reaching one of the server's addresses may take.
const CONNECT: Duration = Duration::from_secs(5);

/// Connections to one server. One that is taken and not given back is closed, unlike those of lettre's own pool, which
/// hands on connections that were dropped in the middle of a message.
pub(super) struct Connections {
    url: SmtpUrl,
    tls: Option<TlsParameters>,
    connect: Duration,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Connections {
    pub(super) fn new(url: SmtpUrl, timeout: Duration) -> Result<Self, Error> {
        let tls = match url.encryption {
            Encryption::None => None,
            _ => Some(TlsParameters::new(url.host.clone())?),
        };
        Ok(Self { url, tls, connect: timeout.min(CONNECT), idle: Mutex::default() })
    }

    /// A connection that works: one that was kept, or a new one.
    pub(super) async fn take(&self) -> Result<AsyncSmtpConnection, Error> {
        while let Some(mut connection) = self.pop() {
            if connection.test_connected().await {
                return Ok(connection);
            }
        }
        self.open().await
    }

    pub(super) fn give_back(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.fresh();
        if !connection.has_broken() && idle.len() < KEEP {
            idle.push(Idle { connection, since: Instant::now() });
        }
    }

    /// A new connection, encrypted and signed in as the address says.
    pub(super) async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let SmtpUrl { host, port, encryption, login, hello } = &self.url;
        let wrap = self.tls.clone().filter(|_| *encryption == Encryption::Wrapped);
        let server = (host.as_str(), *port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, Some(self.connect), hello, wrap, None).await?;
        let upgrade = match encryption {
            Encryption::Required => true,
            Encryption::Opportunistic => connection.can_starttls(),
            Encryption::Wrapped | Encryption::None => false,
        };
        if let Some(tls) = self.tls.clone().filter(|_| upgrade) {
            connection.starttls(tls, hello).await?;
        }
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
        }
        Ok(connection)
    }

    fn pop(&self) -> Option<AsyncSmtpConnection> {
        self.fresh().pop().map(|idle| idle.connection)
    }

    fn fresh(&self) -> MutexGuard<'_, Vec<Idle>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.since.elapsed() < KEEP_FOR);
        idle
    }
}
