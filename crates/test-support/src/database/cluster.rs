//! A private PostgreSQL cluster made with the machine's own binaries, shared by all test processes that
//! run at the same time, and gone some seconds after the last of them: see `watchdog.sh`.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{Read, Seek, Write},
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    libc::O_NONBLOCK,
    unistd::{Uid, User},
};

/// How long the cluster outlives its last user, for the next test binary of the same run.
const GRACE_SECONDS: &str = "10";
const WATCHDOG: &str = include_str!("watchdog.sh");
/// Durability is nothing to throw-away data; a socket in a private directory lets nobody else in.
const SETTINGS: &str = "
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
shared_buffers = 64MB
listen_addresses = ''
autovacuum_naptime = 5min
";

/// The one who makes databases in it.
pub(super) const SUPERUSER: &str = "postgres";

/// A running cluster; it stays as long as this value (or another process's) lives.
#[derive(Debug)]
pub(super) struct Cluster {
    directory: PathBuf,
    _user: File,
}

impl Cluster {
    /// Joins the cluster that other test processes use, or makes one.
    pub(super) fn join_or_start(binaries: &Path) -> Result<Self, String> {
        let shared = shared_directory()?;
        // Two processes must not make one each.
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(shared.join("lock"));
        let lock = lock.map_err(failed("cannot open the lock file"))?;
        lock.lock().map_err(failed("cannot lock the lock file"))?;
        match join(&shared) {
            Some(cluster) => Ok(cluster),
            None => start(&shared, binaries),
        }
    }

    /// The URL of a database in it. Roles need no password: only this user gets at the socket.
    pub(super) fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@localhost/{database}?host={}", self.directory.join("socket").display())
    }
}

/// `nextcrm-test-postgres-UID` in the temp directory, for sockets (107 bytes at most) in `/tmp` if need be.
fn shared_directory() -> Result<PathBuf, String> {
    let temp = Some(std::env::temp_dir()).filter(|path| path.as_os_str().len() <= 40);
    let user = Uid::effective();
    let path = temp.unwrap_or_else(|| "/tmp".into()).join(format!("nextcrm-test-postgres-{user}"));
    let made = DirBuilder::new().mode(0o711).create(&path);
    if let Err(error) = made
        && error.kind() != std::io::ErrorKind::AlreadyExists
    {
        return Err(failed("cannot make the shared directory")(error));
    }
    // The name can be guessed: somebody else's directory (or link) in its place is not to be trusted.
    let found = fs::symlink_metadata(&path).map_err(failed("cannot look at the shared directory"))?;
    if !found.is_dir() || found.uid() != user.as_raw() || found.mode() & 0o022 != 0 {
        return Err(format!("{} is not a directory that only this user can write to", path.display()));
    }
    Ok(path)
}

fn join(shared: &Path) -> Option<Cluster> {
    let current = shared.join("current");
    let directory = PathBuf::from(fs::read_to_string(&current).ok()?);
    let user = become_user(&directory).ok()?;
    // The watchdog may have given up on the cluster in between.
    let still_current = fs::read_to_string(&current).ok()? == directory.to_string_lossy();
    (still_current && directory.join("data/postmaster.pid").exists()).then_some(Cluster { directory, _user: user })
}

/// Opens the watchdog's pipe, which fails when no watchdog reads it.
fn become_user(directory: &Path) -> std::io::Result<File> {
    let mut pipe = OpenOptions::new().write(true).custom_flags(O_NONBLOCK).open(directory.join("users"))?;
    pipe.write_all(b".")?;
    Ok(pipe)
}

fn start(shared: &Path, binaries: &Path) -> Result<Cluster, String> {
    let account = account()?;
    remove_abandoned(shared, binaries, account.as_ref());
    let directory = tempfile::Builder::new().prefix("cluster-").tempdir_in(shared);
    let directory = directory.map_err(failed("cannot make the cluster's directory"))?;
    let path = directory.path().to_owned();
    give(&path, account.as_ref())?;
    let socket = path.join("socket");
    DirBuilder::new().mode(0o700).create(&socket).map_err(failed("cannot make the socket's directory"))?;
    give(&socket, account.as_ref())?;

    init(&path, binaries, account.as_ref())?;
    // Before the server, so that nothing is left behind if this process dies while it starts.
    let user = start_watchdog(shared, &path)?;
    let _ = directory.keep();
    let mut pg_ctl = Command::new(binaries.join("pg_ctl"));
    pg_ctl.args(["start", "-w", "-s", "-t", "60", "-D"]).arg(path.join("data")).arg("-l").arg(path.join("data/log"));
    run(&mut pg_ctl, &path, account.as_ref())
        .map_err(|error| format!("{error}\n{}", fs::read_to_string(path.join("data/log")).unwrap_or_default()))?;
    fs::write(shared.join("current"), path.to_string_lossy().as_bytes()).map_err(failed("cannot tell the others"))?;
    Ok(Cluster { directory: path, _user: user })
}

