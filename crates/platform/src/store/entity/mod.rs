pub(super) mod idempotency_key;
pub(super) mod outbox;
pub(super) mod paused_queue;
pub(super) mod scheduled_mark;
pub(super) mod work_item;
