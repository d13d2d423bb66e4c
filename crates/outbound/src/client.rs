use std::{
    borrow::Cow,
    fmt,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use moka::{policy::EvictionPolicy, sync::Cache};
use reqwest::redirect::Policy;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error};
use reqwest_retry::RetryError;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::{
    AddressRules, Answer, CallError, CircuitState, Failure, Profile, Request, SetupError,
    lane::Lane,
    measure,
    resolver::GuardedResolver,
    tries::{Call, Retries, Try},
};

const USER_AGENT: &str = concat!("NextCRM/", env!("CARGO_PKG_VERSION"));

/// Keys whose circuit and limit are remembered, and for how long after their last call.
const KEYS: u64 = 10_000;
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// Connections to hosts of users are kept for a moment only.
const IDLE: Duration = Duration::from_secs(15);

/// Makes clients.
#[derive(Debug, Clone, Default)]
pub struct Outbound {
    rules: Arc<AddressRules>,
    resolver: Option<SocketAddr>,
}

impl Outbound {
    /// With these rules for addresses that users give, whose names `resolver` is asked for (OUTBOUND_RESOLVER), or the
    /// system's servers.
    #[must_use]
    pub fn new(rules: AddressRules, resolver: Option<SocketAddr>) -> Self {
        Self { rules: Arc::new(rules), resolver }
    }

    /// The rules for addresses that users give.
    #[must_use]
    pub fn rules(&self) -> &Arc<AddressRules> {
        &self.rules
    }

    /// A client for configured addresses, wherever they are.
    ///
    /// # Errors
    /// [`SetupError`]
    pub fn client(&self, profile: Profile) -> Result<Client, SetupError> {
        let redirects = if profile.redirects == 0 { Policy::none() } else { Policy::limited(profile.redirects) };
        Client::new(profile, None, reqwest::Client::builder().redirect(redirects))
    }

    /// A client for addresses that users give: it connects to what the [`AddressRules`] permit and to nothing else, follows
    /// no redirects and uses no proxy.
    ///
    /// # Errors
    /// [`SetupError`]
    pub fn guarded(&self, profile: Profile) -> Result<Client, SetupError> {
        let resolver = GuardedResolver::new(Arc::clone(&self.rules), self.resolver);
        let resolver = resolver.map_err(|error| SetupError::Resolver(error.into()))?;
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .pool_idle_timeout(IDLE)
            .dns_resolver(Arc::new(resolver));
        Client::new(profile, Some(Arc::clone(&self.rules)), http)
    }
}

/// Calls one party; cheap to clone.
#[derive(Clone)]
pub struct Client {
    profile: Arc<Profile>,
    http: ClientWithMiddleware,
    lanes: Cache<Cow<'static, str>, Arc<Lane>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.profile.target).finish()
    }
}

impl Client {
    fn new(
        profile: Profile,
        rules: Option<Arc<AddressRules>>,
        http: reqwest::ClientBuilder,
    ) -> Result<Self, SetupError> {
        Lane::new(&profile)?;
        let http = http
            .user_agent(USER_AGENT)
            .referer(false)
            .connect_timeout(profile.connect_timeout.min(profile.timeout))
            .build()?;
        let retries = Retries { first_wait: profile.first_wait, longest_wait: profile.longest_wait };
        let last = Try { target: profile.target, http: http.clone(), rules };
        // The least recently used key goes, so that a new one always has a lane that lasts.
        let lanes =
            Cache::builder().max_capacity(KEYS).time_to_idle(REMEMBERED).eviction_policy(EvictionPolicy::lru()).build();
        Ok(Self { http: ClientBuilder::new(http).with(retries).with(last).build(), profile: Arc::new(profile), lanes })
    }

    /// Sends a request and reads the answer, within the time that the call has. Any status is an answer.
    ///
    /// # Errors
    /// [`CallError`] when there is none.
    pub async fn send(&self, request: Request) -> Result<Answer, CallError> {
        let target = self.profile.target;
        let started = Instant::now();
        let span = tracing::info_span!("outbound", upstream = target, method = %request.inner.method());
        let _in_flight = measure::InFlight::count(target);
        async {
            let result = self.call(request, started).await;
            measure::called(target, &result, started.elapsed());
            result
        }
        .instrument(span)
        .await
    }

    /// Whether calls under this key are made; they are where there was none yet.
    #[must_use]
    pub fn circuit(&self, key: &str) -> CircuitState {
        self.lanes.get(key).map_or(CircuitState::Closed, |lane| lane.state())
    }

    async fn call(&self, request: Request, started: Instant) -> Result<Answer, CallError> {
        let invalid = || CallError { failure: Failure::Invalid, may_have_arrived: false };
        if !request.is_valid {
            return Err(invalid());
        }
        let key = request.key.clone().unwrap_or_else(|| request.inner.url().origin().ascii_serialization().into());
        let lane = self.lanes.try_get_with(key, || Lane::new(&self.profile).map(Arc::new)).map_err(|_| invalid())?;
        let call = Call {
            lane,
            started,
            timeout: request.timeout.unwrap_or(self.profile.timeout),
            limit: request.max_answer_bytes.unwrap_or(self.profile.max_answer_bytes),
            retries: if request.may_be_repeated() { self.profile.retries } else { 0 },
            has_left: Arc::new(AtomicBool::new(false)),
        };
        let has_left = Arc::clone(&call.has_left);
        let mut extensions = http::Extensions::new();
        extensions.insert(call);
        match self.http.execute_with_extensions(request.inner, &mut extensions).await {
            Ok(response) => Ok(Answer::from(response)),
            Err(error) => {
                let may_have_arrived = has_left.load(Ordering::Relaxed);
                Err(CallError { failure: failure(error), may_have_arrived })
            }
        }
    }
}

/// What the middlewares wrapped.
fn failure(error: Error) -> Failure {
    match error {
        Error::Reqwest(error) => error.into(),
        Error::Middleware(error) => match error.downcast::<RetryError>() {
            Ok(RetryError::WithRetries { err, .. } | RetryError::Error(err)) => failure(err),
            Err(error) => error.downcast().unwrap_or(Failure::Invalid),
        },
    }
}