fn init(directory: &Path, binaries: &Path, account: Option<&User>) -> Result<(), String> {
    let data = directory.join("data");
    let initdb = |locale: &str| {
        let mut initdb = Command::new(binaries.join("initdb"));
        initdb.args(["-U", SUPERUSER, "--auth=trust", "--no-sync", "-E", "UTF8", locale, "-D"]).arg(&data);
        run(&mut initdb, directory, account)
    };
    // Not every system has C.UTF-8, which knows the case of letters beyond ASCII.
    initdb("--locale=C.UTF-8").or_else(|_| initdb("--no-locale"))?;
    let settings = format!("{SETTINGS}unix_socket_directories = '{}'\n", directory.join("socket").display());
    let config = OpenOptions::new().append(true).open(data.join("postgresql.conf"));
    config.and_then(|mut file| file.write_all(settings.as_bytes())).map_err(failed("cannot write postgresql.conf"))
}

/// Starts the script that outlives this process, and becomes its first user.
fn start_watchdog(shared: &Path, directory: &Path) -> Result<File, String> {
    run(Command::new("mkfifo").args(["-m", "600"]).arg(directory.join("users")), directory, None)?;
    let mut watchdog = Command::new("sh");
    watchdog.args(["-c", WATCHDOG, "nextcrm-test-watchdog"]).arg(shared).arg(directory).arg(GRACE_SECONDS);
    // In a group of its own, so that nothing that ends the test run ends it too.
    watchdog.process_group(0).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = watchdog.spawn().map_err(failed("cannot start the watchdog"))?;
    // Reaps it, should it end while this process still runs.
    thread::spawn(move || child.wait());
    let give_up = Instant::now() + Duration::from_secs(10);
    loop {
        match become_user(directory) {
            Ok(user) => return Ok(user),
            Err(error) if Instant::now() > give_up => return Err(format!("the watchdog does not answer: {error}")),
            Err(_) => pause(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a thread of its own waits here, no worker of a runtime")]
fn pause() {
    thread::sleep(Duration::from_millis(10));
}

/// Removes clusters whose watchdog was killed.
fn remove_abandoned(shared: &Path, binaries: &Path, account: Option<&User>) {
    for entry in fs::read_dir(shared).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_cluster = entry.file_name().to_string_lossy().starts_with("cluster-");
        if !is_cluster || become_user(&path).is_ok() {
            continue;
        }
        if path.join("data/postmaster.pid").exists() {
            let mut pg_ctl = Command::new(binaries.join("pg_ctl"));
            // Fails when the server is gone already.
            let _ = run(pg_ctl.args(["stop", "-m", "immediate", "-D"]).arg(path.join("data")), &path, account);
        }
        // What cannot be removed now is tried again by the next run.
        let _ = fs::remove_dir_all(&path);
    }
}

/// Whom the server runs as: PostgreSQL refuses to run as root.
fn account() -> Result<Option<User>, String> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    let find = |name| User::from_name(name).ok().flatten();
    let found = find("postgres").or_else(|| find("nobody"));
    found.map(Some).ok_or_else(|| "this is root, and there is no user postgres or nobody to run the server as".into())
}

fn give(path: &Path, account: Option<&User>) -> Result<(), String> {
    let Some(account) = account else { return Ok(()) };
    chown(path, Some(account.uid.as_raw()), Some(account.gid.as_raw())).map_err(failed("cannot change the owner"))
}

/// Runs a program to its end, in `directory` and as `account`.
fn run(command: &mut Command, directory: &Path, account: Option<&User>) -> Result<(), String> {
    command.current_dir(directory).stdin(Stdio::null()).env_remove("PGDATA");
    if let Some(account) = account {
        command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
    }
    let name = command.get_program().to_string_lossy().into_owned();
    // The server inherits what pg_ctl has: a pipe would stay open as long as it runs.
    let errors = tempfile::tempfile().map_err(failed("cannot make a temporary file"))?;
    let output = errors.try_clone().map_err(failed("cannot share a temporary file"))?;
    let status = command.stdout(Stdio::null()).stderr(output).status().map_err(failed(&name))?;
    if status.success() {
        return Ok(());
    }
    let mut said = String::new();
    let mut errors = errors;
    let _ = errors.rewind().and_then(|()| errors.read_to_string(&mut said));
    Err(format!("{name} ended with {status}: {said}"))
}

fn failed(what: &str) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{what}: {error}")
}
