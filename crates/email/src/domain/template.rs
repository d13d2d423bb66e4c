use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The templates, by their names on the wire.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Template {
    /// A member of staff is there: temporary password, sign-in link.
    AdminWelcome,
    /// A person was invited into a workshop: its address, set-up link.
    TenantWelcome,
    /// Somebody asked for a link to set a new password.
    PasswordReset,
    /// A trial is over in a few days.
    TrialExpiryWarning,
    /// A payment did not go through.
    PaymentFailed,
    /// A support ticket was opened.
    TicketConfirmation,
    /// Staff have answered a support ticket.
    TicketReply,
    /// A member of staff has a support ticket to work on.
    TicketAssigned,
    /// A workshop was suspended.
    TenantSuspended,
    /// A paid period has begun.
    Invoice,
}

impl Template {
    /// When it is sent, for people.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::AdminWelcome => "A member of staff was added: temporary password and sign-in link.",
            Self::TenantWelcome => "A person was invited into a workshop: its address and the link to set a password.",
            Self::PasswordReset => "Somebody asked for a link to set a new password.",
            Self::TrialExpiryWarning => "A workshop's trial ends in 7, 3 or 1 days.",
            Self::PaymentFailed => "A payment of a workshop's subscription has failed.",
            Self::TicketConfirmation => "A support ticket was opened.",
            Self::TicketReply => "Staff have answered a support ticket: number, subject, and where to read the answer.",
            Self::TicketAssigned => "A support ticket was assigned to a member of staff: number, subject and priority.",
            Self::TenantSuspended => "A workshop was suspended: the reason, and whom to ask.",
            Self::Invoice => "A paid period of a workshop's subscription has begun.",
        }
    }

    /// The variable that is a secret, if there is one: it is sealed until the mail is sent, and shown nowhere.
    #[must_use]
    pub const fn secret_variable(self) -> Option<&'static str> {
        match self {
            Self::AdminWelcome => Some("temporaryPassword"),
            Self::TenantWelcome | Self::PasswordReset => Some("token"),
            _ => None,
        }
    }
}
