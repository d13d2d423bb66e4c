//! `Idempotency-Key` on creating POSTs: the first answer again, byte for byte, and the effect only once.

use std::{
    future::{Ready, ready},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, dev,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web,
};
use kernel::{
    ErrorCode, FieldCode, Transactor, Tx,
    idempotency::{BodyHash, Claim, IdempotencyError, IdempotencyKeys, KeyIdentity, Lease, StoredAnswer},
};
use tracing::Instrument as _;
use url::form_urlencoded;
use uuid::Uuid;

use super::{
    Answer, Problem,
    access::Principal,
    envelope::decode,
    routes::{RouteTemplate, unversioned},
};

/// The request header.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The answer's header that marks a repeated answer.
pub const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What keys need of the application.
pub struct Idempotency {
    /// Where keys are kept.
    pub keys: Arc<dyn IdempotencyKeys>,
    /// For the transaction of the change.
    pub transactor: Arc<dyn Transactor>,
}

/// The request's idempotency key, if it has one, and the transaction of the change.
///
/// Stands *after* the guard in a handler's signature; its key is claimed only by [`Idempotent::once`], after
/// the body was read and parsed, so that what is wrong with a request does not burn the key.
pub struct Idempotent {
    request: HttpRequest,
}

impl FromRequest for Idempotent {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Ok(Self { request: request.clone() }))
    }
}

impl Idempotent {
    /// Whether the request has a key at all.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.request.headers().contains_key(&IDEMPOTENCY_KEY)
    }

    /// Does `work` in one transaction and commits it with its answer; or gives the answer of the first time.
    ///
    /// # Errors
    /// 409 IDEMPOTENCY_IN_FLIGHT, 422 IDEMPOTENCY_KEY_REUSED, and whatever `work` says: then nothing is
    /// kept, and the key is free again.
    pub async fn once(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<Answer, Problem>) -> Result<Answer, Problem> {
        let settings = self.request.app_data::<web::Data<Idempotency>>();
        let settings = settings.ok_or_else(|| Problem::internal("the application keeps no idempotency keys"))?;
        let Some(identity) = self.identity()? else {
            let mut tx = settings.transactor.begin().await?;
            let answer = work(&mut tx).await?;
            tx.commit().await?;
            return Ok(answer);
        };
        let body = self.request.extensions().get::<BodyHash>().copied().unwrap_or_else(|| BodyHash::of(b""));
        let held = match claim(Arc::clone(&settings.keys), identity, body).await? {
            Ok(held) => held,
            Err(Claim::Replay(stored)) => return replay(stored),
            Err(Claim::InFlight { retry_after }) => return Err(in_flight(retry_after)),
            Err(_) => return Err(reused()),
        };
        match run(settings, held.lease.as_ref(), work).await {
            Ok(answer) => {
                held.keep();
                Ok(answer)
            }
            Err(problem) => {
                held.give_back().await;
                Err(problem)
            }
        }
    }

    fn identity(&self) -> Result<Option<KeyIdentity>, Problem> {
        let mut values = self.request.headers().get_all(&IDEMPOTENCY_KEY);
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(Problem::field("Idempotency-Key", FieldCode::Duplicate, "must be given only once"));
        }
        let extensions = self.request.extensions();
        let principal = extensions.get::<Principal>().map_or_else(|| "public".to_owned(), Principal::key);
        let route = format!("{} {}", self.request.method(), path_of(&self.request));
        let key = String::from_utf8_lossy(value.as_bytes()).into_owned();
        Ok(Some(KeyIdentity::new(principal, route, key)?))
    }
}

/// The path as the handler reads it, so that another spelling of an id or another prefix is the same request, and
/// creating under one tenant is not creating under another.
fn path_of(request: &HttpRequest) -> String {
    let template = request.extensions().get::<RouteTemplate>().map(|template| Rc::clone(&template.0));
    let Some(template) = template else { return unversioned(request.path()).to_owned() };
    let mut values = request.match_info().iter().map(|(_, value)| normal(value));
    let parts = unversioned(&template).split('/').map(|part| match part.strip_prefix('{') {
        Some(_) => values.next().unwrap_or_default(),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// One spelling of a path's parameter.
fn normal(value: &str) -> String {
    // The router leaves some escapes as they are.
    let text = decode(value).unwrap_or_else(|| value.to_owned());
    match Uuid::parse_str(&text) {
        Ok(id) => id.to_string(),
        Err(_) => form_urlencoded::byte_serialize(text.as_bytes()).collect(),
    }
}

/// Claims the key in a task of its own: when the caller leaves meanwhile, what was won is given back.
async fn claim(
    keys: Arc<dyn IdempotencyKeys>,
    identity: KeyIdentity,
    body: BodyHash,
) -> Result<Result<Held, Claim>, Problem> {
    let claim = async move {
        Ok::<_, IdempotencyError>(match keys.claim(&identity, &body).await? {
            Claim::Won(lease) => Ok(Held { keys, lease: Some(lease) }),
            other => Err(other),
        })
    };
    let claimed = tokio::spawn(claim.in_current_span()).await;
    Ok(claimed.map_err(|error| Problem::internal(error.to_string()))??)
}

async fn run(
    settings: &Idempotency,
    lease: Option<&Lease>,
    work: impl AsyncFnOnce(&mut Tx) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    let mut tx = settings.transactor.begin().await?;
    let answer = work(&mut tx).await?;
    if let Some(lease) = lease {
        let (status, headers, body) = answer.parts();
        let stored = StoredAnswer { status, headers, body: body.to_vec() };
        settings.keys.complete_in(&mut tx, lease, &stored).await?;
    }
    tx.commit().await?;
    Ok(answer)
}

fn replay(stored: StoredAnswer) -> Result<Answer, Problem> {
    let answer = Answer::from_parts(stored.status, &stored.headers, stored.body);
    let answer = answer.ok_or_else(|| Problem::internal("a stored answer is not well-formed"))?;
    Ok(answer.header(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")))
}

fn in_flight(retry_after: Duration) -> Problem {
    let detail = "A request with this idempotency key is being carried out right now.";
    Problem::new(StatusCode::CONFLICT, ErrorCode::IdempotencyInFlight, detail).retry_after(retry_after)
}

fn reused() -> Problem {
    let detail = "This idempotency key was used with another body. Use a new key for a new request.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::IdempotencyKeyReused, detail)
}

/// A claimed key; given back when the request is dropped half-way (a timeout, a panic, a client that left).
struct Held {
    keys: Arc<dyn IdempotencyKeys>,
    lease: Option<Lease>,
}

impl Held {
    fn keep(mut self) {
        self.lease = None;
    }

    async fn give_back(mut self) {
        if let Some(lease) = self.lease.take() {
            release(&*self.keys, &lease).await;
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(lease) = self.lease.take() {
            let keys = Arc::clone(&self.keys);
            tokio::spawn(async move { release(&*keys, &lease).await });
        }
    }
}

/// Only a completed key keeps its answer, so giving back after an unclear commit does no harm.
async fn release(keys: &dyn IdempotencyKeys, lease: &Lease) {
    if let Err(error) = keys.release(lease).await {
        tracing::warn!(%error, "an idempotency key stays taken until its lease ends");
    }
}
