pub(super) mod idempotency_key;
pub(super) mod outbox;
pub(super) mod scheduled_mark;
