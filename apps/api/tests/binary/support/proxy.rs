use std::{io, net::SocketAddr};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    task::JoinHandle,
};
use url::Url;

/// What becomes of connections.
#[derive(Clone, Copy, PartialEq)]
enum Line {
    Whole,
    /// They stay, but nothing comes through.
    Silent,
    Cut,
}

/// A line to PostgreSQL that can be cut and mended.
pub struct Proxy {
    url: Url,
    line: watch::Sender<Line>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// A whole line to the server of this URL.
    pub async fn to(database_url: &str) -> Self {
        let mut url = Url::parse(database_url).expect("a URL");
        let target = Target::of(&url);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        redirect(&mut url, address);
        let (line, state) = watch::channel(Line::Whole);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (target, state) = (target.clone(), state.clone());
                tokio::spawn(async move { carry(client, &target, state).await });
            }
        });
        Self { url, line, accepting }
    }

    /// The database's URL at this end of the line.
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
    url.set_ip_host(address.ip()).expect("a host");
    url.set_port(Some(address.port())).expect("a port");
}

async fn carry(mut client: TcpStream, target: &Target, mut state: watch::Receiver<Line>) {
    if *state.borrow_and_update() == Line::Whole {
        let carried = async {
            match target {
                Target::Tcp(address) => {
                    copy_bidirectional(&mut client, &mut TcpStream::connect(address).await?).await?;
                }
                Target::Unix(path) => {
                    copy_bidirectional(&mut client, &mut UnixStream::connect(path).await?).await?;
                }
            }
            io::Result::Ok(())
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
        let host = asked.or_else(|| url.host_str().map(str::to_owned)).expect("a host");
        if host.starts_with('/') {
            Self::Unix(format!("{host}/.s.PGSQL.{port}"))
        } else {
            Self::Tcp(format!("{host}:{port}"))
        }
    }
}
