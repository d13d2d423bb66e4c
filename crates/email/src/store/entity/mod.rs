pub(super) mod notification_log;
pub(super) mod suppressions;
