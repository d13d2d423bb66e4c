//! Whose rows the running work may touch: a second line behind the tenant that every query names, not a way to pass it.
//!
//! Everything else in this code is handed over as an argument. This one thing is ambient on purpose: it is for the query
//! whose tenant was forgotten, and what is handed over can be forgotten too. Nothing but
//! [`Database`](crate::Database) reads it: on PostgreSQL it tells the database, whose row-level security then shows and takes
//! only that workshop's rows (`docs/adr/0008-row-level-security.md`). SQLite has no such thing.
//!
//! Work outside of any scope is that of staff and of the background, and sees all. A spawned task is outside.

use kernel::TenantId;

tokio::task_local! {
    static TENANT: TenantId;
}

/// Does work that belongs to a workshop and may touch no other's rows.
pub async fn within<F: Future>(tenant: TenantId, work: F) -> F::Output {
    TENANT.scope(tenant, work).await
}

/// [`within`] for what is polled by somebody else, such as an answer's body.
pub fn poll_within<T>(tenant: TenantId, poll: impl FnOnce() -> T) -> T {
    TENANT.sync_scope(tenant, poll)
}

/// The workshop that the running work belongs to.
#[must_use]
pub fn current() -> Option<TenantId> {
    TENANT.try_get().ok()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn is_of_the_work_and_not_of_the_thread() {
        let (one, other) = (TenantId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
        let work = |tenant| async move {
            let before = current();
            tokio::task::yield_now().await;
            assert_eq!(current(), before);
            (tenant, before, tokio::spawn(async { current() }).await.unwrap())
        };
        let (first, second) = futures::join!(within(one, work(one)), within(other, work(other)));
        assert_eq!([first, second], [(one, Some(one), None), (other, Some(other), None)]);
        assert_eq!(current(), None);
        assert_eq!(poll_within(one, current), Some(one));
        assert_eq!(within(one, async { poll_within(other, current) }).await, Some(other));
    }
}
