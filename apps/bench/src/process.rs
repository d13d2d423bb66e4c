use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use tokio::process::{Child, Command};

/// How long a server may take to answer for the first time.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A server in a process of its own; killed when dropped.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

/// Memory of a process in MiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Resident now.
    pub(crate) resident: f64,
    /// The most that was ever resident.
    pub(crate) peak: f64,
}

impl Process {
    /// Starts a server, with its output in the file `log`, and waits until `ready` (a path) answers.
    pub(crate) async fn start(
        mut command: Command,
        address: SocketAddr,
        log: &Path,
        ready: &str,
    ) -> anyhow::Result<Self> {
        let output = std::fs::File::create(log).with_context(|| format!("making {}", log.display()))?;
        command.stdin(std::process::Stdio::null()).stdout(output.try_clone()?).stderr(output).kill_on_drop(true);
        let child = command.spawn().with_context(|| format!("starting {:?}", command.as_std().get_program()))?;
        let mut process = Self { child, log: log.to_owned(), address };
        process.wait_until_ready(ready).await?;
        Ok(process)
    }

    async fn wait_until_ready(&mut self, path: &str) -> anyhow::Result<()> {
        let ask = crate::client::Call::get(path);
        let deadline = tokio::time::Instant::now() + START_LIMIT;
        loop {
            if let Ok(mut connection) = crate::client::Connection::open(self.address).await
                && let Ok((status, _)) = connection.exchange(&ask).await
                && status.is_success()
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("the server ended ({status}); its last words:\n{}", self.last_words());
            }
            if tokio::time::Instant::now() > deadline {
                anyhow::bail!(
                    "the server did not get ready in {START_LIMIT:?}; its last words:\n{}",
                    self.last_words()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The end of what the server wrote.
    pub(crate) fn last_words(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }

    /// The server's memory, from /proc; `None` where there is no such thing.
    pub(crate) fn memory(&self) -> Option<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let field = |name: &str| -> Option<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            let kib: f64 = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().ok()?;
            Some(kib / 1024.0)
        };
        Some(Memory { resident: field("VmRSS")?, peak: field("VmHWM")? })
    }

    /// The time that processors have spent on the server so far, from /proc.
    ///
    /// # Errors
    /// Where there is no such thing.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let id = self.child.id().context("the server has ended")?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).context("reading the processor time")?;
        // The program's name, in brackets, may hold blanks.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        // USER_HZ is 100 on every architecture that Linux has in use.
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Ends the server and waits for it.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("stopping a server")
    }
}

/// An address on the loopback interface that was free a moment ago.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("finding a free port")?;
    Ok(listener.local_addr()?)
}
