//! An SMTP server that keeps what it is sent, or refuses it.

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder, response};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// How a server behaves; by default it takes everything from everybody.
#[derive(Default)]
pub struct Script {
    pub mail: Option<(u16, &'static str)>,
    pub rcpt: Option<(u16, &'static str)>,
    pub end_of_data: Option<(u16, &'static str)>,
    /// Whom it wants to see before it takes anything.
    pub login: Option<(&'static str, &'static str)>,
    pub tls: Tls,
    /// Does not answer to the first message.
    pub stalls_once: AtomicBool,
}

#[derive(Default)]
pub enum Tls {
    #[default]
    None,
    /// From the first byte.
    Wrapped(TlsAcceptor),
    /// By STARTTLS.
    Upgraded(TlsAcceptor),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub from: String,
    pub to: Vec<String>,
    pub data: Vec<u8>,
    pub encrypted: bool,
}

pub struct SmtpServer {
    pub port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    script: Script,
    deliveries: Mutex<Vec<Delivery>>,
    connections: AtomicUsize,
}

impl SmtpServer {
    pub async fn start(script: Script) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared { script, deliveries: Mutex::default(), connections: AtomicUsize::new(0) });
        let task = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Self { port, shared, task }
    }

    /// What it has taken.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.deliveries.lock().expect("not poisoned").clone()
    }

    /// How often somebody has connected.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        shared.connections.fetch_add(1, Ordering::SeqCst);
        // One who hangs up early is none of ours.
        let shared = Arc::clone(&shared);
        tokio::spawn(async move { serve(stream, shared).await.ok() });
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    let mut builder = SessionBuilder::new("mx.test");
    if shared.script.login.is_some() {
        builder.enable_auth(AuthMechanism::Plain).insecure_enable_plaintext_auth();
    }
    if matches!(shared.script.tls, Tls::Upgraded(_)) {
        builder.enable_start_tls();
    }
    let receiver = Receiver { shared: Arc::clone(&shared), delivery: None };
    let mut session = builder.build(IpAddr::V4(Ipv4Addr::LOCALHOST), receiver);
    let greeting = session.greeting().buffer()?;
    match &shared.script.tls {
        Tls::Wrapped(acceptor) => {
            let mut stream = BufReader::new(acceptor.accept(stream).await?);
            stream.write_all(&greeting).await?;
            converse(&mut session, &mut stream, &shared).await.map(drop)
        }
        Tls::None | Tls::Upgraded(_) => {
            let mut stream = BufReader::new(stream);
            stream.write_all(&greeting).await?;
            if let (true, Tls::Upgraded(acceptor)) =
                (converse(&mut session, &mut stream, &shared).await?, &shared.script.tls)
            {
                let mut stream = BufReader::new(acceptor.accept(stream.into_inner()).await?);
                session.tls_active();
                converse(&mut session, &mut stream, &shared).await?;
            }
            Ok(())
        }
    }
}

/// Answers until the end, or until TLS is to begin (`true`).
async fn converse<S>(session: &mut Session<Receiver>, stream: &mut BufReader<S>, shared: &Shared) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line).await? > 0 {
        let is_end_of_data = line == b".\r\n";
        let answer = session.process(&line);
        line.clear();
        if is_end_of_data && shared.script.stalls_once.swap(false, Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if answer.action != Action::NoReply {
            stream.write_all(&answer.buffer()?).await?;
            stream.flush().await?;
        }
        match answer.action {
            Action::Close => return Ok(false),
            Action::UpgradeTls => return Ok(true),
            Action::NoReply | Action::Reply => {}
        }
    }
    Ok(false)
}

/// One connection's side of the server.
struct Receiver {
    shared: Arc<Shared>,
    delivery: Option<Delivery>,
}

fn scripted(answer: Option<(u16, &'static str)>) -> Response {
    answer.map_or(response::OK, |(code, text)| Response::custom(code, text.to_owned()))
}

impl Handler for Receiver {
    fn mail(&mut self, _: IpAddr, _: &str, _: &str) -> Response {
        scripted(self.shared.script.mail)
    }

    fn rcpt(&mut self, _: &str) -> Response {
        scripted(self.shared.script.rcpt)
    }

    fn data_start(&mut self, _: &str, from: &str, _: bool, to: &[String]) -> Response {
        let encrypted = !matches!(self.shared.script.tls, Tls::None);
        self.delivery = Some(Delivery { from: from.to_owned(), to: to.to_vec(), data: Vec::new(), encrypted });
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.delivery.as_mut().expect("data has begun").data.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let delivery = self.delivery.take().expect("data has begun");
        let answer = scripted(self.shared.script.end_of_data);
        if !answer.is_error {
            self.shared.deliveries.lock().expect("not poisoned").push(delivery);
        }
        answer
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        let welcome = self.shared.script.login == Some((user, password));
        if welcome { response::AUTH_OK } else { response::INVALID_CREDENTIALS }
    }
}
