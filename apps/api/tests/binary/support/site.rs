use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, process::Command};

use super::{Server, Sql};

/// A command that takes longer hangs; a server that should have refused to start would run for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// An installation: a working directory, and the variables that are set in it. Nothing of the tests' own environment
/// reaches its processes.
pub struct Site {
    directory: TempDir,
    variables: BTreeMap<&'static str, String>,
}

impl Site {
    /// Nothing is configured but the address, and logs are kept short.
    pub fn new() -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let variables = BTreeMap::from([("BIND_ADDR", address), ("RUST_LOG", "warn".to_owned())]);
        Self { directory: tempfile::tempdir().expect("a directory"), variables }
    }

    /// On this database, without demo data; the secrets are drawn at the first use.
    pub fn on(database_url: &str) -> Self {
        Self::new().with("DATABASE_URL", database_url).with("DEMO_DATA", "false")
    }

    /// The same with a variable.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a variable for what is started from now on.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.insert(name, value.into());
    }

    /// A file in the working directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Where its server listens.
    pub fn address(&self) -> &str {
        &self.variables["BIND_ADDR"]
    }

    /// A secret that the first start has drawn.
    pub fn drawn(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.path("data/dev-secrets.env")).expect("drawn secrets");
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.expect("this secret").to_owned()
    }

    /// Its database, for a look behind the API.
    pub async fn sql(&self) -> Sql {
        let default = format!("sqlite://{}", self.path("data/nextcrm.db").display());
        Sql::open(self.variables.get("DATABASE_URL").unwrap_or(&default)).await
    }

    /// The binary in this installation.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nextcrm"));
        command.args(arguments).current_dir(self.directory.path()).env_clear().envs(&self.variables);
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with_input(arguments, "").await
    }

    /// Runs a command that reads this.
    pub async fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("starts");
        let mut stdin = process.stdin.take().expect("a pipe");
        // Whoever does not read its input may have ended by now.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = tokio::time::timeout(PATIENCE, process.wait_with_output()).await;
        let output = output.unwrap_or_else(|_| panic!("{arguments:?} does not end")).expect("ends");
        Ended {
            what: arguments.join(" "),
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Starts its server and waits until it serves.
    pub async fn start(&self) -> Server {
        Server::start(self).await
    }
}

/// What a command left.
#[derive(Debug)]
pub struct Ended {
    what: String,
    status: ExitStatus,
    /// Its answer.
    pub stdout: String,
    /// Its complaints.
    pub stderr: String,
}

impl Ended {
    /// Checks the exit code and gives the answer.
    #[track_caller]
    pub fn expect(&self, code: i32) -> &str {
        assert_eq!(self.status.code(), Some(code), "{}\n{}\n{}", self.what, self.stdout, self.stderr);
        &self.stdout
    }

    /// Checks that it failed, and that its complaint has all of this in it.
    #[track_caller]
    pub fn fails(&self, code: i32, texts: &[&str]) {
        self.expect(code);
        for text in texts {
            assert!(self.stderr.contains(text), "{text:?} in the complaint of {}:\n{}", self.what, self.stderr);
        }
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
    }
}

/// A port that nobody listens on, below those that the system gives to outgoing connections: what is free here is
/// still free a moment later, when the server takes it.
pub fn free_port() -> u16 {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test processes at the same time begin at different places.
    let start = u16::try_from(std::process::id().wrapping_mul(31) % u32::from(COUNT)).expect("small");
    let ports = (0..COUNT).map(|_| FIRST + (start + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT);
    ports.into_iter().find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
}
