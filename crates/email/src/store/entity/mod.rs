pub(crate) mod notification_log;
pub(crate) mod suppressions;
