use async_trait::async_trait;
use kernel::{RequestContext, StoreError, TenantId, Tx};

/// Whoever tells a workshop when its plan's seats run out.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait SeatWatch: Send + Sync {
    /// One more seat was taken: now `used` of `limit` are.
    async fn seat_taken_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        used: u64,
        limit: u64,
    ) -> Result<(), StoreError>;
}

/// For programs in which nobody is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSeatWatch;

#[async_trait]
impl SeatWatch for NoSeatWatch {
    async fn seat_taken_in(
        &self,
        _: &mut Tx,
        _: &RequestContext,
        _: TenantId,
        _: u64,
        _: u64,
    ) -> Result<(), StoreError> {
        Ok(())
    }
}
