//! Mocked tools for the unit tests of accounts and passwords.

use std::sync::{Arc, Mutex};

use kernel::{EventId, outbox::NewEvent, sealed::KeyRing};
use secrecy::{ExposeSecret, SecretString};
use test_support::SeededEntropy;
use uuid::Uuid;

use super::{
    AccountTools, Sessions, Throttle,
    test_ports::{Kept, Mocks, hasher},
};
use crate::{
    DirectoryPerson, MockInvitationAcceptance, MockOneTimeTokenRepository, TenantStatus,
    domain::{OneTimeToken, PasswordHash, Subject, TokenPurpose},
};

/// The events that were published.
#[derive(Clone, Default)]
pub(crate) struct Published(Arc<Mutex<Vec<NewEvent>>>);

impl Published {
    /// Lets the mocked outbox write down what it is given.
    pub(crate) fn by(mocks: &mut Mocks) -> Self {
        let published = Self::default();
        let events = Arc::clone(&published.0);
        mocks.outbox.expect_publish_in().returning(move |_, event| {
            events.lock().expect("not poisoned").push(event);
            Ok(EventId(Uuid::nil()))
        });
        published
    }

    /// The only event.
    pub(crate) fn only(&self) -> NewEvent {
        let events = self.0.lock().expect("not poisoned");
        assert_eq!(events.len(), 1, "one event");
        events[0].clone()
    }

    /// Their kinds, in order.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.0.lock().expect("not poisoned").iter().map(|event| event.kind).collect()
    }

    /// The last event.
    pub(crate) fn last(&self) -> NewEvent {
        self.0.lock().expect("not poisoned").last().expect("an event").clone()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().expect("not poisoned").is_empty()
    }
}

/// The tools over mocks, and what the test keeps of them.
pub(crate) fn tools(
    mocks: Mocks,
    tokens: MockOneTimeTokenRepository,
    acceptance: MockInvitationAcceptance,
) -> (AccountTools, Kept) {
    let kept = mocks.ports();
    let (revocations, _) = kept.tokens();
    let tools = AccountTools {
        ports: kept.ports.clone(),
        tokens: Arc::new(tokens),
        acceptance: Arc::new(acceptance),
        key_ring: key_ring(),
        hasher: hasher(),
        sessions: Arc::new(Sessions::new(&kept.ports, Arc::clone(&revocations))),
        revocations,
        throttle: Arc::new(Throttle::new(&kept.ports, Arc::clone(&kept.keys), &kept.config)),
    };
    (tools, kept)
}

pub(crate) fn key_ring() -> KeyRing {
    KeyRing::parse("k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", SeededEntropy::default()).expect("a ring")
}

/// What the event's message would show.
pub(crate) fn opened(event: &NewEvent) -> String {
    let owner = event.tenant_id.map(|id| id.to_string()).unwrap_or_default();
    let purpose = kernel::outbox::secret_purpose(&owner, &event.subject, event.kind);
    let sealed = event.secret.as_ref().expect("a secret");
    key_ring().open_text(&purpose, sealed).expect("opens").expose_secret().to_owned()
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

pub(crate) fn person_subject() -> Subject {
    let person = a_person();
    Subject::Tenant { tenant_id: person.tenant_id, user_id: person.user_id }
}

/// A token of this subject, for whom `hash` is the current one.
pub(crate) fn a_token(
    kept_now: chrono::DateTime<chrono::Utc>,
    purpose: TokenPurpose,
    subject: Subject,
    hash: Option<&PasswordHash>,
) -> (OneTimeToken, SecretString) {
    let bound_to = PasswordHash::fingerprint(hash);
    OneTimeToken::issue(&SeededEntropy::new(9), kept_now, purpose, subject, bound_to)
}
