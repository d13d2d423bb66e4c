//! `nextcrm serve`: from the configuration to a running server, and to its orderly end.

mod banner;
mod demo_tickets;
mod first_start;
mod lock;

use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    time::Duration,
};

use actix_web::{HttpServer, web};
use anyhow::Context as _;
use platform::{DatabaseOptions, Engine};
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use crate::{
    app::app,
    cli::migrate_connect,
    composition::{Background, Services},
    config::Config,
    http::HttpMetrics,
    logging, private,
};

/// How long a client may take to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// How long requests in hand may take at the end, in seconds.
const FINISH_REQUESTS: u64 = 20;
/// How long work beside the requests may take at the end.
const FINISH_WORK: Duration = Duration::from_secs(15);

/// Serves until SIGTERM or SIGINT, then finishes what is in hand.
///
/// # Errors
/// When the server cannot start; the text says why and what to do.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    logging::init(&config);
    make_directories(&config)?;
    for text in private::complaints(&config) {
        tracing::warn!("{text}");
    }
    let _lock = lock::take(&config)?;
    check_address(config.bind_addr)?;
    prepare_database(&config).await?;
    let services = Services::connect(config).await?;
    let sign_in = first_start::run(&services).await?;
    let metrics = HttpMetrics::install()?;
    let stop = CancellationToken::new();
    let mut background = services.start_background(&stop).await?;
    background.spawn(metrics.clone().keep_up(stop.clone()));
    let server = listen(&services, metrics)?;
    banner::print(&services.config, sign_in.as_ref())?;
    let handle = server.handle();
    let running = tokio::spawn(server);
    tokio::select! {
        () = stop_signal() => tracing::info!("stopping"),
        () = stop.cancelled() => {}
    }
    // Nothing new comes in while jobs finish; then the requests in hand do.
    handle.pause().await;
    finish(background, &stop).await;
    handle.stop(true).await;
    running.await.context("the server ended abnormally")??;
    let Services { core, .. } = services;
    let _ = tokio::time::timeout(Duration::from_secs(3), core.db.close()).await;
    tracing::info!("stopped");
    Ok(())
}

/// Binds the address and builds the server; it runs when awaited.
fn listen(services: &Services, metrics: HttpMetrics) -> anyhow::Result<actix_web::dev::Server> {
    let address = services.config.bind_addr;
    let factory = {
        let services = services.clone();
        move || {
            services.core.db.settle();
            app(&services).app_data(web::Data::new(metrics.clone()))
        }
    };
    let server = HttpServer::new(factory)
        .workers(services.config.workers)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_TIMEOUT)
        .client_disconnect_timeout(Duration::from_secs(5))
        .shutdown_timeout(FINISH_REQUESTS)
        .disable_signals()
        .bind(address);
    Ok(server.map_err(|error| cannot_listen(address, error))?.run())
}

/// Tells of a taken port before the database is touched.
fn check_address(address: SocketAddr) -> anyhow::Result<()> {
    TcpListener::bind(address).map(drop).map_err(|error| cannot_listen(address, error))
}

fn cannot_listen(address: SocketAddr, error: io::Error) -> anyhow::Error {
    if error.kind() != io::ErrorKind::AddrInUse {
        return anyhow::Error::new(error).context(format!("cannot listen on {address} (BIND_ADDR)"));
    }
    let (ip, port) = (address.ip(), address.port());
    let next = port.saturating_add(1);
    anyhow::anyhow!(
        "port {port} of {ip} is in use by another program. Stop it, or choose another port: BIND_ADDR={ip}:{next}"
    )
}

async fn finish(background: Background, stop: &CancellationToken) {
    stop.cancel();
    if tokio::time::timeout(FINISH_WORK, background.join()).await.is_err() {
        tracing::warn!("work in hand was cut off; it is taken up again at the next start");
    }
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        // Without signals only a kill ends the process.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Makes the data directory and that of an SQLite file.
///
/// # Errors
/// When one cannot be made.
pub fn make_directories(config: &Config) -> anyhow::Result<()> {
    let sqlite = sqlite_path(config).and_then(|path| path.parent().map(PathBuf::from));
    for directory in [Some(config.data_dir.clone()), sqlite].into_iter().flatten() {
        if !directory.as_os_str().is_empty() {
            fs::create_dir_all(&directory)
                .with_context(|| format!("cannot make the directory {}", directory.display()))?;
        }
    }
    Ok(())
}

/// The file of an SQLite database; `None` for PostgreSQL and for a database in memory.
#[must_use]
pub fn sqlite_path(config: &Config) -> Option<PathBuf> {
    let url = config.database_url.expose_secret();
    if DatabaseOptions::new(url).engine() != Some(Engine::Sqlite) || url.contains(":memory:") {
        return None;
    }
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    path.split('?').next().map(PathBuf::from)
}

/// Brings the schema to this program's version.
///
/// # Errors
/// When the database does not answer, refuses, or is newer than this program.
pub async fn prepare_database(config: &Config) -> anyhow::Result<()> {
    make_directories(config)?;
    let db = migrate_connect(config).await?;
    let steps = migrations::up(db.connection()).await?;
    if steps > 0 {
        tracing::info!(steps, "the database was migrated");
    }
    if let Some(text) = migrations::unbound_role(db.connection()).await? {
        tracing::warn!("{text}");
    }
    db.close().await?;
    Ok(())
}
