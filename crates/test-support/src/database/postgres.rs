//! PostgreSQL databases: one template is migrated per server and schema, each test gets a clone.

use std::{
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use migrations::Migrator;
use platform::DatabaseOptions;
use sea_orm_migration::MigratorTrait;
use sqlx::{
    AssertSqlSafe, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::runtime::Runtime;
use url::Url;

use super::{
    binaries,
    cluster::{Cluster, SUPERUSER},
    sweep,
};

/// The role that tests connect as: it owns its databases, and nothing more.
const ROLE: &str = "nextcrm_test";
/// The template's name tells its schema, so that a stale one is never used.
const TEMPLATE: &str = concat!("nextcrm_template_", env!("SCHEMA_HASH"));

/// The server that this process makes its databases on.
#[derive(Debug)]
pub(super) struct Server {
    /// Own threads: the runtimes of tests come and go.
    runtime: Runtime,
    admin: PgPool,
    /// URL of any database on the server, for the tests' role.
    url: Url,
    /// Which databases are this process's.
    run: i32,
    made: AtomicU64,
    /// Shows the others, by its advisory locks, that this run's databases and the template are in use.
    _marks: Mutex<PgConnection>,
    _cluster: Option<Cluster>,
}

/// Why there is no server.
#[derive(Debug)]
pub(super) enum NoServer {
    /// None on this machine.
    Missing(&'static str),
    /// There should be one.
    Broken(String),
}

/// The server, looked for or started when first asked for.
pub(super) fn server() -> Result<&'static Server, &'static NoServer> {
    static SERVER: OnceLock<Result<Server, NoServer>> = OnceLock::new();
    // On a thread of its own: the caller may be inside a runtime, which must not be blocked on another.
    SERVER.get_or_init(|| std::thread::scope(|scope| scope.spawn(connect).join()).unwrap()).as_ref()
}

fn connect() -> Result<Server, NoServer> {
    let (admin_url, cluster) = match std::env::var("TEST_POSTGRES_URL") {
        Ok(url) if !url.is_empty() => (url, None),
        _ => {
            let binaries = binaries::find().ok_or(NoServer::Missing(
                "TEST_POSTGRES_URL is not set, and no PostgreSQL (14 or newer) is installed here",
            ))?;
            let cluster = Cluster::join_or_start(&binaries).map_err(NoServer::Broken)?;
            (cluster.url(SUPERUSER, "postgres"), Some(cluster))
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|error| NoServer::Broken(error.to_string()))?;
    let prepared = runtime.block_on(prepare(&admin_url)).map_err(|error| NoServer::Broken(error.to_string()));
    let (admin, url, run, marks) = prepared?;
    Ok(Server { runtime, admin, url, run, made: AtomicU64::new(0), _marks: Mutex::new(marks), _cluster: cluster })
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn prepare(admin_url: &str) -> Result<(PgPool, Url, i32, PgConnection), Failure> {
    let options: PgConnectOptions = admin_url.parse()?;
    let pool = PgPoolOptions::new().max_connections(4).idle_timeout(None).max_lifetime(None);
    let admin = pool.acquire_timeout(Duration::from_secs(30)).connect_with(options).await?;
    let mut marks = admin.acquire().await?.detach();

    // One process at a time, from here to the unlock.
    sweep::lock(&mut marks, sweep::Lock::Preparation).await?;
    let url = role_url(&mut marks, admin_url).await?;
    let run: i32 = sqlx::query_scalar("SELECT (random() * 2147483647)::integer").fetch_one(&mut marks).await?;
    sweep::lock(&mut marks, sweep::Lock::Run(run)).await?;
    sweep::lock(&mut marks, sweep::Lock::Template(TEMPLATE)).await?;
    sweep::abandoned_databases(&mut marks, TEMPLATE).await?;
    make_template(&mut marks, &url).await?;
    sweep::unlock(&mut marks, sweep::Lock::Preparation).await?;
    Ok((admin, url, run, marks))
}

/// The URL as the plain role. On a server given by `TEST_POSTGRES_URL` a superuser makes the role first; any
/// other role there (it needs CREATEDB) is the tests' role itself.
async fn role_url(admin: &mut PgConnection, admin_url: &str) -> Result<Url, Failure> {
    let mut url = Url::parse(admin_url)?;
    let superuser: bool =
        sqlx::query_scalar("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetch_one(&mut *admin).await?;
    if !superuser {
        return Ok(url);
    }
    // The same in all processes, and not to be guessed by whoever cannot guess the URL.
    let password: String = sqlx::query_scalar("SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')")
        .bind(admin_url)
        .fetch_one(&mut *admin)
        .await?;
    let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
        .bind(ROLE)
        .fetch_one(&mut *admin)
        .await?;
    let verb = if known { "ALTER" } else { "CREATE" };
    let rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS";
    execute(admin, format!("{verb} ROLE {ROLE} {rights} PASSWORD '{password}'")).await?;
    url.set_username(ROLE).and_then(|()| url.set_password(Some(&password))).map_err(|()| "the URL takes no role")?;
    Ok(url)
}

async fn make_template(admin: &mut PgConnection, url: &Url) -> Result<(), Failure> {
    let finished: Option<bool> = sqlx::query_scalar("SELECT datistemplate FROM pg_database WHERE datname = $1")
        .bind(TEMPLATE)
        .fetch_optional(&mut *admin)
        .await?;
    match finished {
        Some(true) => return Ok(()),
        Some(false) => execute(admin, format!("DROP DATABASE {TEMPLATE} WITH (FORCE)")).await?,
        None => {}
    }
    execute(admin, format!("CREATE DATABASE {TEMPLATE} OWNER {}", owner(url))).await?;
    let database = platform::Maintenance::connect(&DatabaseOptions::new(with_database(url, TEMPLATE))).await?;
    Migrator::up(database.connection(), None).await?;
    database.close().await?;
    // The mark of a finished one.
    execute(admin, format!("ALTER DATABASE {TEMPLATE} WITH IS_TEMPLATE true")).await
}

fn owner(url: &Url) -> String {
    format!("\"{}\"", url.username().replace('"', "\"\""))
}

fn with_database(url: &Url, database: &str) -> String {
    let mut url = url.clone();
    url.set_path(database);
    url.into()
}

/// Runs a statement made of our own constants and numbers.
async fn execute(connection: &mut PgConnection, sql: String) -> Result<(), Failure> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}

impl Server {
    /// A new database in the locale `C`, migrated by itself: a clone would have the template's locale.
    pub(super) async fn create_in_c_locale(&'static self) -> Result<Lease, Failure> {
        let name = sweep::database_name(self.run, self.made.fetch_add(1, Ordering::Relaxed));
        let owner = owner(&self.url);
        let sql = format!("CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' OWNER {owner}");
        let made = async { execute(&mut *self.admin.acquire().await?, sql).await };
        self.runtime.spawn(made).await??;
        let lease = Lease { server: self, url: with_database(&self.url, &name), name };
        let database = platform::Maintenance::connect(&DatabaseOptions::new(lease.url())).await?;
        Migrator::up(database.connection(), None).await?;
        database.close().await?;
        Ok(lease)
    }

    /// Makes a database for one test.
    pub(super) async fn create(&'static self) -> Result<Lease, Failure> {
        let name = sweep::database_name(self.run, self.made.fetch_add(1, Ordering::Relaxed));
        let sql = format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER {}", owner(&self.url));
        let made = async { execute(&mut *self.admin.acquire().await?, sql).await };
        self.runtime.spawn(made).await??;
        Ok(Lease { server: self, url: with_database(&self.url, &name), name })
    }
}

/// A database that is dropped with this value.
#[derive(Debug)]
pub(super) struct Lease {
    server: &'static Server,
    name: String,
    url: String,
}

impl Lease {
    /// The database's URL.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Lease {
    /// Waits until the database is gone: when the last test ends, the process does too.
    fn drop(&mut self) {
        let (done, wait) = mpsc::channel::<()>();
        let server = self.server;
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        server.runtime.spawn(async move {
            let result = async { execute(&mut *server.admin.acquire().await?, sql).await }.await;
            if let Err(error) = result {
                eprintln!("a test database could not be dropped: {error}");
            }
            drop(done);
        });
        let _ = wait.recv_timeout(Duration::from_secs(30));
    }
}
