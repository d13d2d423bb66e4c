use kernel::TenantStatus;

/// What can be done to a workshop as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Any edit of its fields, people or subscription.
    Edit,
    /// Suspend it.
    Suspend,
    /// Put it to work again.
    Reactivate,
    /// Delete it softly.
    Delete,
    /// Undo the deletion.
    Restore,
}

impl Change {
    /// Whether a workshop in this state may be changed so.
    ///
    /// | change | from |
    /// | --- | --- |
    /// | edit, delete | any but deleted |
    /// | suspend | ACTIVE, TRIAL_EXPIRED |
    /// | reactivate | SUSPENDED, TRIAL_EXPIRED, CANCELLED |
    /// | restore | deleted |
    #[must_use]
    pub fn is_legal(self, status: TenantStatus, deleted: bool) -> bool {
        match self {
            Self::Restore => deleted,
            _ if deleted => false,
            Self::Edit | Self::Delete => true,
            Self::Suspend => matches!(status, TenantStatus::Active | TenantStatus::TrialExpired),
            Self::Reactivate => status != TenantStatus::Active,
        }
    }

    /// The word for messages: "cannot be ...".
    #[must_use]
    pub const fn participle(self) -> &'static str {
        match self {
            Self::Edit => "changed",
            Self::Suspend => "suspended",
            Self::Reactivate => "reactivated",
            Self::Delete => "deleted",
            Self::Restore => "restored",
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::input::Word as _;

    use super::*;

    #[test]
    fn the_state_machine() {
        use Change::{Delete, Edit, Reactivate, Restore, Suspend};
        use TenantStatus::{Active, Cancelled, Suspended, TrialExpired};
        let legal = |status, deleted| {
            [Edit, Suspend, Reactivate, Delete, Restore]
                .into_iter()
                .filter(|change| change.is_legal(status, deleted))
                .collect::<Vec<_>>()
        };
        assert_eq!(legal(Active, false), [Edit, Suspend, Delete]);
        assert_eq!(legal(Suspended, false), [Edit, Reactivate, Delete]);
        assert_eq!(legal(TrialExpired, false), [Edit, Suspend, Reactivate, Delete]);
        assert_eq!(legal(Cancelled, false), [Edit, Reactivate, Delete]);
        for status in TenantStatus::ALL {
            assert_eq!(legal(*status, true), [Restore], "{status}");
        }
    }
}
