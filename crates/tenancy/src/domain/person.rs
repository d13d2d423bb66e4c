use chrono::{DateTime, Utc};
use kernel::{
    Changes, EmailAddress, FieldCode, FieldError, TenantId, TenantRole, TenantUserId,
    input::{Fields, Word as _},
};

use super::{PersonName, Phone};

/// A person in a workshop.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Person {
    pub id: TenantUserId,
    pub tenant_id: TenantId,
    pub first_name: PersonName,
    pub last_name: PersonName,
    /// Address; unique in the workshop.
    pub email: EmailAddress,
    /// What they may do.
    pub role: TenantRole,
    /// Whether they may do it.
    pub is_active: bool,
    pub phone: Option<Phone>,
    /// Address of a picture.
    pub avatar: Option<String>,
    pub last_login_at: Option<DateTime<Utc>>,
    pub last_activity_at: Option<DateTime<Utc>>,
    /// When they were invited; `None` if they were added with a password.
    pub invited_at: Option<DateTime<Utc>>,
    /// When the invitation ends.
    pub invitation_expires_at: Option<DateTime<Utc>>,
    /// When they accepted it.
    pub accepted_at: Option<DateTime<Utc>>,
    /// 1, and one more at each change; the ETag.
    pub version: i64,
    /// One more whenever access tokens handed out before must die.
    pub generation: i64,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

/// How far an invitation has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invitation {
    /// Not yet accepted.
    Pending,
    /// Never accepted, and too old now.
    Expired,
    /// Accepted.
    Accepted,
}

impl Invitation {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Expired => "EXPIRED",
            Self::Accepted => "ACCEPTED",
        }
    }
}

impl Person {
    /// How far their invitation has got; `None` if they never needed one.
    #[must_use]
    pub fn invitation(&self, now: DateTime<Utc>) -> Option<Invitation> {
        self.invited_at.map(|_| match (self.accepted_at, self.invitation_expires_at) {
            (Some(_), _) => Invitation::Accepted,
            (None, Some(end)) if end <= now => Invitation::Expired,
            (None, _) => Invitation::Pending,
        })
    }

    /// Whether they may sign in, as far as they themselves go: active, and not merely invited.
    #[must_use]
    pub fn may_sign_in(&self) -> bool {
        self.is_active && (self.invited_at.is_none() || self.accepted_at.is_some())
    }

    /// Whether they count as one of the owners that a workshop must have.
    #[must_use]
    pub fn is_active_owner(&self) -> bool {
        self.is_active && self.role == TenantRole::Owner
    }
}

/// Whether a workshop still has an owner once `leaving` is none any more. `owners` are its active owners,
/// `leaving` among them or not.
///
/// Somebody who was only invited may never come: they can replace another invited owner, but not one who
/// signs in.
#[must_use]
pub(crate) fn keeps_an_owner(leaving: &Person, owners: &[Person]) -> bool {
    owners.iter().any(|owner| owner.id != leaving.id && (owner.may_sign_in() || !leaving.may_sign_in()))
}

/// How a new person will get in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// With a password that is set in the same transaction.
    Password,
    /// By an invitation that ends at this time.
    Invitation {
        /// The end.
        expires_at: DateTime<Utc>,
    },
}

/// A person about to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct NewPerson {
    pub first_name: PersonName,
    pub last_name: PersonName,
    pub email: EmailAddress,
    /// What they may do.
    pub role: TenantRole,
}

/// [`NewPerson`] as a client wrote it.
#[derive(Debug, Clone, Default)]
pub struct NewPersonInput {
    /// `firstName`
    pub first_name: String,
    /// `lastName`
    pub last_name: String,
    /// `email`
    pub email: String,
    /// `role`; USER when absent.
    pub role: Option<String>,
}

impl NewPerson {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(input: &NewPersonInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let first_name = fields.take(PersonName::parse_as("firstName", &input.first_name));
        let last_name = fields.take(PersonName::parse_as("lastName", &input.last_name));
        let email = fields.take(parse_email(&input.email));
        let role =
            fields.take(input.role.as_deref().map_or(Ok(TenantRole::User), |text| TenantRole::parse("role", text)));
        let person = || Some(Self { first_name: first_name?, last_name: last_name?, email: email?, role: role? });
        fields.finish(person())
    }
}

/// What may be changed of a person; `Some(None)` clears the telephone.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PersonPatch {
    pub first_name: Option<PersonName>,
    pub last_name: Option<PersonName>,
    pub role: Option<TenantRole>,
    pub is_active: Option<bool>,
    pub phone: Option<Option<Phone>>,
}

/// [`PersonPatch`] as a client wrote it: absent, null or a value.
#[derive(Debug, Clone, Default)]
pub struct PersonPatchInput {
    /// `firstName`; null is refused.
    pub first_name: Option<Option<String>>,
    /// `lastName`; null is refused.
    pub last_name: Option<Option<String>>,
    /// `role`; null is refused.
    pub role: Option<Option<String>>,
    /// `isActive`; null is refused.
    pub is_active: Option<Option<bool>>,
    /// `phone`
    pub phone: Option<Option<String>>,
}

impl PersonPatch {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(input: PersonPatchInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let patch = Self {
            first_name: fields.required("firstName", input.first_name, |text| PersonName::parse_as("firstName", &text)),
            last_name: fields.required("lastName", input.last_name, |text| PersonName::parse_as("lastName", &text)),
            role: fields.required("role", input.role, |text| TenantRole::parse("role", &text)),
            is_active: fields.required("isActive", input.is_active, Ok),
            phone: fields.patch(input.phone, |text| Phone::parse_as("phone", &text)),
        };
        fields.finish(Some(patch))
    }

    /// The person as they will be, but for version, generation and time.
    #[must_use]
    pub fn apply(self, to: &Person) -> Person {
        let old = to.clone();
        Person {
            first_name: self.first_name.unwrap_or(old.first_name),
            last_name: self.last_name.unwrap_or(old.last_name),
            role: self.role.unwrap_or(old.role),
            is_active: self.is_active.unwrap_or(old.is_active),
            phone: self.phone.unwrap_or(old.phone),
            ..old
        }
    }
}

pub(super) fn parse_email(text: &str) -> Result<EmailAddress, FieldError> {
    if text.trim().is_empty() {
        return Err(FieldError::new("email", FieldCode::Required, "must not be empty"));
    }
    EmailAddress::parse_as("email", text)
}

/// What the audit trail tells of a change; names and telephone go in as "changed".
pub(crate) fn changes(from: &Person, to: &Person) -> Changes {
    Changes::new()
        .personal_field("firstName", &from.first_name, &to.first_name)
        .personal_field("lastName", &from.last_name, &to.last_name)
        .personal_field("phone", &from.phone, &to.phone)
        .field("role", &from.role, &to.role)
        .field("isActive", &from.is_active, &to.is_active)
}
