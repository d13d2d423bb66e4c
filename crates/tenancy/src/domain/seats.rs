use super::Plan;

/// How many seats of a plan are taken. Whoever is active holds one, invited people included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// Taken.
    pub used: u64,
    /// The plan's; `None` for any number.
    pub limit: Option<u64>,
}

impl Seats {
    /// What a plan allows and what is taken of it.
    #[must_use]
    pub fn of(plan: Plan, used: u64) -> Self {
        Self { used, limit: plan.seats() }
    }

    /// Whether one more person fits in. A workshop that moved to a smaller plan may be over its limit: nobody
    /// is thrown out, but nobody comes in.
    #[must_use]
    pub fn has_room(self) -> bool {
        self.limit.is_none_or(|limit| self.used < limit)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Plan::Professional, 4, true)]
    #[case(Plan::Professional, 5, false)]
    #[case(Plan::Professional, 12, false)]
    #[case(Plan::Performance, 19, true)]
    #[case(Plan::Performance, 20, false)]
    #[case(Plan::Enterprise, 1_000_000, true)]
    fn a_plan_has_so_many(#[case] plan: Plan, #[case] used: u64, #[case] room: bool) {
        assert_eq!(Seats::of(plan, used).has_room(), room);
    }
}
