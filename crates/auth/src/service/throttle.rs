use std::{net::IpAddr, sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{
    Audience, Clock, EmailAddress, StoreError, Transactor, Tx,
    rate::{RateLimit, RateWindows},
};
use sha2::Sha256;

use super::Dependencies;
use crate::{
    AuthConfig, AuthError, SigningKeys, ThrottleConfig,
    domain::{network_of, wide_network_of},
    repository::{AttemptRepository, CountRule},
};

mod mail;

/// Counts tries to sign in, slows and locks.
///
/// A try is counted before the password is looked at, so that parallel tries cannot slip through together, and taken
/// back when it turns out right. Unknown addresses are counted like known ones.
pub struct Throttle {
    attempts: Arc<dyn AttemptRepository>,
    rates: Arc<dyn RateWindows>,
    transactor: Arc<dyn Transactor>,
    clock: Arc<dyn Clock>,
    keys: Arc<SigningKeys>,
    config: ThrottleConfig,
}

/// Which account is tried, whether or not it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct TriedAccount {
    pub kind: Audience,
    /// The workshop's id (or what was given for one that does not exist); empty for staff.
    pub tenant: String,
    pub email: EmailAddress,
}

/// A counted try.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a counted try has a delay to wait for"]
pub struct CountedTry {
    keys: TryKeys,
    delay: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct TryKeys {
    account_and_network: String,
    network: String,
    wide_network: Option<String>,
    account: String,
}

impl TryKeys {
    fn networks(&self) -> impl Iterator<Item = &String> {
        [&self.network].into_iter().chain(&self.wide_network)
    }
}

impl CountedTry {
    /// Waits as long as this try has to; holds nothing meanwhile.
    pub async fn wait(&self) {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
    }

    /// How long this try has to wait.
    #[must_use]
    pub const fn delay(&self) -> Duration {
        self.delay
    }
}

impl std::fmt::Debug for Throttle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Throttle").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Throttle {
    /// Counts under keys of `keys`, by the numbers of `config`.
    #[must_use]
    pub fn new(deps: &Dependencies, keys: Arc<SigningKeys>, config: &AuthConfig) -> Self {
        Self {
            attempts: Arc::clone(&deps.attempts),
            rates: Arc::clone(&deps.rates),
            transactor: Arc::clone(&deps.transactor),
            clock: Arc::clone(&deps.clock),
            keys,
            config: config.throttle,
        }
    }

    /// Counts a try, durably, before the password is checked.
    ///
    /// # Errors
    /// [`AuthError::AccountLocked`], [`AuthError::TooManyFailures`]; such a try is not counted, so a lock ends when it
    /// was said to.
    pub async fn count(&self, account: &TriedAccount, ip: Option<IpAddr>) -> Result<CountedTry, AuthError> {
        let keys = self.keys_of(account, ip);
        let (config, now) = (&self.config, self.clock.now());
        let mut tx = self.transactor.begin().await?;

        let rule = self.rule(now, Some(config.lock_failures));
        let here = self.attempts.count_try_in(&mut tx, &keys.account_and_network, &rule).await?;
        if let (Some(until), true) = (here.locked_until, here.tries > rule.limit) {
            tx.rollback().await?;
            return Err(AuthError::AccountLocked { retry_after: wait_until(until, now) });
        }
        let networks = [(&keys.network, config.network_failures)];
        let wide = keys.wide_network.as_ref().map(|key| (key, config.wide_network_failures));
        for (key, limit) in networks.into_iter().chain(wide) {
            let rule = self.rule(now, Some(limit));
            let network = self.attempts.count_try_in(&mut tx, key, &rule).await?;
            if let (Some(until), true) = (network.locked_until, network.tries > rule.limit) {
                tx.rollback().await?;
                return Err(AuthError::TooManyFailures { retry_after: wait_until(until, now) });
            }
        }
        let account = self.attempts.count_try_in(&mut tx, &keys.account, &self.rule(now, None)).await?;
        tx.commit().await?;
        Ok(CountedTry { keys, delay: self.delay(here.tries, account.tries) })
    }

    /// The try was right: the account's failures from this network are forgotten.
    ///
    /// # Errors
    /// What the store says.
    pub async fn succeeded_in(&self, tx: &mut Tx, counted: &CountedTry) -> Result<(), StoreError> {
        self.attempts.clear_in(tx, &counted.keys.account_and_network).await?;
        for key in counted.keys.networks().chain([&counted.keys.account]) {
            self.attempts.uncount_try_in(tx, key).await?;
        }
        Ok(())
    }

