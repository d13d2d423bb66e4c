//! Typed ids: a tenant's id cannot be passed where a person's is wanted.

/// Declares a UUIDv7 newtype with conversions, `Display`, `FromStr` and serde.
///
/// ```
/// kernel::typed_id!(
///     /// A coupon.
///     CouponId
/// );
/// let id: CouponId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("a uuid");
/// assert_eq!(id.to_string(), "01890a5d-ac96-774b-bcce-b302099a8057");
/// ```
#[macro_export]
macro_rules! typed_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            ::serde::Serialize, ::serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub ::uuid::Uuid);

        impl $name {
            /// The raw UUID, for stores and DTOs.
            #[must_use]
            pub const fn uuid(self) -> ::uuid::Uuid {
                self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                ::uuid::Uuid::parse_str(text).map(Self)
            }
        }

        impl From<::uuid::Uuid> for $name {
            fn from(id: ::uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for ::uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

typed_id!(
    /// A member of NextCRM's staff.
    AdminId
);
typed_id!(
    /// A workshop's account.
    TenantId
);
typed_id!(
    /// A program's key to a workshop's API.
    ApiKeyId
);
typed_id!(
    /// A workshop's consent that a member of staff acts as one of its people.
    ImpersonationId
);
typed_id!(
    /// A person in a workshop.
    TenantUserId
);
typed_id!(
    /// A signed-in session, of an admin or of a tenant user.
    SessionId
);
typed_id!(
    /// An entry of the audit trail.
    AuditEntryId
);
typed_id!(
    /// An event in the outbox; handlers deduplicate by it.
    EventId
);
