use kernel::{AdminId, EmailAddress, TenantUserId};

/// For whom a ticket was opened. Names are as they were then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creator {
    /// One of the workshop's people.
    Person {
        /// Who.
        id: TenantUserId,
        /// First and last name.
        name: String,
        /// Their address.
        email: EmailAddress,
    },
    /// Somebody without an account, by their address.
    Email(EmailAddress),
    /// Nobody in particular; a member of staff opened it.
    Staff {
        /// Who.
        id: AdminId,
        /// First and last name.
        name: String,
    },
    /// Nobody in particular; the system opened it.
    System,
    /// Somebody who was erased.
    Erased {
        /// The word for what they were.
        kind: &'static str,
        /// Who, if they had an account.
        id: Option<uuid::Uuid>,
    },
}

impl Creator {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Person { .. } => "TENANT_USER",
            Self::Email(_) => "EMAIL",
            Self::Staff { .. } => "ADMIN",
            Self::System => "SYSTEM",
            Self::Erased { kind, .. } => kind,
        }
    }

    /// Who, where there is an account.
    #[must_use]
    pub const fn id(&self) -> Option<uuid::Uuid> {
        match self {
            Self::Person { id, .. } => Some(id.uuid()),
            Self::Staff { id, .. } => Some(id.uuid()),
            Self::Erased { id, .. } => *id,
            Self::Email(_) | Self::System => None,
        }
    }

    /// Their name, where it is known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Person { name, .. } | Self::Staff { name, .. } => Some(name),
            Self::Email(_) | Self::System | Self::Erased { .. } => None,
        }
    }

    /// Their address; never that of staff, which workshops need not know.
    #[must_use]
    pub const fn email(&self) -> Option<&EmailAddress> {
        match self {
            Self::Person { email, .. } | Self::Email(email) => Some(email),
            Self::Staff { .. } | Self::System | Self::Erased { .. } => None,
        }
    }

    /// The same as the author of what they wrote.
    #[must_use]
    pub fn to_author(&self) -> Author {
        match self {
            Self::Person { id, name, .. } => Author::Person { id: *id, name: name.clone() },
            Self::Email(email) => Author::Email(email.clone()),
            Self::Staff { id, name } => Author::Staff { id: *id, name: name.clone() },
            Self::System => Author::System,
            Self::Erased { kind, id } => Author::Erased { kind, id: *id },
        }
    }
}

/// Who said something. Names are as they were then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// One of the workshop's people.
    Person {
        /// Who.
        id: TenantUserId,
        /// First and last name.
        name: String,
    },
    /// Somebody without an account; only what was first written in a ticket that was merged.
    Email(EmailAddress),
    /// A member of staff.
    Staff {
        /// Who.
        id: AdminId,
        /// First and last name.
        name: String,
    },
    /// The system.
    System,
    /// Somebody who was erased.
    Erased {
        /// The word for what they were.
        kind: &'static str,
        /// Who, if they had an account.
        id: Option<uuid::Uuid>,
    },
}

impl Author {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Person { .. } => "TENANT_USER",
            Self::Email(_) => "EMAIL",
            Self::Staff { .. } => "ADMIN",
            Self::System => "SYSTEM",
            Self::Erased { kind, .. } => kind,
        }
    }

    /// Who, where there is an account.
    #[must_use]
    pub const fn id(&self) -> Option<uuid::Uuid> {
        match self {
            Self::Person { id, .. } => Some(id.uuid()),
            Self::Staff { id, .. } => Some(id.uuid()),
            Self::Erased { id, .. } => *id,
            Self::Email(_) | Self::System => None,
        }
    }

    /// What to call them: a name, or an address where no name is known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Person { name, .. } | Self::Staff { name, .. } => Some(name),
            Self::Email(email) => Some(email.as_str()),
            Self::System | Self::Erased { .. } => None,
        }
    }
}
