use chrono::NaiveDate;
use kernel::{EmailAddress, Money};
use secrecy::SecretString;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::Template;

/// Variables of [`Template::AdminWelcome`]; its secret is the temporary password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdminWelcome {
    /// How to address them.
    pub first_name: String,
    /// What they sign in with.
    pub email: EmailAddress,
}

/// Variables of [`Template::TenantWelcome`]; its secret is the invitation's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct TenantWelcome {
    /// How to address them.
    pub first_name: String,
    pub tenant_name: String,
    pub subdomain: String,
    /// How long the link is good.
    pub valid_days: u32,
}

/// Variables of [`Template::PasswordReset`]; its secret is the link's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordReset {
    /// How to address them.
    pub first_name: String,
    /// The workshop's name; absent for staff.
    #[serde(default)]
    pub tenant_name: Option<String>,
    /// The workshop's address; absent for staff.
    #[serde(default)]
    pub subdomain: Option<String>,
    /// How long the link is good.
    pub valid_minutes: u32,
}

/// Variables of [`Template::TrialExpiryWarning`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct TrialExpiryWarning {
    /// How to address them.
    pub first_name: String,
    pub tenant_name: String,
    pub subdomain: String,
    /// Days that are left, 1 or more.
    pub days_left: u32,
    /// The trial's last day.
    pub ends_on: NaiveDate,
}

/// Variables of [`Template::PaymentFailed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PaymentFailed {
    /// How to address them.
    pub first_name: String,
    pub tenant_name: String,
    pub subdomain: String,
    /// What could not be collected, in cents.
    pub amount_cents: i64,
    /// ISO 4217.
    pub currency: kernel::Currency,
}

/// Variables of [`Template::TicketConfirmation`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketConfirmation {
    /// How to address them; absent where a ticket was opened for a bare address.
    #[serde(default)]
    pub first_name: Option<String>,
    /// The ticket's number: `TKT-...`.
    pub ticket_number: String,
    /// What it is about.
    pub ticket_subject: String,
}

/// Variables of [`Template::TicketReply`]. What was answered is none of them: it is read where people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketReply {
    /// How to address them; absent where a ticket was opened for a bare address.
    #[serde(default)]
    pub first_name: Option<String>,
    /// The ticket's number: `TKT-...`.
    pub ticket_number: String,
    /// What it is about.
    pub ticket_subject: String,
}

/// Variables of [`Template::TicketAssigned`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketAssigned {
    /// How to address them.
    pub first_name: String,
    /// The ticket's number: `TKT-...`.
    pub ticket_number: String,
    /// What it is about.
    pub ticket_subject: String,
    /// How soon it must be dealt with: URGENT, HIGH, MEDIUM or LOW.
    pub priority: String,
}

/// Variables of [`Template::TenantSuspended`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct TenantSuspended {
    /// How to address them.
    pub first_name: String,
    pub tenant_name: String,
    pub reason: String,
}

/// Variables of [`Template::Invoice`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Invoice {
    /// How to address them.
    pub first_name: String,
    pub tenant_name: String,
    pub subdomain: String,
    pub invoice_number: String,
    /// What is to be paid, in cents.
    pub amount_cents: i64,
    /// ISO 4217.
    pub currency: kernel::Currency,
    /// First day of the period.
    pub period_start: NaiveDate,
    /// The day on which the next period begins.
    pub period_end: NaiveDate,
}

impl PaymentFailed {
    /// The amount.
    #[must_use]
    pub fn amount(&self) -> Money {
        Money::new(self.amount_cents, self.currency)
    }
}

impl Invoice {
    /// The amount.
    #[must_use]
    pub fn amount(&self) -> Money {
        Money::new(self.amount_cents, self.currency)
    }
}

/// A template with its variables, the secret one apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variables {
    /// [`Template::AdminWelcome`]
    AdminWelcome(AdminWelcome),
    /// [`Template::TenantWelcome`]
    TenantWelcome(TenantWelcome),
    /// [`Template::PasswordReset`]
    PasswordReset(PasswordReset),
    /// [`Template::TrialExpiryWarning`]
    TrialExpiryWarning(TrialExpiryWarning),
    /// [`Template::PaymentFailed`]
    PaymentFailed(PaymentFailed),
    /// [`Template::TicketConfirmation`]
    TicketConfirmation(TicketConfirmation),
    /// [`Template::TicketReply`]
    TicketReply(TicketReply),
    /// [`Template::TicketAssigned`]
    TicketAssigned(TicketAssigned),
    /// [`Template::TenantSuspended`]
    TenantSuspended(TenantSuspended),
    /// [`Template::Invoice`]
    Invoice(Invoice),
}

impl Variables {
    /// Which template they are for.
    #[must_use]
    pub const fn template(&self) -> Template {
        match self {
            Self::AdminWelcome(_) => Template::AdminWelcome,
            Self::TenantWelcome(_) => Template::TenantWelcome,
            Self::PasswordReset(_) => Template::PasswordReset,
            Self::TrialExpiryWarning(_) => Template::TrialExpiryWarning,
            Self::PaymentFailed(_) => Template::PaymentFailed,
            Self::TicketConfirmation(_) => Template::TicketConfirmation,
            Self::TicketReply(_) => Template::TicketReply,
            Self::TicketAssigned(_) => Template::TicketAssigned,
            Self::TenantSuspended(_) => Template::TenantSuspended,
            Self::Invoice(_) => Template::Invoice,
        }
    }

    /// The variables as a JSON object, without the secret.
    ///
    /// # Errors
    /// Never for the types as they are.
    pub fn to_value(&self) -> Result<Value, serde_json::Error> {
        match self {
            Self::AdminWelcome(it) => serde_json::to_value(it),
            Self::TenantWelcome(it) => serde_json::to_value(it),
            Self::PasswordReset(it) => serde_json::to_value(it),
            Self::TrialExpiryWarning(it) => serde_json::to_value(it),
            Self::PaymentFailed(it) => serde_json::to_value(it),
            Self::TicketConfirmation(it) => serde_json::to_value(it),
            Self::TicketReply(it) => serde_json::to_value(it),
            Self::TicketAssigned(it) => serde_json::to_value(it),
            Self::TenantSuspended(it) => serde_json::to_value(it),
            Self::Invoice(it) => serde_json::to_value(it),
        }
    }

    /// Reads the variables of a template back.
    ///
    /// # Errors
    /// When one is missing, unknown, or of another type.
    pub fn from_value(template: Template, value: Value) -> Result<Self, serde_json::Error> {
        fn read<T: DeserializeOwned>(value: Value, wrap: fn(T) -> Variables) -> Result<Variables, serde_json::Error> {
            serde_json::from_value(value).map(wrap)
        }
        match template {
            Template::AdminWelcome => read(value, Self::AdminWelcome),
            Template::TenantWelcome => read(value, Self::TenantWelcome),
            Template::PasswordReset => read(value, Self::PasswordReset),
            Template::TrialExpiryWarning => read(value, Self::TrialExpiryWarning),
            Template::PaymentFailed => read(value, Self::PaymentFailed),
            Template::TicketConfirmation => read(value, Self::TicketConfirmation),
            Template::TicketReply => read(value, Self::TicketReply),
            Template::TicketAssigned => read(value, Self::TicketAssigned),
            Template::TenantSuspended => read(value, Self::TenantSuspended),
            Template::Invoice => read(value, Self::Invoice),
        }
    }
}

/// What is to be said to somebody.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The template's variables.
    pub variables: Variables,
    /// The one that is a secret, for templates that have one.
    pub secret: Option<SecretString>,
}
