use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};
use url::Url;

/// What becomes of connections.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Line {
    Whole,
    /// They stay, but nothing comes through.
    Silent,
    Cut,
}

/// A line to PostgreSQL that can be cut and mended, and that may be slow.
#[derive(Debug)]
pub struct Proxy {
    url: Url,
    line: watch::Sender<Line>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// A whole line to the server of this URL.
    ///
    /// # Panics
    /// When the URL names no server, or no port is free.
    pub async fn to(database_url: &str) -> Self {
        Self::delaying(database_url, Duration::ZERO).await
    }

    /// A whole line that is late with all that it carries, both ways.
    ///
    /// # Panics
    /// When the URL names no server, or no port is free.
    pub async fn delaying(database_url: &str, delay: Duration) -> Self {
        let mut url = Url::parse(database_url).unwrap();
        let target = Target::of(&url);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        redirect(&mut url, address);
        let (line, state) = watch::channel(Line::Whole);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (target, state) = (target.clone(), state.clone());
                tokio::spawn(async move { carry(client, &target, state, delay).await });
            }
        });
        Self { url, line, accepting }
    }

    /// The database's URL at this end of the line.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Ends all connections; new ones are closed at once.
    pub fn cut(&self) {
        self.line.send_replace(Line::Cut);
    }

    /// Keeps all connections, and lets nothing through.
    pub fn silence(&self) {
        self.line.send_replace(Line::Silent);
    }

    /// Lets new connections through again; those that were silent end.
    pub fn mend(&self) {
        self.line.send_replace(Line::Whole);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

fn redirect(url: &mut Url, address: SocketAddr) {
    let others: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| name != "host").collect();
    url.set_query(None);
    for (name, value) in others {
        url.query_pairs_mut().append_pair(&name, &value);
    }
    url.set_ip_host(address.ip()).unwrap();
    url.set_port(Some(address.port())).unwrap();
}

async fn carry(mut client: TcpStream, target: &Target, mut state: watch::Receiver<Line>, delay: Duration) {
    if *state.borrow_and_update() == Line::Whole {
        let carried = async {
            match target {
                Target::Tcp(address) => both_ways(&mut client, TcpStream::connect(address).await?, delay).await,
                Target::Unix(path) => both_ways(&mut client, UnixStream::connect(path).await?, delay).await,
            }
        };
        // A line that was cut and mended at once has changed all the same.
        tokio::select! {
            _ = carried => return,
            _ = state.changed() => {}
        }
    }
    // The client's end stays open, with nobody behind it.
    if *state.borrow_and_update() == Line::Silent {
        let _ = state.changed().await;
    }
}

async fn both_ways<S: AsyncRead + AsyncWrite>(client: &mut TcpStream, server: S, delay: Duration) -> io::Result<()> {
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = split(server);
    tokio::try_join!(one_way(from_client, to_server, delay), one_way(from_server, to_client, delay))?;
    Ok(())
}

async fn one_way(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, delay: Duration) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        if !delay.is_zero() {
            sleep(delay).await;
        }
        to.write_all(&buffer[..length]).await?;
    }
}

#[derive(Clone)]
enum Target {
    Tcp(String),
    Unix(String),
}

impl Target {
    /// As sqlx reads it: `host` of the query wins, and a path is a directory of sockets.
    fn of(url: &Url) -> Self {
        let port = url.port().unwrap_or(5432);
        let asked = url.query_pairs().find(|(name, _)| name == "host").map(|(_, host)| host.into_owned());
        let host = asked.or_else(|| url.host_str().map(str::to_owned)).unwrap();
        if host.starts_with('/') {
            Self::Unix(format!("{host}/.s.PGSQL.{port}"))
        } else {
            Self::Tcp(format!("{host}:{port}"))
        }
    }
}