    /// The try was never decided (no free place in the hashing pool, say): it is taken back.
    ///
    /// # Errors
    /// What the store says.
    pub async fn undecided(&self, counted: &CountedTry) -> Result<(), StoreError> {
        let mut tx = self.transactor.begin().await?;
        let keys = &counted.keys;
        for key in [&keys.account_and_network].into_iter().chain(keys.networks()).chain([&keys.account]) {
            self.attempts.uncount_try_in(&mut tx, key).await?;
        }
        tx.commit().await
    }

    /// What refusals like this one are counted under: the lock, not the try, so that nobody makes many of them.
    pub(crate) fn refusal_key(&self, account: &TriedAccount, ip: Option<IpAddr>, error: &AuthError) -> String {
        let keys = self.keys_of(account, ip);
        match error {
            AuthError::TooManyFailures { .. } => {
                self.key(&["refused network", keys.wide_network.as_ref().unwrap_or(&keys.network)])
            }
            _ => self.key(&["refused account", &keys.account_and_network]),
        }
    }

    /// How long the window is in which refusals are counted together: as long as a lock.
    pub(crate) const fn refusal_window(&self) -> Duration {
        self.config.lock
    }

    /// Counts that a reset link is asked for; tells whether it may be, for this address (known or not) and from this
    /// network.
    pub(crate) async fn may_ask_for_link_in(
        &self,
        tx: &mut Tx,
        account: &TriedAccount,
        ip: Option<IpAddr>,
    ) -> Result<bool, StoreError> {
        let keys = self.keys_of(account, ip);
        let per_network = RateLimit::hourly(self.config.links_per_network);
        let wide =
            keys.wide_network.map(|key| (key, RateLimit { limit: per_network.limit.saturating_mul(4), ..per_network }));
        let limits = [(keys.account, RateLimit::hourly(self.config.links_per_address)), (keys.network, per_network)];
        let mut may = true;
        for (key, limit) in limits.into_iter().chain(wide) {
            let counted = self.rates.count_in(tx, &self.key(&["reset link", &key]), limit.window).await?;
            may &= counted.retry_after(limit, self.clock.now()).is_none();
        }
        Ok(may)
    }

    /// Deletes counts that no longer matter.
    ///
    /// # Errors
    /// What the store says.
    pub async fn purge_in(&self, tx: &mut Tx) -> Result<u64, StoreError> {
        let now = self.clock.now();
        self.attempts.purge_attempts_in(tx, now - span(self.config.window), now).await
    }

    fn rule(&self, now: DateTime<Utc>, limit: Option<u32>) -> CountRule {
        CountRule {
            now,
            window_start: now - span(self.config.window),
            limit: limit.map_or(i64::MAX, i64::from),
            lock_until: now + span(self.config.lock),
        }
    }

    /// `tries` and `over_all` include this try.
    fn delay(&self, tries: i64, over_all: i64) -> Duration {
        let beyond = tries - i64::from(self.config.free_failures);
        let here = match u32::try_from(beyond) {
            Ok(beyond @ 1..) => self.config.first_delay * 2_u32.saturating_pow(beyond.min(16) - 1),
            _ => Duration::ZERO,
        };
        let soft = over_all > i64::from(self.config.account_failures);
        if soft { here.max(self.config.account_delay) } else { here }
    }

    fn keys_of(&self, account: &TriedAccount, ip: Option<IpAddr>) -> TryKeys {
        let audience = match account.kind {
            Audience::Admin => "admin",
            Audience::Tenant => "tenant",
        };
        let network = network_of(ip);
        let (tenant, email) = (account.tenant.as_str(), account.email.as_str());
        TryKeys {
            account_and_network: self.key(&["account+network", audience, tenant, email, &network]),
            network: self.key(&["network", &network]),
            wide_network: wide_network_of(ip).map(|wide| self.key(&["network", &wide])),
            account: self.key(&["account", audience, tenant, email]),
        }
    }

    /// An HMAC, so that the table tells neither addresses nor who comes from where.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn key(&self, parts: &[&str]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.keys.throttle()).expect("a key of any length");
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

fn span(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

/// At least a second, so that nobody comes back too early.
fn wait_until(until: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    (until - now).to_std().unwrap_or_default().max(Duration::from_secs(1))
}

#[cfg(test)]
#[path = "throttle_tests.rs"]
mod tests;
