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
    access::caller_of,
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
/// Stands *after* the auth extractor in a handler's signature; its key is claimed only by [`Idempotent::once`], after
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
    /// Does `work` in one transaction and commits it with its answer; or gives the answer of the first time.
    ///
    /// # Errors
    /// 409 IDEMPOTENCY_IN_FLIGHT, 422 IDEMPOTENCY_KEY_REUSED, and whatever `work` says: then nothing is
    /// kept, and the key is free again.
    pub async fn once(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<Answer, Problem>) -> Result<Answer, Problem> {
        let settings = self.settings()?;
        let Some(identity) = self.identity()? else {
            let mut tx = settings.transactor.begin().await?;
            let answer = work(&mut tx).await?;
            tx.commit().await?;
            return Ok(answer);
        };
        let Claimed { held, subject } = match self.claim(settings, identity).await? {
            Ok(claimed) => claimed,
            Err(first) => return Ok(first),
        };
        let done = async {
            if subject.is_some() {
                return Err(Problem::internal("the key names something that this route does not make"));
            }
            let mut tx = settings.transactor.begin().await?;
            let answer = work(&mut tx).await?;
            held.complete_in(&mut tx, &answer).await?;
            tx.commit().await?;
            Ok(answer)
        };
        let done = done.await;
        held.end(done).await
    }

    /// For what is made before its answer is known: `prepare` has no transaction, `make` has one and says what it made, and
    /// `answer` tells how that is, as soon as there is something to tell. Whoever asks again after this process died hears how
    /// it is then.
    ///
    /// # Errors
    /// 428 without a key; 409 IDEMPOTENCY_IN_FLIGHT, 422 IDEMPOTENCY_KEY_REUSED; and whatever the steps say. The key is free
    /// again as long as nothing was made.
    pub async fn once_named<P>(
        &self,
        prepare: impl AsyncFnOnce() -> Result<P, Problem>,
        make: impl AsyncFnOnce(&mut Tx, P) -> Result<Uuid, Problem>,
        answer: impl AsyncFnOnce(Uuid) -> Result<Answer, Problem>,
    ) -> Result<Answer, Problem> {
        let settings = self.settings()?;
        let identity = self.identity()?.ok_or_else(key_required)?;
        let Claimed { held, subject } = match self.claim(settings, identity).await? {
            Ok(claimed) => claimed,
            Err(first) => return Ok(first),
        };
        let done = async {
            let subject = match subject {
                Some(subject) => subject,
                None => {
                    let prepared = prepare().await?;
                    let mut tx = settings.transactor.begin().await?;
                    let subject = make(&mut tx, prepared).await?;
                    held.name_in(&mut tx, subject).await?;
                    tx.commit().await?;
                    subject
                }
            };
            let answer = answer(subject).await?;
            let mut tx = settings.transactor.begin().await?;
            held.complete_in(&mut tx, &answer).await?;
            tx.commit().await?;
            Ok(answer)
        };
        let done = done.await;
        held.end(done).await
    }

    fn settings(&self) -> Result<&Idempotency, Problem> {
        let settings = self.request.app_data::<web::Data<Idempotency>>();
        settings.map(|it| &***it).ok_or_else(|| Problem::internal("the application keeps no idempotency keys"))
    }

    /// The key, claimed; or the answer of the first time.
    async fn claim(&self, settings: &Idempotency, identity: KeyIdentity) -> Result<Result<Claimed, Answer>, Problem> {
        let body = self.request.extensions().get::<BodyHash>().copied().unwrap_or_else(|| BodyHash::of(b""));
        match claim(Arc::clone(&settings.keys), identity, body).await? {
            Ok(claimed) => Ok(Ok(claimed)),
            Err(Claim::Replay(stored)) => replay(stored).map(Err),
            Err(Claim::InFlight { retry_after }) => Err(in_flight(retry_after)),
            Err(Claim::OtherBody | Claim::Won(_) | Claim::Named { .. }) => Err(reused()),
        }
    }

    fn identity(&self) -> Result<Option<KeyIdentity>, Problem> {
        let mut values = self.request.headers().get_all(&IDEMPOTENCY_KEY);
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(Problem::field("Idempotency-Key", FieldCode::Duplicate, "must be given only once"));
        }
        let principal = caller_of(&self.request).identity().unwrap_or_else(|| "public".to_owned());
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
) -> Result<Result<Claimed, Claim>, Problem> {
    let claim = async move {
        Ok::<_, IdempotencyError>(match keys.claim(&identity, &body).await? {
            Claim::Won(lease) => Ok(Claimed { held: Held { keys, lease: Some(lease) }, subject: None }),
            Claim::Named { lease, subject } => {
                Ok(Claimed { held: Held { keys, lease: Some(lease) }, subject: Some(subject) })
            }
            other => Err(other),
        })
    };
    let claimed = tokio::spawn(claim.in_current_span()).await;
    Ok(claimed.map_err(|error| Problem::internal(error.to_string()))??)
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

fn key_required() -> Problem {
    let detail = "This route needs the header Idempotency-Key.";
    Problem::new(StatusCode::PRECONDITION_REQUIRED, ErrorCode::PreconditionRequired, detail)
}

fn reused() -> Problem {
    let detail = "This idempotency key was used with another body. Use a new key for a new request.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::IdempotencyKeyReused, detail)
}

/// A claimed key, and what it names already.
struct Claimed {
    held: Held,
    subject: Option<Uuid>,
}

/// A claimed key; given back when the request is dropped half-way (a timeout, a panic, a client that left).
struct Held {
    keys: Arc<dyn IdempotencyKeys>,
    /// `None` once it is given back or completed.
    lease: Option<Lease>,
}

impl Held {
    fn lease(&self) -> Result<&Lease, Problem> {
        self.lease.as_ref().ok_or_else(|| Problem::internal("a claimed key without a lease"))
    }

    async fn name_in(&self, tx: &mut Tx, subject: Uuid) -> Result<(), Problem> {
        Ok(self.keys.name_in(tx, self.lease()?, subject).await?)
    }

    async fn complete_in(&self, tx: &mut Tx, answer: &Answer) -> Result<(), Problem> {
        let (status, headers, body) = answer.parts();
        let stored = StoredAnswer { status, headers, body: body.to_vec() };
        Ok(self.keys.complete_in(tx, self.lease()?, &stored).await?)
    }

    /// The request is over: a completed key stays, every other one is given back.
    async fn end(mut self, done: Result<Answer, Problem>) -> Result<Answer, Problem> {
        let lease = self.lease.take();
        if let (Err(_), Some(lease)) = (&done, lease) {
            release(&*self.keys, &lease).await;
        }
        done
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
