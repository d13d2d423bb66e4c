//! Mocked tools for the unit tests of accounts and passwords.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use kernel::{EventId, StoreError, TenantStatus, Tx, outbox::WrittenEvent};
use secrecy::{ExposeSecret, SecretString};
use test_support::SeededEntropy;
use uuid::Uuid;

use super::{
    AccountTools, Sessions, Throttle,
    test_ports::{Fixture, Mocks, hasher},
};
use crate::{
    DirectoryPerson, MockInvitationAcceptance, MockOneTimeTokenRepository,
    domain::{AccountId, OneTimeToken, PasswordHash, TokenPurpose},
    repository::{AccountMail, AccountMessage, Recipient},
};

/// The events that were published.
#[derive(Clone, Default)]
pub(crate) struct Published(Arc<Mutex<Vec<WrittenEvent>>>);

impl Published {
    /// Lets the mocked outbox write down what it is given.
    pub(crate) fn by(mocks: &mut Mocks) -> Self {
        let published = Self::default();
        let events = Arc::clone(&published.0);
        mocks.outbox.expect_publish_in().returning(move |_, event| {
            events.lock().expect("not poisoned").push(event.written()?);
            Ok(EventId(Uuid::nil()))
        });
        published
    }

    /// The only event.
    pub(crate) fn only(&self) -> WrittenEvent {
        let events = self.0.lock().expect("not poisoned");
        assert_eq!(events.len(), 1, "one event");
        events[0].clone()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().expect("not poisoned").is_empty()
    }
}

/// The messages that were written to people, with their secrets.
#[derive(Default)]
pub(crate) struct Mailed(Mutex<Vec<(AccountMessage, Recipient, String)>>);

impl Mailed {
    /// The only one.
    pub(crate) fn only(&self) -> (AccountMessage, Recipient, String) {
        let messages = self.0.lock().expect("not poisoned");
        assert_eq!(messages.len(), 1, "one message");
        messages[0].clone()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().expect("not poisoned").is_empty()
    }
}

#[async_trait]
impl AccountMail for Mailed {
    async fn send_in(
        &self,
        _: &mut Tx,
        message: AccountMessage,
        to: &Recipient,
        secret: &SecretString,
    ) -> Result<(), StoreError> {
        let secret = secret.expose_secret().to_owned();
        self.0.lock().expect("not poisoned").push((message, to.clone(), secret));
        Ok(())
    }
}

/// The tools over mocks, and what the test keeps of them.
pub(crate) fn tools(
    mocks: Mocks,
    tokens: MockOneTimeTokenRepository,
    acceptance: MockInvitationAcceptance,
) -> (AccountTools, Fixture) {
    let fixture = mocks.deps();
    let (revocations, _) = fixture.tokens();
    let tools = AccountTools {
        deps: fixture.deps.clone(),
        tokens: Arc::new(tokens),
        acceptance: Arc::new(acceptance),
        mail: Arc::clone(&fixture.mailed) as _,
        items: Arc::clone(&fixture.pushed) as _,
        hasher: hasher(),
        sessions: Arc::new(Sessions::new(&fixture.deps, Arc::clone(&revocations))),
        revocations,
        throttle: Arc::new(Throttle::new(&fixture.deps, Arc::clone(&fixture.keys), &fixture.config)),
    };
    (tools, fixture)
}

pub(crate) fn a_person() -> DirectoryPerson {
    DirectoryPerson {
        tenant_id: Uuid::from_u128(10).into(),
        user_id: Uuid::from_u128(11).into(),
        first_name: "Bea".to_owned(),
        last_name: "Wattle".to_owned(),
        email: "bea@garage.test".parse().expect("an address"),
        role: kernel::TenantRole::User,
        is_active: true,
        accepted: true,
        generation: 1,
        last_login_at: None,
        tenant_name: "Bea's Garage".to_owned(),
        subdomain: "beas".to_owned(),
        tenant_status: TenantStatus::Active,
        tenant_deleted: false,
        tenant_generation: 1,
    }
}

pub(crate) fn person_subject() -> AccountId {
    let person = a_person();
    AccountId::Tenant { tenant_id: person.tenant_id, user_id: person.user_id }
}

/// A token of this subject, for whom `hash` is the current one.
pub(crate) fn a_token(
    kept_now: chrono::DateTime<chrono::Utc>,
    purpose: TokenPurpose,
    subject: AccountId,
    hash: Option<&PasswordHash>,
) -> (OneTimeToken, SecretString) {
    let bound_to = PasswordHash::fingerprint(hash);
    OneTimeToken::issue(&SeededEntropy::new(9), kept_now, purpose, subject, bound_to)
}
