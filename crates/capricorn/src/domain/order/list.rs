use kernel::{TenantId, page::KeyType};

use super::OrderStatus;

/// Which orders to list; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Only this workshop's.
    pub tenant_id: Option<TenantId>,
    /// Only those that are here.
    pub status: Option<OrderStatus>,
    /// Only those that people must look at, or only those that they need not.
    pub needs_review: Option<bool>,
}

/// What the list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderSort {
    /// When it was placed.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
}

impl OrderSort {
    /// Every field, with its name on the wire.
    pub const ALL: &'static [(&'static str, Self)] = &[("createdAt", Self::CreatedAt), ("updatedAt", Self::UpdatedAt)];

    /// The type of the field's values.
    #[must_use]
    pub fn key_type(self) -> KeyType {
        match self {
            Self::CreatedAt | Self::UpdatedAt => KeyType::Time,
        }
    }
}
