//! The real application on a throw-away database, called in-process: `on_each_database(async |db| { let api =
//! Api::start(db).await; ... })`. See docs/adding-an-endpoint.md.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::panic, reason = "a wrong answer ends the test")]

pub mod mail;
pub mod people;

use std::{rc::Rc, sync::Arc, time::Duration};

use actix_http::Request;
use actix_web::{
    Error,
    body::BoxBody,
    dev::{Service, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    test,
};
use kernel::{AdminRole, Caller, Clock, Entropy, OsEntropy, SessionProof, Subject, SystemClock, TenantRole};
use nextcrm::{
    app::{app, app_with},
    composition::{Background, CoreParts, Services},
    config::{Config, Variables},
};
use sea_orm::{ConnectionTrait as _, Statement};
use secrecy::ExposeSecret;
use serde_json::Value;
use test_support::{TestDatabase, within};
use tokio_util::sync::CancellationToken;

const JWT_SECRET: &str = "ey/ss8brOKDmeIw+kgLGCwnNkvbYrq1PiRWWQsXVosM=";
const REFRESH_TOKEN_SECRET: &str = "xWNKXkbK9N2XRVXDmsLvNkdfvxS3sTYBW24mFEXhffg=";
const ENCRYPTION_KEYS: &str = "k1:VMFaZRB45trcRnaiNxEfZXaU6zuF4rWVLXe++bBnIXM=";

type App = Rc<dyn Service<Request, Response = ServiceResponse<BoxBody>, Error = Error, Future = AppFuture>>;
type AppFuture = std::pin::Pin<Box<dyn Future<Output = Result<ServiceResponse<BoxBody>, Error>>>>;

/// The configuration of tests on this database, with `more` variables on top.
pub fn test_config(database_url: &str, more: &[(&str, &str)]) -> Config {
    let mut variables = vec![
        ("APP_ENV", "test"),
        ("DATABASE_URL", database_url),
        ("DATABASE_MAX_CONNECTIONS", "8"),
        ("JWT_SECRET", JWT_SECRET),
        ("REFRESH_TOKEN_SECRET", REFRESH_TOKEN_SECRET),
        ("ENCRYPTION_KEYS", ENCRYPTION_KEYS),
        ("PUBLIC_URL", "https://api.test"),
        ("APP_URL", "https://app.test"),
        ("CORS_ORIGINS", "https://app.test"),
        ("TRUSTED_PROXIES", "10.0.0.0/8"),
    ];
    variables.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    variables.extend_from_slice(more);
    Config::load(&variables.into_iter().collect::<Variables>()).expect("a right configuration")
}

fn services(db: &TestDatabase, more: &[(&str, &str)]) -> (Services, tempfile::TempDir) {
    let data_dir = tempfile::tempdir().expect("a directory");
    let mut variables = vec![("DATA_DIR", data_dir.path().to_str().expect("a path"))];
    variables.extend_from_slice(more);
    let parts = CoreParts { db: db.database().clone(), clock: Arc::new(SystemClock), entropy: Arc::new(OsEntropy) };
    (Services::build(test_config(db.url(), &variables), parts).expect("services"), data_dir)
}

/// The application.
pub struct Api {
    /// What it works with.
    pub services: Services,
    app: App,
    stop: CancellationToken,
    _background: Background,
    data_dir: tempfile::TempDir,
}

impl Api {
    /// How many rows there are: a table, and perhaps a condition.
    pub async fn count(&self, of: &str) -> i64 {
        let connection = self.services.core.db.reader();
        let count = Statement::from_string(connection.get_database_backend(), format!("SELECT COUNT(*) FROM {of}"));
        let row = connection.query_one_raw(count).await.expect("counts").expect("a row");
        row.try_get_by_index(0).expect("a number")
    }

    /// Starts it on this database.
    pub async fn start(db: &TestDatabase) -> Self {
        Self::start_with(db, &[]).await
    }

    /// Starts it with more configuration.
    pub async fn start_with(db: &TestDatabase, more: &[(&str, &str)]) -> Self {
        let (services, data_dir) = services(db, more);
        let app = app(&services);
        Self::run(services, data_dir, test::init_service(app).await).await
    }

    /// Starts it with another kind of credential that is believed.
    pub async fn start_believing(db: &TestDatabase, verifier: Arc<dyn auth::Verifier>) -> Self {
        let (mut services, data_dir) = services(db, &[]);
        let tokens = Arc::clone(&services.auth.tokens) as Arc<dyn auth::Verifier>;
        services.auth.verifiers = auth::Verifiers::new(vec![tokens, verifier]);
        let app = app(&services);
        Self::run(services, data_dir, test::init_service(app).await).await
    }

    /// Starts it with these routes instead of its own.
    pub async fn start_routes(db: &TestDatabase, routes: &nextcrm::http::Routes, more: &[(&str, &str)]) -> Self {
        let (services, data_dir) = services(db, more);
        let app = app_with(&services, routes);
        Self::run(services, data_dir, test::init_service(app).await).await
    }

    async fn run<S>(services: Services, data_dir: tempfile::TempDir, service: S) -> Self
    where
        S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
        S::Future: 'static,
    {
        let stop = CancellationToken::new();
        let background = services.start_background(&stop).await.expect("background work");
        Self { services, app: Rc::new(Boxed(service)), stop, _background: background, data_dir }
    }

    /// A GET request, to be completed and sent.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// A POST request.
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    /// A PATCH request.
    pub fn patch(&self, path: &str) -> Call {
        self.call(Method::PATCH, path)
    }

    /// A PUT request.
    pub fn put(&self, path: &str) -> Call {
        self.call(Method::PUT, path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    /// A request with any method.
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call { app: Rc::clone(&self.app), request: test::TestRequest::with_uri(path).method(method) }
    }

    /// An access token of an admin with this role who need not exist in the database.
    pub fn admin_token(&self, role: AdminRole) -> String {
        self.token_of(Subject::Admin { id: fresh().into(), role })
    }

    /// Waits until an access token is refused that was just taken back, and gives the answer: the contract says within a
    /// second, and a busy machine gets some more.
    pub async fn until_refused(&self, path: &str, token: &str) -> Reply {
        let refused = async || {
            let reply = self.get(path).bearer(token).send().await;
            (reply.status == 401).then_some(reply)
        };
        within(Duration::from_secs(5), "the token is refused", refused).await
    }

    /// An access token of somebody with this role in a tenant; neither need exist in the database.
    pub fn tenant_token(&self, role: TenantRole) -> String {
        self.token_of(Subject::TenantUser { tenant_id: fresh().into(), id: fresh().into(), role })
    }

    /// An access token of this person in some session.
    pub fn token_of(&self, subject: Subject) -> String {
        self.token_for(&in_session(subject))
    }

    /// An access token for exactly this.
    pub fn token_for(&self, caller: &Caller) -> String {
        self.services.auth.tokens.sign(caller).expect("signs").expose_secret().to_owned()
    }
}

/// A person in some session, with all that their role is granted.
pub fn in_session(subject: Subject) -> Caller {
    let tenant_generation = matches!(subject, Subject::TenantUser { .. }).then_some(1);
    let session_id = fresh().into();
    auth::caller_of(subject).in_session(SessionProof {
        session_id,
        generation: 1,
        tenant_generation,
        must_change_password: false,
    })
}

fn fresh() -> uuid::Uuid {
    OsEntropy.uuid_v7(SystemClock.now())
}

impl Drop for Api {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A request in the making.
pub struct Call {
    app: App,
    request: test::TestRequest,
}

impl Call {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        self.request = self.request.append_header((name, HeaderValue::from_str(value).expect("a header's value")));
        self
    }

    /// Adds the access token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets any body.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<bytes::Bytes>) -> Self {
        self = self.header("content-type", content_type);
        self.request = self.request.set_payload(body.into());
        self
    }

    /// Sets where it comes from.
    #[must_use]
    pub fn from(mut self, address: &str) -> Self {
        self.request = self.request.peer_addr(address.parse().expect("ADDRESS:PORT"));
        self
    }

    /// Sends it.
    pub async fn send(self) -> Reply {
        let response = self.app.call(self.request.to_request()).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = actix_web::body::to_bytes(response.into_body()).await.expect("a body");
        Reply { status, headers, body }
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: bytes::Bytes,
}

impl Reply {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// A header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Checks the status and gives the body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// Checks that this is a whole problem with this status and code, and gives it.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["requestId"], self.header("x-request-id"));
        for field in ["type", "title", "detail", "instance"] {
            assert!(problem[field].is_string(), "{field} in {problem}");
        }
        assert!(
            nextcrm::error_codes::table().iter().any(|(known, name, _)| *name == code && *known == status),
            "{code} in error_codes.rs"
        );
        problem
    }

    /// Checks that this is 422 for exactly these fields, each as `field CODE`.
    #[track_caller]
    pub fn invalid(&self, fields: &[&str]) {
        let problem = self.problem(422, "VALIDATION_FAILED");
        let errors = problem["errors"].as_array().expect("errors");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let found: Vec<_> = errors.iter().map(|e| format!("{} {}", text(&e["field"]), text(&e["code"]))).collect();
        assert_eq!(found, fields);
    }
}

/// Erases the type of an initialised application.
struct Boxed<S>(S);

impl<S> Service<Request> for Boxed<S>
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
    S::Future: 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = AppFuture;

    fn poll_ready(&self, context: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Error>> {
        self.0.poll_ready(context)
    }

    fn call(&self, request: Request) -> AppFuture {
        Box::pin(self.0.call(request))
    }
}
