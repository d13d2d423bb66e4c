use std::time::Duration;

/// The numbers of sign-in and sessions; [`AuthConfig::new`] has the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthConfig {
    /// `iss` of access tokens: this API's own address.
    pub issuer: String,
    /// How long an access token lives (15 min).
    pub access_token_life: Duration,
    /// How far the clocks of two nodes may differ when an access token is checked (5 s, at most 30 s).
    pub leeway: Duration,
    /// A session ends when it was not refreshed for so long (7 days).
    pub idle_life: Duration,
    /// A session ends so long after the sign-in whatever happens (30 days).
    pub absolute_life: Duration,
    /// An account has so many live sessions at most; the oldest ends at the sign-in that would be one more (100).
    pub max_sessions: u64,
    /// How long the last refresh token but one is still exchanged for the same successor (30 s).
    pub refresh_grace: Duration,
    /// A refused sign-in answers no sooner than this (100 ms), whatever the reason.
    pub refusal_floor: Duration,
    /// How often a node reads new revocations, beside being woken by its own (300 ms).
    pub revocation_poll: Duration,
    /// A node that could not read revocations for so long refuses all tokens (15 s).
    pub revocation_stale_after: Duration,
    /// Brute force.
    pub throttle: ThrottleConfig,
}

impl AuthConfig {
    /// The defaults, for an API at `issuer`.
    pub fn new(issuer: impl Into<String>) -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            issuer: issuer.into(),
            access_token_life: Duration::from_secs(15 * 60),
            leeway: Duration::from_secs(5),
            idle_life: 7 * DAY,
            absolute_life: 30 * DAY,
            max_sessions: 100,
            refresh_grace: Duration::from_secs(30),
            refusal_floor: Duration::from_millis(100),
            revocation_poll: Duration::from_millis(300),
            revocation_stale_after: Duration::from_secs(15),
            throttle: ThrottleConfig::default(),
        }
    }
}

/// How failed sign-ins slow down and lock.
///
/// Failures are counted in windows that begin with the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottleConfig {
    /// How long a failure counts (15 min).
    pub window: Duration,
    /// So many failures of one account from one network are free of delay (5).
    pub free_failures: u32,
    /// The delay of the next try; each further one waits twice as long (200 ms).
    pub first_delay: Duration,
    /// So many failures of one account from one network lock it for that network (10).
    pub lock_failures: u32,
    /// How long the lock stands, from the failure that set it (15 min).
    pub lock: Duration,
    /// So many failures from one network over all accounts stop it (50).
    pub network_failures: u32,
    /// So many failures from one IPv6 /48, which holds 65,536 networks, over all accounts stop it (200).
    pub wide_network_failures: u32,
    /// So many reset links are asked for an address in an hour; further ones are dropped (5).
    pub links_per_address: u32,
    /// The same from one network (50), and four times as many from one IPv6 /48.
    pub links_per_network: u32,
    /// So many invitations, reset links and welcomes that others want an hour, to one person (5).
    pub messages_per_person: u32,
    /// The same to one address, whoever it belongs to (5).
    pub messages_per_address: u32,
    /// So many of them a day on behalf of one workshop (200).
    pub messages_per_tenant: u32,
    /// After so many failures of one account over all networks its sign-ins are slow (30), never locked.
    pub account_failures: u32,
    /// How slow (1 s).
    pub account_delay: Duration,
}

impl Default for ThrottleConfig {
    fn default() -> Self {
        const QUARTER: Duration = Duration::from_secs(15 * 60);
        Self {
            window: QUARTER,
            free_failures: 5,
            first_delay: Duration::from_millis(200),
            lock_failures: 10,
            lock: QUARTER,
            network_failures: 50,
            wide_network_failures: 200,
            links_per_address: 5,
            links_per_network: 50,
            messages_per_person: 5,
            messages_per_address: 5,
            messages_per_tenant: 200,
            account_failures: 30,
            account_delay: Duration::from_secs(1),
        }
    }
}
